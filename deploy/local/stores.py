"""Kafka and PostgreSQL of a running system, asked by a command: each for so long and no longer.

Lives here: how long is waited, and what is said where no answer comes. Must not: know what is asked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from local.errors import LocalError
from runtime.stopping import started
from runtime.topics import LOG

ASK_SECONDS_MAX = 10.0

Consumer = Any
"""An aiokafka consumer; aiokafka carries no types."""
Connection = Any
"""An asyncpg connection; asyncpg carries no types."""


class Unanswered(LocalError):
    """A store is there no more, or does not answer; the message names it and where to look."""

    def __init__(self, store: Literal["Kafka", "PostgreSQL"], error: Exception) -> None:
        timed_out = isinstance(error, TimeoutError)
        why = "no answer in time" if timed_out else f"{type(error).__name__} {error}".strip()
        part = "kafka" if store == "Kafka" else "postgres"
        super().__init__(f"{store} did not do what was asked: {why}; look at logs/{part}.log and `complaints doctor`")


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Connection]:
    """A connection whose every statement has a limit; raises `Unanswered`."""
    try:
        connection = await _connected(url)
        try:
            yield connection
        except BaseException:
            connection.terminate()  # to say goodbye to who does not answer could take for ever
            raise
        await connection.close(timeout=ASK_SECONDS_MAX)
    except (TimeoutError, ConnectionError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unanswered("PostgreSQL", error) from None


async def _connected(url: str) -> Connection:
    """Raises `Unanswered` also where there is no way to it: a name unknown, a socket missing, every address refused."""
    if not url:  # the client would go where its surroundings name one
        raise Unanswered("PostgreSQL", ConnectionError("it is not started yet"))
    try:
        return await asyncpg.connect(url, timeout=ASK_SECONDS_MAX, command_timeout=ASK_SECONDS_MAX)
    except OSError as error:
        raise Unanswered("PostgreSQL", error) from None


@asynccontextmanager
async def log_consumer(bootstrap: str, *, start: Literal["earliest", "latest"]) -> AsyncIterator[Consumer]:
    """A consumer of the whole log, of no group, from one of its ends; raises `Unanswered`."""
    consumer = AIOKafkaConsumer(LOG, bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset=start)
    try:
        async with started(consumer, ASK_SECONDS_MAX):
            yield consumer
    except (TimeoutError, KafkaError) as error:
        raise Unanswered("Kafka", error) from None


async def log_ends(bootstrap: str) -> dict[int, int]:
    """Where each partition of the log ends now, by Kafka's word; raises `Unanswered`."""
    async with log_consumer(bootstrap, start="latest") as consumer, asyncio.timeout(ASK_SECONDS_MAX):
        places = [TopicPartition(LOG, number) for number in consumer.partitions_for_topic(LOG)]
        return {place.partition: end for place, end in (await consumer.end_offsets(places)).items()}
