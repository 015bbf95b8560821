"""Following a topic beside the log from its start: small ones, in which others say how they are.

Lives here: the loop, begun anew where Kafka or PostgreSQL went away. Must not: understand a record.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from runtime.away import DATABASE_FAILS, LOG_AWAY
from runtime.logs import fault, logger
from runtime.service import Running
from runtime.stopping import started

LOOK_AGAIN_SECONDS = 2.0
UNFIT = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
"""What PostgreSQL, or its client before it, says of a value that no column takes: asking again does not help."""
_log = logger("following")

Keep = Callable[[Running, Sequence[Any]], Awaitable[None]]
"""Writes records of the topic into a table; the same ones come again, so that writing them twice changes nothing."""
First = Callable[[Running], Awaitable[int]]
"""The first offset that is not kept yet, for a topic that only grows."""


async def follow(running: Running, topic: str, keep: Keep, first: First | None = None) -> None:
    """Until cancelled. Every process of this service reads the topic's one partition, from `first` or its start."""
    while True:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=running.settings.kafka_bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            async with started(consumer):
                consumer.assign([TopicPartition(topic, 0)])
                if first is not None:
                    consumer.seek(TopicPartition(topic, 0), await first(running))
                while True:
                    for records in (await consumer.getmany(timeout_ms=1000)).values():
                        await kept(running, topic, keep, records)
        except (*LOG_AWAY, *DATABASE_FAILS) as error:
            _log.warning("following.tries-again", topic=topic, **fault(error))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def kept(running: Running, topic: str, keep: Keep, records: Sequence[Any]) -> None:
    """Keep these records. One that no table takes is named and passed over; it stays in the topic."""
    try:
        await keep(running, records)
    except UNFIT as error:
        if len(records) == 1:
            _log.error("following.unfit", topic=topic, offset=records[0].offset, **fault(error))
            return
        for record in records:
            await kept(running, topic, keep, [record])
