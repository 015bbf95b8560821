"""What an edge could not take, in its tables: once for each place, and what it said not for ever. Real PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from runtime.edge_store import Bad, EdgeRecord, EdgeStore

RECORD = EdgeRecord("told", 0, 3, b"key", b"the same words", (("name", b"value"),))


@asynccontextmanager
async def store(url: str, edge: str) -> AsyncIterator[EdgeStore]:
    found = EdgeStore(url=url, schema="test_edge", edge=edge, topic="told")
    await found.start()
    try:
        await found.positions([0], "topic-id")
        yield found
    finally:
        await found.stop()


async def kept(of: EdgeStore, what: str) -> list[Any]:
    query = f"select {what} from inbound_refused order by 1, 2, 3"  # noqa: S608 - words of this file
    return [tuple(row) for row in await of._pool.fetch(query)]


async def test_a_record_is_kept_once_for_each_place_that_it_came_from(fresh_database: str) -> None:
    """Read again it is known; the same words elsewhere are another record."""
    elsewhere = [RECORD, RECORD, replace(RECORD, offset=7), replace(RECORD, partition=1), replace(RECORD, topic="else")]
    async with store(fresh_database, "one") as one, store(fresh_database, "two") as two:
        for at, record in enumerate(elsewhere):
            await one.move({0: at}, {0: at + 1}, [Bad(record, "unfit", "value: it is not fit")])
        await two.move({0: 0}, {0: 4}, [Bad(RECORD, "unfit", "value: it is not fit")])
        assert await kept(one, 'edge, topic, partition, "offset"') == [
            ("one", "else", 0, 3), ("one", "told", 0, 3), ("one", "told", 0, 7), ("one", "told", 1, 3),
            ("two", "told", 0, 3),
        ]  # fmt: skip


async def test_what_a_record_said_is_forgotten_once(fresh_database: str) -> None:
    """All that it said: its key and headers too. When it was forgotten stays."""
    said = "key, value, header_names, header_values, forgotten_at"
    async with store(fresh_database, "one") as one:
        await one.move({0: 0}, {0: 4}, [Bad(RECORD, "unfit", "value: it is not fit")])
        await one.forget(timedelta(hours=1))
        assert [row[:2] for row in await kept(one, said)] == [(b"key", b"the same words")]
        await one.forget(timedelta(0))
        ((*gone, at),) = await kept(one, said)
        assert gone == [None] * 4
        await one.forget(timedelta(0))
        assert await kept(one, "forgotten_at, edge, topic") == [(at, "one", "told")]
