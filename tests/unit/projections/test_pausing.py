"""When paused clocks would be due if they were resumed now: each by itself, whatever the others come to."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from clocks import Calendar, CalendarSpec, History, Paused, Policy, Started, compiled
from projections.pausing import Pauses

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def calendar(hours: str) -> Calendar:
    week = {"mon": [hours]}
    spec = {"name": "c", "zone": "UTC", "first": "2026-01-01", "source": "invented", "week": week}
    return compiled(CalendarSpec.model_validate(spec, strict=False))


def policy(hours: int) -> Policy:
    budget = {"amount": hours, "unit": "business-hours"}
    written = {"name": "p", "budget": budget, "pauses": ["evidence"], "source": "invented", "standing": "M"}
    return Policy.model_validate(written, strict=False)


def test_a_clock_that_can_never_be_due_does_not_keep_the_others_from_their_place() -> None:
    history = History(Started(NOON, "s"), (Paused(NOON + timedelta(minutes=1), "evidence", "p"),))
    never = history, policy(87_600), calendar("00:00-00:01")
    soon = history, policy(1), calendar("00:00-24:00")
    pauses = Pauses({("a", "x"): (None, never), ("b", "x"): (None, soon)})
    assert pauses.dues(NOON + timedelta(hours=2)) == [("b", NOON + timedelta(hours=2, minutes=59), "x", False)]


def test_a_clock_that_cannot_be_counted_does_not_keep_the_others_from_their_place() -> None:
    """A fault of ours on one case ended the service, and again after each start. It is said with its stream."""
    history = History(Started(NOON, "s"), (Paused(NOON + timedelta(minutes=1), "evidence", "p"),))
    faulty = history, policy(1).model_copy(update={"budget": "an hour"}), calendar("00:00-24:00")
    sound = history, policy(1), calendar("00:00-24:00")
    pauses = Pauses({("a", "x"): (None, faulty), ("b", "x"): (None, sound)})
    with capture_logs() as told:
        assert [case for case, *_ in pauses.dues(NOON + timedelta(hours=2))] == ["b"]
    assert [(line["event"], line["stream"]) for line in told] == [("pausing.not-counted", "complaint/a")]
