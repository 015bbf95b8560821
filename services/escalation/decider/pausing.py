"""A clock paused, resumed or given more time by hand, as its policy allows. What is unlawful is recorded."""

from dataclasses import replace
from typing import assert_never

from escalation.decider.commands import ClockCommand, ExtendClock, PauseClock, ResumeClock
from escalation.decider.judging import ran
from escalation.decider.reading import Judge, judge
from escalation.decider.state import Case, Notice, Running, Step
from events.decider import Refused
from events.escalation import GIVEN, ClockExtended, ClockPaused, ClockResumed
from events.fact import LAST, Fact
from rulebooks.recalculating import due_of
from rulebooks.state import Books

_EXTENSION = {
    "none-allowed": Refused("extension-not-allowed", "the policy of this clock allows no extension"),
    "too-many": Refused("extension-too-many", "it has been extended as often as its policy allows"),
    "over-maximum": Refused("extension-too-long", "its policy allows less at a time"),
    "too-late": Refused("extension-too-late", "the time is over already; an extension comes before it is"),
    "no-notice": Refused("extension-without-notice", "the complainant must be told before the time is over: name the "
    "delivered message in `notice`, or `contact` after a call"),
}  # fmt: skip


def on_clock(command: ClockCommand, case: Case, books: Books) -> Fact | Refused:
    clock = next((one for one in case.running if one.name == command.clock), None)
    if clock is None:
        return Refused("clock-not-running", "no clock of this name is running: it was answered, or never started")
    match command:
        case PauseClock():
            return _pause(command, clock, books)
        case ResumeClock():
            return _resume(command, clock, books)
        case ExtendClock():
            return _extend(command, clock, case.rest.notices, books)
    assert_never(command)


def _pause(command: PauseClock, clock: Running, books: Books) -> Fact | Refused:
    lawful_reasons = () if clock.policy == GIVEN else judge(books, clock).policy.pauses
    if _stands_still(clock, lawful_reasons):
        return Refused("clock-already-paused", "it stands still already; resume it first")
    lawful = command.reason in lawful_reasons
    return ClockPaused(at=command.now, clock=clock.name, reason=command.reason, lawful=lawful, by=command.by)


def _resume(command: ResumeClock, clock: Running, books: Books) -> Fact | Refused:
    by = None if clock.policy == GIVEN else judge(books, clock)
    if by is None or (clock.paused is None and not _stands_still(clock, by.policy.pauses)):
        return Refused("clock-not-paused", "it runs: no lawful pause stands")
    going_on = replace(clock, steps=(*clock.steps, Step("resumed", command.now)))
    due, provisional = due_of(ran(going_on, by, command.now))
    return ClockResumed(at=command.now, clock=clock.name, due=due, provisional=provisional, by=command.by)


def _stands_still(clock: Running, lawful_reasons: tuple[str, ...]) -> bool:
    """Whether a pause stands that is lawful by the policy which it has now: that may be another than when it began."""
    open_reasons: list[str] = []
    for step in clock.steps:
        if step.what == "paused":
            open_reasons.append(step.reason)
        elif step.what == "resumed":
            open_reasons.clear()
    return any(reason in lawful_reasons for reason in open_reasons)


def _extend(command: ExtendClock, clock: Running, notices: tuple[Notice, ...], books: Books) -> Fact | Refused:
    if clock.policy == GIVEN:
        return _EXTENSION["none-allowed"]
    if clock.breached_at is not None:
        return _EXTENSION["too-late"]
    told = next((one for one in reversed(notices) if one.ref == command.notice), None)
    if command.notice is not None and told is None:
        return Refused(
            "notice-unknown", "no person's delivered message has this id, or it is long past; a call is `contact`"
        )
    by = judge(books, clock)
    allowed = by.policy.extensions
    if allowed is None:
        return _EXTENSION["none-allowed"]
    step = Step(
        "extended",
        command.now,
        command.reason,
        allowed.amount if command.amount is None else command.amount,
        allowed.unit,
        None if told is None else told.at,
        tuple(sorted(command.has.intersection(allowed.needs))),
    )
    return _extended(command, clock, step, by)


def _extended(command: ExtendClock, clock: Running, step: Step, by: Judge) -> Fact | Refused:
    """As `clocks` counts it: what would not count is refused."""
    state = ran(replace(clock, steps=(*clock.steps, step)), by, command.now)
    why = next((one.why for one in state.refused if one.event == str(len(clock.steps))), None) if state else None
    if why is not None:
        lacking = Refused("extension-lacks-something", f"its policy asks for more ({why}): name in `has` what is there")
        return _EXTENSION.get(why, lacking)
    due, provisional = due_of(state)
    return ClockExtended(
        at=command.now,
        clock=clock.name,
        reason=command.reason,
        amount=step.amount,
        unit=step.unit,
        due=LAST if due is None else due,
        provisional=provisional,
        notice=command.notice,
        noticed_at=step.noticed_at,
        has=step.has,
        by=command.by,
    )
