"""A history held against a policy: which pauses are lawful, which extensions count, when it was due and when it ended.

Lives here: judging steps; both the state of a clock (`clock`) and its proof (`segments`) are read off one account.
Must not: the arithmetic (`counting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clocks.calendar import Calendar
from clocks.counting import Amount, Count, Span, united
from clocks.history import Ended, Extended, History, Paused, Resumed
from clocks.policy import Budget, Extensions, Policy, kin
from clocks.wall import instant, moment


@dataclass(frozen=True)
class UnlawfulPause:
    """A pause for a reason that the policy does not know: it moved nothing."""

    begin: datetime
    end: datetime | None
    reason: str
    event: str


@dataclass(frozen=True)
class CountedExtension:
    """An extension that counts."""

    at: datetime
    by: Budget
    event: str


@dataclass(frozen=True)
class RefusedExtension:
    """An extension that does not count.

    `why`: `none-allowed`, `other-unit`, `no-amount`, `over-maximum`, `too-many`, `too-late`, `no-notice`, or
    `lacks: <need>`.
    """

    at: datetime
    why: str
    event: str


@dataclass(frozen=True)
class Hold:
    """One pause as it was told, until it was resumed, the clock ended, or it is asked about."""

    begin: int
    end: int
    resumed: bool
    reason: str
    event: str


@dataclass(frozen=True)
class Account:
    """A clock's history judged as of one moment."""

    history: History
    policy: Policy
    count: Count
    until: int
    """Its end, or the moment that it is asked about."""
    ended: Ended | None
    lawful: tuple[Hold, ...]
    unlawful: tuple[Hold, ...]
    extended: tuple[CountedExtension, ...]
    refused: tuple[RefusedExtension, ...]
    amounts: tuple[Amount, ...]
    """The budget and every extension that counts; empty where it is measured only."""
    due: int | None

    @property
    def calendar(self) -> Calendar:
        """What it is counted on."""
        return self.count.calendar

    @property
    def started(self) -> int:
        """The instant of the start, before the policy moves it."""
        return instant(self.history.started.at)

    @property
    def pauses(self) -> tuple[Span, ...]:
        """Lawful pauses, united."""
        return spans(self.lawful)

    @property
    def end(self) -> int:
        """What a proof runs to: the due time, or where it is measured only, its end."""
        return self.until if self.due is None else self.due

    @property
    def waits(self) -> bool:
        """Whether it is paused lawfully at the moment it is asked about."""
        return self.ended is None and any(not hold.resumed for hold in self.lawful)


def spans(holds: Sequence[Hold]) -> tuple[Span, ...]:
    """The time in which at least one of them held the clock."""
    return united([(hold.begin, hold.end) for hold in holds])


def account(history: History, policy: Policy, calendar: Calendar, as_of: datetime) -> Account:
    """What the policy says to a history as known at `as_of`: later steps are not looked at."""
    ends = [step for step in history.steps if isinstance(step, Ended) and step.at <= as_of]
    ended = min(ends, key=lambda step: step.at, default=None)
    until = instant(ended.at if ended else as_of)
    count = Count(instant(history.started.at), policy, calendar)
    lawful, unlawful = _holds(history, policy, until)
    asked = [step for step in history.steps if isinstance(step, Extended) and step.at <= as_of]
    extended, refused = _extensions(sorted(asked, key=lambda step: step.at), history, count, until)
    amounts = _amounts(policy, extended)
    due = count.due(amounts, spans(lawful)) if amounts else None
    return Account(history, policy, count, until, ended, lawful, unlawful, extended, refused, amounts, due)


def _amounts(policy: Policy, extended: Sequence[CountedExtension]) -> tuple[Amount, ...]:
    if policy.budget is None:
        return ()
    return tuple((budget.amount, budget.unit) for budget in (policy.budget, *(one.by for one in extended)))


# --- pauses ----------------------------------------------------------------------------------------------------------


def _holds(history: History, policy: Policy, until: int) -> tuple[tuple[Hold, ...], tuple[Hold, ...]]:
    """Pauses in order of their time: the lawful and the others. A resumption ends what was told before it."""
    open_pauses: dict[str, Paused] = {}
    holds: list[Hold] = []
    for step in history.steps:
        if isinstance(step, Paused) and instant(step.at) <= until:
            open_pauses[step.event] = step
        elif isinstance(step, Resumed) and instant(step.at) <= until:
            for event in [step.pause] if step.pause is not None else list(open_pauses):
                pause = open_pauses.pop(event, None)
                if pause is not None:
                    holds.append(_hold(pause, instant(step.at), resumed=True))
    holds += [_hold(pause, until, resumed=False) for pause in open_pauses.values()]
    holds.sort(key=lambda hold: (hold.begin, hold.end, hold.event))
    return (
        tuple(hold for hold in holds if hold.reason in policy.pauses),
        tuple(hold for hold in holds if hold.reason not in policy.pauses),
    )


def _hold(pause: Paused, end: int, *, resumed: bool) -> Hold:
    return Hold(instant(pause.at), end, resumed, pause.reason, pause.event)


def unlawful_pause(hold: Hold) -> UnlawfulPause:
    """How the state names it."""
    return UnlawfulPause(moment(hold.begin), moment(hold.end) if hold.resumed else None, hold.reason, hold.event)


# --- extensions ------------------------------------------------------------------------------------------------------


def _extensions(
    asked: Sequence[Extended], history: History, count: Count, until: int
) -> tuple[tuple[CountedExtension, ...], tuple[RefusedExtension, ...]]:
    counted: list[CountedExtension] = []
    refused: list[RefusedExtension] = []
    for step in asked:
        why = _why_not(step, history, count, counted, until)
        allowed = count.policy.extensions
        if why is None and allowed:
            amount, unit = _asked(step, allowed)
            counted.append(CountedExtension(_utc(step.at), Budget(amount=amount, unit=unit), step.event))
        else:
            refused.append(RefusedExtension(_utc(step.at), why or "none-allowed", step.event))
    return tuple(counted), tuple(refused)


def _utc(at: datetime) -> datetime:
    return moment(instant(at))


def _asked(step: Extended, allowed: Extensions) -> Amount:
    """What an extension asks for; what it does not say is what is allowed."""
    return (allowed.amount if step.amount is None else step.amount), (step.unit or allowed.unit)


def _why_not(
    step: Extended, history: History, count: Count, counted: Sequence[CountedExtension], until: int
) -> str | None:
    """Why an extension does not count, judged by what was known and due when it was given."""
    policy, at = count.policy, instant(step.at)
    allowed = policy.extensions
    if allowed is None:
        return "none-allowed"
    amount, unit = _asked(step, allowed)
    if not kin(unit, allowed.unit):
        return "other-unit"
    if amount < 1:
        return "no-amount"
    if _too_much(step, allowed, count):
        return "over-maximum"
    if len(counted) >= allowed.times:
        return "too-many"
    lawful, _ = _holds(history, policy, min(at, until))
    due = count.due(_amounts(policy, counted), spans(lawful))
    if at > due or at > until:
        return "too-late"
    if allowed.notice_before_expiry and not _noticed(step, history, due):
        return "no-notice"
    return next((f"lacks: {need}" for need in allowed.needs if need not in step.has), None)


def _noticed(step: Extended, history: History, due: int) -> bool:
    """Whether it was told while the clock ran: what was said before it began cannot speak of its extension."""
    return step.noticed_at is not None and instant(history.started.at) <= instant(step.noticed_at) <= due


def _too_much(step: Extended, allowed: Extensions, count: Count) -> bool:
    """Whether it is longer than the longest allowed; other units of the same kind are compared by what they reach."""
    amount, unit = _asked(step, allowed)
    if unit == allowed.unit:
        return amount > allowed.amount
    return count.due(((amount, unit),)) > count.due(((allowed.amount, allowed.unit),))
