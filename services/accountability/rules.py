"""The rule set of this service: what the table says of people (`rulebooks.authority`), callbacks, budgets and closing.

Lives here: its form and its checks (R142). Must not: any decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from clocks.spec import TimeOfDay, Zone
from clocks.wall import zone_named
from events.accountability import Ground
from events.fact import Word
from events.table import Part
from rulebooks.authority import Authority, Currency, Minor

Days = Annotated[int, Field(ge=0, le=366)]


class BranchZone(Part):
    """Where people live who deal with these branches."""

    names: tuple[Word, ...]
    zone: Zone


@dataclass(frozen=True, slots=True)
class OwnHours:
    """When one complainant does not want to be called (`20:00-09:00`), where they live, and since when it is known."""

    known_at: datetime
    hours: str | None
    zone: str | None


class Quiet(Part):
    """The hours in which nobody is called, by the clock of where they live."""

    begins: TimeOfDay
    ends: TimeOfDay
    zone: Zone
    branch: tuple[BranchZone, ...] = ()

    def after(self, moment: datetime, branch: str, own: OwnHours | None = None) -> datetime:
        """The moment itself, or the first after it that lies neither in these hours nor in their own. Where both
        leave no minute of a day, their own count alone.
        """
        zone = zone_named((own and own.zone) or self._zone_of(branch))
        if own is None or own.hours is None:
            return _out_of(self.begins, self.ends, moment, zone)
        begins, _, ends = own.hours.partition("-")
        found = moment
        for _ in range(_STEPS):
            before, found = found, _out_of(begins, ends, _out_of(self.begins, self.ends, found, zone), zone)
            if found == before:
                return found
        return _out_of(begins, ends, moment, zone)

    def _zone_of(self, branch: str) -> str:
        return next((b.zone for b in self.branch if any(fnmatchcase(branch, name) for name in b.names)), self.zone)


_STEPS = 4
"""Two parts of a day that leave some of it free are left after two steps, and the third changes nothing; one more for
a day on which the clocks change.
"""


def _out_of(begins: TimeOfDay, ends: TimeOfDay, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of these hours of the day where it lies in them."""
    local = moment.astimezone(zone)
    first, last, now = time.fromisoformat(begins), time.fromisoformat(ends), local.time()
    over_night = first > last
    inside = now >= first or now < last if over_night else first <= now < last
    if not inside:
        return moment
    day = local.date() + timedelta(days=1 if over_night and now >= first else 0)
    return max(moment, datetime.combine(day, last, tzinfo=zone).astimezone(UTC))


class Callbacks(Part):
    """How often and when we call back (R96)."""

    attempts: Annotated[int, Field(ge=1, le=20)]
    apart_hours: Annotated[int, Field(ge=1, le=24 * 14)]
    retry_hours: Annotated[int, Field(ge=1, le=24 * 14)]
    misses: Annotated[int, Field(ge=1, le=20)]
    quiet: Quiet
    days_after_closing: dict[Ground, Days]

    @model_validator(mode="after")
    def _tries_count(self) -> Self:
        if self.retry_hours < self.apart_hours:
            raise ValueError("the next try (retry_hours) would come too soon to count (apart_hours)")
        return self

    def counting(self, tries: Sequence[datetime]) -> Sequence[datetime]:
        """Which of these tries count: those that do not follow too soon on the last one that does."""
        found: list[datetime] = []
        for at in tries:
            if not found or at >= self.counts_after(found[-1]):
                found.append(at)
        return found

    def counts_after(self, last: datetime) -> datetime:
        """From when on another try counts."""
        return last + timedelta(hours=self.apart_hours)

    def next_try(self, after: datetime, branch: str, own: OwnHours | None) -> datetime:
        """When to call again where nobody says when."""
        return self.quiet.after(after + timedelta(hours=self.retry_hours), branch, own)


class Budgets(Part):
    """Which offers are paid out of a budget of their department (L17)."""

    needed_above: dict[Currency, Minor] = Field(default_factory=dict)


class Redress(Part):
    """Until when what the complainant has accepted is given."""

    within_days: Days = 14


class Closing(Part):
    """What closing asks for beside its ground."""

    withdrawal_closes: bool
    next_instance: Word


class Rules(Authority):
    """One version of the table of limits."""

    callbacks: Callbacks
    budgets: Budgets = Budgets()
    redress: Redress = Redress()
    closing: Closing
