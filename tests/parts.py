"""A service of the toy in this process, on a real log and a real database: its reader and its commands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

import toy
from events.decider import Decider
from runtime import metrics
from runtime.commands import Commands
from runtime.driver import Driver
from runtime.intents import Intent, Outcome
from runtime.judging import Reading
from runtime.log import KafkaLog
from runtime.reader import Reader
from runtime.refolding import fold_anew_where_more_is_read
from runtime.store import PgStore, connect, create_schema
from runtime.waits import Waits

PARTITIONS = 4


@dataclass
class Part:
    """One service of the toy, in this process."""

    commands: Commands[Any]
    store: PgStore
    driver: Driver
    log: KafkaLog


async def made(bootstrap: str) -> str:
    """A log of its own for a test."""
    name = f"log-{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics(
        [NewTopic(name, PARTITIONS, 1, topic_configs={"message.timestamp.type": "LogAppendTime"})]
    )
    await admin.close()
    return name


@asynccontextmanager
async def part(
    decider: Decider[Any],
    bootstrap: str,
    database: str,
    topic: str,
    member: str = "0",
    *,
    check: Callable[[], Awaitable[None]] | None = None,
    consumer: Callable[..., Any] = AIOKafkaConsumer,
) -> AsyncIterator[Part]:
    """A running reader with its command side; everything is closed in order. `check`: asked every moment (L6)."""
    schema, reading = str(decider.chapter), Reading.of(decider.chapter, decider.reads)
    await create_schema(database, schema)
    await fold_anew_where_more_is_read(database, schema, member, reading.stems)
    pool = await connect(database, schema, size=4)
    store, waits = PgStore(pool, decider.state_type), Waits()
    log = KafkaLog(bootstrap, topic, f"test-{schema}-{member}")

    async def nothing(*_: object) -> None:
        return None

    reader = Reader(decider, PARTITIONS, store, log, reading, waits.committed)
    reader.meter = metrics.fold_meter()
    group = f"{topic}-{schema}"
    driver = Driver(
        reader,
        waits,
        bootstrap,
        topic,
        group,
        f"{group}-{member}",
        publish=nothing,
        check=check or nothing,
        make_consumer=consumer,
    )
    driver.check_seconds = 0.02
    keyring: Any = None
    commands: Commands[Any] = Commands(
        schema, decider, store, log, waits, keyring, PARTITIONS, "epoch", [b"secret"], lambda: driver.stopped
    )
    task = asyncio.create_task(driver.run())
    try:
        yield Part(commands, store, driver, log)
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=10)
        await log.stop()
        await pool.close()


def intent(stream: str, command: Callable[[Any], Any], name: str | None = None) -> Intent:
    return Intent(stream, name or str(uuid4()), "hash", command, "alice", auth_type="user")


def lodging(stream: str, hours_ago: float = 0.0) -> Intent:
    return intent(stream, lambda d: toy.Lodge(d.now - timedelta(hours=hours_ago)))


async def lodged(part: Part, stream: str, hours_ago: float = 0.0) -> bool:
    """Whether it is admitted; asked again with the same key, as people do, where a group comes together slowly."""
    asked = lodging(stream, hours_ago)
    async with asyncio.timeout(60):
        while (outcome := await part.commands.carry_out(asked)).verdict is None and outcome.refused is None:
            pass
    return admitted(outcome)


async def until(check: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.02)


def admitted(outcome: Outcome) -> bool:
    return outcome.verdict is not None and outcome.verdict.admitted
