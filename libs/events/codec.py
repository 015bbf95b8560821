"""Facts to bytes and back: canonical JSON, typed by the event type's name (L21, L24).

Total: every byte string is either a fact or `Undecodable`, never an exception. Old versions are lifted by `upcasters`.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ValidationError

from events import accountability, escalation, intake, triage
from events.envelope import format_time
from events.fact import Fact
from events.upcasters import lift

TYPES: dict[str, type[Fact]] = {
    kind.type: kind
    for module in (intake, triage, escalation, accountability)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
}
"""Every event type that this code knows, by its name on the wire."""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """The value is not what its type says; `why` names the field and never repeats the content."""

    why: str


def canonical(value: BaseModel, *, leave_out: frozenset[str] = frozenset()) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8, absent instead of null. The same value always gives the same bytes."""
    content = value.model_dump(mode="json", exclude_none=True, exclude=set(leave_out))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


_AT = frozenset({"at"})


def encode(fact: Fact) -> bytes:
    """The record's value: the fact without `at`, which travels as `ce_time`."""
    return canonical(fact, leave_out=_AT)


def decode(type_name: str, at: datetime, value: bytes | None) -> Fact | Undecodable:
    """The fact in a record's value. The type must be one of `TYPES` or have an upcaster."""
    lifted_name, lifted = lift(type_name, value or b"")
    kind = TYPES.get(lifted_name)
    if kind is None:
        return Undecodable("the type is not known")
    if lifted[:1] != b"{" or b'"at"' in lifted:
        return Undecodable("the value is not a JSON object without `at`")
    stamp = b'{"at":"' + format_time(at).encode() + (b'"' if lifted == b"{}" else b'",')
    try:
        return kind.model_validate_json(stamp + lifted[1:])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return Undecodable(f"{'.'.join(str(part) for part in first['loc'])}: {first['type']}")
