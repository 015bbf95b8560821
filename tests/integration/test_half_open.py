"""A network that swallows all, without a word to either side: what the kernel and PostgreSQL were told to do about it.

To swallow needs rights that a test lacks; here stands what was measured with them.
"""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
import pytest

from runtime.edge_store import EdgeStore
from runtime.store import connect, create_schema

PoolOf = Callable[[str], AbstractAsyncContextManager[asyncpg.Pool]]
OUR_SECONDS_MAX = 10
THEIR_SECONDS_MAX = 15
"""Of PostgreSQL, which keeps the place of a session that is gone."""


@asynccontextmanager
async def of_a_store(url: str) -> AsyncIterator[asyncpg.Pool]:
    await create_schema(url, "toy")
    pool = await connect(url, "toy", size=1)
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def of_an_edge(url: str) -> AsyncIterator[asyncpg.Pool]:
    store = EdgeStore(url=url, schema="toy_edge", edge="toy", topic="toy")
    await store.start()
    try:
        yield store._pool
    finally:
        await store.stop()


@pytest.mark.parametrize("pool_of", [of_a_store, of_an_edge])
async def test_both_sides_give_up_a_connection_on_which_nothing_comes(fresh_database: str, pool_of: PoolOf) -> None:
    async with pool_of(fresh_database) as pool, pool.acquire() as connection:
        ours = connection._con._transport.get_extra_info("socket")

        def option(name: int) -> int:
            value: int = ours.getsockopt(socket.IPPROTO_TCP, name)
            return value

        assert 0 < option(socket.TCP_USER_TIMEOUT) <= OUR_SECONDS_MAX * 1000
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        asked = option(socket.TCP_KEEPCNT) * option(socket.TCP_KEEPINTVL)
        assert option(socket.TCP_KEEPIDLE) + asked <= OUR_SECONDS_MAX
        idle, again, times = [
            int(await connection.fetchval("select setting from pg_settings where name = $1", f"tcp_keepalives_{what}"))
            for what in ("idle", "interval", "count")
        ]
        assert 0 < idle + again * times <= THEIR_SECONDS_MAX
