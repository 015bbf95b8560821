"""What must hold for the clocks of a case as they are seen."""

from datetime import UTC, datetime, timedelta

from hypothesis import given

from anything import histories
from events.escalation import ClockBreached, ClockMet, ClockStarted, ClockStopped, ClockWarned
from projections.views import clocks
from projections.views.clocks import Clock, ClockFact

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLOCK = "resolution"


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


STARTED = ClockStarted(at=NOON, clock=CLOCK, due=after(60), warn_at=after(48), policy="reply@1")


def folded(*facts: ClockFact) -> Clock:
    clock: Clock | None = None
    for fact in facts:
        clock = clocks.fold(clock, fact)
    assert clock is not None
    return clock


def test_answered_at_the_due_time_is_met() -> None:
    clock = folded(STARTED, ClockMet(at=after(60), clock=CLOCK, answered_by="closed"))
    assert (clock["state"], clock["met_at"], clock["answered_by"]) == ("met", "2026-03-02T13:00:00.000000Z", "closed")
    assert not clocks.still_open(clock)


def test_a_breach_stays_after_the_answer() -> None:
    """L14: an act after the breach does not undo it."""
    breached = folded(STARTED, ClockWarned(at=after(48), clock=CLOCK), ClockBreached(at=after(60), clock=CLOCK))
    assert (breached["state"], clocks.still_open(breached)) == ("breached", True)
    late = clocks.fold(breached, ClockMet(at=after(30), clock=CLOCK, answered_by="message-sent"))
    assert late is not None
    assert (late["state"], late["breached_at"]) == ("late", "2026-03-02T13:00:00.000000Z")


def test_a_clock_that_was_stopped_after_its_breach_is_still_breached_and_waits_for_nobody() -> None:
    clock = folded(
        STARTED, ClockBreached(at=after(60), clock=CLOCK), ClockStopped(at=after(70), clock=CLOCK, reason="x")
    )
    assert (clock["state"], clocks.still_open(clock)) == ("breached", False)


def test_a_stopped_clock_is_neither_met_nor_breached() -> None:
    assert folded(STARTED, ClockStopped(at=after(5), clock=CLOCK, reason="an enquiry"))["state"] == "stopped"


def test_the_next_due_is_the_earliest_that_somebody_must_still_answer() -> None:
    early = folded(STARTED, ClockMet(at=after(1), clock=CLOCK, answered_by="closed"))
    later = folded(ClockStarted(at=NOON, clock="a", due=after(90), warn_at=None, policy="given"))
    latest = folded(ClockStarted(at=NOON, clock="b", due=after(99), warn_at=None, policy="given"))
    assert clocks.next_due({"r": early, "b": latest, "a": later}) == later
    assert clocks.next_due({"r": early}) is None


@given(histories((ClockStarted, ClockWarned, ClockMet, ClockBreached, ClockStopped)))
def test_any_history_is_folded_and_nothing_before_is_changed(history: list[ClockFact]) -> None:
    """Total and pure: the rows that were seen before stay as they were."""
    seen: list[tuple[Clock, Clock]] = []
    clock: Clock | None = None
    for fact in history:
        clock = clocks.fold(clock, fact)
        if clock is not None:
            seen.append((clock, clock.copy()))
    assert all(one == copy for one, copy in seen)
