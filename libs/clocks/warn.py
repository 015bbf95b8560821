"""When warnings are owed: so many percent of the way, within the hours in which people may be told. Pure.

A warning that would fall outside those hours waits until they begin again; where that is not before the due time, it
is owed at their last instant before; where that is before the start, there is none. Must not: send anything.
"""

from collections.abc import Sequence

from clocks.calendar import Calendar
from clocks.counting import Count, Span
from clocks.spec import MINUTES_A_DAY, minutes_of
from clocks.wall import MINUTE


def warnings(count: Count, due: int, pauses: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Percent and instant of every warning, in order."""
    whole = count.passed(due, pauses)
    found = []
    for percent in sorted(set(count.policy.warn_percent)):
        at = min(due, count.when_passed(whole * percent // 100, pauses))
        told = at if count.policy.notify_hours is None else _within(at, count, due)
        if told is not None:
            found.append((percent, told))
    return tuple(found)


def _within(at: int, count: Count, due: int) -> int | None:
    calendar, hours = count.calendar, minutes_of(count.policy.notify_hours or "00:00-24:00")
    if _inside(at, calendar, hours):
        return at
    day, _ = calendar.wall(at)
    begins = (calendar.at(near, hours[0] * MINUTE) for near in range(day - 1, day + 4))
    ends = (calendar.at(near, hours[1] * MINUTE) for near in range(day + 1, day - 5, -1))
    later = (begin for begin in begins if at < begin < due and _inside(begin, calendar, hours))
    earlier = (end for end in ends if count.begin <= end < at and _inside(end, calendar, hours))
    return next(later, None) or next(earlier, None)


def _inside(at: int, calendar: Calendar, hours: tuple[int, int]) -> bool:
    """Whether the wall shows a time within the hours; both ends belong to them."""
    _, time = calendar.wall(at)
    begin, end = hours[0] * MINUTE, hours[1] * MINUTE
    return begin <= time <= end or time <= end - MINUTES_A_DAY * MINUTE
