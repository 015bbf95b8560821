"""What a changed rulebook does to a clock that runs: nothing, unless the new version says that it applies to running
clocks (a late holiday). Then the clock goes over to it by a fact of its own, where its due time is another one by it.

Pure. Old and new due times stay in the log: "as known then" and "as corrected now" are both answered.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from clocks import ClockState
from escalation.decider.judging import ran
from escalation.decider.reading import covering, judge
from escalation.decider.state import Running
from events.escalation import ClockRecalculated
from events.fact import LAST
from rulebooks.books import edition
from rulebooks.forms import pack_of
from rulebooks.state import Books, Rulebook, Version


class _Newer(NamedTuple):
    """A version that applies to running clocks, and from when on."""

    at: datetime
    kind: str
    name: str
    version: Version


def recalculated(clock: Running, books: Books) -> ClockRecalculated | None:
    """The next recalculation of a clock that is neither answered nor breached; it lies in the future where the new
    version is not in force yet. Raises UnknownRulebook.
    """
    if clock.calendar is None or clock.breached_at is not None:
        return None
    for newer in sorted(_newer(clock, books), key=lambda one: (one.at, one.kind)):
        moved = _by(newer, clock, books)
        if moved is None:
            continue
        old, new = judge(books, clock), judge(books, moved)
        for when in sorted({max(newer.at, clock.at), *(step.at for step in clock.steps if step.at > newer.at)}):
            before, after = ran(clock, old, when), ran(moved, new, when)
            if _differs(before, after) and not _is_over(after, when):
                return ClockRecalculated(
                    at=when,
                    clock=clock.name,
                    old_due=_due(before),
                    new_due=_due(after),
                    cause=f"{newer.kind}/{newer.name}@{newer.version.number} applies to running clocks",
                    policy=moved.policy,
                    calendar=moved.calendar,
                    provisional=after is None or after.provisional,
                )
    return None


def _newer(clock: Running, books: Books) -> Iterator[_Newer]:
    """Versions that apply to running clocks and come after the one that it was started with, and from when on."""
    ref, _, pack_version = clock.policy.rpartition("@")
    calendar, _, calendar_version = (clock.calendar or "").rpartition("@")
    for kind, name, number in (("calendar", calendar, calendar_version), ("pack", ref.partition("/")[0], pack_version)):
        for version in books.get(f"{kind}/{name}", Rulebook()).versions:
            if version.applies_to_running and version.number > int(number):
                yield _Newer(max(version.known_at, version.effective_at), kind, name, version)


def _by(newer: _Newer, clock: Running, books: Books) -> Running | None:
    """The clock as it would follow the new version; None where the new pack has no such policy, or counts it on a
    calendar that is not in force then.
    """
    at, kind, name, version = newer
    new = edition(kind, name, version)
    if kind == "calendar":
        return replace(clock, calendar=new.ref)
    pack, policy_name = pack_of(new), clock.policy.rpartition("@")[0].partition("/")[2]
    policy = pack.named(policy_name)
    if policy is None:
        return None
    moved = replace(clock, policy=f"{name}/{policy_name}@{version.number}")
    calendar = pack.calendar_of(policy)
    if calendar == (clock.calendar or "").rpartition("@")[0]:
        return moved
    found = covering(books, "calendar", calendar, at)
    return None if found is None else replace(moved, calendar=found.ref)


def _differs(before: ClockState | None, after: ClockState | None) -> bool:
    if before is None or after is None:
        return before is not after
    return (before.due, before.provisional) != (after.due, after.provisional)


def _is_over(after: ClockState | None, when: datetime) -> bool:
    """By the new version the time would have run out before anybody knew of it: then the clock stays as it is."""
    return after is not None and after.due is not None and after.due <= when


def _due(state: ClockState | None) -> datetime | None:
    return LAST if state is None else None if state.due is None else min(state.due, LAST)
