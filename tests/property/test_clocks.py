"""The laws of clocks on random calendars: zones with clock changes, nights, several spans a day, make-up days."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import clock_cases as cases
from clock_agreement import agree
from clock_worlds import FAR, MANY, STANDING, World, measured, with_amount, worlds
from clocks import CalendarSpec, History, Started, due, elapsed, remaining, run

# --- due and elapsed -------------------------------------------------------------------------------------------------


@MANY
@given(worlds)
def test_at_the_due_time_exactly_the_budget_has_passed(world: World) -> None:
    """elapsed(start, due(start, b)) = b, in time and in whole units; nothing is left."""
    policy = world.policy(closed_end="stands")
    assert policy.budget
    at = due(world.start, policy, world.calendar)
    spent = elapsed(world.start, at, policy, world.calendar)
    assert spent.whole == policy.budget.amount
    if not policy.in_days:
        assert spent.time == policy.budget.amount * timedelta(minutes=1 if policy.budget.unit == "minutes" else 60)
    assert elapsed(world.start, at - timedelta(microseconds=1), policy, world.calendar).whole < policy.budget.amount
    assert remaining(world.start, at, policy, world.calendar) == timedelta()
    assert run(History(Started(world.start, "e")), policy, world.calendar, at).state == "running"


@MANY
@given(worlds, st.integers(1, 20))
def test_a_bigger_budget_is_never_due_earlier(world: World, more: int) -> None:
    policy = world.policy()
    assert policy.budget
    bigger = with_amount(policy, policy.budget.amount + more)
    assert due(world.start, policy, world.calendar) <= due(world.start, bigger, world.calendar)


@MANY
@given(worlds)
def test_a_later_start_is_never_due_earlier(world: World) -> None:
    """Wherever neither end is moved by the policy. The second coming of a repeated hour is left out for units of days:
    the same time of day tomorrow cannot tell it from the first.
    """
    policy, later = world.policy(**STANDING), world.later(world.random.choice((1, 8)))
    if policy.in_days and (world.calendar.local(world.start).fold or world.calendar.local(later).fold):
        return
    assert due(world.start, policy, world.calendar) <= due(later, policy, world.calendar)


@MANY
@given(worlds, st.sampled_from(("business-days", "calendar-days", "weeks", "months")))
def test_in_units_of_days_a_later_start_is_never_due_on_an_earlier_day(world: World, unit: str) -> None:
    """What rolls keeps its time of day (Saturday evening, Monday morning): the day is what never goes back. A cutoff is
    left out (ADR 11): it moves late on Friday past a Saturday that stands.
    """
    policy = world.policy(unit=unit, cutoff=None, after_cutoff=None)
    first, second = (due(at, policy, world.calendar) for at in (world.start, world.later(8)))
    assert world.calendar.local(first).date() <= world.calendar.local(second).date()


@MANY
@given(worlds)
def test_no_due_time_is_before_the_start(world: World) -> None:
    assert due(world.start, world.policy(), world.calendar) >= world.start


@MANY
@given(worlds)
def test_business_units_end_on_working_days(world: World) -> None:
    policy = world.policy(unit="business-days", end_at=world.random.choice(("same-time", "end-of-day")))
    assert world.calendar.works(world.calendar.local(due(world.start, policy, world.calendar)).toordinal())


@MANY
@given(worlds)
def test_the_next_opening_is_open_and_all_before_it_is_closed(world: World) -> None:
    at = world.calendar.next_opening(world.start)
    assert world.calendar.is_open(at)
    assert (at == world.start) == world.calendar.is_open(world.start)
    policy = world.policy(unit="business-hours")
    assert measured(policy, world.calendar, world.start, at) == timedelta()


def test_a_calendar_that_is_never_open_is_refused() -> None:
    """Refused, not looped over; also where only single days are open."""
    open_day = {"date": "2025-03-03", "kind": "make-up", "open": ["09:00-17:00"], "why": "once"}
    for days in ([], [open_day]):
        form = {"name": "never", "zone": "UTC", "source": "-", "first": "2025-01-01", "week": {}, "day": days}
        with pytest.raises(ValidationError, match="never open"):
            CalendarSpec.model_validate_json(json.dumps(form))


# --- warnings --------------------------------------------------------------------------------------------------------


@MANY
@given(worlds, st.sampled_from(("08:00-20:00", "09:30-10:00", "20:00-06:00", "00:00-24:00", None)))
def test_warnings_are_within_the_clock_and_the_notify_hours(world: World, notify: str | None) -> None:
    policy = world.policy(warn_percent=[10, 50, 80, 99], notify_hours=notify)
    told = cases.history(world.start, [world.span()])
    state = run(told, policy, world.calendar, world.start + FAR)
    assert state.due
    assert notify is not None or len(state.warnings) == 4
    for warning in state.warnings:
        assert world.start <= warning.at <= state.due
        if notify:
            shown, (begin, end) = world.calendar.local(warning.at).strftime("%H:%M"), notify.split("-")
            assert begin <= shown <= end if begin < end else shown >= begin or shown <= end


# --- the second implementation ---------------------------------------------------------------------------------------


def test_the_slow_clock_agrees() -> None:
    """Minute by minute on 300 random cases; `make test` has 10,000 more."""
    agreed = [agree(seed) for seed in range(300)]
    assert sum(agreed) > 290
