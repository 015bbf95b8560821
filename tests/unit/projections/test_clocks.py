"""What must hold for the clocks of a case as they are seen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from anything import histories
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
from events.fact import Origin
from projections.views import clocks
from projections.views.clocks import Clock, ClockFact
from projections.views.timing import timed

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


def paused(minutes: float, *, lawful: bool = True) -> ClockPaused:
    return ClockPaused(at=after(minutes), clock=CLOCK, reason="evidence" if lawful else "lunch", lawful=lawful, by="li")


def resumed(minutes: float, due: float) -> ClockResumed:
    return ClockResumed(at=after(minutes), clock=CLOCK, due=after(due), by="li")


def test_a_lawful_pause_stands_until_it_ends() -> None:
    """Since when and why; what it took stays, and the due time is the one that the record says."""
    clock = folded(STARTED, paused(10))
    assert (clock["state"], clock["paused_at"], clock["pause_reason"]) == (
        "paused", "2026-03-02T12:10:00.000000Z", "evidence",
    )  # fmt: skip
    assert folded(STARTED, paused(10), paused(20)) == clock
    again = folded(STARTED, paused(10), resumed(30, 80), paused(40), resumed(45, 85))
    assert (again["state"], again["paused_seconds"], "paused_at" in again) == ("running", 25 * 60, False)
    assert again["due"] == "2026-03-02T13:25:00.000000Z"


def test_an_unlawful_pause_is_shown_and_stops_nothing() -> None:
    clock = folded(STARTED, paused(10, lawful=False))
    assert (clock["state"], [one["reason"] for one in clock["unlawful"]]) == ("running", ["lunch"])
    assert "paused_at" not in clock


def test_a_clock_that_is_answered_straight_from_its_pause_is_not_late() -> None:
    """T23: it stood still, however long; what the pause took is known."""
    clock = folded(STARTED, paused(10), ClockMet(at=after(600), clock=CLOCK, answered_by="closed"))
    assert (clock["state"], clock["paused_seconds"]) == ("met", 590 * 60)


def test_more_time_takes_a_warned_clock_off_the_risk() -> None:
    warned = folded(STARTED, ClockWarned(at=after(48), clock=CLOCK, percent=80))
    assert (warned["state"], warned["warned_percent"]) == ("warned", 80)
    extended = ClockExtended(
        at=after(50), clock=CLOCK, reason="complex", amount=1, unit="hours", due=after(120), by="li"
    )
    clock = folded(STARTED, ClockWarned(at=after(48), clock=CLOCK), extended)
    assert (clock["state"], clock["due"]) == ("running", "2026-03-02T14:00:00.000000Z")
    assert [one["reason"] for one in clock["extended"]] == ["complex"]


def extension(minutes: float, due: float) -> ClockExtended:
    return ClockExtended(
        at=after(minutes), clock=CLOCK, reason=f"at {minutes}", amount=1, unit="hours", due=after(due), by="li"
    )


WARNED = ClockWarned(at=after(48), clock=CLOCK, percent=80)
BREACHED = ClockBreached(at=after(60), clock=CLOCK)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([ClockMet(at=after(61), clock=CLOCK, answered_by="closed")], "late"),
        ([WARNED, ClockMet(at=after(60), clock=CLOCK, answered_by="closed")], "met"),
        ([paused(10), WARNED], "paused"),
        ([BREACHED, WARNED], "breached"),
        ([BREACHED, paused(70)], "breached"),
        ([BREACHED, paused(70), resumed(80, 90)], "breached"),
        ([WARNED, paused(50)], "paused"),
        ([WARNED, paused(50), resumed(55, 60)], "warned"),
        ([WARNED, paused(50), resumed(55, 65)], "running"),
        ([paused(10), WARNED, resumed(55, 60)], "warned"),
        ([WARNED, extension(50, 60)], "warned"),
        ([BREACHED, extension(70, 90)], "breached"),
        ([paused(10), ClockStopped(at=after(20), clock=CLOCK, reason="x")], "stopped"),
        ([BREACHED, paused(70), ClockMet(at=after(80), clock=CLOCK, answered_by="closed")], "late"),
    ],
)
def test_what_is_worse_is_not_hidden_by_what_is_said_after_it(facts: list[ClockFact], state: str) -> None:
    """L14: a breach stays, and a pause hides no warning."""
    clock = folded(STARTED, *facts)
    assert clock["state"] == state
    assert clocks.still_open(clock) == (state in ("running", "warned", "paused", "breached"))
    assert ("paused_at" in clock) == (isinstance(facts[-1], ClockPaused) or state == "paused")


def test_all_that_moved_a_clock_or_did_not_is_kept_in_order() -> None:
    moved = ClockRecalculated(at=after(5), clock=CLOCK, new_due=after(90), cause="a", policy="p/q@1")
    again = moved.model_copy(update={"at": after(6), "cause": "b", "policy": "p/q@2"})
    clock = folded(
        STARTED, moved, again, paused(7, lawful=False), paused(8, lawful=False), extension(9, 90), extension(10, 99)
    )
    assert [one["cause"] for one in clock["recalculated"]] == ["a", "b"]
    assert [one["reason"] for one in clock["extended"]] == ["at 9", "at 10"]
    assert [one["at"][11:16] for one in clock["unlawful"]] == ["12:07", "12:08"]
    assert not any(
        {"clock", "lawful"} & set(one) for key in ("recalculated", "extended", "unlawful") for one in clock[key]
    )
    assert clock["policy"] == "p/q@2"


def test_a_due_time_that_is_moved_beyond_its_calendar_is_provisional() -> None:
    """By a pause or an extension as by a recalculation; and it is not any more where it is moved back."""
    beyond = folded(STARTED, paused(10), resumed(30, 80).model_copy(update={"provisional": True}))
    assert beyond["provisional"]
    extended = ClockExtended(
        at=after(50), clock=CLOCK, reason="x", amount=1, unit="hours", due=after(120), provisional=True, by="li"
    )
    assert folded(STARTED, extended)["provisional"]
    assert "provisional" not in folded(STARTED, extended, paused(51), resumed(52, 70))


def test_a_recalculation_says_old_new_and_cause() -> None:
    """T25: both stay; the clock goes on by the newer calendar, and is provisional where that does not know."""
    moved = ClockRecalculated(
        at=after(5), clock=CLOCK, old_due=after(60), new_due=after(90), cause="calendar cn@2", policy="p/q@1",
        calendar="cn@2", provisional=True,
    )  # fmt: skip
    clock = folded(STARTED, moved)
    assert (clock["due"], clock["calendar"], clock["provisional"]) == ("2026-03-02T13:30:00.000000Z", "cn@2", True)
    assert [(one["old_due"], one["cause"]) for one in clock["recalculated"]] == [
        ("2026-03-02T13:00:00.000000Z", "calendar cn@2")
    ]
    assert "provisional" not in folded(STARTED, moved, moved.model_copy(update={"provisional": False}))


def test_a_clock_says_what_its_policy_is_worth() -> None:
    """What is unconfirmed (M) is never shown as law; a later version of the policy may be worth more."""
    unconfirmed = STARTED.model_copy(update={"standing": "M"})
    moved = ClockRecalculated(
        at=after(5), clock=CLOCK, new_due=after(90), cause="pack p@2", policy="p/q@2", standing="V"
    )
    assert "standing" not in folded(STARTED)
    assert (folded(unconfirmed)["standing"], folded(unconfirmed, moved)["standing"]) == ("M", "V")
    assert timed(folded(unconfirmed), None)["standing"] == "M"
    assert timed(folded(STARTED), None)["standing"] is None


def test_a_clock_that_was_not_started_is_not_silent() -> None:
    """It says why, and nobody waits for it; a clock that only measures has no due time and orders nothing."""
    origin = Origin(source="city", reference="r1")
    none = folded(ClockNotStarted(at=NOON, clock=CLOCK, reason="no-policy", basis="category=x", reported=origin))
    assert (none["state"], none["reason"], none["basis"], none["source"]) == (
        "not-started", "no-policy", "category=x", "city",
    )  # fmt: skip
    assert not clocks.still_open(none)
    measuring = folded(ClockStarted(at=NOON, clock="m", policy="p/q@1", calendar="cn@1"))
    assert clocks.still_open(measuring)
    assert clocks.next_due({"m": measuring, CLOCK: none}) is None


def test_what_runs_and_what_stands_still_are_ordered_apart() -> None:
    """A paused clock counts as if it went on: when that would be due, somebody counts who knows what time it is."""
    runs = folded(ClockStarted(at=NOON, clock="a", due=after(90), policy="given"))
    stands = folded(STARTED, paused(10))
    assert clocks.next_due({"a": runs, CLOCK: stands}) == runs
    assert clocks.next_paused({"a": runs, CLOCK: stands}) == stands


def test_of_what_runs_the_earliest_is_next_and_what_waits_for_nobody_is_not_among_it() -> None:
    late = folded(STARTED, BREACHED)
    others = {name: folded(STARTED.model_copy(update={"clock": name, "due": after(due)})) for name, due in
              (("z", 70), ("a", 80), ("b", 70))}  # fmt: skip
    assert clocks.next_due(others) == others["b"]
    assert clocks.next_due({**others, CLOCK: late}) == late
    over = folded(STARTED, BREACHED, ClockStopped(at=after(70), clock=CLOCK, reason="x"))
    assert clocks.next_due({**others, CLOCK: over}) == others["b"]
    stands = {name: folded(STARTED.model_copy(update={"due": after(due)}), paused(10)) for name, due in
              (("x", 90), ("y", 80))}  # fmt: skip
    assert clocks.next_paused(stands) == stands["y"]


@given(histories(clocks.CLOCK_FACTS))
def test_any_history_is_folded_and_nothing_before_is_changed(history: list[ClockFact]) -> None:
    """Total and pure: the rows that were seen before stay as they were."""
    seen: list[tuple[Clock, Clock]] = []
    clock: Clock | None = None
    for fact in history:
        clock = clocks.fold(clock, fact)
        if clock is not None:
            seen.append((clock, clock.copy()))
    assert all(one == copy for one, copy in seen)
