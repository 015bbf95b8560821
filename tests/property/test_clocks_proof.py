"""The laws of proofs: what a person adds up on paper is the budget, and the last line ends at the due time."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

import clock_cases as cases
import proof_reader
from clocks import Calendar, Policy, Proof, compiled, run
from clocks.clock import ClockState

MANY = settings(deadline=None, max_examples=60)
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
    rows = proof_reader.rows(text)
    total = timedelta()
    for row, following in pairwise(rows):
        assert row.end == following.begin
    for row in rows:
        if row.what == "counted":
            total += proof_reader.duration(row.much)
        assert proof_reader.duration(row.so_far) == total
    unit = timedelta(minutes=1) if policy.budget.unit == "minutes" else timedelta(hours=1)
    assert total == policy.budget.amount * unit == proof_reader.duration(proof_reader.line(text, "Counted"))
    assert rows[0].begin == start
    assert rows[-1].end == proof_reader.instant(proof_reader.line(text, "Due"))


@MANY
@given(seeds)
def test_the_text_of_counted_days_adds_up(seed: int) -> None:
    """Days: the counted ones sum to the budget, and what pauses by time take out is what moves the end."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random, unit=random.choice(("business-days", "calendar-days", "weeks")))
    assert policy.budget
    text = _state(policy, calendar, start, paused).proof.as_text()
    rows = proof_reader.rows(text)
    counted = sum(proof_reader.days(row.much) for row in rows if row.what == "counted")
    assert counted == policy.budget.amount * (7 if policy.budget.unit == "weeks" else 1)
    assert counted == proof_reader.days(proof_reader.line(text, "Counted"))
    assert rows[-1].end == proof_reader.instant(proof_reader.line(text, "Due")) or rows[-1].what == "paused"
    taken, given_back = (
        sum((proof_reader.duration(row.much) for row in rows if row.what == what and ":" in row.much), timedelta())
        for what in ("paused", "moved")
    )
    assert taken == given_back


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
