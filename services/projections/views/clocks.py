"""The clocks of a case: one row a clock, from started to met, late, breached or stopped. A breach stays visible (L14).

Pure fold of escalation's clock facts. Must not: compute a due time, or look at what time it is now.
"""

from collections.abc import Mapping
from typing import Literal, Required, TypedDict

from events.escalation import ClockBreached, ClockMet, ClockStarted, ClockStopped, ClockWarned
from projections.views.told import stamp

State = Literal["running", "warned", "met", "late", "breached", "stopped"]
RESOLUTION = "resolution"
"""The clock by which the SLA board counts a case: the time until it is resolved, ours or given by a publisher."""

ClockFact = ClockStarted | ClockWarned | ClockMet | ClockBreached | ClockStopped
_OPEN: frozenset[State] = frozenset({"running", "warned", "breached"})


class Clock(TypedDict, total=False):
    """`late` was breached and answered afterwards; `breached` is still unanswered; `stopped` is neither."""

    clock: Required[str]
    started: Required[str]
    due: Required[str]
    policy: Required[str]
    state: Required[State]
    warn_at: str
    warned_at: str
    breached_at: str
    met_at: str
    answered_by: str
    stopped_at: str
    stopped_because: str
    source: str
    """Who stated the due time, where a publisher did."""


def fold(clock: Clock | None, fact: ClockFact) -> Clock | None:
    """The clock after one fact; None while nothing has started it."""
    at = stamp(fact.at)
    if isinstance(fact, ClockStarted):
        return _started(fact, at)
    if clock is None:
        return None
    match fact:
        case ClockWarned():
            return {**clock, "state": "warned" if clock["state"] == "running" else clock["state"], "warned_at": at}
        case ClockBreached():
            return {**clock, "state": "breached", "breached_at": at}
        case ClockMet():
            late = clock["state"] == "breached" or at > clock["due"]
            return {**clock, "state": "late" if late else "met", "met_at": at, "answered_by": fact.answered_by}
        case ClockStopped():
            state: State = "breached" if clock["state"] == "breached" else "stopped"
            return {**clock, "state": state, "stopped_at": at, "stopped_because": fact.reason}


def _started(fact: ClockStarted, at: str) -> Clock:
    clock: Clock = {
        "clock": fact.clock,
        "started": at,
        "due": stamp(fact.due),
        "policy": fact.policy,
        "state": "running",
    }
    if fact.warn_at is not None:
        clock["warn_at"] = stamp(fact.warn_at)
    if fact.reported is not None:
        clock["source"] = fact.reported.source
    return clock


def still_open(clock: Clock) -> bool:
    """Whether somebody must still answer: running, warned, or breached and never stopped."""
    return clock["state"] in _OPEN and "stopped_at" not in clock


def next_due(clocks: Mapping[str, Clock]) -> Clock | None:
    """The open clock that is due first: what a worklist is ordered by."""
    waiting = [clock for clock in clocks.values() if still_open(clock)]
    return min(waiting, key=lambda clock: (clock["due"], clock["clock"])) if waiting else None
