"""The rule set of this service: what the table says of people (`rulebooks.authority`), callbacks, budgets and closing.

Lives here: its form and its checks (R142). Must not: any decision.
"""

from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

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


class Quiet(Part):
    """The hours in which nobody is called, by the clock of where they live."""

    begins: TimeOfDay
    ends: TimeOfDay
    zone: Zone
    branch: tuple[BranchZone, ...] = ()

    def after(self, moment: datetime, branch: str) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        zone = next((b.zone for b in self.branch if any(fnmatchcase(branch, name) for name in b.names)), self.zone)
        there = zone_named(zone)
        local = moment.astimezone(there)
        begins, ends, now = time.fromisoformat(self.begins), time.fromisoformat(self.ends), local.time()
        over_night = begins > ends
        quiet = now >= begins or now < ends if over_night else begins <= now < ends
        if not quiet:
            return moment
        day = local.date() + timedelta(days=1 if over_night and now >= begins else 0)
        return max(moment, datetime.combine(day, ends, tzinfo=there).astimezone(UTC))


class Callbacks(Part):
    """How often and when we call back (R96)."""

    attempts: Annotated[int, Field(ge=1, le=20)]
    retry_hours: Annotated[int, Field(ge=1, le=24 * 14)]
    misses: Annotated[int, Field(ge=1, le=20)]
    quiet: Quiet
    days_after_closing: dict[Ground, Days]

    def next_try(self, after: datetime, branch: str) -> datetime:
        """When to call again where nobody says when."""
        return self.quiet.after(after + timedelta(hours=self.retry_hours), branch)


class Budgets(Part):
    """Which offers are paid out of a budget of their department (L17)."""

    needed_above: dict[Currency, Minor] = Field(default_factory=dict)


class Closing(Part):
    """What closing asks for beside its ground."""

    withdrawal_closes: bool
    next_instance: Word


class Rules(Authority):
    """One version of the table of limits."""

    callbacks: Callbacks
    budgets: Budgets = Budgets()
    closing: Closing
