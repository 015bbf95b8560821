"""What a service's rules look like: `decide`, `evolve`, `owed` over frozen values (architecture, sections 3, 4 and 7).

Pure protocol and its value types. The runtime calls these; nothing here knows a domain rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from events.fact import Chapter, Fact
from events.table import Finding

S = TypeVar("S")


class UnknownRulebook(Exception):
    """A rule needs a rulebook that nobody has published; the argument is its `<kind>/<name>`, or the reference.

    Raised in `owed` it parks the stream's proposals (L22), raised in `decide` the command answers 503.
    """


@dataclass(frozen=True)
class Refused:
    """A rule said no, and nothing was written. `code` is stable, kebab-case; `why` is for people, names nobody."""

    code: str
    why: str
    findings: tuple[Finding, ...] = ()
    """Everything that is wrong, where the command brought a document."""


NOTHING_LODGED = Refused("nothing-lodged", "no complaint has been lodged here")
"""What every chapter says to a command on a complaint that is not there."""


@dataclass(frozen=True)
class Owed:
    """What a service owes a stream now, and when to ask again."""

    fact: Fact | None = None
    wake_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    """The rulebook streams whose next version may make something owed here though nothing is now: the row leans on
    them as long as it is said (L15). What waits for nothing names none, and pays nothing.
    """


NOTHING = Owed()


@dataclass(frozen=True)
class Context:
    """What a decision may know beside its own stream, as values (L15).

    `rules` is the service's rule set, made of the rulebooks in force (`rulebooks.keeping`); the runtime gives none.
    `others` holds the states of the streams that `leans_on` named, read in the same snapshot; a stream nobody has
    written yet is absent.
    `books` are all rulebooks that this service keeps, by `<kind>/<name>`, read in the same snapshot as well, for a
    decider that asks for them; one that waits for repair is absent.
    `stream` is what this is about: a stream in `others` may name it.
    """

    rules: Any = None
    others: Mapping[str, Any] = field(default_factory=dict)
    books: Mapping[str, Any] = field(default_factory=dict)
    stream: str = ""


def owes_nothing(_state: object, _context: Context, _now: datetime) -> Owed:
    """For a chapter in which everything was said by somebody: the reader then need not even ask."""
    return NOTHING


@dataclass(frozen=True)
class Decider(Generic[S]):
    """A service's rules in one value, so that the runtime and the tests take them as an argument.

    `evolve(state, fact, recorded_at)`: the last is when its writer knew, from the record itself (L24): by it a rule
    says what could be known when, whoever looks when (L14).
    `reads` are the event types that `evolve` looks at; all others only move the head (L21).
    `state_type` is the closed union of states, for storing them. `leans_on(state)` names context streams.
    `names(state)` gives the streams that this one names, as a cluster its members: they lean on it without having to
    know it, and are asked again when it changes. Only streams that are no complaints name others.
    `version` grows with every change of rules: an older decider than a state has seen proposes nothing (L16).
    """

    chapter: Chapter
    version: int
    initial: S
    state_type: Any
    reads: frozenset[type[Fact]]
    evolve: Callable[[S, Fact, datetime], S]
    decide: Callable[[Any, S, Context], Fact | Refused]
    owed: Callable[[S, Context, datetime], Owed] = owes_nothing
    leans_on: Callable[[S], tuple[str, ...]] = lambda _: ()
    names: Callable[[S], tuple[str, ...]] = lambda _: ()
    key_of: Callable[[S], str | None] = lambda _: None
    """The data key under which this complainant's words are sealed, once known."""
    owner_of: Callable[[S], str | None] = lambda _: None
    """Whose data keys those are, where that is more than this stream."""
    books: bool = False
    """Whether its rules read the rulebooks of `Context.books`."""
