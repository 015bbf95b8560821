"""How a process stands in its group: under a name of its own that a restart keeps, so that nobody else is moved."""

import asyncio
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from faust.types import TP

from runtime import driver as driver_module
from runtime.driver import Driver
from runtime.edge_faust import faust_app
from runtime.rows import LogBroken
from runtime.waits import Waits


async def nothing(*_: object) -> None:
    return None


async def test_a_reader_comes_back_as_the_same_member_and_never_guesses_where_to_read() -> None:
    """L13: where it reads on stands in PostgreSQL; Kafka neither keeps a place for it nor chooses one."""
    seen: dict[str, Any] = {}

    def consumer(**settings: Any) -> None:  # noqa: ANN401 - whatever aiokafka takes
        seen.update(settings)
        raise LogBroken("enough")

    reader: Any = None
    driver = Driver(
        reader, Waits(), "kafka:9092", "log", "complaints-triage", "triage-1",
        publish=nothing, check=nothing, make_consumer=consumer,
    )  # fmt: skip
    await driver.run()
    assert driver.stopped == "enough"
    assert (seen["group_id"], seen["group_instance_id"]) == ("complaints-triage", "triage-1")
    assert (seen["auto_offset_reset"], seen["enable_auto_commit"]) == ("none", False)
    assert seen["session_timeout_ms"] < seen["max_poll_interval_ms"]


async def test_a_reader_that_had_its_partitions_asks_less_and_less_often_for_a_kafka_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It asked ten times a second, a line in the log each time, as long as Kafka was away."""
    asked = 0

    async def away() -> None:
        nonlocal asked
        asked += 1
        raise OSError

    monkeypatch.setattr(driver_module, "BACK_OFF_SECONDS", (0.0, 0.0, 3600.0))
    reader: Any = None
    driver = Driver(reader, Waits(), "kafka:9092", "log", "complaints-triage", "triage-1", publish=nothing, check=away)
    driver._assigned_once = True
    reading = asyncio.create_task(driver.run())
    for _ in range(100):
        await asyncio.sleep(0)
    assert asked == 4
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def stand(_: set[TP]) -> dict[TP, int]:
    return {}


@pytest.mark.parametrize("instance", ["0", "1"])
async def test_an_edge_comes_back_as_the_same_member(instance: str) -> None:
    """The consumer that Faust makes for it, not only what Faust was told."""
    app = faust_app(name="gate", topic="t", bootstrap="kafka:9092", instance=instance, stand=stand, put=nothing)
    thread = app.consumer._thread
    consumer = thread._create_worker_consumer(app.transport)
    await consumer.stop()
    thread.thread_loop.close()
    assert isinstance(consumer, AIOKafkaConsumer)
    assert isinstance(app, faust.App)
    assert (consumer._group_id, consumer._group_instance_id) == ("gate", f"gate-{instance}")
    assert (consumer._isolation_level, consumer._enable_auto_commit) == ("read_committed", False)
