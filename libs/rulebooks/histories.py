"""A clock of one complaint run again, from its facts and from the rulebook versions that they name.

The same facts and texts give the same state and the same proof: on a server, from an export, in ten years. Pure.
Must not: choose a version (the facts name theirs), or count (`clocks`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from clocks import (
    Calendar,
    ClockState,
    Ended,
    Extended,
    History,
    OutOfReach,
    Paused,
    Policy,
    Proof,
    Resumed,
    Started,
    Step,
    Unit,
    run,
)
from events.decider import UnknownRulebook
from events.escalation import (
    ClockExtended,
    ClockMet,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStarted,
    ClockStopped,
)
from events.fact import Fact
from events.rulebook import Approved, Drafted, DraftRefused
from rulebooks.books import by_ref, parsed, rulebook_stream
from rulebooks.forms import calendar_of, pack_of
from rulebooks.state import Books, Rulebook, evolve


class NotCounted(Exception):
    """There is nothing to count: no such clock was started, a publisher stated its due time, or it lies beyond what any
    calendar can tell. The message says which.
    """


@dataclass(frozen=True, slots=True)
class Recorded:
    """An admitted fact: the id of the event that tells it, and when its writer knew it (L24)."""

    event: str
    known_at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is counted by: `<pack>/<policy>@<version>` and `<calendar>@<version>`, as its facts name them."""

    policy: str
    calendar: str

    @property
    def streams(self) -> tuple[str, str]:
        """The streams of the two rulebooks."""
        return rulebook_stream("calendar", parsed(self.calendar).name), rulebook_stream(
            "pack", parsed(self.policy).name
        )


def terms_of(told: Sequence[Recorded], clock: str) -> Terms:
    """What the clock is counted by now: as it was started, or as it was recalculated last. Raises NotCounted."""
    terms: Terms | None = None
    started = False
    for one in told:
        match one.fact:
            case ClockStarted(clock=name) | ClockRecalculated(clock=name) if name == clock:
                started = True
                terms = _terms(one.fact, terms)
    if terms is None:
        why = "its due time is one that a publisher stated" if started else "no such clock was started"
        raise NotCounted(f"{clock}: {why}")
    return terms


def _terms(fact: ClockStarted | ClockRecalculated, before: Terms | None) -> Terms | None:
    calendar = fact.calendar or (before.calendar if before and isinstance(fact, ClockRecalculated) else None)
    return Terms(fact.policy, calendar) if calendar is not None else None


def history_of(told: Sequence[Recorded], clock: str) -> History:
    """What happened to the clock, in the order of the log. Raises NotCounted where nothing started it."""
    started: Started | None = None
    steps: list[Step] = []
    for one in told:
        fact = one.fact
        if isinstance(fact, ClockStarted) and fact.clock == clock:
            started, steps = Started(fact.at, one.event), []
        else:
            steps.extend(_steps(one, clock))
    if started is None:
        raise NotCounted(f"{clock}: no such clock was started")
    return History(started, tuple(steps))


def _unit(name: str) -> Unit | None:
    return next((unit for unit in get_args(Unit) if unit == name), None)


def _steps(one: Recorded, clock: str) -> Iterator[Step]:
    """The step that a fact is for this clock, if it is one. A warning or a breach is what a clock says, not a step."""
    match one.fact:
        case ClockPaused(clock=name, at=at, reason=reason) if name == clock:
            yield Paused(at, reason, one.event)
        case ClockResumed(clock=name, at=at) if name == clock:
            yield Resumed(at, one.event)
        case ClockExtended(clock=name) as fact if name == clock:
            yield Extended(fact.at, one.event, fact.amount, _unit(fact.unit), fact.noticed_at, fact.has)
        case ClockMet(clock=name, at=at) if name == clock:
            yield Ended(at, "met", one.event)
        case ClockStopped(clock=name, at=at) if name == clock:
            yield Ended(at, "stopped", one.event)
        case _:
            return


def reckoned(told: Sequence[Recorded], books: Books, clock: str, as_of: datetime) -> ClockState:
    """The clock as its facts and the rulebook versions that they name make it. Raises NotCounted, UnknownRulebook."""
    return by_terms(told, books, clock, terms_of(told, clock), as_of)


def by_terms(told: Sequence[Recorded], books: Books, clock: str, terms: Terms, as_of: datetime) -> ClockState:
    """The clock counted by these terms. Raises NotCounted, UnknownRulebook."""
    policy, calendar = read(terms, books)
    try:
        return run(history_of(told, clock), policy, calendar, as_of)
    except OutOfReach as error:
        raise NotCounted(f"{clock}: {error}") from None


def proof_of(told: Sequence[Recorded], books: Books, clock: str, as_of: datetime) -> Proof:
    """How the clock came to its due time, with the versions that it is counted by. Raises as `reckoned`."""
    terms = terms_of(told, clock)
    return replace(reckoned(told, books, clock, as_of).proof, policy=terms.policy, calendar=terms.calendar)


def read(terms: Terms, books: Books) -> tuple[Policy, Calendar]:
    """The policy and the calendar of these versions. Raises UnknownRulebook."""
    pack, calendar = by_ref(books, "pack", terms.policy), by_ref(books, "calendar", terms.calendar)
    policy = pack_of(pack).named(parsed(terms.policy).policy)
    if policy is None:
        raise UnknownRulebook(f"pack/{terms.policy}")
    return policy, calendar_of(calendar)


def book(told: Sequence[Recorded]) -> Rulebook:
    """A rulebook from the facts of its stream."""
    found = Rulebook()
    for one in told:
        if isinstance(one.fact, Drafted | Approved | DraftRefused):
            found = evolve(found, one.fact)
    return found
