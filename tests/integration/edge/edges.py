"""An edge with a topic of its own, a handler that remembers, and waiting with a limit. No test stands here."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from runtime.edge import Edge
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

    async def make_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(self.topic, PARTITIONS, 1)])
        finally:
            await admin.close()

    async def delete_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        try:
            await admin.delete_topics([self.topic])
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

    async def until_read(self, count: int) -> None:
        """Wait until the edge's positions add up to this many records: they move after the handler."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while sum((await self.positions()).values()) != count:
                await asyncio.sleep(0.02)

    async def kept(self) -> list[Any]:
        return await self._fetch("select * from test_edge.inbound_refused where edge = $1")

    async def make_older(self, *, offset: int, days: int) -> None:
        """A refused record, as if it had been refused so many days earlier."""
        query = """update test_edge.inbound_refused set refused_at = refused_at - make_interval(days => $3)
                   where edge = $1 and "offset" = $2"""
        await self._fetch(query, offset, days)

    async def until_forgotten(self, count: int) -> None:
        async with asyncio.timeout(LIMIT_SECONDS):
            while sum(row["forgotten_at"] is not None for row in await self.kept()) != count:
                await asyncio.sleep(0.02)

    async def _fetch(self, query: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.database)
        try:
            return list(await connection.fetch(query, self.name, *arguments))
        finally:
            await connection.close()


@asynccontextmanager
async def running(edge: Edge) -> AsyncIterator[Edge]:
    task = asyncio.create_task(edge.run())
    try:
        yield edge
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def having_read(place: Place, count: int) -> AsyncIterator[Handled]:
    """An edge that has read the first records of a new topic, all of one partition, and stands behind them."""
    await place.make_topic()
    await place.say(*numbered(0, count), partition=0)
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == count)
        await place.until_at(0, count)
        yield handled


async def until(true: Callable[[], bool], limit_seconds: float = LIMIT_SECONDS) -> None:
    async with asyncio.timeout(limit_seconds):
        while not true():
            await asyncio.sleep(0.02)


def numbered(first: int, end: int) -> list[bytes]:
    return [b"%06d" % number for number in range(first, end)]
