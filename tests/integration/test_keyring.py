"""Keys on a real Kafka: made once, agreed on by nobody, gone when erased (architecture, section 6)."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from runtime.keyring import (
    AT_ONCE_SECONDS,
    KEYS_TOPIC_SETTINGS,
    KeyErased,
    KeyNotAtHand,
    Keyring,
    KeyringUnavailable,
)
from runtime.sealing import ERASED, MISSING, UNREADABLE
from runtime.sweeping import sweep

KEK = b"\x07" * 32
STREAM = f"complaint/{uuid4()}"


@pytest.fixture
async def topic(kafka_bootstrap: str) -> str:
    """A keys topic that only this test has, with two partitions and the settings of the real one."""
    return await made(kafka_bootstrap, KEYS_TOPIC_SETTINGS)


async def made(bootstrap: str, settings: Mapping[str, str]) -> str:
    name = f"keys-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 2, 1, topic_configs=dict(settings))])
    finally:
        await admin.close()
    return name


@asynccontextmanager
async def opened(
    bootstrap: str, topic: str, *, keks: Sequence[bytes] = (KEK,), gather: float = AT_ONCE_SECONDS
) -> AsyncIterator[Keyring]:
    keyring = Keyring(bootstrap=bootstrap, keks=keks, client_id="test", topic=topic, gather=gather)
    await keyring.start()
    try:
        yield keyring
    finally:
        await keyring.stop()


async def write(bootstrap: str, topic: str, key: bytes | None, value: bytes | None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(topic, value, key)


async def test_made_once_and_found_again(kafka_bootstrap: str, topic: str) -> None:
    """The same owner has the same key, in this process, in another that runs, and in one that starts later."""
    async with opened(kafka_bootstrap, topic) as one, opened(kafka_bootstrap, topic) as other:
        first, second, again = await one.keys_for(["party-1", "party-2", "party-1"])
        assert first == again != second
        assert await one.keys_for(["party-2"]) == [second]
        key = await other.wait(first, limit_seconds=60)
        assert key == one.key(first)
        assert await other.keys_for(["party-1"]) == [first]
        event_id = str(uuid4())
        token, twin = (one.seal(first, stream=STREAM, event_id=event_id, field="text", text="你好") for _ in range(2))
        assert other.unseal(stream=STREAM, token=token) == other.unseal(stream=STREAM, token=twin) == "你好"
        assert token != twin, "L5: nobody sees that two texts are the same one"
    async with opened(kafka_bootstrap, topic) as late:
        assert late.key(first) == key
        assert late.unseal(stream=STREAM, token=token) == "你好"


async def test_two_processes_at_once(kafka_bootstrap: str, topic: str) -> None:
    """Both may make a key for one owner; everything sealed under either can be opened by everybody, now and later."""
    async with opened(kafka_bootstrap, topic) as one, opened(kafka_bootstrap, topic) as other:
        owners = [f"party-{n}" for n in range(50)]
        ids = await asyncio.gather(*(ring.keys_for(owners) for ring in (one, other) for _ in range(4)))
        tokens = [
            ring.seal(key_id, stream=STREAM, event_id=str(uuid4()), field="text", text=key_id)
            for ring, key_ids in zip([one] * 4 + [other] * 4, ids, strict=True)
            for key_id in key_ids
        ]
    async with opened(kafka_bootstrap, topic) as late:
        texts = [late.unseal(stream=STREAM, token=token) for token in tokens]
        assert texts == [key_id for key_ids in ids for key_id in key_ids]


async def test_who_misses_a_key_is_not_kept_waiting(kafka_bootstrap: str, topic: str) -> None:
    """Keys that nobody misses may gather for ever; whoever waits for one has it as soon as it is there."""
    async with opened(kafka_bootstrap, topic) as one, opened(kafka_bootstrap, topic, gather=3600) as other:
        for owner in ("party-1", "party-2", "party-3"):
            (key_id,) = await one.keys_for([owner])
            assert isinstance(await other.wait(key_id, limit_seconds=60), bytes)


async def test_five_hundred_at_once(kafka_bootstrap: str, topic: str) -> None:
    """A batch of cases costs one round of appends, and so does the erasure of as many."""
    async with opened(kafka_bootstrap, topic) as keyring:
        ids = await keyring.keys_for([f"party-{n}" for n in range(500)])
        assert len(set(ids)) == 500
    async with opened(kafka_bootstrap, topic) as late:
        assert all(isinstance(late.key(key_id), bytes) for key_id in ids)
        await late.erase(ids[:250])
    async with opened(kafka_bootstrap, topic) as later:
        assert [later.key(key_id) is ERASED for key_id in ids] == [True] * 250 + [False] * 250


async def test_erased(kafka_bootstrap: str, topic: str) -> None:
    """Erased is for ever and everywhere, and differs from missing; the owner's next key has another id."""
    async with opened(kafka_bootstrap, topic) as one, opened(kafka_bootstrap, topic) as other:
        (key_id,) = await one.keys_for(["party-1"])
        await other.wait(key_id, limit_seconds=60)
        token = one.seal(key_id, stream=STREAM, event_id=str(uuid4()), field="text", text="你好")
        await one.erase([key_id])
        assert one.unseal(stream=STREAM, token=token) is ERASED
        with pytest.raises(KeyErased):
            one.seal(key_id, stream=STREAM, event_id=str(uuid4()), field="text", text="你好")
        limit = time.monotonic() + 60
        while other.key(key_id) is not ERASED and time.monotonic() < limit:
            await asyncio.sleep(0.02)
        assert other.unseal(stream=STREAM, token=token) is ERASED
        (young,) = await one.keys_for(["party-1"])
        assert young != key_id
    async with opened(kafka_bootstrap, topic) as late:
        assert late.unseal(stream=STREAM, token=token) is ERASED
        assert await late.keys_for(["party-1"]) == [young]


async def test_every_key_of_an_owner_is_erased_and_once_is_enough(kafka_bootstrap: str, topic: str) -> None:
    """Two processes may each have made a key for one owner; what a rebuild erases again is written once."""
    async with opened(kafka_bootstrap, topic) as one, opened(kafka_bootstrap, topic) as other:
        both = [key_id for (key_id,) in await asyncio.gather(one.keys_for(["party-1"]), other.keys_for(["party-1"]))]
        for key_id in both:
            await one.wait(key_id, limit_seconds=60)
        assert sorted(one.keys_of(["party-1", "party-2", "party-1"])) == sorted(set(both))
        await one.erase(both)
        assert one.keys_of(["party-1"]) == []
        await one.erase(both)
    async with opened(kafka_bootstrap, topic) as late:
        assert [late.key(key_id) for key_id in both] == [ERASED] * 2
        await late.erase(both)
    async with AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap) as consumer:
        ends = await consumer.end_offsets([TopicPartition(topic, partition) for partition in range(2)])
    assert sum(ends.values()) == 2 * len(set(both)), "a key and a tombstone each"


async def test_the_bytes_of_an_erased_key_leave_a_topic_where_nobody_writes(kafka_bootstrap: str) -> None:
    """Section 6: gone within a stated time. Kafka cleans closed segments alone, and closes none by itself."""
    topic = await made(kafka_bootstrap, {**KEYS_TOPIC_SETTINGS, "segment.ms": "1000", "max.compaction.lag.ms": "1000"})
    async with opened(kafka_bootstrap, topic) as keyring:
        (key_id,) = await keyring.keys_for(["party-1"])
        await keyring.erase([key_id])
        sweeping = asyncio.create_task(sweep(keyring, 2.0))
        limit = time.monotonic() + 90
        while any(await values_in(kafka_bootstrap, topic)) and time.monotonic() < limit:
            await asyncio.sleep(0.5)
        sweeping.cancel()
    assert set(await values_in(kafka_bootstrap, topic)) == {None}, "its tombstone alone is left"


async def test_keys_are_wrapped_anew_under_way(kafka_bootstrap: str, topic: str) -> None:
    """ADR 30: words stay readable all the while, and in the end nobody needs the older key-encryption key."""
    newer = b"\x08" * 32
    async with opened(kafka_bootstrap, topic) as old:
        ids = await old.keys_for([f"party-{n}" for n in range(5_000)])
        await old.erase(ids[:1])
        token = old.seal(ids[1], stream=STREAM, event_id=str(uuid4()), field="text", text="你好")
        async with opened(kafka_bootstrap, topic, keks=[newer, KEK]) as turning:
            sweeping = asyncio.create_task(sweep(turning))
            limit = time.monotonic() + 60
            while turning.known.under_older() and time.monotonic() < limit:
                await asyncio.sleep(0.05)
            sweeping.cancel()
            (young,) = await turning.keys_for(["party-young"])
            assert await turning.keys_for(["party-1"]) == [ids[1]]
        await old.up_to_date()
        assert old.unseal(stream=STREAM, token=token) == "你好", "who knows the older one alone goes on"
    async with opened(kafka_bootstrap, topic, keks=[newer]) as late:
        assert late.unseal(stream=STREAM, token=token) == "你好"
        assert late.key(ids[0]) is ERASED
        assert all(isinstance(late.key(key_id), bytes) for key_id in [*ids[1:], young])
        assert late.known_as(["party-none", "party-1"]) == "party-1"


async def test_what_was_wrapped_anew_behind_an_erasure_is_said_to_be_erased_again(
    kafka_bootstrap: str, topic: str
) -> None:
    """ADR 28: whoever starts when compaction has kept the last word alone finds a tombstone; so it is said at once."""
    async with opened(kafka_bootstrap, topic) as keyring:
        (key_id,) = await keyring.keys_for(["party-1"])
        (value,) = await values_in(kafka_bootstrap, topic)
        await keyring.erase([key_id])
        await write(kafka_bootstrap, topic, key_id.encode(), value)
        await keyring.up_to_date()
        sweeping = asyncio.create_task(sweep(keyring))
        limit = time.monotonic() + 60
        while (await values_in(kafka_bootstrap, topic))[-1] is not None and time.monotonic() < limit:
            await asyncio.sleep(0.1)
        sweeping.cancel()
    assert await values_in(kafka_bootstrap, topic) == [value, None, value, None]


async def values_in(bootstrap: str, topic: str) -> list[bytes | None]:
    """What stands in a topic."""
    found: list[bytes | None] = []
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        for place, end in (await consumer.end_offsets(consumer.assignment())).items():
            while await consumer.position(place) < end:
                found += [one.value for some in (await consumer.getmany(timeout_ms=200)).values() for one in some]
    return found


async def test_missing(kafka_bootstrap: str, topic: str) -> None:
    """Missing is an answer after a limit, not a wait without end."""
    async with opened(kafka_bootstrap, topic) as keyring:
        assert keyring.key(str(uuid4())) is MISSING
        assert keyring.key("BOS-1") is MISSING
        assert await keyring.wait(str(uuid4()), limit_seconds=0.1) is MISSING
        assert keyring.unseal(stream=STREAM, token="plain text") is UNREADABLE
        with pytest.raises(KeyNotAtHand):
            keyring.seal(str(uuid4()), stream=STREAM, event_id=str(uuid4()), field="text", text="你好")


async def test_nothing_in_clear(kafka_bootstrap: str, topic: str) -> None:
    """The topic holds no key bytes in clear."""
    async with opened(kafka_bootstrap, topic) as keyring:
        (key_id,) = await keyring.keys_for(["party-1"])
        key = keyring.key(key_id)
    assert isinstance(key, bytes)
    async with AIOKafkaConsumer(topic, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest") as consumer:
        record = await consumer.getone()
    assert record.key == key_id.encode()
    assert key not in record.value


async def test_foreign_records_do_no_harm(kafka_bootstrap: str, topic: str) -> None:
    """What is no key is named in the log and passed over; a second value for an id changes nothing."""
    async with opened(kafka_bootstrap, topic) as keyring:
        (key_id,) = await keyring.keys_for(["party-1"])
        key = keyring.key(key_id)
    stray = str(uuid4()).encode()
    for name, value in [
        (b"\xff", b"x"),
        (stray, b"x"),
        (stray, b'{"owner":7}'),
        (stray, b"[]"),
        (stray, b'{"owner":"a","wrapped":"????"}'),
        (stray, b'{"owner":"a","wrapped":"AAAA"}'),
        (key_id.encode(), b'{"owner":"b","wrapped":"AAAA"}'),
    ]:
        await write(kafka_bootstrap, topic, name, value)
    async with opened(kafka_bootstrap, topic) as late:
        assert late.key(key_id) == key
        assert late.key(stray.decode()) is MISSING


async def test_another_kek(kafka_bootstrap: str, topic: str) -> None:
    """A process with the wrong key-encryption key does not start; nothing would be readable."""
    async with opened(kafka_bootstrap, topic) as keyring:
        await keyring.keys_for(["party-1"])
    with pytest.raises(KeyringUnavailable, match="key-encryption key"):
        async with opened(kafka_bootstrap, topic, keks=[b"\x08" * 32]):
            pass


async def test_no_topic(kafka_bootstrap: str) -> None:
    """Start ends within its limit and names the topic."""
    keyring = Keyring(bootstrap=kafka_bootstrap, keks=[KEK], client_id="test", topic=f"none-{uuid4().hex}")
    with pytest.raises(KeyringUnavailable, match="none-"):
        await keyring.start(limit_seconds=1.0)
    assert keyring.trouble


async def test_trouble(kafka_bootstrap: str, topic: str) -> None:
    """Readiness is asked of the keyring itself."""
    keyring = Keyring(bootstrap=kafka_bootstrap, keks=[KEK], client_id="test", topic=topic)
    seen = [keyring.trouble]
    await keyring.start()
    seen.append(keyring.trouble)
    await keyring.stop()
    seen.append(keyring.trouble)
    assert seen == ["not started", None, "stopped"]
