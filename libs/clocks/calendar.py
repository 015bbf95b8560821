"""A calendar made ready for counting: day table, open time added up, working days; found by binary search.

Lives here: open time and days. Must not: know a policy.
"""

from datetime import date, datetime

from clocks.spec import CalendarSpec


class ClockError(Exception):
    """A clock cannot be answered; the subclass and the message say why."""


class CalendarInvalid(ClockError):
    """A calendar is not as its form says, or is never open."""


class OutOfReach(ClockError):
    """The answer lies further away than calendars are counted."""


class Calendar:
    """A compiled calendar; never changes. Make it with `compiled`."""

    spec: CalendarSpec

    @property
    def name(self) -> str:
        """As in the spec."""
        return self.spec.name

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at that instant."""
        raise NotImplementedError

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`."""
        raise NotImplementedError

    def is_working_day(self, day: date) -> bool:
        """Whether an open interval begins on that date."""
        raise NotImplementedError


def compiled(spec: CalendarSpec) -> Calendar:
    """The calendar of a spec. Raises CalendarInvalid where no time is ever open."""
    raise NotImplementedError
