"""One command and what becomes of it, on a log and a database in memory and on simulated time (L2, L8 to L10)."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

import toy
from commanding import Desk, acted, admitted, wish
from events.admission import Head
from events.intake import ComplaintLodged, MotiveRecorded
from runtime.caller import Position
from runtime.commands import ATTEMPTS_MAX, LOOK_SECONDS_MAX, POSITION_SECONDS_MAX, VERDICT_SECONDS_MAX, Commands
from runtime.intents import Outcome
from runtime.problems import Problem
from runtime.rows import Outgoing, RecordTooLarge
from runtime.waves import TRIES_MAX, carry_out_all
from simulation.broker import LogPort
from simulation.host import Host
from simulation.weather import CALM, FATES
from stage import STREAM, Stage


def says_when_to_ask_again(problem: Problem) -> bool:
    return (problem.headers or {}).get("Retry-After", "").isdigit()


def test_who_asks_again_is_answered_as_then_and_nothing_is_written() -> None:
    """L4, L8."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        first = await commands.carry_out(wish(1))
        again = await commands.carry_out(wish(1))
        assert (again.verdict, first.already, again.already) == (first.verdict, False, True)

    assert acted(story).said == ["lodged", "motive-recorded"]


def test_tables_that_never_answer_are_not_waited_for_and_the_next_look_is_another_one() -> None:
    """Section 8: nothing hangs without a limit. A database that is frozen does not even take a question back."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        store, clock = commands.store, asyncio.get_running_loop()
        commands.store = cast("Any", Frozen())
        asked = clock.time()
        with pytest.raises(Problem) as problem:
            await commands.carry_out(wish(1))
        assert clock.time() - asked == pytest.approx(LOOK_SECONDS_MAX)
        assert (problem.value.status_code, problem.value.code) == (503, "not-in-time")
        assert says_when_to_ask_again(problem.value)
        commands.store = store
        assert admitted(await commands.carry_out(wish(1))) == Head(intake=2)

    assert acted(story).said == ["lodged", "motive-recorded"]


def test_who_waits_for_a_turn_on_a_stream_waits_no_longer_than_for_the_tables() -> None:
    """Section 8: each before it may be given up only after its own limit, and there may be many."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        clock = asyncio.get_running_loop()
        commands.store = cast("Any", Frozen())
        asked = clock.time()
        found = await asyncio.gather(*(commands.carry_out(wish(n)) for n in range(1, 7)), return_exceptions=True)
        assert clock.time() - asked == pytest.approx(LOOK_SECONDS_MAX)
        assert [(one.status_code, one.code) for one in found if isinstance(one, Problem)] == 6 * [(503, "not-in-time")]

    acted(story)


class Frozen:
    """A database that takes every question and answers none."""

    async def command(self, _stream: str, _event_id: str) -> None:
        await asyncio.Event().wait()


def test_many_at_once_on_one_stream_take_turns() -> None:
    """L2: each is decided on what the one before it left, and none is refused by a reader."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        found = await asyncio.gather(*(commands.carry_out(wish(number)) for number in range(1, 7)))
        assert sorted(filter(None, map(admitted, found))) == [Head(intake=count) for count in range(2, 6)]
        assert [one.refused.code for one in found if one.refused] == 2 * ["too-many"]

    assert acted(story).said == ["lodged", *4 * ["motive-recorded"]]


def test_who_pinned_what_has_moved_on_is_told_the_head_and_the_attempt_stays() -> None:
    """L8: written once, refused by every reader, and never decided on anything newer."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        await commands.carry_out(wish(1))
        late = await commands.carry_out(wish(2, pinned=1))
        assert (late.head, late.verdict, late.refused) == (Head(intake=2), None, None)
        barred = await commands.carry_out(wish(3, "lodged", pinned=1))
        assert (barred.head, barred.refused) == (Head(intake=2), None)
        in_time = await commands.carry_out(wish(3, "lodged", pinned=2))
        assert in_time.refused is not None
        assert (in_time.refused.code, in_time.head) == ("lodged-already", Head(intake=2))
        assert admitted(await commands.carry_out(wish(4, pinned=2))) == Head(intake=3)

    stage = acted(story)
    assert stage.said == ["lodged", *3 * ["motive-recorded"]]
    assert stage.database.streams[STREAM].head == Head(intake=3)


@pytest.mark.parametrize("comes", [True, False])
def test_who_has_seen_more_than_this_service_is_early_and_not_late(comes: bool) -> None:
    """L10: it waits for what was pinned, and up to a limit."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        def others() -> None:
            motive = MotiveRecorded(at=desk.stage.loop.utc_now(), motive="venting", by="bob")
            desk.stage.say(motive, Head(intake=1))

        if comes:
            desk.stage.loop.call_later(POSITION_SECONDS_MAX / 2, others)
            assert admitted(await commands.carry_out(wish(1, pinned=2))) == Head(intake=3)
            return
        with pytest.raises(Problem) as problem:
            await commands.carry_out(wish(1, pinned=2))
        assert (problem.value.status_code, problem.value.code) == (503, "not-caught-up")
        assert says_when_to_ask_again(problem.value)

    assert acted(story).said == ["lodged", *(2 if comes else 0) * ["motive-recorded"]]


def test_what_nobody_has_judged_in_time_was_written_and_no_more_is_said() -> None:
    """L9: its place, and no verdict; the next try finds what became of it."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        desk.reads, began = False, desk.stage.loop.time()
        assert await commands.carry_out(wish(1)) == Outcome(position=(0, 1))
        assert desk.stage.loop.time() - began >= VERDICT_SECONDS_MAX
        desk.reads = True
        await asyncio.sleep(1)
        assert (await commands.carry_out(wish(1))).already

    assert acted(story).said == ["lodged", "motive-recorded"]


def test_what_was_written_without_a_place_is_found_by_its_name() -> None:
    """Architecture, section 3: no valid offset in the reply."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        desk.stage.sky.weather = replace(CALM, fates=dict.fromkeys(FATES, 0.0) | {"no-offset": 1.0})
        assert admitted(await commands.carry_out(wish(1))) == Head(intake=2)

    assert acted(story).said == ["lodged", "motive-recorded"]


def test_what_the_log_did_not_take_may_be_asked_again() -> None:
    """L9: 503 speaks of this attempt."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        desk.stage.sky.weather = replace(CALM, fates=dict.fromkeys(FATES, 0.0) | {"refused-by-broker": 1.0})
        with pytest.raises(Problem) as problem:
            await commands.carry_out(wish(1))
        assert (problem.value.status_code, problem.value.code) == (503, "log-unavailable")
        assert says_when_to_ask_again(problem.value)
        desk.stage.sky.clear_up()
        assert admitted(await commands.carry_out(wish(1))) == Head(intake=2)

    acted(story)


class Narrow(LogPort):
    """A log for which every record is too large."""

    async def append(self, records: Sequence[Outgoing]) -> list[Exception | int | None]:
        return [RecordTooLarge() for _ in records]


def test_what_is_too_large_for_the_log_is_refused() -> None:
    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        commands.log = cast("Any", Narrow(desk.stage.broker, Host("desk", desk.stage.sky)))
        for outcome in [await commands.carry_out(wish(1)), *await carry_out_all(commands, [wish(2)])]:
            assert outcome.refused is not None
            assert outcome.refused.code == "record-too-large"

    acted(story)


@pytest.mark.parametrize(
    ("position", "answer"),
    [
        (None, None),
        (Position("epoch", 0, 0), None),
        (Position("epoch", 0, 1), (503, "not-caught-up")),
        (Position("epoch", 1, 0), (400, "position-foreign")),
        (Position("other", 0, 0), (400, "position-foreign")),
    ],
)
def test_a_position_is_waited_for_where_it_is_of_this_log(
    position: Position | None, answer: tuple[int, str] | None
) -> None:
    """L10."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        with nullcontext() if answer is None else pytest.raises(Problem) as problem:
            await commands.reached(position)
        assert (problem and (problem.value.status_code, problem.value.code)) == answer

    acted(story)


def test_nothing_is_written_where_the_reader_has_stopped_or_reads_its_past() -> None:
    """L6, L9: one by one or many at once."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        stopped, rebuilding = replace(commands, halted=lambda: "why"), replace(commands, end_seen=lambda _: 2)
        asked = [stopped.carry_out(wish(1)), carry_out_all(stopped, [wish(1)]), rebuilding.carry_out(wish(1))]
        for one in asked:
            with pytest.raises(Problem) as problem:
                await one
            assert problem.value.status_code == 503
            assert problem.value.code in ("reader-stopped", "not-caught-up")
            assert says_when_to_ask_again(problem.value)
        desk.stage.loop.leap(timedelta(hours=1))

    assert acted(story).said == ["lodged"]


def test_many_of_one_batch_are_each_told_once_and_in_their_order() -> None:
    """L2, L4, L8: what comes twice, or was told before, takes the outcome of the first; a refusal holds nobody up."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        await commands.carry_out(wish(1))
        asked = [wish(1), wish(2), wish(2), wish(3, "lodged"), wish(3, "lodged"), wish(4), wish(5), wish(6)]
        found = await carry_out_all(commands, asked)
        heads = [Head(intake=2), Head(intake=3), Head(intake=3), None, None, Head(intake=4), Head(intake=5), None]
        assert list(map(admitted, found)) == heads
        assert [one.already for one in found] == [True, False, True, False, False, False, False, False]
        codes = [one.refused.code for one in found if one.refused]
        assert codes == ["lodged-already", "lodged-already", "too-many"]

    assert acted(story).said == ["lodged", *4 * ["motive-recorded"]]


class Outrun(LogPort):
    """A log to which somebody else is faster, so many times."""

    def __init__(self, stage: Stage, times: int) -> None:
        super().__init__(stage.broker, Host("desk", stage.sky))
        self._stage, self._times = stage, times

    async def append(self, records: Sequence[Outgoing]) -> list[Exception | int | None]:
        if self._times > 0:
            self._times -= 1
            head = self._stage.database.streams[STREAM].head
            self._stage.say(ComplaintLodged(at=self._stage.loop.utc_now(), channel="app"), head)
        return await super().append(records)


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("times", [2, 99])
def test_who_was_outrun_decides_again_on_the_newer_state_but_not_for_ever(times: int, many: bool) -> None:
    """L8: without a pin; in the end nothing is said of it but that asking again is safe."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        commands.log = cast("Any", Outrun(desk.stage, times))
        (found,) = await carry_out_all(commands, [wish(1)]) if many else [await commands.carry_out(wish(1))]
        assert found.verdict is None if times == 99 else admitted(found) == Head(intake=4)

    tries = 3 if times == 2 else TRIES_MAX if many else ATTEMPTS_MAX
    assert acted(story).said.count("motive-recorded") == tries
