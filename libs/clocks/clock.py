"""Clocks: due times, elapsed and remaining time, and the state of a clock with its proof. Time is an argument.

Lives here: the public questions. Must not: the arithmetic (`counting`), the judging of steps (`account`), the forms of
a proof (`proof`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from clocks.account import Account, CountedExtension, RefusedExtension, UnlawfulPause, account, unlawful_pause
from clocks.calendar import Calendar
from clocks.counting import Count
from clocks.doubt import why_provisional
from clocks.history import History
from clocks.policy import Policy
from clocks.proof import Proof
from clocks.segments import proof_of
from clocks.wall import instant, moment
from clocks.warn import warnings

State = Literal["running", "paused", "met", "breached", "stopped"]
_SECOND = timedelta(seconds=1)


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
class ClockState:
    """A clock at `as_of`. All instants are UTC. What is met or stopped after the due time is `breached`.

    What few ask for is counted where it is asked for.
    """

    state: State
    as_of: datetime
    due: datetime | None
    """None: measured only. Of a paused clock: as if it were resumed at `as_of`."""
    ended_at: datetime | None
    warnings: tuple[WarnAt, ...]
    unlawful: tuple[UnlawfulPause, ...]
    extended: tuple[CountedExtension, ...]
    refused: tuple[RefusedExtension, ...]
    account: Account

    @cached_property
    def why_provisional(self) -> tuple[str, ...]:
        """What the calendar does not know for sure, of what the due time leans on."""
        return why_provisional(self.account)

    @cached_property
    def elapsed(self) -> Spent:
        """Until the end, or until `as_of`."""
        until, pauses, count = self.account.until, self.account.pauses, self.account.count
        return Spent(_time(count.passed(until, pauses)), count.whole_units(until, pauses))

    @cached_property
    def remaining(self) -> timedelta | None:
        """Counted time until the due time; zero afterwards; None where there is no due time."""
        due, count = self.account.due, self.account.count
        return None if due is None else _time(count.measured(max(self.account.until, count.begin), due))

    @cached_property
    def paused(self) -> timedelta:
        """Time in lawful pauses: open time for business units, else elapsed time."""
        return _time(self.account.count.out(self.account.pauses, self.account.until))

    @property
    def provisional(self) -> bool:
        """Whether the due time leans on what the calendar does not know for sure."""
        return bool(self.why_provisional)

    @property
    def elapsed_seconds(self) -> int:
        """Whole seconds of counted time."""
        return self.elapsed.time // _SECOND

    @property
    def remaining_seconds(self) -> int | None:
        """Whole seconds of counted time that are left."""
        return None if self.remaining is None else self.remaining // _SECOND

    @property
    def day_seconds(self) -> int:
        """How much of its counted time is a day: in business time a usual working day of its calendar."""
        return self.account.calendar.day_minutes * 60 if self.account.policy.in_business_time else 86_400

    @property
    def paused_seconds(self) -> int:
        """Whole seconds in lawful pauses."""
        return self.paused // _SECOND

    @property
    def proof(self) -> Proof:
        """How it came about; made when it is asked for."""
        return proof_of(self.account)


def due(start: datetime, policy: Policy, calendar: Calendar) -> datetime:
    """When the budget is used up, in UTC, without pauses and extensions. Raises ValueError without a budget."""
    if policy.budget is None:
        raise ValueError(f"policy {policy.name} has no budget: it is measured only")
    return moment(Count(instant(start), policy, calendar).due(((policy.budget.amount, policy.budget.unit),)))


def elapsed(start: datetime, end: datetime, policy: Policy, calendar: Calendar) -> Spent:
    """What has passed of the policy's time from `start` to `end`."""
    count = Count(instant(start), policy, calendar)
    until = instant(end)
    return Spent(_time(count.passed(until)), count.whole_units(until))


def remaining(start: datetime, now: datetime, policy: Policy, calendar: Calendar) -> timedelta:
    """Counted time from `now` until the due time of `start`; zero afterwards."""
    count = Count(instant(start), policy, calendar)
    return _time(count.measured(max(instant(now), count.begin), instant(due(start, policy, calendar))))


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether the calendar is open at that instant."""
    return calendar.is_open(at)


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """The first open instant at or after `at`, in UTC."""
    return calendar.next_opening(at)


def run(history: History, policy: Policy, calendar: Calendar, as_of: datetime) -> ClockState:
    """The clock as it stands at `as_of`; steps after that are not known yet."""
    found = account(history, policy, calendar, as_of)
    return ClockState(
        state=_state(found),
        as_of=moment(instant(as_of)),
        due=None if found.due is None else moment(found.due),
        ended_at=moment(found.until) if found.ended else None,
        warnings=()
        if found.due is None
        else tuple(WarnAt(percent, moment(at)) for percent, at in warnings(found.count, found.due, found.pauses)),
        unlawful=tuple(unlawful_pause(hold) for hold in found.unlawful),
        extended=found.extended,
        refused=found.refused,
        account=found,
    )


def _state(found: Account) -> State:
    if found.due is not None and found.until > found.due:
        return "breached"
    if found.ended:
        return found.ended.how
    return "paused" if found.waits else "running"


def _time(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)
