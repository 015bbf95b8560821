"""The full way: inbound records until the views show them, and beside it the bare pipe on the same log bytes.

Lives here: both measurements of aim 1. Must not: know a view's content.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import usage
from bench.invented import history
from bench.system import NotAtRest, System
from local.importing.publish import SILENT, publish
from runtime.topics import LOG

NAME = "full-way"
"""Before the references of its cases."""
BATCH_RECORDS = 1_000
PIPE_SECONDS_MAX = 600.0
_TABLE = """
create schema if not exists bench;
drop table if exists bench.pipe;
create table bench.pipe (
    partition integer, "offset" bigint, append_time_ms bigint, key bytea, headers text, value bytea,
    primary key (partition, "offset"))"""
_SHOWN = "select count(*) from projections.cases where source_ref like $1"
_COLUMNS = ("partition", "offset", "append_time_ms", "key", "headers", "value")


async def measure(system: System, cases: int) -> dict[str, Any]:
    """Publish a history of that many cases; `seconds` until the last of its records is in the views."""
    told = history(NAME, cases)
    await system.at_rest()
    first, verdicts = await system.log_ends(), await system.verdicts()
    with usage.spent(system.pids) as spent:
        started = time.monotonic()
        answers = await publish(system.kafka, told, SILENT)
        answered = time.monotonic() - started
        seconds = await system.at_rest() - started
    ends, now = await system.log_ends(), await system.verdicts()
    shown = await system.database.fetchval(_SHOWN, f"{NAME}-%")
    if shown != cases:
        raise NotAtRest(f"the views show {shown} of {cases} cases")
    records = sum(ends.values()) - sum(first.values())
    admitted = now["admitted"] - verdicts.get("admitted", 0)
    pipe = await bare_pipe(system, first, ends)
    return {
        "cases": cases,
        "inbound_records": len(told.events) + 2,
        "refused_by_intake": answers.counts["refused"],
        "log_records": records,
        "admitted": admitted,
        "seconds": round(seconds, 2),
        "answered_after_seconds": round(answered, 2),
        "records_per_second": round(admitted / seconds),
        "inbound_per_second": round((len(told.events) + 2) / seconds),
        "cpu_seconds": spent.cpu_seconds,
        "pipe": pipe,
        "ratio": round(pipe["records_per_second"] / (admitted / seconds), 1),
    }


async def bare_pipe(system: System, first: Mapping[int, int], ends: Mapping[int, int]) -> dict[str, Any]:
    """What one process needs at least for these records: consume, decode headers and JSON, COPY the same bytes."""
    connection = await asyncpg.connect(
        system.stack.database_url, timeout=10, server_settings={"synchronous_commit": "off"}
    )
    consumer = AIOKafkaConsumer(bootstrap_servers=system.kafka, enable_auto_commit=False, auto_offset_reset="none")
    await consumer.start()
    try:
        await connection.execute(_TABLE)
        places = {TopicPartition(LOG, partition): end for partition, end in ends.items() if end > first[partition]}
        consumer.assign(list(places))
        with usage.spent(system.pids) as spent:
            for place in places:
                consumer.seek(place, first[place.partition])
            async with asyncio.timeout(PIPE_SECONDS_MAX):
                records, size = await _pour(consumer, connection, places)
        await connection.execute("drop schema bench cascade")
    finally:
        await consumer.stop()
        await connection.close(timeout=5)
    return {
        "records": records,
        "bytes": size,
        "seconds": spent.seconds,
        "records_per_second": round(records / spent.seconds),
        "cpu_seconds": spent.cpu_seconds,
    }


async def _pour(consumer: Any, connection: Any, places: Mapping[Any, int]) -> tuple[int, int]:  # noqa: ANN401 - no types there
    """All records below the ends, in batches; how many, and the bytes of their keys and values."""
    waiting = dict(places)
    records = size = 0
    while waiting:
        found = await consumer.getmany(timeout_ms=1000, max_records=BATCH_RECORDS)
        rows = []
        for place, some in found.items():
            kept = [record for record in some if record.offset < places[place]]
            rows += [_row(record) for record in kept]
            size += sum(len(record.key) + len(record.value) for record in kept)
            if some and some[-1].offset + 1 >= places[place]:
                waiting.pop(place, None)
        if rows:
            await connection.copy_records_to_table("pipe", records=rows, columns=_COLUMNS, schema_name="bench")
            records += len(rows)
    return records, size


def _row(record: Any) -> Sequence[object]:  # noqa: ANN401 - aiokafka carries no types
    headers = {name: value.decode() for name, value in record.headers}
    orjson.loads(record.value)
    place = (record.partition, record.offset, record.timestamp)
    return (*place, record.key, orjson.dumps(headers).decode(), record.value)
