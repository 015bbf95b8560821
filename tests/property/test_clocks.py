"""The laws of clocks on random calendars: zones with clock changes, nights, several spans a day, make-up days, pauses.

Cases are drawn by a seed (`clock_cases`), which hypothesis chooses and names when a law fails.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import clock_cases as cases
from clock_agreement import agree
from clocks import (
    Budget,
    Calendar,
    CalendarSpec,
    History,
    Paused,
    Policy,
    Resumed,
    Started,
    Unit,
    compiled,
    due,
    elapsed,
    remaining,
    run,
)

DAY = timedelta(days=1)
FAR = timedelta(days=300)
MANY = settings(deadline=None, max_examples=int(os.environ.get("CLOCK_EXAMPLES", "60")))
AS_WRITTEN = {"closed_start": "stands", "closed_end": "stands", "cutoff": None, "after_cutoff": None}
"""Conventions that move neither the start nor the end."""


@dataclass(frozen=True)
class World:
    """A random calendar, an instant on it, and the source of more."""

    random: Random
    calendar: Calendar
    start: datetime

    def policy(self, **fixed: object) -> Policy:
        return cases.policy(self.random, **fixed)  # type: ignore[arg-type]

    def later(self, days: int) -> datetime:
        """An instant within so many days after the start."""
        return self.start + timedelta(microseconds=self.random.randrange(days * 86_400_000_000))

    def span(self, begin_days: int = 8, longest_days: int = 5) -> tuple[datetime, datetime]:
        begin = self.later(begin_days)
        return begin, begin + timedelta(microseconds=self.random.randrange(longest_days * 86_400_000_000))


def _world(seed: int) -> World:
    random = Random(seed)
    zone, begin = cases.window(random)
    calendar = compiled(cases.calendar(random, zone, begin))
    start = begin + timedelta(days=3, microseconds=random.randrange(12 * 86_400_000_000))
    if random.random() < 0.5:
        start = start.replace(second=0, microsecond=0)
    return World(random, calendar, start)


worlds = st.integers(0, 2**32).map(_world)


def _with_amount(policy: Policy, amount: int) -> Policy:
    assert policy.budget
    return policy.model_copy(update={"budget": Budget(amount=amount, unit=policy.budget.unit)})


def _measured(policy: Policy, calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    """Open time or time between two instants, by a policy that only measures."""
    unit: Unit = "business-hours" if policy.in_business_time else "hours"
    return elapsed(begin, end, Policy(name="m", unit=unit, source="-", standing="M"), calendar).time


def _due(world: World, policy: Policy, *paused: tuple[datetime, datetime], reason: str = cases.LAWFUL) -> datetime:
    told = cases.history(world.start, list(paused), reason=reason)
    found = run(told, policy, world.calendar, world.start + FAR).due
    assert found
    return found


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
    bigger = _with_amount(policy, policy.budget.amount + more)
    assert due(world.start, policy, world.calendar) <= due(world.start, bigger, world.calendar)


@MANY
@given(worlds)
def test_a_later_start_is_never_due_earlier(world: World) -> None:
    """Wherever neither end is moved by the policy. The second coming of a repeated hour is left out for units of days:
    the same time of day tomorrow cannot tell it from the first.
    """
    policy, later = world.policy(**AS_WRITTEN), world.later(world.random.choice((1, 8)))
    if policy.in_days and (world.calendar.local(world.start).fold or world.calendar.local(later).fold):
        return
    assert due(world.start, policy, world.calendar) <= due(later, policy, world.calendar)


@MANY
@given(worlds)
def test_a_rolled_start_is_never_due_on_an_earlier_day(world: World) -> None:
    """A start that rolls keeps its time of day (Saturday evening, Monday morning): the day is what never goes back."""
    policy = world.policy(
        unit="business-days", closed_start="rolls", cutoff=None, after_cutoff=None, end_at="same-time"
    )
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
    assert world.calendar.is_working_day(world.calendar.local(due(world.start, policy, world.calendar)).date())


@MANY
@given(worlds)
def test_the_next_opening_is_open_and_all_before_it_is_closed(world: World) -> None:
    at = world.calendar.next_opening(world.start)
    assert world.calendar.is_open(at)
    assert (at == world.start) == world.calendar.is_open(world.start)
    policy = world.policy(unit="business-hours")
    assert _measured(policy, world.calendar, world.start, at) == timedelta()


def test_a_calendar_that_is_never_open_is_refused() -> None:
    """Refused, not looped over; also where only single days are open."""
    open_day = {"date": "2025-03-03", "kind": "make-up", "open": ["09:00-17:00"], "why": "once"}
    for days in ([], [open_day]):
        form = {"name": "never", "zone": "UTC", "source": "-", "first": "2025-01-01", "week": {}, "day": days}
        with pytest.raises(ValidationError, match="never open"):
            CalendarSpec.model_validate_json(json.dumps(form))


# --- pauses ----------------------------------------------------------------------------------------------------------


@MANY
@given(worlds)
def test_a_pause_moves_the_due_time_by_exactly_its_own_time(world: World) -> None:
    """By its open time for business units, by all of it for others; a pause wholly outside moves nothing."""
    policy = world.policy(
        pause_counts="time", closed_start="stands", closed_end="stands", cutoff=None, after_cutoff=None
    )
    before, (begin, end) = due(world.start, policy, world.calendar), world.span()
    after = _due(world, policy, (begin, end))
    lost = _measured(policy, world.calendar, begin, end) if begin < before else timedelta()
    assert _measured(policy, world.calendar, before, after) == lost
    assert (after == before) == (not lost)


@MANY
@given(worlds)
def test_a_pause_in_days_moves_the_due_time_by_the_days_that_begin_in_it(world: World) -> None:
    unit = world.random.choice(("business-days", "calendar-days"))
    policy = world.policy(unit=unit, pause_counts="days", closed_start="stands", cutoff=None, after_cutoff=None)
    assert policy.budget
    (begin, end), calendar = world.span(), world.calendar
    days = 0
    for number in range(0 if policy.start_day_counts else 1, 20):
        day = calendar.local(world.start).date() + number * DAY
        midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
        if unit == "calendar-days":
            days += max(begin, world.start) <= midnight < end
        elif calendar.is_working_day(day):
            opening = calendar.next_opening(midnight)
            if calendar.local(opening).date() == day and not calendar.is_open(midnight - timedelta(microseconds=1)):
                days += max(begin, world.start) <= opening < end
            else:  # the night before runs into the day, or the zone moves its midnight: the first own opening is later
                return
    expected = due(world.start, policy, calendar)
    if begin < expected:
        expected = due(world.start, _with_amount(policy, policy.budget.amount + days), calendar)
    assert _due(world, policy, (begin, end)) == expected


@MANY
@given(worlds)
def test_splitting_repeating_and_reordering_pauses_changes_nothing(world: World) -> None:
    policy = world.policy()
    spans = [world.span() for _ in range(world.random.randint(1, 4))]
    told = list(spans)
    for begin, end in spans:
        middle = begin + (end - begin) * world.random.random()
        told[told.index((begin, end))] = (begin, middle)
        told += [(middle, end), *([(begin, middle)] if world.random.random() < 0.5 else [])]
    world.random.shuffle(told)
    as_of = world.later(20)
    one, other = (
        run(cases.history(world.start, paused), policy, world.calendar, world.start + FAR) for paused in (spans, told)
    )
    assert (one.due, one.elapsed, one.paused, one.warnings) == (other.due, other.elapsed, other.paused, other.warnings)
    assert run(cases.history(world.start, told), policy, world.calendar, as_of).due  # known in part: an answer too


@MANY
@given(worlds)
def test_a_paused_clock_counts_as_if_it_were_resumed_now(world: World) -> None:
    policy, (begin, now) = world.policy(), world.span()
    waiting = History(Started(world.start, "s"), (Paused(begin, cases.LAWFUL, "p"),))
    resumed = History(Started(world.start, "s"), (Paused(begin, cases.LAWFUL, "p"), Resumed(now, "r")))
    one, other = (run(told, policy, world.calendar, now) for told in (waiting, resumed))
    assert (one.due, one.elapsed, one.remaining, one.paused) == (
        other.due,
        other.elapsed,
        other.remaining,
        other.paused,
    )
    assert one.state in {"paused", "breached"}
    assert one.due
    if one.state == "paused":
        assert one.due >= now


@MANY
@given(worlds)
def test_an_unlawful_pause_is_named_and_moves_nothing(world: World) -> None:
    policy, span = world.policy(), world.span()
    told = cases.history(world.start, [span], reason=cases.UNLAWFUL)
    state = run(told, policy, world.calendar, world.start + FAR)
    assert state.due == due(world.start, policy, world.calendar)
    assert [(one.begin, one.end, one.reason) for one in state.unlawful] == [(*span, cases.UNLAWFUL)]
    assert any(note.event == "pause-0" for note in state.proof.notes)


@MANY
@given(worlds)
def test_what_is_measured_only_has_no_due_time_and_adds_up(world: World) -> None:
    """Counted and paused time together are the time from start to end."""
    policy = world.policy(budget=None, unit="hours", **AS_WRITTEN)
    policy = policy.model_copy(update={"unit": world.random.choice(("hours", "business-hours"))})
    end = world.later(20)
    state = run(cases.history(world.start, [world.span(), world.span()]), policy, world.calendar, end)
    assert state.due is None
    assert state.elapsed.time + state.paused == _measured(policy, world.calendar, world.start, end)


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
