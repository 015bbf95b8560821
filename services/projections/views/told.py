"""What a view is told, and how it writes down times and facts.

Lives here: the shape of a judged record as the views need it, and the plain (JSON) form of a fact. Must not: any view.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, Field

from events.admission import Head, Verdict
from events.envelope import Envelope
from events.fact import Fact


class Told(Protocol):
    """One record of the log and what the law says of it; the runtime's judged record has this shape."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def append_time_ms(self) -> int: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def envelope(self) -> Envelope | None: ...
    @property
    def why(self) -> str | None: ...
    @property
    def head(self) -> Head | None:
        """The stream's head after this record."""
        ...

    @property
    def fact(self) -> Fact | None:
        """What it says; None where it is not admitted, of a type nobody here knows, or not readable (then `why`)."""
        ...


Plain = dict[str, Any]
"""A JSON object: strings, numbers, lists and objects only, so that a row is the same before and after it was stored."""

Stamped = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time as `stamp` writes it."""


@lru_cache(maxsize=16_384)
def stamp(moment: datetime) -> str:
    """A time in UTC as text, always 27 characters: text order is time order. Views hold times in this form only.

    Remembered, for a fact's time is written down several times, and shared by the facts that follow from it.
    """
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def content(fact: Fact, *, without: Sequence[str] = ()) -> Plain:
    """What a fact says, in plain form, with `at`; what is absent is left out, sealed text stays sealed."""
    found: Plain = {"at": stamp(fact.at)}
    for name, value in fact.__dict__.items():
        if value is not None and name != "at" and name not in without:
            form = _FORMS[type(value)]
            found[name] = value if form is None else form(value)
    return found


class _Forms(dict[type, Callable[[Any], object] | None]):
    """How values of one type are written, None for those that stay as they are. Whether something is a model is asked
    once for each type: pydantic's answer takes longer than the writing.
    """

    def __missing__(self, kind: type) -> Callable[[Any], object] | None:
        for wanted, form in ((datetime, stamp), (tuple, _items), (BaseModel, _members)):
            if issubclass(kind, wanted):
                return self.setdefault(kind, form)
        return self.setdefault(kind, None)


_FORMS = _Forms()


def plain(value: object) -> object:
    """The plain form of a fact's member."""
    form = _FORMS[type(value)]
    return value if form is None else form(value)


def _items(value: Sequence[object]) -> list[object]:
    return [plain(one) for one in value]


def _members(value: BaseModel) -> Plain:
    return {name: plain(one) for name, one in value.__dict__.items() if one is not None}
