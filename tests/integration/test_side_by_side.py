"""Two processes of a service at once on one schema: who hears of whom, and who waits for whom. Real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from events.admission import Head
from parts import until
from runtime import waits
from runtime.rows import NOT_ASKED, Commit, Place, VerdictRow
from runtime.store import PgStore, connect, create_schema
from runtime.waits import Waits
from simulation.toys import Story

LIMIT_SECONDS = 20.0
MOVED = Place(1, 1, "event-0", 7, b"h")
NAMES = Commit({0: Place()}, {0: MOVED}, named=[("cluster/a", 1, "complaint/1", NOT_ASKED)])
"""The owner of a cluster names a member whose own owner is another."""


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Any]:
    await create_schema(fresh_database, "kept")
    found = await connect(fresh_database, "kept", size=2, name="that")
    yield found
    await found.close()


async def test_who_waits_hears_at_once_of_what_the_other_committed(
    pool: asyncpg.Pool, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L9: looking again is for notices that were lost."""
    monkeypatch.setattr(waits, "LOOK_AGAIN_SECONDS", 10 * LIMIT_SECONDS)
    store, here = PgStore(pool, Story), Waits()
    async with listening(here, store, fresh_database):
        waiting = asyncio.create_task(here.verdict(0, 5, "event-5", LIMIT_SECONDS))

        async def waits_for_it() -> bool:
            return here.wanted

        await until(waits_for_it, LIMIT_SECONDS)
        verdict = VerdictRow(0, 5, "event-5", "complaint/5", True, Head(1), "hash")
        await store.commit(Commit({0: Place()}, {0: MOVED}, verdicts=(verdict,)))
        assert await waiting == verdict


@asynccontextmanager
async def listening(here: Waits, store: PgStore, url: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(url, server_settings={"application_name": "this"})
    task = asyncio.create_task(here.listen(connection, "kept_moved", "this", store))

    async def listens() -> bool:
        asked = "select state = 'idle' and query like 'LISTEN%' from pg_stat_activity where application_name = 'this'"
        return bool(await store.pool.fetchval(asked))

    try:
        await until(listens, LIMIT_SECONDS)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await connection.close()


async def test_who_names_a_stream_does_not_wait_for_its_owner(pool: asyncpg.Pool) -> None:
    """L15: two owners that name one another's streams would wait for each other for ever."""
    await pool.execute("insert into leans values ('cluster/a', 1, 'complaint/1', 3)")
    async with pool.acquire() as owner, owner.transaction():
        await owner.execute("update leans set version = 4")
        async with asyncio.timeout(LIMIT_SECONDS):
            await PgStore(pool, Story).commit(NAMES)
    assert await pool.fetchval("select version from leans") == 4


async def test_who_names_a_stream_while_its_owner_begins_to_lean_leaves_that_as_it_is(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as owner:
        async with owner.transaction():
            await owner.execute("insert into leans values ('cluster/a', 1, 'complaint/1', 3)")
            naming = asyncio.create_task(PgStore(pool, Story).commit(NAMES))

            async def waited_for() -> bool:
                asked = "select true from pg_locks where not granted and transactionid = pg_current_xact_id()::xid"
                return bool(await owner.fetchval(asked))

            await until(waited_for, LIMIT_SECONDS)
        await naming
        assert await owner.fetchval("select version from leans") == 3
