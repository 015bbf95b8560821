"""What the five readers say of the log, from `complaints.readers` into the table `readers` (L7).

Lives here: following one topic from its start. Must not: compare the hashes (that is `views.readers`).
"""

import asyncio
from datetime import datetime

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from projections.store import record_reader
from runtime import topics
from runtime.away import DATABASE_FAILS, LOG_AWAY
from runtime.logs import fault, logger
from runtime.service import Running

LOOK_AGAIN_SECONDS = 2.0
_log = logger("marks")


async def follow_marks(running: Running) -> None:
    """Until cancelled. The topic is small and compacted: it is read from its start by every process of this service."""
    while True:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=running.settings.kafka_bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await asyncio.wait_for(consumer.start(), 20)
            consumer.assign([TopicPartition(topics.READERS, 0)])
            while True:
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    for record in records:
                        await _keep(running, record.value)
        except (*LOG_AWAY, *DATABASE_FAILS) as error:
            _log.warning("marks.again", **fault(error))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        finally:
            await consumer.stop()


async def _keep(running: Running, value: bytes | None) -> None:
    try:
        mark = orjson.loads(value or b"null")
        service, partition, digest = str(mark["service"]), int(mark["partition"]), str(mark["hash"])
        next_offset, at = int(mark["next_offset"]), datetime.fromisoformat(mark["at"])
    except (ValueError, KeyError, TypeError):
        return  # a reader that stopped says so in other words; its own /readyz names the reason
    await record_reader(
        running.store.pool, service=service, partition=partition, mark=next_offset, digest=digest, reported_at=at
    )
