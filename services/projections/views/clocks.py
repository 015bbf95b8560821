"""The clocks of a case: one row a clock, from started to met, late, breached or stopped. A breach stays visible (L14).

Pure fold of escalation's clock facts. Must not: compute a due time, or look at what time it is now.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Required, cast, get_args

from typing_extensions import TypedDict

from events.escalation import (
    ClockBreached,
    ClockExtended,
    ClockMet,
    ClockNotStarted,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
)
from projections.views.told import Plain, Stamped, content, plain, stamp

State = Literal["running", "warned", "paused", "met", "late", "breached", "stopped", "not-started"]
RESOLUTION = "resolution"
"""The clock by which the SLA board counts a case: the time until it is resolved, ours or given by a publisher."""

ClockFact = (
    ClockStarted
    | ClockNotStarted
    | ClockPaused
    | ClockResumed
    | ClockExtended
    | ClockRecalculated
    | ClockWarned
    | ClockMet
    | ClockBreached
    | ClockStopped
)
CLOCK_FACTS: tuple[type[ClockFact], ...] = get_args(ClockFact)
_RUNNING: frozenset[State] = frozenset({"running", "warned", "breached"})


class Clock(TypedDict, total=False):
    """`late` was breached and answered afterwards; `breached` is still unanswered; `stopped` is neither; `paused`
    stands still for a lawful reason; `not-started` was asked for, and no policy fits (`reason`).
    """

    clock: Required[str]
    started: Required[Stamped]
    state: Required[State]
    due: Stamped
    """Absent where time is only measured. Of a paused clock: as it was when it was paused."""
    policy: str
    calendar: str
    pack: str
    basis: str
    provisional: bool
    """Present and true where the calendar does not know all of the time until the due time for sure."""
    standing: str
    """What the source of its policy is worth: V, S, or M, which is never shown as law. Absent where nothing counts."""
    stated_due: Stamped
    """What a publisher states beside the policy that it asked for."""
    reason: str
    rulebook: str
    """Of what was not started: the version of the pack that was asked."""
    warn_at: Stamped
    warned_at: Stamped
    warned_percent: int
    breached_at: Stamped
    met_at: Stamped
    answered_by: str
    stopped_at: Stamped
    stopped_because: str
    paused_at: Stamped
    pause_reason: str
    paused_seconds: int
    """What the lawful pauses that are over took, by the clock on the wall."""
    unlawful: list[Plain]
    """Pauses that stopped nothing."""
    extended: list[Plain]
    recalculated: list[Plain]
    source: str
    """Who stated the due time, where a publisher did."""


def fold(clock: Clock | None, fact: ClockFact) -> Clock | None:
    """The clock after one fact; None while nothing has started it."""
    if type(fact) is ClockStarted or type(fact) is ClockNotStarted:
        return _started(fact)
    return None if clock is None else _HOW[type(fact)](clock, fact)


_KEPT = ("policy", "calendar", "pack", "standing", "basis", "reason", "rulebook", "stated_due", "warn_at", "due")


def _started(fact: ClockStarted | ClockNotStarted) -> Clock:
    state: State = "not-started" if type(fact) is ClockNotStarted else "running"
    said = ((name, fact.__dict__.get(name)) for name in _KEPT)
    kept = {name: plain(value) for name, value in said if value is not None}
    clock = cast("Clock", {"clock": fact.clock, "started": stamp(fact.at), "state": state, **kept})
    if isinstance(fact, ClockStarted) and fact.provisional:
        clock["provisional"] = True
    if fact.reported is not None:
        clock["source"] = fact.reported.source
    return clock


def _again(clock: Clock, fact: ClockResumed) -> Clock:
    return _moved(_resumed(clock, stamp(fact.at)), fact.due, provisional=fact.provisional)


def _extended(clock: Clock, fact: ClockExtended) -> Clock:
    extended = [*clock.get("extended", []), content(fact, without=("clock",))]
    return {**_moved(clock, fact.due, provisional=fact.provisional), "extended": extended}


def _warned(clock: Clock, fact: ClockWarned) -> Clock:
    warned: Clock = {**clock, "state": "warned" if clock["state"] == "running" else clock["state"]}
    if fact.percent is not None:
        warned["warned_percent"] = fact.percent
    return {**warned, "warned_at": stamp(fact.at)}


def _breached(clock: Clock, fact: ClockBreached) -> Clock:
    return {**clock, "state": "breached", "breached_at": stamp(fact.at)}


def _stopped(clock: Clock, fact: ClockStopped) -> Clock:
    at = stamp(fact.at)
    state: State = "breached" if clock["state"] == "breached" else "stopped"
    return {**_resumed(clock, at), "state": state, "stopped_at": at, "stopped_because": fact.reason}


def _paused(clock: Clock, fact: ClockPaused) -> Clock:
    if not fact.lawful:
        return {**clock, "unlawful": [*clock.get("unlawful", []), content(fact, without=("clock", "lawful"))]}
    if "paused_at" in clock:
        return clock
    state: State = "paused" if clock["state"] in ("running", "warned") else clock["state"]
    return {**clock, "state": state, "paused_at": stamp(fact.at), "pause_reason": fact.reason}


def _resumed(clock: Clock, at: str) -> Clock:
    """The clock without its pause, and with what that took."""
    if "paused_at" not in clock:
        return clock
    after = clock.copy()
    pause = datetime.fromisoformat(at) - datetime.fromisoformat(after.pop("paused_at"))
    del after["pause_reason"]
    after["paused_seconds"] = after.get("paused_seconds", 0) + max(0, int(pause.total_seconds()))
    if after["state"] == "paused":
        after["state"] = "warned" if "warned_at" in after else "running"
    return after


def _moved(clock: Clock, due: datetime | None, *, provisional: bool) -> Clock:
    """The clock with another due time; one that has more time than when it was warned is at risk no more."""
    after = clock.copy()
    after.pop("provisional", None)
    if provisional:
        after["provisional"] = True
    if due is not None:
        later = stamp(due) > clock.get("due", "")
        after["due"] = stamp(due)
        after["state"] = "running" if later and clock["state"] == "warned" else clock["state"]
    return after


def _recalculated(clock: Clock, fact: ClockRecalculated) -> Clock:
    after = _moved(clock, fact.new_due, provisional=fact.provisional)
    after["recalculated"] = [*clock.get("recalculated", []), content(fact, without=("clock",))]
    after["policy"] = fact.policy
    if fact.calendar is not None:
        after["calendar"] = fact.calendar
    if fact.standing is not None:
        after["standing"] = fact.standing
    return after


def _met(clock: Clock, fact: ClockMet) -> Clock:
    """A clock that stands still does not run late."""
    at = stamp(fact.at)
    late = clock["state"] == "breached" or (clock["state"] != "paused" and at > clock.get("due", at))
    return {**_resumed(clock, at), "state": "late" if late else "met", "met_at": at, "answered_by": fact.answered_by}


_HOW: dict[type[ClockFact], Callable[[Clock, Any], Clock]] = {
    ClockPaused: _paused,
    ClockResumed: _again,
    ClockExtended: _extended,
    ClockRecalculated: _recalculated,
    ClockWarned: _warned,
    ClockBreached: _breached,
    ClockMet: _met,
    ClockStopped: _stopped,
}
"""What each fact makes of a clock that has started."""


def still_open(clock: Clock) -> bool:
    """Whether somebody must still answer: running, warned, paused, or breached and never stopped."""
    return (clock["state"] in _RUNNING or clock["state"] == "paused") and "stopped_at" not in clock


def next_due(clocks: Mapping[str, Clock]) -> Clock | None:
    """The clock that is due first of those that run: what a worklist is ordered by."""
    return _earliest([one for one in clocks.values() if one["state"] in _RUNNING and still_open(one)])


def next_paused(clocks: Mapping[str, Clock]) -> Clock | None:
    """The paused clock that would be due first, had it been resumed at once."""
    return _earliest([one for one in clocks.values() if one["state"] == "paused"])


def _earliest(clocks: Sequence[Clock]) -> Clock | None:
    with_due = [clock for clock in clocks if "due" in clock]
    return min(with_due, key=lambda clock: (clock["due"], clock["clock"])) if with_due else None
