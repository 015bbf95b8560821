"""When somebody may be called, for any night and any hours that they asked for."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from accountability.rules import OwnHours, Quiet
from events.accountability import CallbackAttempted
from events.fact import Chapter
from events.intake import ContactPreferencesStated
from unit.accountability.cases import HEARD, NOON, callback, later, told

times = st.integers(0, 24 * 60 - 1).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")


@given(
    night=st.tuples(times, times),
    own=st.tuples(times, times),
    minutes=st.integers(0, 400 * 24 * 60),
    zone=st.sampled_from(("UTC", "Europe/London", "Asia/Kathmandu", "America/Los_Angeles")),
)
def test_nobody_is_called_in_hours_that_they_asked_not_to_be_called(
    night: tuple[str, str], own: tuple[str, str], minutes: int, zone: str
) -> None:
    """R96: nor in those of the night, unless both leave no minute of the day; never earlier, nor days later."""
    quiet, moment = Quiet(begins=night[0], ends=night[1], zone=zone), NOON + timedelta(minutes=minutes)
    theirs = Quiet(begins=own[0], ends=own[1], zone=zone)
    found = quiet.after(moment, "", OwnHours(NOON, "-".join(own), None))
    assert moment <= found < moment + timedelta(hours=50)
    assert theirs.after(found, "") == found
    day = [found.replace(hour=0, minute=0) + timedelta(minutes=step) for step in range(0, 24 * 60, 5)]
    some = any(quiet.after(theirs.after(one, ""), "") == theirs.after(one, "") for one in day)
    assert quiet.after(found, "") == found or not some


@given(hours=st.none() | st.tuples(times, times).map("-".join), minutes=st.integers(0, 24 * 60))
def test_a_next_try_relies_on_what_was_said_where_that_times_it(hours: str | None, minutes: int) -> None:
    """L1: state other hours, and it is the same fact, or one that says that it relies on them."""
    asked = callback("not-reached", later(minutes=minutes))
    stated = ContactPreferencesStated(at=NOON, quiet_hours=hours, zone="UTC", by="complainant")
    before, after = (told(*HEARD, *facts).when(asked) for facts in ((), (stated,)))
    assert isinstance(before, CallbackAttempted)
    assert isinstance(after, CallbackAttempted)
    assert before == after or Chapter.INTAKE in before.relied_on() & after.relied_on()
