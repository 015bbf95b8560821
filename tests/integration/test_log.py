"""What is sent to any topic on a real Kafka: few one by one, many in batches, and both to the same places."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from runtime.log import FEW, RECORD_BYTES_MAX, KafkaLog, Sending
from runtime.rows import AppendFailed, RecordTooLarge

PARTITIONS = 3
KEYS = [f"event-{number}".encode() for number in range(FEW)]


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[KafkaLog]:
    """One that writes to a topic which only this test has."""
    topic = f"log-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    finally:
        await admin.close()
    log = KafkaLog(kafka_bootstrap, topic, "test")
    yield log
    await log.stop()


async def _read(log: KafkaLog, count: int) -> list[tuple[bytes, bytes, int, int]]:
    found: list[tuple[bytes, bytes, int, int]] = []
    async with AIOKafkaConsumer(log.topic, bootstrap_servers=log.bootstrap, auto_offset_reset="earliest") as consumer:
        while len(found) < count:
            some = await consumer.getmany(timeout_ms=10_000)
            assert some, f"{len(found)} of {count} came"
            found += [(r.key, r.value, r.partition, r.offset) for part in some.values() for r in part]
    return found


async def test_a_key_has_its_partition_however_many_are_sent_at_once(log: KafkaLog) -> None:
    """Receipts of one event lie in one partition, in their order: Kafka's own partitioner says which."""
    await log.send(log.topic, [(key, b"first", None, []) for key in KEYS])
    offsets = await log.send(log.topic, [(key, value, None, []) for value in (b"second", b"third") for key in KEYS])
    found = await _read(log, 3 * len(KEYS))
    for key in KEYS:
        own = sorted((offset, value) for name, value, _, offset in found if name == key)
        assert [value for _, value in own] == [b"first", b"second", b"third"]
        assert len({partition for name, _, partition, _ in found if name == key}) == 1
    said = dict(zip([(value, key) for value in (b"second", b"third") for key in KEYS], offsets, strict=True))
    assert said == {(value, key): offset for key, value, _, offset in found if value != b"first"}


async def test_one_that_is_too_large_keeps_no_other_back(log: KafkaLog) -> None:
    """One outcome each, in their order."""
    values = [b"x" * (RECORD_BYTES_MAX + 1 if number == 1 else 100) for number in range(FEW + 1)]
    outcomes = await log.send(log.topic, [(b"key", value, None, []) for value in values])
    assert isinstance(outcomes[1], RecordTooLarge)
    assert [one for one in outcomes if not isinstance(one, Exception)] == list(range(FEW))


@pytest.mark.parametrize("count", [1, FEW + 1])
async def test_a_broker_that_takes_less_is_one_that_fails(log: KafkaLog, count: int) -> None:
    """Nobody is told that it is too much, and nothing parks: asked again it is taken, once that is mended."""
    records: list[Sending] = [(b"key", b"x" * 2_000, None, [])] * count
    await _set_bytes_max(log, "1000")
    assert all(isinstance(outcome, AppendFailed) for outcome in await log.send(log.topic, records))
    await _set_bytes_max(log, "1048588")
    assert await log.send(log.topic, records) == list(range(count))


async def _set_bytes_max(log: KafkaLog, value: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=log.bootstrap)
    await admin.start()
    try:
        wanted = ConfigResource(ConfigResourceType.TOPIC, log.topic, {"max.message.bytes": value})
        await admin.alter_configs([wanted])
        async with asyncio.timeout(60):
            while value not in str(await admin.describe_configs([wanted])):
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
