"""The ladder: which level has its duty next, and when. Pure.

It belongs to the case: as long as a breached clock is unanswered, the next level fires when its own time has come; each
level once, in order, with an owner or without. Where nobody is at a post, the next level follows at once.
"""

from datetime import datetime, timedelta

from escalation.decider import reading
from escalation.decider.state import Case
from events.escalation import CaseEscalated
from events.fact import LAST
from rulebooks.state import Books

CRISIS = "crisis"
BY_HAND = "by-hand"


def next_level(case: Case, books: Books, clock: str, begun: datetime, why: str) -> CaseEscalated | None:
    """The level after the highest that has fired, because of what began at `begun`; None where there is none."""
    found = reading.ladder(books, begun)
    if found is None or case.rest.level >= len(found[0].level):
        return None
    below, rest = case.rest.level_at, case.rest
    wait = timedelta(0) if below is not None and rest.level_empty else found[0].level[rest.level].wait
    at = begun + wait if below is None else max(begun, below + wait)
    return _escalated(case, books, rest.level + 1, min(at, LAST), clock=clock, because=(begun, why))


def crisis_level(case: Case, books: Books, begun: datetime) -> CaseEscalated | None:
    """Where a crisis goes at once; None where that level has fired."""
    found = reading.ladder(books, begun)
    if found is None or case.rest.level >= found[0].crisis_level:
        return None
    because = (begun, "it is graded as a crisis")
    return _escalated(case, books, found[0].crisis_level, begun, clock=CRISIS, because=because)


def by_hand(case: Case, books: Books, level: int, now: datetime) -> CaseEscalated | None:
    """A person sends the case up; None where the ladder has no such level. Who and why is for the caller to say."""
    found = reading.ladder(books, now)
    if found is None or level > len(found[0].level):
        return None
    return _escalated(case, books, level, now, clock=BY_HAND, because=(now, BY_HAND))


def _escalated(
    case: Case, books: Books, level: int, at: datetime, *, clock: str, because: tuple[datetime, str]
) -> CaseEscalated:
    begun, why = because
    found = reading.ladder(books, begun)
    assert found is not None
    steps, ref = found
    post = steps.level[level - 1].post
    company = reading.organisation(books, begun)
    owned_since = case.rest.holding.owned_since
    return CaseEscalated(
        at=at,
        level=level,
        post=post,
        clock=clock,
        reason=f"{why}: {ref}",
        unowned=owned_since is None or owned_since > at,
        empty=company is not None and company[0].is_empty(post, at),
    )
