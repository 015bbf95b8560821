"""The laws of pauses on random calendars: what a lawful one moves, and that it does not matter how it is told."""

from datetime import datetime, timedelta

from hypothesis import given

import clock_cases as cases
from clock_worlds import FAR, MANY, STANDING, World, measured, paused_due, with_amount, worlds
from clocks import History, Paused, Resumed, Started, due, run

DAY = timedelta(days=1)


@MANY
@given(worlds)
def test_a_pause_moves_the_due_time_by_exactly_its_own_time(world: World) -> None:
    """By its open time for business units, by all of it for others; a pause wholly outside moves nothing."""
    policy = world.policy(pause_counts="time", closed_start="stands", cutoff=None, after_cutoff=None)
    before, (begin, end) = due(world.start, policy, world.calendar), world.span()
    after = paused_due(world, policy, (begin, end))
    lost = measured(policy, world.calendar, begin, end) if begin < before else timedelta()
    assert measured(policy, world.calendar, before, after) == lost
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
        elif calendar.works(day.toordinal()):
            opening = calendar.next_opening(midnight)
            if calendar.local(opening).date() == day and not calendar.is_open(midnight - timedelta(microseconds=1)):
                days += max(begin, world.start) <= opening < end
            else:  # the night before runs into the day, or the zone moves its midnight: the first own opening is later
                return
    expected = due(world.start, policy, calendar)
    if begin < expected:
        expected = due(world.start, with_amount(policy, policy.budget.amount + days), calendar)
    assert paused_due(world, policy, (begin, end)) == expected


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
    policy = world.policy(budget=None, unit="hours", **STANDING)
    policy = policy.model_copy(update={"unit": world.random.choice(("hours", "business-hours"))})
    end = world.later(20)
    state = run(cases.history(world.start, [world.span(), world.span()]), policy, world.calendar, end)
    assert state.due is None
    assert state.elapsed.time + state.paused == measured(policy, world.calendar, world.start, end)
