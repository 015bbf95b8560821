"""What if a calendar or a pack were as a draft says, and applied to the clocks that run: what recalculation would do to
each of them. Pure; nothing comes into force by it.

Must not: check a draft (`kinds`), know who asks, or say which clock is recalculated (`recalculating`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clocks import ClockState, Ended, OutOfReach, run
from events.escalation import ClockBreached, ClockStarted
from rulebooks.books import Text
from rulebooks.histories import Recorded, Terms, history_of, read, terms_of
from rulebooks.recalculating import Followed, Kept, Recalculation, Why, recalculations
from rulebooks.state import Books, Rulebook, Version


@dataclass(frozen=True, slots=True)
class Tried:
    """One clock, as it is and as it would be: None where its due time lies beyond all calendars."""

    old: ClockState | None
    new: ClockState | None
    """The same as `old` where the clock keeps its version."""
    kept: Why | None
    """Why it does; None where it is recalculated."""
    standing: str
    """What the source of the policy is worth that it would follow; M is no law."""


def with_drafts(books: Books, drafts: Sequence[Text], at: datetime) -> Books:
    """The rulebooks as if the drafts were their next versions, known and in force from `at` on."""
    found = dict(books)
    for draft in drafts:
        found[draft.key] = _with(found.get(draft.key, Rulebook()), draft, at)
    return found


def _with(book: Rulebook, draft: Text, at: datetime) -> Rulebook:
    number = max((version.number for version in book.versions), default=0) + 1
    version = Version(number, draft.text, at, at, applies_to_running=True)
    return replace(book, versions=(*book.versions, version))


def what_if(told: Sequence[Recorded], books: Books, drafts: Sequence[Text], clock: str, at: datetime) -> Tried | None:
    """What the drafts would do to the clock, were they approved at `at`; None where they do not concern it. Raises
    NotCounted, UnknownRulebook.
    """
    drafted = with_drafts(books, drafts, at)
    before = after = _followed(told, drafted, clock)
    while True:
        outcomes = [one for one in recalculations(after, drafted) if one.since <= at]
        moved = next((one for one in outcomes if isinstance(one, Recalculation)), None)
        if moved is None:
            break
        after = after._replace(terms=moved.terms)
    kept = [one.why for one in outcomes if isinstance(one, Kept) and one.since == at]
    if after is before and not kept:
        return None
    policy, _ = read(after.terms, drafted)
    old = before.counted(before.terms, at)
    if after is not before:
        return Tried(old, after.counted(after.terms, at), None, policy.standing)
    return Tried(old, old, min(kept, key=lambda why: why == "unchanged"), policy.standing)


def _followed(told: Sequence[Recorded], books: Books, clock: str) -> Followed:
    """The clock as its facts tell it."""
    terms, history = terms_of(told, clock), history_of(told, clock)
    begun, breached = history.started.at, False
    for fact in (one.fact for one in told):
        if isinstance(fact, ClockStarted | ClockBreached) and fact.clock == clock:
            breached = isinstance(fact, ClockBreached)

    def counted(by: Terms, when: datetime) -> ClockState | None:
        policy, calendar = read(by, books)
        try:
            return run(history, policy, calendar, max(when, begun))
        except OutOfReach:
            return None

    steps = tuple(step.at for step in history.steps if not isinstance(step, Ended))
    return Followed(terms, begun, steps, breached, counted)
