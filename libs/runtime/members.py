"""Members of JSON objects as they are written: of two with one name a parser keeps the last, and says nothing.

Lives here: counting members, which is cheap and says whether one may come again, and telling them apart.
Must not: say what is wrong (that is `body`'s and `cloudevents`').
"""

import json
import re
from collections.abc import Iterator

from pydantic import BaseModel

_SPACE = b" \t\n\r"
_BEFORE_NAME = re.compile(r"[ \t\n\r,{]*")
_BEFORE_VALUE = re.compile(r"[ \t\n\r:]*")
_VALUE = json.JSONDecoder(parse_int=float)
"""Where a value ends is asked, not what it says: a number of any length is one."""


def may_repeat(raw: bytes, read: BaseModel | dict[str, object]) -> bool:
    """Whether `raw` may have more members than what was read from it: where it has, always; in vain where a text looks
    like a member.
    """
    own = read if isinstance(read, dict) else read.model_fields_set
    return raw.count(b":") > len(own) and raw.translate(None, _SPACE).count(b'":') > _members(read)


def _members(read: object) -> int:
    count, waiting = 0, [read]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            count += len(value)
            waiting += value.values()
        elif isinstance(value, BaseModel):
            count += len(value.model_fields_set)
            waiting += [one for one in value.__dict__.values() if type(one) is tuple and one]
    return count


def written(raw: str) -> Iterator[tuple[str, str]]:
    """The members of a JSON object, each with its value as it is written. What is no object is not taken; deeply nested
    it raises RecursionError.
    """
    at = _end(_BEFORE_NAME, raw, 0)
    while raw[at] != "}":
        name, at = _VALUE.raw_decode(raw, at)
        start = _end(_BEFORE_VALUE, raw, at)
        _, at = _VALUE.raw_decode(raw, start)
        yield name, raw[start:at]
        at = _end(_BEFORE_NAME, raw, at)


def _end(skipped: re.Pattern[str], raw: str, at: int) -> int:
    found = skipped.match(raw, at)
    assert found is not None
    return found.end()
