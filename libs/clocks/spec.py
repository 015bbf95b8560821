"""A calendar as it is written: zone, open hours of the week, and the days that differ. What is not sound is refused.

Lives here: the form and its checks. Must not: count anything (`calendar`).
"""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clocks.wall import zone_names

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
YEARS_AT_MOST = 50
"""Between the first and the last day of a calendar."""
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2099, 12, 31)
Day = Annotated[dt.date, Field(ge=EARLIEST, le=LATEST)]

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
Minutes = tuple[int, int]
"""From and to, in minutes since the midnight that begins the day; `to` is beyond 1440 where it runs over midnight."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def minutes_of(hours: str) -> Minutes:
    """`09:00-17:00` as minutes; `22:00-06:00` ends on the next day. Raises ValueError."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError(f"{hours!r} is no span of hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00")
    begin = int(found[1]) * 60 + int(found[2])
    end = MINUTES_A_DAY if found[3] is None else int(found[3]) * 60 + int(found[4])
    if begin == end:
        raise ValueError(f"{hours!r} is empty; a whole day is 00:00-24:00")
    return (begin, end) if end > begin else (begin, end + MINUTES_A_DAY)


def _sound_hours(hours: str) -> str:
    minutes_of(hours)
    return hours


def _apart(hours: tuple[str, ...]) -> tuple[str, ...]:
    spans = sorted((minutes_of(one), one) for one in hours)
    for (before, first), (after, second) in pairwise(spans):
        if after[0] < before[1]:
            raise ValueError(f"{first} and {second} overlap")
    return tuple(one for _, one in spans)


def _run_into(today: tuple[str, ...], tomorrow: tuple[str, ...]) -> bool:
    """Whether a day's hours last beyond the first opening of the next day."""
    return bool(today and tomorrow) and minutes_of(today[-1])[1] - MINUTES_A_DAY > minutes_of(tomorrow[0])[0]


def _sound_time(text: str) -> str:
    if _TIME.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no time of day such as 08:30")
    return text


Hours = Annotated[str, AfterValidator(_sound_hours)]
TimeOfDay = Annotated[str, AfterValidator(_sound_time)]
Open = Annotated[tuple[Hours, ...], AfterValidator(_apart)]
"""The open spans that begin on one day, in order, none over another."""


class Form(BaseModel):
    """A piece of a written calendar or policy: unknown and missing entries are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Week(Form):
    """Open hours by weekday; a day that is not named is closed."""

    mon: Open = ()
    tue: Open = ()
    wed: Open = ()
    thu: Open = ()
    fri: Open = ()
    sat: Open = ()
    sun: Open = ()

    def of(self, weekday: int) -> Open:
        """The open hours of a weekday; 0 is Monday."""
        hours: Open = getattr(self, WEEKDAYS[weekday])
        return hours


class DayRule(Form):
    """A day, or each day from `from` to `to`, whose hours differ from the week's."""

    date: Day | None = None
    since: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    kind: Literal["holiday", "make-up", "special"]
    open: Open = ()
    why: Text
    confirmed: bool = True
    """False: no authority has confirmed it yet, and what leans on it is provisional."""
    source: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.date is None) == (self.since is None) or (self.since is None) != (self.to is None):
            raise ValueError("a day has either `date`, or both `from` and `to`")
        if self.since and self.to and self.to < self.since:
            raise ValueError(f"`to` {self.to} is before `from` {self.since}")
        if self.kind == "holiday" and self.open:
            raise ValueError("a holiday is closed: a day with other hours is of kind `special`")
        if self.kind != "holiday" and not self.open:
            raise ValueError(f"a {self.kind} day needs open hours: a closed day is of kind `holiday`")
        return self

    def days(self) -> Iterator[dt.date]:
        """Every date that it speaks of."""
        begin, end = (self.date, self.date) if self.date else (self.since, self.to)
        assert begin is not None
        assert end is not None
        for number in range((end - begin).days + 1):
            yield begin + dt.timedelta(days=number)


def _known_zone(zone: str) -> str:
    if zone not in zone_names():
        raise ValueError(f"{zone!r} is no time zone, such as Europe/London")
    return zone


Zone = Annotated[str, AfterValidator(_known_zone)]
"""The name of a time zone, such as Europe/London; `zone_named` in `wall` gives it."""


class CalendarSpec(Form):
    """A calendar as written. It must be open at some time of the week: an empty calendar is refused."""

    name: Name
    zone: Zone
    first: Day
    last: Day | None = None
    """The last date that it knows; afterwards the week goes on and answers are provisional. None: it needs no end."""
    source: Text
    week: Week
    day: tuple[DayRule, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.last is not None and not 0 <= (self.last - self.first).days <= 366 * YEARS_AT_MOST:
            raise ValueError(f"`last` is before `first` {self.first}, or more than {YEARS_AT_MOST} years after it")
        if not any(self.week.of(weekday) for weekday in range(7)):
            raise ValueError("the week is never open: time would never pass on this calendar")
        for weekday in range(7):
            if _run_into(self.week.of(weekday), self.week.of((weekday + 1) % 7)):
                raise ValueError(f"week.{WEEKDAYS[weekday]}: open hours run into those of the next day")
        self._days_sound()
        return self

    def _days_sound(self) -> None:
        special: dict[dt.date, tuple[int, Open]] = {}
        for number, rule in enumerate(self.day):
            for day in rule.days():
                if day in special:
                    raise ValueError(f"day.{number}: {day} has a rule already: day.{special[day][0]}")
                if day < self.first or (self.last is not None and day > self.last):
                    raise ValueError(f"day.{number}: {day} is not between `first` and `last`")
                special[day] = number, rule.open
        for day, (number, _) in special.items():
            for one in (day - dt.timedelta(days=1), day):
                before = special[one][1] if one in special else self.week.of(one.weekday())
                other = one + dt.timedelta(days=1)
                after = special[other][1] if other in special else self.week.of(other.weekday())
                if _run_into(before, after):
                    raise ValueError(f"day.{number}: open hours of {one} run into those of {other}")
