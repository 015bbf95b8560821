"""How a running clock stands: its due time, what it warned of, what ended it. Pure; the counting is `clocks.run`.

Must not: say which fact follows (`due`), or compute a time that `clocks` can compute.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from clocks import ClockState, Ended, Extended, History, OutOfReach, Paused, Resumed, Started, run
from clocks import Step as ClockStep
from escalation.decider.heard import End, counts_from
from escalation.decider.reading import Judge, judge
from escalation.decider.state import Running, Step
from events.escalation import GIVEN
from events.fact import EARLIEST, LAST
from rulebooks.state import Books

KEPT_MAX = 4096
GIVEN_WARN_PERCENT = 80
"""Of the time that a publisher gives by a due time: we warn of it as late as of most of ours."""
_ANSWERS = ("acknowledgement", "reply", "decision", "contact")
_CLOSINGS = ("closed", "closed-withdrawn")
_FIRST_REPLY = "first-reply"
_REPLY = "reply:"


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as it stands, at a moment or when it ended."""

    due: datetime | None
    """None where it is only measured, and where it stands still with time left."""
    warning: tuple[datetime, int] | None
    """The next warning that has not been given, and its percent."""
    end: End | None
    over_at: datetime | None
    """From when on that counts (`counts_from`)."""
    met: bool
    """Whether the end is an answer; else the clock is stopped."""
    escalates: bool


def standing(clock: Running, books: Books, since: datetime) -> Standing:
    """`since`: nobody judged it before. Raises UnknownRulebook where its rulebook waits for repair."""
    if clock.known_at is not None:
        since = max(since, clock.known_at)
    if clock.policy == GIVEN:
        return _of_given(clock, since)
    by = judge(books, clock)
    end, met = ended_by(clock.heard.ends, by.policy.met_by, by.policy.stopped_by)
    over_at = None if end is None else counts_from(end, since)
    state = ran(clock, by, _last_word(clock), over_at)
    due = None if state is None or state.due is None else min(state.due, LAST)
    if state is not None and state.state == "paused" and due is not None and due > state.as_of:
        due = None
    return Standing(due, _next_warning(clock, by, state), end, over_at, met, by.policy.escalates)


def _last_word(clock: Running) -> datetime:
    """When something happened to it last: a clock that does not stand still has the same due time ever after."""
    return max(clock.at, *(step.at for step in clock.steps)) if clock.steps else clock.at


def ended_by(ends: tuple[End, ...], met_by: tuple[str, ...], stopped_by: tuple[str, ...]) -> tuple[End | None, bool]:
    """The first thing that was known to end a clock, by its policy, and whether it answers it."""
    for end in ends if len(ends) < 2 else sorted(ends, key=_known):
        if end.word in met_by or end.word in stopped_by:
            return end, end.word in met_by
    return None, False


def _known(end: End) -> datetime:
    return counts_from(end, EARLIEST)


def _of_given(clock: Running, since: datetime) -> Standing:
    """A publisher's due time is kept as given: an answer meets what is called like a reply, closing all others."""
    is_reply = clock.name == _FIRST_REPLY or clock.name.startswith(_REPLY)
    met_by, stopped_by = (_ANSWERS, (*_CLOSINGS, "screened-out")) if is_reply else (_CLOSINGS, ("screened-out",))
    end, met = ended_by(clock.heard.ends, met_by, stopped_by)
    due = clock.stated or clock.at
    warns = clock.warns and not clock.warned and due > clock.at
    warn_at = clock.at + (due - clock.at) * GIVEN_WARN_PERCENT / 100
    warning = (warn_at, GIVEN_WARN_PERCENT) if warns else None
    over_at = None if end is None else counts_from(end, since)
    return Standing(due, warning, end, over_at, met, escalates=True)


def ran(clock: Running, by: Judge, as_of: datetime, over_at: datetime | None = None) -> ClockState | None:
    """The clock as of a moment, or of its end; None where its due time lies beyond all calendars."""
    return _ran(by, clock.at, clock.steps, max(over_at or as_of, clock.at), over_at is not None)


def ran_from(at: datetime, by: Judge) -> ClockState | None:
    """A clock that starts at this moment, as it stands then: also how it will be looked at first once it runs."""
    return _ran(by, at, (), at, False)


@lru_cache(KEPT_MAX)
def _ran(by: Judge, at: datetime, told: tuple[Step, ...], as_of: datetime, ends: bool) -> ClockState | None:
    """Kept: a clock is looked at many times between two things that happen to it."""
    steps = [step_of(step, str(number)) for number, step in enumerate(told)]
    if ends:
        steps.append(Ended(as_of, "met", "end"))
    try:
        return run(History(Started(at, "start"), tuple(steps)), by.policy, by.calendar, as_of)
    except OutOfReach:
        return None


def step_of(step: Step, event: str) -> ClockStep:
    """A step of the state as `clocks` counts it."""
    if step.what == "paused":
        return Paused(step.at, step.reason, event)
    if step.what == "resumed":
        return Resumed(step.at, event)
    return Extended(step.at, event, step.amount, step.unit, step.noticed_at, step.has)  # type: ignore[arg-type]


def _next_warning(clock: Running, by: Judge, state: ClockState | None) -> tuple[datetime, int] | None:
    """The first warning that was or will be due with what was known then: a pause or an extension that came after it
    does not take it back (L14).
    """
    left = set(by.policy.warn_percent).difference(clock.warned)
    if not left or by.policy.budget is None:
        return None
    for number, step in enumerate(clock.steps):
        known = ran(replace(clock, steps=clock.steps[:number]), by, step.at)
        found = _earliest(known, left)
        if found is not None and found[0] < step.at:
            return found
    return _earliest(state, left)


def _earliest(state: ClockState | None, percents: set[int]) -> tuple[datetime, int] | None:
    """The first of these warnings that is before the due time."""
    if state is None or state.due is None or state.state == "paused":
        return None
    due = min(state.due, LAST)
    return min(
        ((one.at, one.percent) for one in state.warnings if one.percent in percents and one.at < due), default=None
    )
