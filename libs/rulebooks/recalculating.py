"""What a changed rulebook does to a clock that runs: nothing, unless the new version says that it applies to running
clocks (a late holiday). Then the clock goes over to it, where its due time is another one by it.

One rule for the service that recalculates and for whoever asks what a draft would do (ADR 11). Pure. Must not: count.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from clocks import ClockState
from events.fact import LAST
from rulebooks.books import covering, edition, parsed
from rulebooks.forms import EDITIONS_MAX, pack_of
from rulebooks.histories import Terms
from rulebooks.shelf import Shelf, shelf_of
from rulebooks.state import Books, Rulebook, Version

Why = Literal["breached", "met", "stopped", "too-late", "unchanged", "policy-gone", "calendar-not-in-force"]
"""Why a clock stays as it is: it was `breached`, `met` or `stopped` before; `too-late`: its time would have run out
before anybody knew of the version; `unchanged`: it is due at the same moment; `policy-gone`: the new pack has no such
policy; `calendar-not-in-force`: the new pack counts it on a calendar that does not cover that moment.
"""
_OVER: Mapping[str, Why] = {"breached": "breached", "met": "met", "stopped": "stopped"}


class Followed(NamedTuple):
    """A clock as far as a recalculation looks at it."""

    terms: Terms
    begun: datetime
    steps: tuple[datetime, ...]
    """When it was paused, resumed or extended: what moved nothing before may move it then."""
    breached: bool
    counted: Callable[[Terms, datetime], ClockState | None]
    """How it stands by these terms at a moment; None where its due time lies beyond all calendars."""


@dataclass(frozen=True, slots=True)
class Recalculation:
    """The clock goes over to a version. `since`: when that was known and in force; `at`: when it moves the clock."""

    since: datetime
    at: datetime
    cause: str
    terms: Terms
    old: ClockState | None
    new: ClockState | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A version does nothing to the clock."""

    since: datetime
    why: Why


class _Newer(NamedTuple):
    """A version that applies to running clocks, and from when on."""

    since: datetime
    kind: str
    name: str
    version: Version


def recalculations(clock: Followed, books: Books) -> Iterator[Recalculation | Kept]:
    """What each later version that applies to running clocks does to the clock as it is, the earliest first; in the
    future where one is not in force yet. After the first recalculation the clock is another: ask again. Raises
    UnknownRulebook.
    """
    for newer in _newer(shelf_of(books), clock.terms.policy, clock.terms.calendar):
        yield Kept(newer.since, "breached") if clock.breached else _by(newer, clock, books)


def due_of(state: ClockState | None) -> tuple[datetime | None, bool]:
    """What a fact says of a clock that was moved: its due time, the last moment of all where it lies beyond every
    calendar, None where it is measured only; and whether that is provisional.
    """
    if state is None:
        return LAST, True
    return None if state.due is None else min(state.due, LAST), state.provisional


def may_be_recalculated(terms: Terms, books: Books) -> bool:
    """Whether there is a version at all that applies to clocks which run by these terms: mostly there is none."""
    return bool(_newer(shelf_of(books), terms.policy, terms.calendar))


@lru_cache(EDITIONS_MAX)
def _newer(shelf: Shelf, policy: str, calendar: str) -> tuple[_Newer, ...]:
    """Versions that apply to running clocks and come after the one that it was started with, the earliest first."""
    found = [
        _Newer(max(version.known_at, version.effective_at), kind, ref.name, version)
        for kind, ref in (("calendar", parsed(calendar)), ("pack", parsed(policy)))
        for version in shelf.books.get(f"{kind}/{ref.name}", Rulebook()).versions
        if version.applies_to_running and version.number > (ref.number or 0)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.kind)))


def _by(newer: _Newer, clock: Followed, books: Books) -> Recalculation | Kept:
    terms = _terms(newer, clock.terms, books)
    why: Why = "unchanged"
    for when in sorted({max(newer.since, clock.begun), *(at for at in clock.steps if at > newer.since)}):
        old = clock.counted(clock.terms, when)
        over = None if old is None else _OVER.get(old.state)
        if over is not None:
            return Kept(newer.since, over)
        if not isinstance(terms, Terms):
            return Kept(newer.since, terms)
        new = clock.counted(terms, when)
        if due_of(old) == due_of(new):
            continue
        if new is not None and new.due is not None and new.due <= when:
            why = "too-late"
            continue
        cause = f"{newer.kind}/{newer.name}@{newer.version.number} applies to running clocks"
        return Recalculation(newer.since, when, cause, terms, old, new)
    return Kept(newer.since, why)


def _terms(newer: _Newer, terms: Terms, books: Books) -> Terms | Why:
    """What the clock would be counted by; or why it cannot be."""
    new = edition(newer.kind, newer.name, newer.version)
    if newer.kind == "calendar":
        return replace(terms, calendar=new.ref)
    pack, name = pack_of(new), parsed(terms.policy).policy
    policy = pack.named(name)
    if policy is None:
        return "policy-gone"
    moved = replace(terms, policy=new.policy(name))
    calendar = pack.calendar_of(policy)
    if calendar == parsed(terms.calendar).name:
        return moved
    found = covering(books, "calendar", calendar, newer.since)
    return "calendar-not-in-force" if found is None else replace(moved, calendar=found.ref)
