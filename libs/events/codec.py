"""Facts to bytes and back: canonical JSON, typed by the event type's name (L21, L24).

Total: every byte string is either a fact or `Undecodable`, never an exception. Old versions are lifted by `upcasters`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from pydantic import BaseModel, ValidationError

from events import accountability, budgets, escalation, intake, rulebook, triage
from events.fact import Fact
from events.upcasters import lift

MODULES = (intake, triage, escalation, accountability, budgets, rulebook)
"""Where the event types stand."""
TYPES: dict[str, type[Fact]] = {
    kind.type: kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and "type" in vars(kind)
}
"""Every event type that this code knows, by its name on the wire."""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """The value is not what its type says; `why` names the field and never repeats the content."""

    why: str


def canonical(value: BaseModel, *, leave_out: frozenset[str] = frozenset()) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8, absent instead of null. Equal values give equal bytes."""
    content = value.model_dump(mode="json", exclude_none=True, exclude=set(leave_out))
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


_AT = frozenset({"at"})


def encode(fact: Fact) -> bytes:
    """The record's value: the fact without `at`, which travels as `ce_time`."""
    return canonical(fact, leave_out=_AT)


_READ = {name: kind.__pydantic_validator__.validate_json for name, kind in TYPES.items()}
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_STAMP = b'{"at":"2000-01-01T00:00:00Z"'


def decode(type_name: str, at: datetime, value: bytes | None) -> Fact | Undecodable:
    """The fact in a record's value, which happened at `at`. The type must be one of `TYPES` or have an upcaster."""
    lifted = lift(type_name, value or b"")
    if lifted is None:
        return Undecodable("the value is not what its old type says")
    read = _READ.get(lifted[0])
    if read is None:
        return Undecodable("the type is not known")
    content = lifted[1]
    if content[:1] != b"{":
        return Undecodable("the value is not a JSON object")
    try:
        # The model wants a time: it gets a placeholder, and then the real one, which was checked with the envelope.
        fact: Fact = read(_STAMP + (b"}" if content == b"{}" else b"," + content[1:]))
    except ValidationError as error:
        return Undecodable(_first(error))
    if fact.at != _NO_TIME:
        return Undecodable("at: travels as ce_time and is not repeated in the value")
    fact.__dict__["at"] = at
    return fact


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, by the name of its field; a member that is no field may be called anything."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    unknown = first["type"] == "extra_forbidden"
    place = ".".join(str(part) for part in (first["loc"][:-1] if unknown else first["loc"]))
    return f"{place}: {'a member is not known' if unknown else first['type']}"
