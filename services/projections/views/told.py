"""What a view is told, and how it writes down times and facts.

Lives here: the shape of a judged record as the views need it, and the plain (JSON) form of a fact. Must not: any view.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from events.admission import Head, Verdict
from events.envelope import Envelope
from events.fact import Fact

COMPLAINT = "complaint/"
CLUSTER = "cluster/"
BUDGET = "budget/"


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


def stamp(moment: datetime) -> str:
    """A time in UTC as text, always 27 characters: text order is time order. Views hold times in this form only."""
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def content(fact: Fact, *, without: Sequence[str] = ()) -> Plain:
    """What a fact says, in plain form, with `at`; what is absent is left out, sealed text stays sealed."""
    found: Plain = {"at": stamp(fact.at)}
    for name, value in fact.__dict__.items():
        if value is not None and name != "at" and name not in without:
            found[name] = value if type(value) in _AS_IT_IS else _plain(value)
    return found


_AS_IT_IS = frozenset({str, int, bool})


def _plain(value: object) -> object:
    match value:
        case datetime():
            return stamp(value)
        case tuple():
            return [_plain(one) for one in value]
        case BaseModel():
            return {name: _plain(one) for name, one in value.__dict__.items() if one is not None}
        case _:
            return value
