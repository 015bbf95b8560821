"""A case whose clocks are counted by invented rulebooks: its moments, and what is told of it.

Lives here: the story. Must not: expect anything.
"""

from datetime import datetime, timedelta, timezone

from asked import complaint_id, lodged, stream
from events.escalation import ClockNotStarted, ClockPaused, ClockStarted
from folded import Folded
from published import OFFICE, PACK, published

ANSWER, RESOLVE = "desk:answer", "desk:resolve"
CLOCKS = f"/v1/complaints/{complaint_id(1)}/clocks"
SHANGHAI = timezone(timedelta(hours=8))


def at(day: int, hour: int) -> datetime:
    """March 2026 in Shanghai; the second is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


def started(clock: str, due: datetime) -> ClockStarted:
    policy = clock.replace(":", "/") + "@1"
    return ClockStarted(at=at(2, 15), clock=clock, due=due, policy=policy, calendar="office@1", pack="desk")


async def pause(folded: Folded) -> None:
    folded.log.tell(stream(1), ClockPaused(at=at(2, 16), clock=ANSWER, reason="evidence", lawful=True, by="li.na"))
    await folded.catch_up()


async def tell_case(folded: Folded) -> None:
    """A case with two clocks of a pack, a given one, and one that no policy fits; told as it happened."""
    folded.log.tell("rulebook/calendar/office", *published(OFFICE))
    folded.log.tell("rulebook/pack/desk", *published(PACK))
    first = [started(ANSWER, at(3, 18)), started(RESOLVE, at(10, 0))]
    folded.log.tell(stream(1), lodged(1), *first, recorded=at(2, 15))
    given = ClockStarted(at=at(2, 15), clock="resolution", due=at(9, 9), policy="given")
    folded.log.tell(stream(1), given, ClockNotStarted(at=at(2, 15), clock="city", reason="no-policy", pack="boston"))
    await folded.catch_up()
