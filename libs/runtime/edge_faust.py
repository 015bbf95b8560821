"""A Faust app that only reads one topic, from where PostgreSQL says. All of Faust's inner seams: its version is pinned.

Must not: positions themselves, what is done with a record (`edge`).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

BATCH_RECORDS_MAX = 1_500
SESSION_SECONDS = 10.0
"""How long the group waits for a member that fell silent before its partitions go to another."""
LOOK_FOR_PARTITIONS_SECONDS = 10.0
"""Between two looks at which partitions there are: a topic that was deleted and made again waits so long."""

App = Any
Event = Any
_Stream = Any
"""Faust carries no types."""
Stand = Callable[[set[TP]], Awaitable[Mapping[TP, int]]]
"""Told which partitions are ours now; says where to read on in each."""


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        """What an aborted transaction wrote was never said; and a quiet partition must not hold up a busy one."""
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        consumer._fetch_max_wait_ms = 200  # noqa: SLF001
        consumer._client._metadata_max_age_ms = LOOK_FOR_PARTITIONS_SECONDS * 1000  # noqa: SLF001
        return consumer


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Called on the main loop after every rebalance: what is committed is in PostgreSQL."""
        app: App = self.app
        offsets: Mapping[TP, int] = await app.stand(self.assignment())
        await self.seek_wait(offsets)
        return offsets


class _Transport(driver.Transport):
    Consumer = _Consumer


class _EdgeApp(faust.App):
    stand: Stand

    def _new_transport(self) -> driver.Transport:
        return _Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Nothing of an edge lies on a disk."""


def faust_app(
    *, name: str, topic: str, bootstrap: str, instance: str, stand: Stand, put: Callable[[Event], Awaitable[None]]
) -> App:
    """An app that only reads: no web server, no leader, no table, nothing committed that counts."""
    app = _EdgeApp(
        name,
        broker=[f"kafka://{host}" for host in bootstrap.split(",")],
        broker_client_id=f"{name}-{instance}",
        consumer_group_instance_id=f"{name}-{instance}",
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=2.0,
        broker_request_timeout=30.0,
        broker_max_poll_records=BATCH_RECORDS_MAX,
        stream_buffer_maxsize=BATCH_RECORDS_MAX,
        stream_wait_empty=False,
        store="memory://",
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
    )
    app.stand = stand
    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    @app.agent(source, name=f"{name}-pump", concurrency=1)
    async def pump(stream: _Stream) -> None:
        async for event in stream.noack().events():
            await put(event)

    app.finalize()
    return app


def ask_the_group_anew(app: App) -> bool:
    """Once we are a member: true. The group deals a member that comes back under its name what it had, even nothing of
    a topic that was missing then; only one that asks again has all of it dealt anew.
    """
    thread = app.consumer._thread  # noqa: SLF001
    coordinator = thread._ensure_consumer()._coordinator  # noqa: SLF001
    joined: bool = coordinator.generation > 0
    if joined:
        thread.thread_loop.call_soon_threadsafe(coordinator.request_rejoin)
    return joined


def close_what_never_ran(app: App) -> None:
    """The consumer's thread closes its loop where it ends. Where Faust failed before it began, nobody would: three open
    files each time that Kafka is asked for in vain.
    """
    thread = app.consumer._thread  # noqa: SLF001
    if not thread._thread_started.is_set():  # noqa: SLF001
        thread.thread_loop.close()
