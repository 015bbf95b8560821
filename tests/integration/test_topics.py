"""The topics on a real broker (L6): each test finds it without any."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.records_to_delete import RecordsToDelete

from runtime import topics
from runtime.assembly import checker
from runtime.keyring import KEYS_TOPIC
from runtime.rows import LogBroken
from runtime.store import PgStore, connect, create_schema
from runtime.topics import BESIDE_THE_LAW, INBOUND, LOG, OF_THE_LAW, TopicsDiffer, check_topics, ensure_topics
from stores import Stores


@pytest_asyncio.fixture
async def both(stores: Stores) -> AsyncIterator[tuple[str, str]]:
    """A Kafka without topics and an empty database."""
    async with stores.fresh() as found:
        yield found


@pytest.fixture
def broker(both: tuple[str, str]) -> str:
    return both[0]


async def test_topics_are_made_once_and_keep_their_id(broker: str) -> None:
    """L6: the id tells one log from another; making the topics again changes nothing."""
    await _differs(broker, f"{LOG} is missing")
    await ensure_topics(broker, 3)
    first = await check_topics(broker, 3)
    await ensure_topics(broker, 3)
    assert await check_topics(broker, 3) == first

    await _admin(broker, lambda admin: admin.delete_topics([LOG]))
    await _differs(broker, f"{LOG} is missing")
    await ensure_topics(broker, 3)
    assert await check_topics(broker, 3) != first


async def test_a_topic_that_went_between_two_questions_is_missing(broker: str) -> None:
    """Kafka's own error would be said of the broker, and not name what is wrong."""
    await ensure_topics(broker, 3)
    found: dict[str, Any] = {}

    async def ask(admin: Any) -> None:  # noqa: ANN401 - aiokafka carries no types
        found.update(await topics._found_settings(admin, [LOG, "complaints.gone"]))

    await _admin(broker, ask)
    assert found.keys() == {LOG}


async def test_a_topic_that_differs_stops_the_start_and_is_named(broker: str) -> None:
    """L6."""
    await ensure_topics(broker, 3)
    with pytest.raises(TopicsDiffer, match=f"{LOG} has 3 partitions, LOG_PARTITIONS says 4"):
        await check_topics(broker, 4)

    await _alter(broker, LOG, {"retention.ms": "1000"})
    await _differs(broker, f"{LOG}: retention.ms is 1000, it must be -1")
    await _alter(broker, LOG, {"cleanup.policy": "compact"})
    await _alter(broker, KEYS_TOPIC, {"cleanup.policy": "delete"})
    await _differs(broker, rf"{LOG}: cleanup.policy is compact.*{KEYS_TOPIC}: cleanup.policy is delete")


async def test_more_partitions_of_another_topic_are_the_operators_choice(broker: str) -> None:
    await ensure_topics(broker, 3)
    await _admin(broker, lambda admin: admin.create_partitions({INBOUND: NewPartitions(5)}))
    assert await check_topics(broker, 3)


async def test_a_log_whose_beginning_was_deleted_is_named(broker: str) -> None:
    """L6: a reader that stands behind it would fold on for months, and never again from the start."""
    await ensure_topics(broker, 3)
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for _ in range(5):
            await producer.send_and_wait(LOG, b"value", partition=1)
    await check_topics(broker, 3)
    first = {TopicPartition(LOG, 1): RecordsToDelete(before_offset=2)}
    await _admin(broker, lambda admin: admin.delete_records(first))
    await _differs(broker, f"^{LOG}: partition 1 begins at 2, the records before it are gone$")


async def test_keys_are_never_made_anew_beside_a_log(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start names them: an empty topic in their place would hide that no word can be read, until nobody has them."""
    monkeypatch.setattr(topics, "TIMEOUT_MS", 1_000)
    await ensure_topics(broker, 3)
    await _admin(broker, lambda admin: admin.delete_topics([KEYS_TOPIC, INBOUND]))
    await _differs(broker, f"{INBOUND} is missing.*{KEYS_TOPIC} is missing")
    await ensure_topics(broker, 3)
    with pytest.raises(TopicsDiffer, match=f"^{KEYS_TOPIC} is missing$"):
        await check_topics(broker, 3)


async def test_keys_that_were_made_anew_while_all_run_stop_a_reader(both: tuple[str, str]) -> None:
    """L6: what is known of them lives in our memory alone then, and is gone with the next restart."""
    broker, database = both
    await ensure_topics(broker, 3)
    async with checking(broker, database) as check:
        await check()
        await _admin(broker, lambda admin: admin.delete_topics([KEYS_TOPIC]))
        await _differs(broker, f"{KEYS_TOPIC} is missing")
        keys = [topic for topic in OF_THE_LAW if topic.name == KEYS_TOPIC]
        await _admin(broker, lambda admin: topics._made(admin, keys, 3))
        with pytest.raises(LogBroken, match=f"^{KEYS_TOPIC} is another one than before$"):
            await check()


async def test_a_topic_deleted_beside_the_log_is_made_again(both: tuple[str, str]) -> None:
    """Whoever reads asks every minute: nobody stops for it. A log that is gone is never made anew for a reader (L6)."""
    broker, database = both
    await ensure_topics(broker, 3)
    async with checking(broker, database) as check:
        await check()
        beside = [topic.name for topic in BESIDE_THE_LAW]
        await _admin(broker, lambda admin: admin.delete_topics(beside))
        await _differs(broker, ".*".join(f"{name} is missing" for name in beside))
        await check()
        assert await check_topics(broker, 3)

        await _admin(broker, lambda admin: admin.delete_topics([LOG]))
        await _differs(broker, f"{LOG} is missing")
        with pytest.raises(LogBroken, match=f"{LOG} is missing"):
            await check()


@asynccontextmanager
async def checking(broker: str, database: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What a service asks before it reads, and every minute while it does."""
    await create_schema(database, "triage")
    pool = await connect(database, "triage", size=1)
    try:
        yield checker(PgStore(pool, type(None)), broker, 3)
    finally:
        await pool.close()


async def _differs(broker: str, said: str) -> None:
    """The check says so; the broker takes a moment to show what was changed."""
    async with asyncio.timeout(60):
        while True:
            try:
                await check_topics(broker, 3)
            except TopicsDiffer as error:
                if re.search(said, str(error)):
                    return
            await asyncio.sleep(0.1)


async def _alter(broker: str, topic: str, settings: dict[str, str]) -> None:
    await _admin(broker, lambda admin: admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, settings)]))


async def _admin(broker: str, act: Callable[[Any], Awaitable[Any]]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        await act(admin)
    finally:
        await admin.close()
