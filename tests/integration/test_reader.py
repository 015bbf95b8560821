"""The reader and the commands on a real log and a real database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import toy
from events.admission import Expectation, Head
from events.decider import NOTHING
from events.fact import Chapter
from events.ids import new_stream
from parts import PARTITIONS, Part, admitted, intent, lodged, lodging, made, part, until
from runtime import metrics
from runtime.problems import Problem
from runtime.rows import LogBroken
from runtime.waves import carry_out_all


@pytest.fixture
async def topic(kafka_bootstrap: str) -> str:
    return await made(kafka_bootstrap)


async def test_a_command_is_admitted_and_what_follows_is_owed(
    kafka_bootstrap: str, fresh_database: str, topic: str
) -> None:
    """L1, L2: a command gives one event, the other chapter owes its own."""
    stream = new_stream("complaint", str(uuid4()))
    async with (
        part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says,
        part(toy.OWES, kafka_bootstrap, fresh_database, topic) as owes,
    ):
        assert await lodged(says, stream, hours_ago=2)

        async def breached() -> bool:
            row = (await owes.store.load([stream])).get(stream)
            return row is not None and row.state.breached

        await until(breached)
        row = (await owes.store.load([stream]))[stream]
        assert (row.head.intake, row.head.escalation) == (1, 2)
        assert row.wake_at is None


async def test_many_commands_on_one_stream_take_turns(kafka_bootstrap: str, fresh_database: str, topic: str) -> None:
    """L2, L8: 32 at once on one case: each is admitted once, none twice."""
    stream = new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        wishes = [intent(stream, lambda d: toy.SayMotive(d.now, d.by)) for _ in range(32)]
        outcomes = await asyncio.gather(*(says.commands.carry_out(wish) for wish in wishes))
        assert all(admitted(outcome) for outcome in outcomes)
        again = await asyncio.gather(*(says.commands.carry_out(wish) for wish in wishes))
        assert [o.verdict for o in again] == [o.verdict for o in outcomes]
        assert all(outcome.already for outcome in again)
        assert (await says.store.load([stream]))[stream].state.motives == 32


async def test_a_command_too_late_for_its_pin_stays_in_the_record(
    kafka_bootstrap: str, fresh_database: str, topic: str
) -> None:
    """L8: it is written, refused by every reader, and its author hears where the stream stands."""
    stream = new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        pinned = Expectation(intake=1)
        first, second = (replace(intent(stream, lambda d: toy.SayMotive(d.now, d.by)), pinned=pinned) for _ in range(2))
        assert admitted(await says.commands.carry_out(first))
        late = await says.commands.carry_out(second)
        assert (late.verdict, late.head) == (None, Head(intake=2))
        assert (await says.commands.carry_out(first)).already
        row = (await says.store.load([stream]))[stream]
        assert (row.head.intake, row.state.motives) == (2, 1)
        places = await says.store.all_places()
        assert sum(place.next_offset for place in places.values()) == 3
        early = replace(second, pinned=Expectation(intake=9))
        with pytest.raises(Problem, match="has not read"):
            await says.commands.carry_out(early)


async def test_a_batch_keeps_the_order_of_each_stream(kafka_bootstrap: str, fresh_database: str, topic: str) -> None:
    """L2: many intents at once, several on each stream, some told twice."""
    streams = [new_stream("complaint", str(uuid4())) for _ in range(50)]
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        wishes = [lodging(stream) for stream in streams]
        wishes += [intent(stream, lambda d: toy.SayMotive(d.now, d.by)) for stream in streams for _ in range(3)]
        outcomes = await carry_out_all(says.commands, [*wishes, *wishes[:60]])
        assert all(admitted(outcome) for outcome in outcomes)
        assert all(outcome.already for outcome in outcomes[len(wishes) :])
        rows = await says.store.load(streams)
        assert {row.state.motives for row in rows.values()} == {3}


async def test_content_that_cannot_be_folded_parks_its_stream_and_nothing_else(
    kafka_bootstrap: str, fresh_database: str, topic: str
) -> None:
    """L22."""
    sick, well = (new_stream("complaint", str(uuid4())) for _ in range(2))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        for stream in (sick, well):
            assert await lodged(says, stream)
        poison = intent(sick, lambda d: toy.SayMotive(d.now, "poison"))
        assert admitted(await says.commands.carry_out(poison))
        assert admitted(await says.commands.carry_out(intent(well, lambda d: toy.SayMotive(d.now, d.by))))
        rows = await says.store.load([sick, well])
        assert rows[sick].parked_at is not None
        assert rows[sick].head.intake == 2
        assert rows[well].state.motives == 1


@pytest.mark.parametrize(
    ("key", "header"),
    [(b"complaint/\x00", ("a", b"")), (b"", ("ce_id", b"\x00")), (b"\xff", ("ce_\x00", b"\xff"))],
    ids=("key", "id", "name"),
)
async def test_no_record_of_somebody_else_stands_a_reader_still(
    kafka_bootstrap: str, fresh_database: str, topic: str, key: bytes, header: tuple[str, bytes]
) -> None:
    """L3: what has not our form is malformed, and the next record counts; also where PostgreSQL keeps no such text."""
    stream = new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        await says.log.send(topic, [(key, b"\x00", partition, [header]) for partition in range(PARTITIONS)])
        assert await lodged(says, stream)


async def test_a_second_instance_takes_over_and_a_restart_forgets_nothing(
    kafka_bootstrap: str, fresh_database: str, topic: str
) -> None:
    """L18, L19: positions come from PostgreSQL, never from Kafka."""
    streams = [new_stream("complaint", str(uuid4())) for _ in range(40)]
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic, "a") as one:
        assert all(map(admitted, await carry_out_all(one.commands, [lodging(s) for s in streams])))
    async with (
        part(toy.SAYS, kafka_bootstrap, fresh_database, topic, "a") as one,
        part(toy.SAYS, kafka_bootstrap, fresh_database, topic, "b") as two,
    ):
        await until(_both_have(one, two))
        listening = asyncio.create_task(_hear(two))
        outcomes = await asyncio.gather(
            *(two.commands.carry_out(intent(s, lambda d: toy.SayMotive(d.now, d.by))) for s in streams)
        )
        listening.cancel()
        assert all(map(admitted, outcomes))
        places = await one.store.all_places()
        assert sum(place.next_offset for place in places.values()) == 80


async def _hear(here: Part) -> None:
    while True:
        await here.commands.waits.look(here.store)
        await asyncio.sleep(0.02)


def _both_have(one: Part, two: Part) -> Callable[[], Awaitable[bool]]:
    async def shared() -> bool:
        held = [set(each.driver.reader.assignment.places) for each in (one, two)]
        return all(held) and sorted(held[0] | held[1]) == list(range(PARTITIONS)) and not held[0] & held[1]

    return shared


@pytest.fixture
def measured() -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    metrics.measure_with(provider.get_meter("complaints"))
    yield reader
    metrics.measure_with(None)
    provider.shutdown()


def judged_so_far(measured: InMemoryMetricReader) -> dict[bool, int]:
    """Records judged, those of the past (True) and those of now."""
    data, found = measured.get_metrics_data(), {True: 0, False: 0}
    for one in data.resource_metrics[0].scope_metrics[0].metrics if data else ():
        if one.name == "complaints.verdicts":
            for point in one.data.data_points:
                found[bool((point.attributes or {})[metrics.REPLAY])] += int(getattr(point, "value", 0))
    return found


async def test_a_rebuild_marks_what_it_measures(
    kafka_bootstrap: str, fresh_database: str, topic: str, measured: InMemoryMetricReader
) -> None:
    """What stood in the log before the reader came is replay, what comes afterwards is not."""
    stream, watches = new_stream("complaint", str(uuid4())), replace(toy.SAYS, chapter=Chapter.TRIAGE)
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        wishes = [intent(stream, lambda d: toy.SayMotive(d.now, d.by)) for _ in range(4)]
        assert all(map(admitted, await carry_out_all(says.commands, wishes)))
        before = judged_so_far(measured)
        assert sum(before.values()) == 5
        async with part(watches, kafka_bootstrap, fresh_database, topic) as late:

            async def caught_up() -> bool:
                return judged_so_far(measured)[True] == before[True] + 5

            await until(caught_up)
            assert admitted(await says.commands.carry_out(intent(stream, lambda d: toy.SayMotive(d.now, d.by))))

            async def both_judged() -> bool:
                return judged_so_far(measured)[False] == before[False] + 2

            await until(both_judged)
            assert {waiting for _, waiting, _ in late.driver.lags()} == {0}


async def test_newer_rules_are_asked_of_what_rests(kafka_bootstrap: str, fresh_database: str, topic: str) -> None:
    """L16: what the older rules left alone, without a time to look again, the newer ones take up by themselves."""
    stream = new_stream("complaint", str(uuid4()))
    silent = replace(toy.OWES, owed=lambda _state, _context, _now: NOTHING)
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        async with part(silent, kafka_bootstrap, fresh_database, topic) as older:

            async def rests() -> bool:
                row = (await older.store.load([stream])).get(stream)
                return row is not None and (row.wake_at, row.head.escalation, row.decider_version) == (None, 0, 1)

            await until(rests)
        async with part(replace(toy.OWES, version=2), kafka_bootstrap, fresh_database, topic) as newer:

            async def offered() -> bool:
                row = (await newer.store.load([stream]))[stream]
                return row.state.offered and row.decider_version == 2

            await until(offered)


async def test_a_topic_that_is_changed_while_we_read_stops_the_reader(
    kafka_bootstrap: str, fresh_database: str, topic: str
) -> None:
    """L6: somebody tells the log to forget; what is asked at the start only would be found at the next start."""
    changed = False

    async def check() -> None:
        if changed:
            raise LogBroken("retention.ms is 1000, it must be -1")

    stream = new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic, check=check) as says:
        assert await lodged(says, stream)
        changed = True

        async def stopped() -> bool:
            return says.driver.stopped is not None

        await until(stopped)
        assert says.driver.stopped == "retention.ms is 1000, it must be -1"
        with pytest.raises(Problem, match="has stopped reading"):
            await says.commands.carry_out(lodging(stream))
