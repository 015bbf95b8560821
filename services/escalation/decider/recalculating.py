"""The fact by which a running clock goes over to a later version of its calendar or pack; which one does so, and when,
`rulebooks.recalculating` says.

Pure. Old and new due times stay in the log: "as known then" and "as corrected now" are both answered.
"""

from dataclasses import replace
from datetime import datetime

from clocks import ClockState
from escalation.decider.judging import ran
from escalation.decider.reading import judge
from escalation.decider.state import Running
from events.escalation import ClockRecalculated
from rulebooks.histories import Terms
from rulebooks.recalculating import Followed, Recalculation, due_of, may_be_recalculated, recalculations
from rulebooks.state import Books


def recalculated(clock: Running, books: Books, over_at: datetime | None) -> ClockRecalculated | None:
    """The next recalculation of a clock that is neither breached nor over then; it lies in the future where
    the new version is not in force yet. Raises UnknownRulebook.
    """
    if clock.calendar is None:
        return None
    terms = Terms(clock.policy, clock.calendar)
    if not may_be_recalculated(terms, books):
        return None

    def counted(terms: Terms, when: datetime) -> ClockState | None:
        there = _by(terms, clock)
        return ran(there, judge(books, there), when, over_at if over_at is not None and over_at <= when else None)

    steps = tuple(step.at for step in clock.steps)
    followed = Followed(terms, clock.at, steps, clock.breached_at is not None, counted)
    for one in recalculations(followed, books):
        if isinstance(one, Recalculation):
            due, provisional = due_of(one.new)
            return ClockRecalculated(
                at=one.at,
                clock=clock.name,
                old_due=due_of(one.old)[0],
                new_due=due,
                cause=one.cause,
                policy=one.terms.policy,
                calendar=one.terms.calendar,
                standing=judge(books, _by(one.terms, clock)).policy.standing,
                provisional=provisional,
            )
    return None


def _by(terms: Terms, clock: Running) -> Running:
    """The clock as it would be counted by other terms."""
    return replace(clock, policy=terms.policy, calendar=terms.calendar)
