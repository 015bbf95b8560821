"""From settings to the connected parts of one process: topics, tables, log, keys, reader, commands.

Lives here: what is built from what, and what the reader says to others (marks). Must not: run anything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from events.decider import Decider
from runtime import metrics, topics
from runtime.away import LOG_AWAY
from runtime.commands import Commands
from runtime.driver import Driver, Publish
from runtime.erasing import before_commit
from runtime.judging import EVERYTHING, Reading
from runtime.keyring import AT_ONCE_SECONDS, GATHER_SECONDS, Keyring
from runtime.log import KafkaLog
from runtime.logs import fault, logger
from runtime.reader import Reader
from runtime.refolding import fold_anew_where_more_is_read
from runtime.rows import LogBroken
from runtime.service import Running, Service
from runtime.settings import Secrets, Settings
from runtime.store import Connection, PgStore, connect, create_schema
from runtime.telemetry import trace_headers
from runtime.waits import Waits

POOL_CONNECTIONS = 12
AGAIN_SECONDS = 1.0
"""Between two looks at topics of which one is not as it must be."""
_log = logger("process")


async def assembled(service: Service, settings: Settings, secrets: Secrets, stack: AsyncExitStack) -> Running:
    url = settings.database_url.get_secret_value()
    await topics.ensure_topics(settings.kafka_bootstrap, settings.log_partitions)
    topic_id = (await topics.check_topics(settings.kafka_bootstrap, settings.log_partitions))[topics.LOG]
    await create_schema(url, service.name)
    if service.prepare is not None:
        await service.prepare(url)
    reading = Reading.of(service.decider.chapter, service.decider.reads) if service.decider else EVERYTHING
    await fold_anew_where_more_is_read(url, service.name, settings.instance, reading.stems)
    client = f"{service.name}-{settings.instance}"
    pool = await connect(url, service.name, size=POOL_CONNECTIONS, name=client)
    stack.push_async_callback(_closed, pool)
    log = KafkaLog(settings.kafka_bootstrap, topics.LOG, client)
    stack.push_async_callback(log.stop)
    gather = GATHER_SECONDS if service.decider else AT_ONCE_SECONDS
    keyring = Keyring(bootstrap=settings.kafka_bootstrap, keks=secrets.kek, client_id=client, gather=gather)
    await keyring.start()
    stack.push_async_callback(keyring.stop)
    decider = service.decider
    store = PgStore(pool, decider.state_type if decider else type(None), books=decider is not None and decider.books)
    waits = Waits()
    reader = Reader(
        service.decider, settings.log_partitions, store, log, reading, waits.committed,
        trace=trace_headers, meter=metrics.fold_meter(),
    )  # fmt: skip
    epoch = topic_id.replace("-", "")[:12]
    driver = Driver(
        reader, waits, settings.kafka_bootstrap, topics.LOG, f"complaints-{service.name}", client,
        publish=_publisher(service.name, log, settings),
        check=checker(store, settings.kafka_bootstrap, settings.log_partitions),
        batch_records=service.batch_records, linger_seconds_max=service.linger_seconds_max,
    )  # fmt: skip
    metrics.watch_lag(driver.lags)
    commands: Commands[Any] = Commands(
        service=service.name,
        decider=cast("Decider[Any]", service.decider),
        store=store,
        log=log,
        waits=waits,
        keyring=keyring,
        partitions=settings.log_partitions,
        epoch=epoch,
        secrets=secrets.tracking,
        halted=lambda: driver.stopped,
        end_seen=reader.assignment.end_seen,
    )
    running = Running(service.name, settings, secrets, store, log, waits, keyring, commands, epoch, reader, driver)
    if service.hook is not None:
        store.hook = service.hook(running)
    own = None if service.before_commit is None else service.before_commit(running)
    store.before = before_commit(keyring, own)
    return running


def _publisher(name: str, log: KafkaLog, settings: Settings) -> Publish:
    """Running hashes and health for `complaints.readers` (L7)."""

    async def publish(marks: list[tuple[int, int, bytes]], stopped: str | None) -> None:
        at = datetime.now(UTC).isoformat()
        told = [
            (f"{name}/{p}/{n}".encode(), {"service": name, "partition": p, "next_offset": n, "hash": h.hex(), "at": at})
            for p, n, h in marks
        ]
        if stopped is not None:
            told.append(
                (f"{name}/stopped/{settings.instance}".encode(), {"service": name, "stopped": stopped, "at": at})
            )
        outcomes = await log.send(topics.READERS, [(key, orjson.dumps(value), None, []) for key, value in told])
        if (failed := next((outcome for outcome in outcomes if isinstance(outcome, Exception)), None)) is not None:
            _log.warning("reader.marks-not-published", records=len(told), **fault(failed))

    return publish


def checker(store: PgStore, bootstrap: str, partitions: int) -> Callable[[], Awaitable[None]]:
    """Is the log still the one that this service's tables were folded from (L6), and are the other topics there?"""
    asked = bootstrap, partitions, topics.OF_THE_LAW
    seen: dict[str, str] = {}

    async def check() -> None:
        try:
            try:
                ids = await topics.check_topics(*asked)
            except topics.TopicsDiffer:
                await asyncio.sleep(AGAIN_SECONDS)  # a broker that has just come back does not know every topic at once
                ids = await topics.check_topics(*asked)
        except topics.TopicsDiffer as error:
            raise LogBroken(str(error)) from error
        await store.same_log(ids[topics.LOG], partitions)
        for name, topic_id in ids.items():
            if seen.setdefault(name, topic_id) != topic_id:
                raise LogBroken(f"{name} is another one than before")
        await _others_are_there(bootstrap, partitions)

    return check


async def _others_are_there(bootstrap: str, partitions: int) -> None:
    """A topic beside the log that somebody deleted is made again. What it held is gone; nobody stops for it."""
    try:
        made = await topics.ensure_topics(bootstrap, partitions, topics.BESIDE_THE_LAW)
    except LOG_AWAY as error:
        _log.warning("topic.not-made", **fault(error))
        return
    for name in made:
        _log.error("topic.made-again", topic=name)


async def _closed(pool: Connection) -> None:
    try:
        async with asyncio.timeout(3):
            await pool.close()
    except TimeoutError:
        pool.terminate()
