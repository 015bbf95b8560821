"""A calendar made ready for counting: open time added up, working days in order; found by binary search.

Lives here: questions about open time and days. Instants inside the package are microseconds (`wall`). Must not: know a
policy.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime

from clocks.spec import CalendarSpec, DayRule
from clocks.table import Layout, Table, laid_out
from clocks.wall import first_instant, instant, moment, wall, weekday

_AROUND = 40
"""Days laid out before the first and after the last that the calendar knows."""
_WITHOUT_END = 3 * 366
"""Days laid out at first for a calendar without a last day."""
_EARLIEST, _LATEST = date(1960, 1, 1).toordinal(), date(2250, 1, 1).toordinal()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ClockError(Exception):
    """A clock cannot be answered; the subclass and the message say why."""


class CalendarInvalid(ClockError):
    """A calendar is never open: time would never pass on it."""


class OutOfReach(ClockError):
    """The answer lies before 1960 or after 2249, or the calendar is open so seldom that it would."""


class Calendar:
    """A compiled calendar. Make it with `compiled`. It answers for all time: beyond its days the week goes on.

    What is laid out grows when it is asked beyond; the answers never change.
    """

    def __init__(self, spec: CalendarSpec) -> None:
        self.spec = spec
        self._layout = Layout.of(spec)
        self.zone = self._layout.zone
        first = spec.first.toordinal()
        last = spec.last.toordinal() if spec.last else first + _WITHOUT_END
        self._table = laid_out(self._layout, first - _AROUND, last + _AROUND)

    @property
    def name(self) -> str:
        """As in the spec."""
        return self.spec.name

    @property
    def day_minutes(self) -> int:
        """The open time of a working day of the week, on average: how long a day of business time is."""
        open_days = [sum(end - begin for begin, end in spans) for spans in self._layout.week if spans]
        return round(sum(open_days) / len(open_days))

    # --- for everybody -----------------------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at that instant: an opening is open, a closing is not."""
        return self.opens_at(instant(at)) == instant(at)

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`, in UTC."""
        return moment(self.opens_at(instant(at)))

    def local(self, at: datetime) -> datetime:
        """The instant by the clock on the wall there."""
        return at.astimezone(UTC).astimezone(self.zone)

    # --- open time, for this package ---------------------------------------------------------------------------------

    def opens_at(self, at: int) -> int:
        """The first open instant at or after `at`."""
        while True:
            table = self._reaching(at, at)
            number = bisect_right(table.closes, at)
            if number < len(table.opens):
                return max(at, table.opens[number])
            self._further()

    def open_between(self, begin: int, end: int) -> int:
        """Open microseconds from `begin` to `end`."""
        if end <= begin:
            return 0
        table = self._reaching(begin, end)
        return _open_until(table, end) - _open_until(table, begin)

    def after_open(self, begin: int, time: int) -> int:
        """The first instant by which so much open time has passed since `begin`."""
        if time <= 0:
            return begin
        while True:
            table = self._reaching(begin, begin)
            target = _open_until(table, begin) + time
            if table.before[-1] >= target:
                number = bisect_left(table.before, target) - 1
                return table.opens[number] + target - table.before[number]
            self._further()

    def spans(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Every open span that touches [begin, end): its opening, its closing and its day."""
        table = self._reaching(begin, end)
        number = bisect_right(table.closes, begin)
        while number < len(table.opens) and table.opens[number] < end:
            yield table.opens[number], table.closes[number], table.day_of[number]
            number += 1

    # --- days, for this package --------------------------------------------------------------------------------------

    def wall(self, at: int) -> tuple[int, int]:
        """The day, and the time since its midnight, that the wall shows."""
        return wall(at, self.zone)

    def at(self, day: int, time: int) -> int:
        """The first instant at which the wall shows that time of that day or later."""
        return first_instant(day, time, self.zone)

    def last_instant(self, day: int) -> int:
        """The last microsecond before the next day begins."""
        return first_instant(day + 1, 0, self.zone) - 1

    def works(self, day: int) -> bool:
        """Whether it is a working day."""
        return self.works_after(day - 1, 1) == day

    def works_after(self, day: int, count: int) -> int:
        """The count-th working day after a day; `count` is at least 1."""
        while True:
            table = self._with_day(day)
            number = bisect_right(table.working, day) + count - 1
            if number < len(table.working):
                return table.working[number]
            self._further()

    def closing(self, day: int) -> int | None:
        """The last closing of what opens on that day."""
        whole = self.whole_day(day)
        return whole[1] if whole else None

    def whole_day(self, day: int) -> tuple[int, int] | None:
        """The first opening and the last closing of a working day."""
        table = self._with_day(day)
        number = bisect_left(table.working, day)
        known = number < len(table.working) and table.working[number] == day
        return (table.opening[number], table.closing[number]) if known else None

    def hours(self, day: int) -> str:
        """The open hours that begin on a day, as written."""
        rule = self.rule(day)
        return ", ".join(rule.open if rule else self.spec.week.of(weekday(day)))

    def openings(self, begin: int, end: int) -> list[int]:
        """The working days whose first opening is in [begin, end)."""
        table = self._reaching(begin, end)
        return table.working[bisect_left(table.opening, begin) : bisect_left(table.opening, end)]

    def rule(self, day: int) -> DayRule | None:
        """What the calendar says about that very day."""
        special = self._layout.days.get(day)
        return special[1] if special else None

    def day_name(self, day: int) -> str:
        """Why it is open or closed: the rule's own words, or the day of the week."""
        rule = self.rule(day)
        return rule.why if rule else _WEEKDAYS[weekday(day)]

    def unconfirmed(self, first: int, last: int) -> list[DayRule]:
        """Rules that are not confirmed and speak of a day from `first` to `last`."""
        days = (self._layout.days[day][1] for day in sorted(self._layout.days) if first <= day <= last)
        return list(dict.fromkeys(rule for rule in days if not rule.confirmed))

    # --- what is laid out --------------------------------------------------------------------------------------------

    def _reaching(self, begin: int, end: int) -> Table:
        table = self._table
        if table.begin <= begin and end < table.end:
            return table
        return self._grown(self.wall(begin)[0] - 2, self.wall(end)[0] + 1)

    def _with_day(self, day: int) -> Table:
        table = self._table
        return table if table.first <= day <= table.last else self._grown(day, day)

    def _further(self) -> None:
        table = self._table
        self._grown(table.first, table.last + max(366, table.last - table.first), reach=False)

    def _grown(self, first: int, last: int, *, reach: bool = True) -> Table:
        if first < _EARLIEST or (last > _LATEST and (reach or self._table.last >= _LATEST)):
            raise OutOfReach(f"calendar {self.name}: no answer between 1960 and 2249")
        first, last = min(first - _AROUND, self._table.first), min(max(last + _AROUND, self._table.last), _LATEST)
        self._table = laid_out(self._layout, first, last)
        return self._table


def _open_until(table: Table, at: int) -> int:
    number = bisect_right(table.opens, at) - 1
    if number < 0:
        return 0
    return table.before[number] + min(at, table.closes[number]) - table.opens[number]


def compiled(spec: CalendarSpec) -> Calendar:
    """The calendar of a spec, about 1 ms a year. Raises CalendarInvalid where it is never open."""
    calendar = Calendar(spec)
    try:
        calendar.opens_at(instant(datetime.combine(spec.first, datetime.min.time(), UTC)))
    except OutOfReach:
        raise CalendarInvalid(f"calendar {spec.name} is never open") from None
    return calendar
