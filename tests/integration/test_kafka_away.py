"""Kafka goes away and comes back: whoever asks whether a process can do its work hears of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from brokers import own_broker
from local.kafka import Broker
from parts import until
from runtime import keyring as keys
from runtime import log
from runtime.keyring import Keyring, KeyringUnavailable
from runtime.stopping import stopped
from runtime.topics import ensure_topics

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def started(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    async with own_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest_asyncio.fixture(loop_scope="module")
async def broker(started: Broker) -> Broker:
    """A broker that is there, with the topics; a test may kill it."""
    if not started.process.alive:
        await started.start()
    await ensure_topics(started.bootstrap, 1)
    return started


async def test_a_process_is_not_ready_while_kafka_is_away(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service follows the keys; a topic that is silent and a broker that is gone look alike to a consumer."""
    monkeypatch.setattr(keys, "_ASK_SECONDS", 1.0)
    keyring = Keyring(bootstrap=broker.bootstrap, keks=[b"\x07" * 32], client_id="test")
    await keyring.start()

    async def away() -> bool:
        return keyring.trouble is not None

    async def there() -> bool:
        return keyring.trouble is None

    try:
        broker.kill()
        await until(away, 30)
        assert keyring.trouble == "complaints.keys cannot be read"
        await broker.start()
        await until(there, 30)
    finally:
        await keyring.stop()


async def test_keys_are_made_again_as_soon_as_kafka_is_back(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A producer that failed may stay broken for good: nobody is sent away because of an old one."""
    keyring = Keyring(bootstrap=broker.bootstrap, keks=[b"\x07" * 32], client_id="test")
    await keyring.start()
    try:
        (before,) = await keyring.keys_for(["before"])
        broker.kill()
        with monkeypatch.context() as impatient:
            impatient.setattr(log, "APPEND_SECONDS_MAX", 2.0)
            with pytest.raises(KeyringUnavailable):
                await keyring.keys_for(["meanwhile"])
        await broker.start()
        (after,) = await keyring.keys_for(["after"])
        assert await keyring.keys_for(["before", "after"]) == [before, after]
    finally:
        await keyring.stop()


async def test_whoever_stops_a_client_of_a_kafka_that_is_away_goes_on(broker: Broker) -> None:
    """A fetch that rests before its next attempt would end the stop with CancelledError, and leave connections open."""
    consumer = AIOKafkaConsumer("complaints.keys", bootstrap_servers=broker.bootstrap, retry_backoff_ms=60_000)
    await consumer.start()

    def awaited() -> list[str]:
        """What each fetch waits for."""
        coroutines = [task.get_coro() for task in consumer._fetcher._pending_tasks]
        return [str(one.cr_await) for one in coroutines if one.__name__ == "_proc_fetch_request"]

    async def fetches() -> bool:
        return bool(awaited())

    async def rests() -> bool:
        return any("sleep" in what for what in awaited())

    await until(fetches, 30)
    broker.kill()
    await until(rests, 30)
    await stopped(consumer)
    assert consumer._client._sync_task is None
