"""The laws of proofs: what a person adds up on paper is the budget, and the last line ends at the due time."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

import clock_cases as cases
import proof_text
from clocks import Calendar, Policy, Proof, compiled, run
from clocks.clock import ClockState
from clocks.proof import duration

MANY = settings(max_examples=60)
seeds = st.integers(0, 2**32)
Drawn = tuple[Random, Calendar, datetime, list[tuple[datetime, datetime]]]


def _drawn(seed: int) -> Drawn:
    random = Random(seed)
    zone, begin = cases.window(random)
    calendar = compiled(cases.calendar(random, zone, begin))
    minute = random.randint(3 * 1440, 12 * 1440)
    paused = [
        (begin + timedelta(minutes=since), begin + timedelta(minutes=until))
        for since, until in cases.pauses(random, minute)
    ]
    return random, calendar, begin + timedelta(minutes=minute), paused


def _state(policy: Policy, calendar: Calendar, start: datetime, paused: list[tuple[datetime, datetime]]) -> ClockState:
    return run(cases.history(start, paused), policy, calendar, start + timedelta(days=300))


@MANY
@given(seeds)
def test_the_text_of_counted_time_adds_up(seed: int) -> None:
    """Minutes, hours, business hours: the rows follow one another without a gap; the counted ones sum up."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random, unit=random.choice(("minutes", "hours", "business-hours")))
    assert policy.budget
    text = _state(policy, calendar, start, paused).proof.as_text()
    proof = proof_text.read(text)
    total = timedelta()
    for row in proof.rows:
        if row.what == "counted":
            total += row.time
        assert row.so_far == duration(total)
    unit = timedelta(minutes=1) if policy.budget.unit == "minutes" else timedelta(hours=1)
    assert total == policy.budget.amount * unit
    assert text.endswith(f"\nCounted  {duration(total)}\n")
    assert proof.rows[0].begin == start
    assert proof.ends == proof.due


@MANY
@given(seeds)
def test_the_text_of_counted_days_adds_up(seed: int) -> None:
    """Days: the counted ones sum to the budget, and what pauses by time take out is what moves the end."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random, unit=random.choice(("business-days", "calendar-days", "weeks")))
    assert policy.budget
    proof = proof_text.read(_state(policy, calendar, start, paused).proof.as_text())
    days, time = proof.counted
    assert (days, time) == (policy.budget.amount * (7 if policy.budget.unit == "weeks" else 1), timedelta())
    assert proof.rows[-1].end == proof.due or proof.rows[-1].what == "paused"
    taken, added = (
        sum((row.time for row in proof.rows if row.what == what), timedelta()) for what in ("paused", "moved")
    )
    assert taken == added


@MANY
@given(seeds)
def test_the_same_history_has_the_same_bytes(seed: int) -> None:
    """However often, whenever, and in whatever order its pauses were told; and the form is canonical."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random)
    told = cases.history(start, paused)
    pairs = [told.steps[number : number + 2] for number in range(0, len(told.steps), 2)]
    random.shuffle(pairs)
    shuffled = type(told)(told.started, tuple(step for pair in pairs for step in pair))
    proofs: list[Proof] = [
        run(one, policy, fresh, start + timedelta(days=days)).proof
        for one, fresh, days in (
            (told, calendar, 300),
            (told, compiled(calendar.spec), 5000),
            (shuffled, calendar, 301),
        )
    ]
    first, *others = (proof.as_json() for proof in proofs)
    assert others == [first, first]
    assert json.dumps(json.loads(first), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == first
    assert len({proof.as_text() for proof in proofs}) == 1


@MANY
@given(seeds)
def test_segments_say_what_the_state_says(seed: int) -> None:
    """The sum of the counted segments, of time or of days, is what the clock has at its due time."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random)
    state = _state(policy, calendar, start, paused)
    assert state.due == state.proof.due
    assert state.due
    if not policy.in_days:
        assert state.proof.counted_time == run(cases.history(start, paused), policy, calendar, state.due).elapsed.time
    for one in state.proof.segments:
        assert one.begin <= one.end
        assert one.begin.tzinfo is UTC
        assert (one.event is not None) == (one.kind == "paused")
