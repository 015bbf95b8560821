"""A broker comes back without the end of its log, and that log has grown past the readers before they ask (L6)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

import toy
from events.ids import new_stream
from events.partition import partition_of
from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from parts import PARTITIONS, Part, admitted, intent, lodged, made, part, until
from runtime.assignment import Assignment
from runtime.log import KafkaLog
from runtime.rows import LogRecord

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOST_BYTES = 200
"""The last record at least, and not many."""


class Restarting:
    """A broker that goes away and comes back; `elsewhere` is the same one where its readers do not find it."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDir(folder)
        port, self.controller_port, other = free_ports(3)
        self.broker = Broker(self.data, port=port, controller_port=self.controller_port)
        self.elsewhere = Broker(self.data, port=other, controller_port=self.controller_port)

    def lose(self, topic: str, partition: int, *, noticed: bool) -> None:
        """Cut the end off the last segment, as a broken disk or a restore would. Where the broker does not notice, half
        a record stays, and the next ones are written behind it.
        """
        folder = self.broker.log_dir / f"{topic}-{partition}"
        segment = max(folder.glob("*.log"))
        with segment.open("r+b") as file:
            file.truncate(segment.stat().st_size - LOST_BYTES)
        if noticed:
            (self.broker.log_dir / ".kafka_cleanshutdown").unlink()  # so that it looks for the last whole record

    async def grow(self, topic: str, partition: int, records: int) -> None:
        """More records, out of sight."""
        await self.elsewhere.start()
        log = KafkaLog(self.elsewhere.bootstrap, topic, "somebody")
        outcomes = await log.send(topic, [(b"key", b"value", partition, [])] * records)
        await log.stop()
        await self.elsewhere.stop()
        assert all(isinstance(outcome, int) for outcome in outcomes), outcomes


class Eager(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka carries no types
    """Fetches from where the group says that it stood, before anybody knows where we stand, and waits for the word."""

    def __init__(self, *names: str, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*names, **settings)
        self.fetched = asyncio.Event()

    async def getmany(self, *places: TopicPartition, **limits: Any) -> Any:  # noqa: ANN401
        if not self.fetched.is_set():  # a look that ends before would wait for our position, and nobody would fetch
            limits |= {"timeout_ms": 60_000}
        try:
            return await super().getmany(*places, **limits)
        except OffsetOutOfRangeError:
            self.fetched.set()
            raise

    async def end_offsets(self, places: Any) -> Any:  # noqa: ANN401
        await self.fetched.wait()
        return await super().end_offsets(places)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Restarting]:
    found = Restarting(tmp_path_factory.mktemp("kafka"))
    yield found
    await found.broker.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def restarting(one_broker: Restarting) -> AsyncIterator[Restarting]:
    """It is there, whatever the test before did; what is cut off is the end of each test's own log."""
    if not one_broker.broker.process.alive:
        await one_broker.broker.start()
    yield one_broker
    if one_broker.elsewhere.process.alive:
        await one_broker.elsewhere.stop()


async def say(says: Part, stream: str, count: int) -> None:
    for _ in range(count):
        assert admitted(await says.commands.carry_out(intent(stream, lambda d: toy.SayMotive(d.now, d.by))))


@pytest.mark.parametrize(
    ("noticed", "grown", "named"),
    [
        pytest.param(True, 1, "another record", id="ends where we stood"),
        pytest.param(True, 10, "another record", id="ends after us"),
        pytest.param(False, 10, "cannot be read", id="with half a record, and more"),
    ],
)
async def test_a_log_that_lost_its_end_and_grew_again_is_another_log(
    restarting: Restarting, fresh_database: str, *, noticed: bool, grown: int, named: str
) -> None:
    """Nothing is folded on top of what is no longer there: the reader stops and names the place, also where the log
    ends right where we stood, so that nothing comes.
    """
    broker = restarting.broker
    topic, stream = await made(broker.bootstrap), new_stream("complaint", str(uuid4()))
    partition = partition_of(stream.encode(), PARTITIONS)
    async with part(toy.SAYS, broker.bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        await say(says, stream, 5)
        before = (await says.store.all_places())[partition]
        await broker.stop()
        restarting.lose(topic, partition, noticed=noticed)
        await restarting.grow(topic, partition, grown)
        await broker.start()

        async def stopped() -> bool:
            return says.driver.stopped is not None

        await until(stopped, 60)
        assert str(says.driver.stopped).startswith(f"partition {partition}")
        assert named in str(says.driver.stopped)
        after = (await says.store.all_places())[partition]
        assert (after.next_offset, after.hash) == (before.next_offset, before.hash)


async def test_what_the_group_remembers_of_a_longer_log_stops_nobody_who_reads_it_anew(
    kafka_bootstrap: str, fresh_database: str
) -> None:
    """L19: positions are PostgreSQL's. After a loss that nobody can mend the tables are folded anew from what is left;
    what was committed to Kafka lies beyond its end.
    """
    topic, stream = await made(kafka_bootstrap), new_stream("complaint", str(uuid4()))
    async with AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap, group_id=f"{topic}-intake") as earlier:
        places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        earlier.assign(places)
        await earlier.commit(dict.fromkeys(places, 1_000))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic, consumer=Eager) as says:
        assert await lodged(says, stream)
        assert says.driver.stopped is None


async def test_a_broker_that_only_restarts_is_the_same(
    restarting: Restarting, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last record is looked at again, and reading goes on."""
    looked: list[int] = []
    recognise = Assignment._recognise

    def seen(self: Assignment, partition: int, record: LogRecord) -> None:
        looked.append(record.offset)
        recognise(self, partition, record)

    monkeypatch.setattr(Assignment, "_recognise", seen)
    broker = restarting.broker
    topic, stream = await made(broker.bootstrap), new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, broker.bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        await say(says, stream, 1)
        assert looked == []
        await broker.stop()
        await broker.start()
        await say(says, stream, 2)
        assert looked == [1]
        assert says.driver.stopped is None
        assert (await says.store.load([stream]))[stream].state.motives == 3
