"""The Faust edge on a real Kafka and a real PostgreSQL. These tests pin the inner seams of Faust that it stands on."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from runtime.edge import Edge
from runtime.edge_faust import BATCH_RECORDS_MAX, Event
from runtime.edge_store import Bad, EdgeRecord, EdgeStore

PARTITIONS = 3
LIMIT_SECONDS = 45.0


class Handled:
    """A handler that remembers what it was given. `fails(record)` true: it raises; `bad(record)` true: it refuses."""

    def __init__(
        self,
        fails: Callable[[EdgeRecord], bool] = lambda _: False,
        bad: Callable[[EdgeRecord], bool] = lambda _: False,
    ) -> None:
        self.records: list[EdgeRecord] = []
        self.batches: list[int] = []
        self.fails = fails
        self.bad = bad
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, records: Sequence[EdgeRecord]) -> Sequence[Bad]:
        await self.open.wait()
        for record in records:
            if self.fails(record):
                raise RuntimeError("this handler cannot")
        self.records += records
        self.batches.append(len(records))
        return [Bad(record, "unfit", "value: it is not fit") for record in records if self.bad(record)]

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for record in self.records]


class Place:
    """A topic and a group of its own."""

    def __init__(self, kafka: str, database: str) -> None:
        self.kafka = kafka
        self.database = database
        self.topic = f"edge-{uuid.uuid4().hex}"
        self.name = f"edge-{uuid.uuid4().hex[:8]}"

    def edge(self, handler: Handled, instance: str = "0", kind: type[Edge] = Edge) -> Edge:
        store = EdgeStore(url=self.database, schema="test_edge", edge=self.name, topic=self.topic)
        return kind(
            name=self.name, topic=self.topic, bootstrap=self.kafka, instance=instance, store=store, handler=handler
        )

    async def make_topic(self, partitions: int = PARTITIONS) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(self.topic, partitions, 1)])
        finally:
            await admin.close()

    async def say(self, *values: bytes | None, partition: int | None = None) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka, acks="all")
        await producer.start()
        try:
            for number, value in enumerate(values):
                where = number % PARTITIONS if partition is None else partition
                await producer.send(self.topic, value, partition=where)
            await producer.flush()
        finally:
            await producer.stop()

    async def positions(self) -> dict[int, int]:
        found = await self._fetch("select partition, next_offset from test_edge.edge_positions where edge = $1")
        return {row["partition"]: row["next_offset"] for row in found}

    async def until_at(self, partition: int, offset: int) -> None:
        """Wait until the edge's position in a partition is this one."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while (await self.positions()).get(partition) != offset:
                await asyncio.sleep(0.02)

    async def kept(self) -> list[Any]:
        return await self._fetch("select * from test_edge.inbound_refused where edge = $1")

    async def _fetch(self, query: str) -> list[Any]:
        connection = await asyncpg.connect(self.database)
        try:
            return list(await connection.fetch(query, self.name))
        finally:
            await connection.close()


@pytest.fixture
def place(kafka_bootstrap: str, fresh_database: str) -> Place:
    return Place(kafka_bootstrap, fresh_database)


@asynccontextmanager
async def running(edge: Edge) -> AsyncIterator[Edge]:
    task = asyncio.create_task(edge.run())
    try:
        yield edge
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool], limit_seconds: float = LIMIT_SECONDS) -> None:
    async with asyncio.timeout(limit_seconds):
        while not true():
            await asyncio.sleep(0.02)


def numbered(first: int, end: int) -> list[bytes]:
    return [b"%06d" % number for number in range(first, end)]


async def test_positions_live_in_postgresql_and_each_record_is_handled_once(place: Place) -> None:
    """Order within a partition, batches where many wait, and a second start goes on where the first one ended."""
    await place.make_topic()
    await place.say(*numbered(0, 2000))
    first = Handled()
    first.open.clear()
    edge = place.edge(first)
    async with running(edge):
        await until(lambda: edge._records.qsize() == BATCH_RECORDS_MAX)
        first.open.set()
        await until(lambda: len(first.records) == 2000)
        await place.say(*numbered(2000, 2010))
        await until(lambda: len(first.records) == 2010)
    assert sorted(first.values, key=bytes) == numbered(0, 2010)  # type: ignore[arg-type]
    for partition in range(PARTITIONS):
        offsets = [record.offset for record in first.records if record.partition == partition]
        assert offsets == sorted(offsets)
    assert max(first.batches) == BATCH_RECORDS_MAX

    await place.say(*numbered(5000, 5030))
    second = Handled()
    async with running(place.edge(second)):
        await until(lambda: len(second.records) == 30)
    assert sorted(second.values, key=bytes) == numbered(5000, 5030)  # type: ignore[arg-type]
    assert sum((await place.positions()).values()) == 2040


async def test_what_a_handler_raises_stands_the_stream_still_and_loses_nothing(place: Place) -> None:
    """An exception never acks: what stands before is done, the record is tried again, nothing after it goes on."""
    await place.make_topic()
    await place.say(*numbered(0, 400), partition=1)
    allowed = False
    handled = Handled(fails=lambda record: record.value == b"000321" and not allowed)
    edge = place.edge(handled)
    async with running(edge):
        await until(lambda: len(handled.records) == 321 and (edge.trouble or "").startswith("stands still"))
        await place.until_at(1, 321)
        allowed = True
        await until(lambda: len(handled.records) == 400)
        await until(lambda: edge.trouble is None)
    assert handled.values == numbered(0, 400)


async def test_a_stream_that_stood_still_is_not_skipped_by_a_restart(place: Place) -> None:
    await place.make_topic()
    await place.say(*numbered(0, 50), partition=0)
    stuck = Handled(fails=lambda record: record.value == b"000020")
    edge = place.edge(stuck)
    async with running(edge):
        await until(lambda: (edge.trouble or "").startswith("stands still") and len(stuck.records) == 20)
        await place.until_at(0, 20)
    well = Handled()
    async with running(place.edge(well)):
        await until(lambda: len(well.records) == 30)
    assert stuck.values + well.values == numbered(0, 50)


async def test_records_that_are_bad_in_themselves_are_kept_as_they_came(place: Place) -> None:
    await place.make_topic()
    producer = AIOKafkaProducer(bootstrap_servers=place.kafka)
    await producer.start()
    strange = [("ce_id", b"\xff\x00"), ("ce_id", b""), ("", b"x")]
    await producer.send_and_wait(place.topic, b"\x00\xff{", b"key", partition=0, headers=strange)
    await producer.send_and_wait(place.topic, None, b"tombstone", partition=0)
    await producer.send_and_wait(place.topic, b"good", partition=0)
    await producer.stop()
    handled = Handled(bad=lambda record: record.value != b"good")
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 3)
        await place.until_at(0, 3)
    kept = sorted(await place.kept(), key=lambda row: row["offset"])
    assert [(row["key"], row["value"], row["code"]) for row in kept] == [
        (b"key", b"\x00\xff{", "unfit"),
        (b"tombstone", None, "unfit"),
    ]
    assert list(zip(kept[0]["header_names"], kept[0]["header_values"], strict=True)) == [
        (name.encode(), value) for name, value in strange
    ]


async def test_aborted_transactions_are_never_handed_over_and_their_holes_are_passed(place: Place) -> None:
    """L20: others may use transactions."""
    await place.make_topic()
    producer = AIOKafkaProducer(bootstrap_servers=place.kafka, transactional_id=place.name)
    await producer.start()
    for number in range(6):
        await producer.begin_transaction()
        await producer.send(place.topic, b"%d" % number, partition=0)
        await (producer.abort_transaction() if number % 2 else producer.commit_transaction())
    await producer.stop()
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 3)
        await place.say(b"plain", partition=0)
        await until(lambda: len(handled.records) == 4)
    assert handled.values == [b"0", b"2", b"4", b"plain"]


class Lossy(Edge):
    """Loses every 50th record between Faust and us, as Faust has been seen to."""

    seen = 0

    async def _put(self, event: Event) -> None:
        self.seen += 1
        if self.seen % 50:
            await super()._put(event)


async def test_a_record_that_faust_lost_is_read_again(place: Place) -> None:
    """Also where nothing comes after it: a quiet edge asks the log."""
    await place.make_topic()
    await place.say(*numbered(0, 180), partition=0)
    handled = Handled()
    async with running(place.edge(handled, kind=Lossy)):
        await until(lambda: len(handled.records) == 180)
    assert handled.values == numbered(0, 180)


async def test_a_position_that_somebody_else_moved_is_read_again(place: Place) -> None:
    """L18, for edges: two owners at one offset cannot both write."""
    await place.make_topic()
    await place.say(*numbered(0, 10), partition=0)
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 10)
        await place.until_at(0, 10)
        await place._fetch("update test_edge.edge_positions set next_offset = 4 where edge = $1 and partition = 0")
        await place.say(b"new", partition=0)
        await until(lambda: handled.values.count(b"new") >= 1 and handled.values[-1] == b"new")
        await place.until_at(0, 11)
    assert handled.values[-7:] == [*numbered(4, 10), b"new"]


async def test_two_instances_share_the_partitions_and_one_takes_over_from_the_other(place: Place) -> None:
    await place.make_topic()
    await place.say(*numbered(0, 300))
    one, other = Handled(), Handled()
    first, second = place.edge(one, "a"), place.edge(other, "b")
    async with running(second):
        async with running(first):
            await until(lambda: first.trouble is None and second.trouble is None)
            await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 300)))
            await place.say(*numbered(300, 600))
            await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 600)))
        await place.say(*numbered(600, 900))
        await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 900)))
        async with asyncio.timeout(LIMIT_SECONDS):
            while sum((await place.positions()).values()) != 900:
                await asyncio.sleep(0.02)


async def test_a_topic_made_anew_is_read_from_its_start(place: Place) -> None:
    """A position behind the log's end belongs to a log that is gone; nothing of the new one may be lost."""
    await place.make_topic()
    await place.say(*numbered(0, 30), partition=0)
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 30)
        await place.until_at(0, 30)
    admin = AIOKafkaAdminClient(bootstrap_servers=place.kafka)
    await admin.start()
    await admin.delete_topics([place.topic])
    await admin.close()
    await place.make_topic()
    await place.say(*numbered(100, 105), partition=0)
    again = Handled()
    async with running(place.edge(again)):
        await until(lambda: again.values == numbered(100, 105))


async def test_the_edge_goes_on_after_its_broker_was_killed(fresh_database: str, tmp_path: Path) -> None:
    port, controller_port = free_ports(2)
    broker = Broker(DataDir(tmp_path), port=port, controller_port=controller_port)
    await broker.start()
    try:
        place = Place(broker.bootstrap, fresh_database)
        await place.make_topic()
        await place.say(*numbered(0, 100))
        handled = Handled()
        async with running(place.edge(handled)):
            await until(lambda: len(handled.records) == 100)
            broker.kill()
            await broker.start()
            await place.say(*numbered(100, 200))
            await until(lambda: len(handled.records) >= 200, limit_seconds=90)
        assert set(handled.values) == set(numbered(0, 200))
    finally:
        await broker.stop()
