"""The ladder: which level has its duty next, and when. Pure.

It belongs to a cycle of the case, and begins anew where the case is reopened, and for what is missed once it is closed.
As long as a breached clock is unanswered, a broken promise not kept or a missed callback not tried, the next level
fires when its own time has come; each level once, in order, with an owner or without. Where nobody is at a post at the
instant at which its level fires, the next level follows at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.decider import reading
from escalation.decider.state import Case, Rest
from events.changed import changed
from events.escalation import CaseEscalated
from events.fact import LAST
from rulebooks.posts import Ladder
from rulebooks.state import Books

CRISIS = "crisis"
BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class _Climbed:
    """How high a ladder stands, and since when; `since` None: nothing has fired on it."""

    level: int = 0
    since: datetime | None = None
    empty: bool = False
    begun: datetime | None = None
    """When it began anew: the case was reopened, or closed."""


def level_at(rest: Rest, at: datetime) -> int:
    """The highest level that has fired in the cycle in which `at` lies."""
    return _last_before(rest, at).level


def climbed(rest: Rest, fact: CaseEscalated) -> Rest:
    """A level has fired: the first that fires after a reopening or a closing begins the ladder that belongs to it."""
    stands = _last_before(rest, fact.at)
    latest = max(fact.at, stands.since or fact.at)
    return changed(
        rest,
        fired=(max(fact.level, stands.level), latest, fact.empty),
        reopenings=tuple(one for one in rest.reopenings if one > latest),
        closings=tuple(one for one in rest.closings if one > latest),
    )


def next_level(case: Case, books: Books, clock: str, begun: datetime, why: str) -> CaseEscalated | None:
    """The level after the highest that has fired, because of what began at `begun`; None where there is none. What
    would fire after the case was reopened fires on the new cycle's ladder, however late somebody looks (L14).
    """
    found = reading.ladder(books, begun)
    if found is None:
        return None
    stands = _last_before(case.rest, None)
    at = _next_at(stands, found[0], begun)
    closings = (one for one in case.rest.closings if one <= begun)  # what was missed before stays where it climbed
    for anew in sorted((*case.rest.reopenings, *closings)):
        if at is None or at >= anew:
            stands = _Climbed(begun=anew)
            at = _next_at(stands, found[0], begun)
    if at is None:
        return None
    return _escalated(case, books, stands.level + 1, min(at, LAST), clock=clock, because=(begun, why))


def crisis_level(case: Case, books: Books, begun: datetime) -> CaseEscalated | None:
    """Where a crisis goes at once; None where that level has fired."""
    found = reading.ladder(books, begun)
    if found is None or level_at(case.rest, begun) >= found[0].crisis_level:
        return None
    because = (begun, "it is graded as a crisis")
    return _escalated(case, books, found[0].crisis_level, begun, clock=CRISIS, because=because)


def by_hand(case: Case, books: Books, level: int, now: datetime) -> CaseEscalated | None:
    """A person sends the case up; None where the ladder has no such level. Who and why is for the caller to say."""
    found = reading.ladder(books, now)
    if found is None or level > len(found[0].level):
        return None
    return _escalated(case, books, level, now, clock=BY_HAND, because=(now, BY_HAND))


def _last_before(rest: Rest, at: datetime | None) -> _Climbed:
    """The ladder as it stood when a level last fired; by `at` a new one may have come in its place."""
    begins = (*rest.reopenings, *rest.closings)
    anew = None if at is None else max((one for one in begins if one <= at), default=None)
    if anew is not None:
        return _Climbed(begun=anew)
    return _Climbed(*rest.fired)


def _next_at(stands: _Climbed, ladder: Ladder, begun: datetime) -> datetime | None:
    if stands.level >= len(ladder.level):
        return None
    wait = timedelta(0) if stands.since is not None and stands.empty else ladder.level[stands.level].wait
    if stands.since is not None:
        return max(begun, stands.since + wait)
    return (begun if stands.begun is None else max(begun, stands.begun)) + wait


def _escalated(
    case: Case, books: Books, level: int, at: datetime, *, clock: str, because: tuple[datetime, str]
) -> CaseEscalated:
    """The ladder counts as of what began it; who is at the post, as in force and known when the level fires."""
    begun, why = because
    found = reading.ladder(books, begun)
    assert found is not None
    steps, ref = found
    post = steps.level[level - 1].post
    company = reading.organisation(books, at)
    owned_since = case.rest.holding.owned_since
    return CaseEscalated(
        at=at,
        level=level,
        post=post,
        clock=clock,
        reason=f"{why}: {ref}",
        unowned=owned_since is None or owned_since > at,
        empty=company is not None and company[0].is_empty(post, at),
        ladder=ref,
        organisation=None if company is None else company[1],
    )
