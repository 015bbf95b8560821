"""When paused clocks would be due if they were resumed now: each by itself, whatever the others come to."""

from datetime import UTC, datetime, timedelta

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
