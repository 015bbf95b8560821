"""When to call whom: what one complainant asked for, beside the night (2-domain, callbacks)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accountability.rules import OwnHours, Quiet
from events.accountability import CallbackAttempted, CallbackMissed, CallbackPutOff, CallbackScheduled
from events.fact import Chapter
from events.intake import ContactPreferencesStated
from given import Told, only
from unit.accountability.cases import HEARD, NOON, callback, decision, did, later, told

SETTLED = replace(decision(), settled=True)
"""On Monday at noon, 20:00 in Shanghai; its callback is due on Thursday at that hour."""


def stated(at: datetime = NOON, quiet_hours: str | None = "19:00-10:00", zone: str | None = None) -> Told:
    return Told(ContactPreferencesStated(at=at, quiet_hours=quiet_hours, zone=zone, by="complainant"), at)


def due(*facts: Told) -> datetime:
    (scheduled,) = only(did(told(*HEARD).then(*facts), SETTLED).settled(NOON).history, CallbackScheduled)
    assert isinstance(scheduled, CallbackScheduled)
    return scheduled.due


def test_a_callback_is_due_when_the_complainant_may_be_called() -> None:
    """R96: not at 20:00 where they asked not to be called between 19:00 and 10:00, but at the end of that."""
    assert due() == later(days=3)
    assert due(stated()) == later(days=3) + timedelta(hours=14)
    assert due(stated(quiet_hours="12:00-14:00")) == later(days=3)


def test_what_was_stated_last_counts_and_may_take_all_back() -> None:
    assert due(stated(), stated(quiet_hours=None)) == later(days=3)


def test_the_night_is_where_the_complainant_lives() -> None:
    """2-domain, callbacks: quiet hours in the complainant's zone; 12:00 UTC is 4 o'clock in Los Angeles."""
    assert due(stated(quiet_hours=None, zone="America/Los_Angeles")) == later(days=3) + timedelta(hours=4)


def test_the_next_try_is_when_the_complainant_may_be_called_and_relies_on_what_they_said() -> None:
    """R96, L1: a next try that somebody names relies on nothing else."""
    answered = did(told(*HEARD).then(stated()), decision())
    attempt = answered.when(callback("not-reached", NOON))
    assert isinstance(attempt, CallbackAttempted)
    assert attempt.next_at == later(days=1) + timedelta(hours=14)
    assert attempt.relied_on() == {Chapter.INTAKE}


CLOSED = did(told(*HEARD), SETTLED).settled(NOON)


def test_a_callback_that_became_due_in_hours_asked_for_later_is_put_off_and_not_missed() -> None:
    """L14: nobody is late who heeds what the complainant asked for; nor later, nor earlier, whoever looks when."""
    asked = CLOSED.then(stated(later(days=1)))
    again = later(days=3) + timedelta(hours=14)
    assert asked.added(later(days=3, minutes=1)) == (
        CallbackPutOff(at=later(days=3), next_at=again, rule="authority@1"),
    )
    put_off, missed, *_ = asked.added(later(days=30))
    assert isinstance(put_off, CallbackPutOff)
    assert isinstance(missed, CallbackMissed)
    assert (missed.at, missed.missed) == (again, 1)


def test_what_was_taken_back_later_was_still_asked_for_when_the_call_was_due() -> None:
    """L14: nobody is late who heeded what was known on Thursday, whoever looks when."""
    asked = CLOSED.then(stated(later(days=1)), stated(later(days=4), quiet_hours=None))
    assert isinstance(asked.added(later(days=30))[0], CallbackPutOff)


@pytest.mark.parametrize(("hours_late", "written"), [(1, [CallbackPutOff]), (20, [CallbackPutOff, CallbackMissed])])
def test_a_try_before_the_time_to_which_it_was_put_off_is_in_time(hours_late: int, written: list[type]) -> None:
    """L14: what is written after the try has the times of what was due before it."""
    tried = did(CLOSED.then(stated(later(days=1))), callback("satisfied", later(days=3) + timedelta(hours=hours_late)))
    assert [type(fact) for fact in tried.added(later(days=30))] == written


def test_what_is_asked_for_after_the_time_came_puts_nothing_off() -> None:
    """L14, L24: told on Friday, it was not known on Thursday."""
    late = CLOSED.then(Told(stated(later(days=1)).fact, later(days=4)))
    assert [type(fact) for fact in late.added(later(days=3, minutes=1))] == [CallbackMissed]


@pytest.mark.parametrize(
    ("own", "moment", "after"),
    [
        ("19:00-10:00", "2026-03-02T12:00", "2026-03-02T12:00"),
        ("19:00-10:00", "2026-03-02T07:00", "2026-03-02T10:00"),
        ("19:00-22:00", "2026-03-02T19:30", "2026-03-03T08:00"),
        ("07:00-09:00", "2026-03-02T23:00", "2026-03-03T09:00"),
        ("08:00-16:00", "2026-03-02T22:00", "2026-03-03T16:00"),
        # They leave no minute of the day together: what the person asked for counts.
        ("08:00-21:00", "2026-03-02T12:00", "2026-03-02T21:00"),
        ("08:00-21:00", "2026-03-02T23:00", "2026-03-02T23:00"),
    ],
)
def test_own_hours_come_beside_those_of_the_night(own: str, moment: str, after: str) -> None:
    """The night is 21 to 8."""
    quiet = Quiet(begins="21:00", ends="08:00", zone="Europe/London")
    found = quiet.after(datetime.fromisoformat(f"{moment}Z"), "", OwnHours(NOON, own, None))
    assert found == datetime.fromisoformat(f"{after}Z")
