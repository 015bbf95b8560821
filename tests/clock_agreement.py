"""One random case, told to both clocks: `libs/clocks` and the slow one. Must not: choose how many."""

from datetime import datetime, timedelta
from random import Random

import clock_cases as cases
import slow_clock
from clocks import CalendarSpec, Policy, compiled, run
from clocks.clock import ClockState

Case = tuple[CalendarSpec, Policy, datetime, datetime, list[tuple[datetime, datetime]]]


def agree(seed: int) -> bool:
    """Compare one case; False where the slow clock walks out of its window. Raises AssertionError with the case."""
    random = Random(seed)
    zone, begin = cases.window(random)
    spec, policy = cases.calendar(random, zone, begin), cases.policy(random)
    start = random.randint(4 * 1440, 12 * 1440)
    paused = cases.pauses(random, start)
    ended = start + random.randint(0, 20 * 1440)
    try:
        clock = slow_clock.SlowClock(spec, begin)
        slow = slow_clock.SlowRun(clock, policy, start, paused)
        due, passed = slow.due(), slow.passed(ended)
        upcoming = clock.open.index(1, start)
    except slow_clock.TooFar:
        return False
    except (IndexError, ValueError):
        return False

    def at(minute: int) -> datetime:
        return slow_clock.instant(begin, 2 * minute)

    calendar = compiled(spec)
    told = cases.history(at(start), [(at(since), at(until)) for since, until in paused])
    state: ClockState = run(told, policy, calendar, at(slow_clock.DAYS * 1440))
    case = f"seed {seed}: {spec!r} {policy!r} {told!r}"
    assert state.due == slow_clock.instant(begin, due), f"{state.due} != {slow_clock.instant(begin, due)}: {case}"
    early = cases.history(at(start), [(at(since), at(min(until, ended))) for since, until in paused if since <= ended])
    spent = run(early, policy, calendar, at(ended)).elapsed
    assert spent.time == timedelta(minutes=passed), f"{spent} != {passed} minutes: {case}"
    assert calendar.is_open(at(start)) == bool(clock.open[start]), case
    assert calendar.next_opening(at(start)) == at(upcoming), case
    return True
