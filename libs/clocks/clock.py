"""Clocks: due times, elapsed and remaining time, and the state of a clock with its proof. Time is an argument.

Lives here: the public questions. Must not: the arithmetic itself (`counting`), the forms of a proof (`proof`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from clocks.calendar import Calendar
from clocks.history import History
from clocks.policy import Budget, Policy
from clocks.proof import Proof

State = Literal["running", "paused", "met", "breached", "stopped"]


@dataclass(frozen=True)
class Spent:
    """How much of a clock has passed."""

    time: timedelta
    """Counted time: open time for business units, else elapsed time; without lawful pauses."""
    whole: int
    """Whole units of the policy that have passed."""


@dataclass(frozen=True)
class WarnAt:
    """A warning that is owed at an instant."""

    percent: int
    at: datetime


@dataclass(frozen=True)
class UnlawfulPause:
    """A pause for a reason that the policy does not know: it moved nothing."""

    begin: datetime
    end: datetime | None
    reason: str
    event: str


@dataclass(frozen=True)
class RefusedExtension:
    """An extension that does not count, and why: `too-many`, `too-late`, `over-maximum`, `no-notice`, `lacks:<need>`,
    `other-unit` or `none-allowed`.
    """

    at: datetime
    why: str
    event: str


@dataclass(frozen=True)
class CountedExtension:
    """An extension that counts."""

    at: datetime
    by: Budget
    event: str


@dataclass(frozen=True)
class ClockState:
    """A clock at `as_of`. All instants are UTC. Met or stopped after the due time is `breached`."""

    state: State
    as_of: datetime
    due: datetime | None
    """None: measured only. Of a paused clock: as if it were resumed at `as_of`."""
    why_provisional: tuple[str, ...]
    elapsed: Spent
    """Until the end, or until `as_of`."""
    remaining: timedelta | None
    """Counted time until the due time; zero afterwards; None where there is no due time."""
    paused: timedelta
    """Time that lawful pauses took out: open time for business units, else elapsed time."""
    ended_at: datetime | None
    warnings: tuple[WarnAt, ...]
    unlawful: tuple[UnlawfulPause, ...]
    extended: tuple[CountedExtension, ...]
    refused: tuple[RefusedExtension, ...]

    @property
    def provisional(self) -> bool:
        """Whether the due time leans on what the calendar does not know for sure."""
        return bool(self.why_provisional)

    @property
    def elapsed_seconds(self) -> int:
        """Whole seconds of counted time."""
        return self.elapsed.time // timedelta(seconds=1)

    @property
    def remaining_seconds(self) -> int | None:
        """Whole seconds of counted time that are left."""
        return None if self.remaining is None else self.remaining // timedelta(seconds=1)

    @property
    def paused_seconds(self) -> int:
        """Whole seconds that lawful pauses took out."""
        return self.paused // timedelta(seconds=1)

    @property
    def proof(self) -> Proof:
        """How it came about."""
        raise NotImplementedError


def due(start: datetime, policy: Policy, calendar: Calendar) -> datetime:
    """When the budget is used up, in UTC, without pauses and extensions. Raises ValueError without a budget."""
    raise NotImplementedError


def elapsed(start: datetime, end: datetime, policy: Policy, calendar: Calendar) -> Spent:
    """What has passed of the policy's time from `start` to `end`."""
    raise NotImplementedError


def remaining(start: datetime, now: datetime, policy: Policy, calendar: Calendar) -> timedelta:
    """Counted time from `now` until the due time of `start`; zero afterwards."""
    raise NotImplementedError


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether the calendar is open at that instant."""
    return calendar.is_open(at)


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """The first open instant at or after `at`, in UTC."""
    return calendar.next_opening(at)


def run(history: History, policy: Policy, calendar: Calendar, as_of: datetime) -> ClockState:
    """The clock as it stands at `as_of`; steps after that are not known yet."""
    raise NotImplementedError
