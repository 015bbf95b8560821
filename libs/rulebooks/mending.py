"""What can still be read of a text whose form is broken in places, so that one fault hides no other (R142). Pure.

Lives here: putting something sound where the form is broken, only to look at the rest of the text. Must not: say what
is wrong (`reading`), or let such a value out of a check.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
FAULTS_MAX = 500
"""A text with more is no rulebook with slips; it is read again once they are mended."""
ROUNDS_MAX = 20
_SOUND: Sequence[Any] = ("unreadable", 1, [], {}, False, "2026-01-01T00:00:00Z", "2026-01-01", ["unreadable"])
"""Of each sort one: what a field does not take, another round replaces."""
_LITERAL = re.compile(r"'([^']*)'")
Where = tuple[str | int, ...]


def mended(form: type[M], raw: Mapping[str, Any], error: ValidationError) -> M | None:
    """The text without its broken fields, or with something sound in each that it must have; None where that does not
    go.
    """
    text, tried = copy.deepcopy(dict(raw)), dict[Where, int]()
    for wrong in _all(error):
        _leave_out(text, wrong["loc"])
    for _ in range(ROUNDS_MAX):
        try:
            return form.model_validate_json(json.dumps(text))
        except ValidationError as still:
            if still.error_count() > FAULTS_MAX:
                return None
            for wrong in _all(still):
                tried[wrong["loc"]] = tried.get(wrong["loc"], -1) + 1
                if not _put(text, wrong, tried[wrong["loc"]]):
                    return None
    return None


def _all(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_input=False))


def _within(text: Any, where: Where) -> Any:  # noqa: ANN401 - any piece of a text
    """What stands there; None where nothing does."""
    for step in where:
        try:
            text = text[step]
        except (KeyError, IndexError, TypeError):
            return None
    return text


def _leave_out(text: dict[str, Any], where: Where) -> None:
    """The field of the text, or of the entry of a list, in which the broken place lies."""
    field = where[:3] if len(where) > 2 and isinstance(where[1], int) else where[:1]
    inside = _within(text, field[:-1])
    if isinstance(inside, dict) and not (len(where) == 2 and isinstance(where[1], int)):
        inside.pop(field[-1], None)


def _put(text: dict[str, Any], wrong: Any, times: int) -> bool:  # noqa: ANN401 - pydantic's own dictionary
    """Something sound in one place; an entry that is broken as a whole keeps its name, by which others name it."""
    if not wrong["loc"]:
        return False
    *before, last = wrong["loc"]
    inside, there = _within(text, tuple(before)), _within(text, wrong["loc"])
    if not isinstance(inside, dict) and not (isinstance(inside, list) and last in range(len(inside))):
        return False
    named = there.get("name") if isinstance(there, dict) else None
    inside[last] = {"name": named} if named is not None and times == 0 else _sound(wrong, times)
    return True


def _sound(wrong: Any, times: int) -> object:  # noqa: ANN401 - pydantic's own dictionary
    if wrong["type"] == "literal_error":
        named = _LITERAL.search(wrong["ctx"]["expected"])
        if named is not None:
            return named[1]
    limits = [wrong.get("ctx", {}).get(limit) for limit in ("ge", "le")]
    number = next((limit for limit in limits if isinstance(limit, int | float)), None)
    return copy.copy(_SOUND[times % len(_SOUND)]) if number is None else number  # its own: later rounds fill it
