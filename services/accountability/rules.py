"""The rule set of this service: limits, separation of duties, callbacks and closing.

Lives here: its form and its checks (R142). Must not: any decision.
"""

from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from clocks.spec import TimeOfDay, Zone
from clocks.wall import zone_named
from events.accountability import Ground
from events.fact import Word
from events.table import Part, Table

Act = Literal["decide", "offer", "approve", "close", "find"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=2**53)]
Days = Annotated[int, Field(ge=0, le=366)]


class Limit(NamedTuple):
    """The highest amount that somebody may give alone, in minor units, and the rule that says so."""

    minor: int
    rule: str


class Apart(Part):
    """Duties that must stay in different hands (R24)."""

    subject: tuple[Act, ...]
    taker: tuple[Act, ...]
    second_stage_by_another: bool


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


class Rules(Table):
    """One version of the table of limits."""

    limits: dict[Word, dict[Currency, Minor]]
    apart: Apart
    callbacks: Callbacks
    budgets: Budgets = Budgets()
    closing: Closing

    def limit(self, roles: frozenset[str], currency: str) -> Limit | None:
        """The highest limit that any of the roles has in this currency; None where none of them has one."""
        found = [
            Limit(amounts[currency], f"{self.ref}/{role}")
            for role, amounts in sorted(self.limits.items())
            if role in roles and currency in amounts
        ]
        return max(found, default=None)
