"""The arithmetic of a clock: where counting begins, when the time is used up, and what pauses take out.

Everything is a whole number: instants in microseconds (`wall`), days as ordinals. Each convention of `policy` is
applied in one place here. Must not: know events, states, or how a proof looks.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from clocks.calendar import Calendar
from clocks.policy import Policy, Unit
from clocks.wall import HOUR, MINUTE

Amount = tuple[int, Unit]
Span = tuple[int, int]
"""From an instant until before another."""
_DAYS_AT_LEAST: dict[Unit, int] = {"weeks": 7, "months": 28}
_MICROSECONDS: dict[Unit, int] = {"minutes": MINUTE, "hours": HOUR, "business-hours": HOUR}


def since_midnight(text: str) -> int:
    """`08:30` as microseconds since midnight."""
    return int(text[:2]) * HOUR + int(text[3:]) * MINUTE


def added_up(amounts: Sequence[Amount]) -> tuple[Amount, ...]:
    """The same amounts with neighbours of one unit made one: a month and a month are two months."""
    found: list[Amount] = []
    for amount, unit in amounts:
        if found and found[-1][1] == unit:
            found[-1] = (found[-1][0] + amount, unit)
        else:
            found.append((amount, unit))
    return tuple(found)


def _in_time(amounts: Sequence[Amount]) -> int:
    return sum(many * _MICROSECONDS[unit] for many, unit in amounts)


def united(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same time in spans that are in order and neither touch nor overlap; empty ones are gone."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if end <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


class Count:
    """One policy on one calendar, counting from one start. Never changes."""

    __slots__ = ("begin", "calendar", "first_day", "policy", "time_of_day")

    def __init__(self, start: int, policy: Policy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self.begin = moved_start(start, policy, calendar)
        """Where counting begins: the start, moved as the policy says."""
        self.first_day, self.time_of_day = calendar.wall(self.begin)
        """What the wall shows then."""

    # --- time --------------------------------------------------------------------------------------------------------

    def measured(self, begin: int, end: int) -> int:
        """Time between two instants as the policy measures it: open time for business units, else all of it."""
        if self.policy.in_business_time:
            return self.calendar.open_between(begin, end)
        return max(0, end - begin)

    def after(self, begin: int, time: int) -> int:
        """The first instant by which so much measured time has passed."""
        return self.calendar.after_open(begin, time) if self.policy.in_business_time else begin + time

    def out(self, pauses: Sequence[Span], end: int) -> int:
        """Measured time that pauses take out between the beginning of the count and an instant."""
        return sum(self.measured(max(since, self.begin), min(until, end)) for since, until in pauses)

    def passed(self, end: int, pauses: Sequence[Span] = ()) -> int:
        """Measured time until an instant, without pauses."""
        return self.measured(self.begin, end) - self.out(pauses, end)

    def when_passed(self, time: int, pauses: Sequence[Span]) -> int:
        """The first instant by which so much measured time has passed, without pauses."""
        end = self.after(self.begin, time)
        for since, until in pauses:
            if since >= end:
                break
            time += self.measured(max(since, self.begin), until)
            end = self.after(self.begin, time)
        return end

    # --- due times ---------------------------------------------------------------------------------------------------

    def due(self, amounts: Sequence[Amount], pauses: Sequence[Span] = ()) -> int:
        """When these amounts are used up. `pauses` are united. Every pause that begins before then moves it."""
        by_days = self.policy.pause_counts == "days"
        time = days = 0
        end = self._due(amounts, days, time)
        for since, until in pauses:
            if since >= end:
                break
            if by_days:
                days += len(self.opened_days(max(since, self.begin), until))
            else:
                time += self.measured(max(since, self.begin), until)
            end = self._due(amounts, days, time)
        return end

    def _due(self, amounts: Sequence[Amount], more_days: int, more_time: int) -> int:
        if not self.policy.in_days:
            return self.after(self.begin, _in_time(amounts) + more_time)
        day, same_time = self.last_day(amounts, more_days)
        return self.after(self.end_of(self.rolled(day), same_time=same_time), more_time)

    def rolled(self, day: int) -> int:
        """The day itself, or the next working day where the policy says so; business units end on one anyhow."""
        if self.policy.closed_end == "stands" or self.policy.in_business_time:
            return day
        return self.calendar.works_after(day - 1, 1)

    def last_day(self, amounts: Sequence[Amount], more_days: int) -> tuple[int, bool]:
        """The day that a budget of days ends on, and whether the start's time of day is meant there.

        It is not where a start stands on a closed day, nor where a month has no such day: then it is the month's last,
        to its end. So a later start is never due earlier. `more_days` are those that pauses take out.
        """
        day = self.first_day
        if self.policy.in_business_time:
            works = self.calendar.works(day)
            days = sum(many for many, _ in amounts) + more_days - (self.policy.start_day_counts and works)
            return (self.calendar.works_after(day, days) if days else day), works
        exact = True
        for many, unit in added_up(amounts):
            day, exact = reached(day, many, unit)
        return day + more_days - (self.policy.start_day_counts and exact), exact

    def end_of(self, day: int, *, same_time: bool) -> int:
        """The instant at which the time is over if it ends on that day; never before counting begins."""
        end_at, calendar = self.policy.end_at, self.calendar
        if end_at == "same-time" and same_time:
            return calendar.at(day, self.time_of_day)
        closing = calendar.closing(day) if end_at == "close-of-business" else None
        return max(self.begin, calendar.last_instant(day) if closing is None else closing)

    def opened_days(self, begin: int, end: int) -> Sequence[int]:
        """The days that a pause takes out: those that begin while it lasts, at their first opening or at midnight.

        Day 0 is not counted, so it cannot be taken out.
        """
        first = self.first_day + (not self.policy.start_day_counts)
        if end <= begin:
            return ()
        if self.policy.in_business_time:
            return [day for day in self.calendar.openings(begin, end) if day >= first]
        since, until = self.calendar.wall(begin)[0], self.calendar.wall(end - 1)[0]
        return range(max(first, since if self.calendar.at(since, 0) == begin else since + 1), until + 1)

    def whole_units(self, end: int, pauses: Sequence[Span] = ()) -> int:
        """How many whole units have passed at an instant."""
        unit = self.policy.counts_in
        if not self.policy.in_days:
            return self.passed(end, pauses) // _MICROSECONDS[unit]
        most = self._most_units(end)
        return bisect_left(range(1, most + 1), end + 1, key=lambda many: self.due(((many, unit),), pauses))

    def _most_units(self, end: int) -> int:
        """No more can have passed: a unit has so many days at least. So none is looked for far beyond the moment.

        One day more, for a zone may show the day before once again; and the day of the start may be one.
        """
        if end < self.begin:
            return 0
        if self.policy.in_business_time:
            return len(self.calendar.openings(self.begin, end)) + 2
        days = self.calendar.wall(end)[0] - self.first_day + 1 + self.policy.start_day_counts
        return days // _DAYS_AT_LEAST.get(self.policy.counts_in, 1)


def moved_start(start: int, policy: Policy, calendar: Calendar) -> int:
    """Where counting begins: first a closed start rolls, then a start after the cutoff moves."""
    if policy.closed_start == "rolls":
        day, time = calendar.wall(start)
        if not calendar.works(day):
            start = calendar.at(calendar.works_after(day, 1), time)
    if policy.cutoff is not None and policy.after_cutoff is not None:
        day, time = calendar.wall(start)
        if time > since_midnight(policy.cutoff):
            start = calendar.at(calendar.works_after(day, 1), since_midnight(policy.after_cutoff))
    return start


def reached(day: int, many: int, unit: Unit) -> tuple[int, bool]:
    """The day that lies so many calendar days, weeks or months later; False where a month has no such day."""
    return _months_after(day, many) if unit == "months" else (day + many * (7 if unit == "weeks" else 1), True)


def _months_after(day: int, months: int) -> tuple[int, bool]:
    """The same day of a later month and True; or that month's last day and False, where it has no such day."""
    begin = date.fromordinal(day)
    years, month = divmod(begin.month - 1 + months, 12)
    last = monthrange(begin.year + years, month + 1)[1]
    return date(begin.year + years, month + 1, min(begin.day, last)).toordinal(), begin.day <= last
