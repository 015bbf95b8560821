"""A second clock, slow and obviously right: it walks minute by minute and knows nothing of `clocks` but its forms.

Every wall clock of a window is written down minute by minute; open time is a mark on every open minute; due times are
found by walking. Instants are minutes since the window's first. A due time is a tick: two a minute, so that the last
instant of a day, just before the next day's first minute, has a number too. Must not: share a line of arithmetic with
`libs/clocks`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import gt
from zoneinfo import ZoneInfo

from clocks.policy import Policy
from clocks.spec import CalendarSpec

MINUTE = timedelta(minutes=1)
DAYS = 75
"""Of a window; longer than any case."""


class TooFar(Exception):
    """The walk leaves the window: another case, please."""


@lru_cache(maxsize=32)
def walls(zone: str, begin: datetime) -> tuple[tuple[datetime, ...], dict[datetime, int]]:
    """What the wall shows in every minute of a window; and for every minute of the wall, the first that shows it."""
    there = ZoneInfo(zone)
    shown = tuple((begin + number * MINUTE).astimezone(there).replace(tzinfo=None) for number in range(DAYS * 1440))
    first = {shown[0]: 0}
    latest = shown[0]
    for number, now in enumerate(shown):
        while latest < now:  # also every minute that the zone skips
            latest += MINUTE
            first[latest] = number
    return shown, first


class SlowClock:
    """A calendar as marks on minutes."""

    def __init__(self, spec: CalendarSpec, begin: datetime) -> None:
        self.spec = spec
        self.begin = begin
        self.shown, self.first = walls(spec.zone, begin)
        self.open = bytearray(len(self.shown))
        self.rules = {day: rule.open for rule in spec.day for day in rule.days()}
        self.opening: dict[date, int] = {}
        self.closing: dict[date, int] = {}
        self.midnights: set[int] = set()
        day = self.shown[0].date() + timedelta(days=1)
        while day < self.shown[-1].date() - timedelta(days=2):
            self._mark(day)
            self.midnights.add(self.minute(day, "00:00"))
            day += timedelta(days=1)
        self.opened = set(self.opening.values())

    def _mark(self, day: date) -> None:
        for hours in self._hours(day):
            since, until = hours.split("-")
            opens = self.minute(day, since)
            closes = self.minute(day + timedelta(days=until <= since), until)
            self.open[opens:closes] = b"\1" * (closes - opens)
            if closes > opens:
                self.opening.setdefault(day, opens)
                self.closing[day] = closes

    def _hours(self, day: date) -> tuple[str, ...]:
        return self.rules[day] if day in self.rules else self.spec.week.of(day.weekday())

    def minute(self, day: date, text: str) -> int:
        """The first minute that shows this time or a later one."""
        wall = datetime(day.year, day.month, day.day) + timedelta(hours=int(text[:2]), minutes=int(text[3:]))  # noqa: DTZ001
        if wall not in self.first:
            raise TooFar
        return self.first[wall]

    def day(self, minute: int) -> date:
        """The date on the wall."""
        if not 0 <= minute < len(self.shown):
            raise TooFar
        return self.shown[minute].date()

    def time(self, minute: int) -> str:
        """The time on the wall."""
        return self.shown[minute].strftime("%H:%M")

    def works(self, day: date) -> bool:
        if day > self.shown[-1].date() - timedelta(days=4):
            raise TooFar
        return day in self.opening

    def next_working(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.works(day):
            day += timedelta(days=1)
        return day


class SlowRun:
    """One policy from one start, with pauses as a mark on every paused minute."""

    def __init__(self, clock: SlowClock, policy: Policy, start: int, pauses: list[tuple[int, int]]) -> None:
        self.clock = clock
        self.policy = policy
        self.paused = bytearray(len(clock.shown))
        for begin, end in pauses:
            if end > len(self.paused):
                raise TooFar
            self.paused[begin:end] = b"\1" * (end - begin)
        self.counting = clock.open if policy.in_business_time else b"\1" * len(clock.open)
        """Minutes in which time passes, pauses aside."""
        self.begin = self._moved(start)

    def _moved(self, start: int) -> int:
        policy, clock = self.policy, self.clock
        if policy.closed_start == "rolls" and not clock.works(clock.day(start)):
            start = clock.minute(clock.next_working(clock.day(start)), clock.time(start))
        if policy.cutoff and policy.after_cutoff and clock.time(start) > policy.cutoff:
            start = clock.minute(clock.next_working(clock.day(start)), policy.after_cutoff)
        return start

    def walk(self, tick: int, time: int) -> int:
        """The first tick by which so many minutes have passed."""
        minute = (tick + 1) // 2
        short = tick % 2 == 1 and self.counting[minute - 1]  # a moment of the minute before counts already
        while time > 0:
            if minute >= len(self.counting):
                raise TooFar
            time -= self.counting[minute]
            minute += 1
        return 2 * minute - short

    def passed(self, end: int) -> int:
        """Minutes that passed until then, without paused ones."""
        span = slice(self.begin, end)
        return sum(map(gt, self.counting[span], self.paused[span]))

    def due(self) -> int:
        """The tick of the due time: the least that agrees with what pauses take out before it."""
        taken = 0
        while True:
            due = self._due(taken)
            again = self._taken_out(due)
            if again == taken:
                return due
            taken = again

    def _taken_out(self, due: int) -> int:
        """Minutes (or days) that pauses take out which begin before the due time, to the end of each."""
        taken = 0
        for begin, end in self._runs():
            if 2 * begin >= due:
                break
            if self.policy.pause_counts == "days":
                taken += sum(self._day_begins(minute) for minute in range(begin, end))
            else:
                taken += sum(self.counting[begin:end])
        return taken

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Paused minutes without a gap between, from the beginning of the count on."""
        begin = self.paused.find(1, self.begin)
        while begin >= 0:
            end = self.paused.find(0, begin)
            yield begin, end
            begin = self.paused.find(1, end)

    def _day_begins(self, minute: int) -> bool:
        """Whether a day that counts begins with that minute; day 0 never counts."""
        if minute not in (self.clock.opened if self.policy.in_business_time else self.clock.midnights):
            return False
        return self.policy.start_day_counts or self.clock.day(minute) != self.clock.day(self.begin)

    def _due(self, taken: int) -> int:
        budget = self.policy.budget
        assert budget
        if not self.policy.in_days:
            minutes = budget.amount * (1 if budget.unit == "minutes" else 60)
            return self.walk(2 * self.begin, minutes + taken)
        by_days = self.policy.pause_counts == "days"
        day, same_time = self._last_day(taken if by_days else 0)
        if self._rolls() and not self.clock.works(day):
            day = self.clock.next_working(day)
        end = self._end(day, same_time=same_time)
        return end if by_days or not taken else self.walk(end, taken)

    def _last_day(self, more: int) -> tuple[date, bool]:
        budget = self.policy.budget
        assert budget
        day = self.clock.day(self.begin)
        if budget.unit == "months":
            day, exact = _month_by_month(day, budget.amount)
            return day + timedelta(days=more - (self.policy.start_day_counts and exact)), exact
        business = budget.unit == "business-days"
        kept = not business or self.clock.works(day)
        left = budget.amount * (7 if budget.unit == "weeks" else 1) + more
        if self.policy.start_day_counts and kept:
            left -= 1
        while left:
            day += timedelta(days=1)
            left -= self.clock.works(day) if business else 1
        return day, kept

    def _end(self, day: date, *, same_time: bool) -> int:
        clock, begin = self.clock, 2 * self.begin
        if self.policy.end_at == "same-time" and same_time:
            return max(begin, 2 * clock.minute(day, clock.time(self.begin)))
        if self.policy.end_at == "close-of-business" and day in clock.closing:
            return max(begin, 2 * clock.closing[day])
        return max(begin, 2 * clock.minute(day + timedelta(days=1), "00:00") - 1)

    def _rolls(self) -> bool:
        return self.policy.closed_end == "rolls" and not self.policy.in_business_time


def _month_by_month(day: date, months: int) -> tuple[date, bool]:
    """The same day so many months later; or the last day of that month and False."""
    later = day.replace(day=1)
    for _ in range(months):
        month = later.month
        while later.month == month:
            later += timedelta(days=1)
    month = later.month
    while later.day < day.day:
        if (later + timedelta(days=1)).month != month:
            return later, False
        later += timedelta(days=1)
    return later, True


def instant(begin: datetime, tick: int) -> datetime:
    """Ticks of a window as instants: an odd one is the last instant before its minute."""
    return begin.astimezone(UTC) + (tick + 1) // 2 * MINUTE - tick % 2 * timedelta(microseconds=1)
