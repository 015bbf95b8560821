"""The laws of proofs: what a person adds up on paper is the budget, and the last line ends at the due time."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clock_cases as cases
import proof_text
from clocks import Calendar, Ended, Extended, Policy, Proof, Unit, compiled, run
from clocks.clock import ClockState
from clocks.policy import UNITS_OF_DAYS, kin
from examples import examples

UNITS = get_args(Unit)
MANY = settings(max_examples=examples(60))
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


@pytest.mark.parametrize("pause_counts", ["time", "days"])
@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=examples(40))
@given(seeds)
def test_the_text_alone_adds_up_to_the_due_time(unit: Unit, pause_counts: str, seed: int) -> None:
    """Of every unit, with pauses and extensions: rows in the order of time, no gap, none over another, from the start
    to the due time; what they count is the budget with its extensions.
    """
    random, calendar, start, paused = _drawn(seed)
    of_days = {"pause_counts": pause_counts} if unit in UNITS_OF_DAYS else {}
    longer = random.choice([other for other in UNITS if kin(unit, other)])
    more = {"times": 2, "amount": random.randint(1, 2), "unit": longer}
    policy = cases.policy(random, unit=unit, extensions=more, **of_days)
    extended = [Extended(start, f"more-{number}") for number in range(random.randint(0, 2))]
    state = run(cases.history(start, paused, *extended), policy, calendar, start + timedelta(days=400))
    text = proof_text.checked(state.proof.as_text())
    assert text.due == state.due
    assert len(state.extended) == len(extended)


@MANY
@given(seeds)
def test_the_text_of_what_is_measured_only_leads_to_its_end(seed: int) -> None:
    """Whatever it is measured in, and also where it ends before its counting begins."""
    random, calendar, start, paused = _drawn(seed)
    policy = cases.policy(random).model_copy(update={"budget": None, "unit": random.choice(UNITS)})
    end = start + timedelta(minutes=random.randint(1, 9000))
    state = run(cases.history(start, paused, Ended(end, "met", "end")), policy, calendar, end)
    text = proof_text.read(state.proof.as_text())
    assert (text.due, text.rows[0].begin, text.ends) == (None, start, end)
    assert proof_text.added(text.rows, "counted").time == state.elapsed.time


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
        assert state.proof.counted.time == run(cases.history(start, paused), policy, calendar, state.due).elapsed.time
    for one in (*state.proof.segments, *state.proof.pauses):
        assert one.begin <= one.end
        assert one.begin.tzinfo is UTC
        assert (one.event is not None) == (one.kind == "paused")
