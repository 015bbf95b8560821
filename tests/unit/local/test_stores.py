"""Commands ask the stores of the system that runs, and no others."""

import asyncio

import pytest

from local.stores import Unanswered, database


async def test_a_database_that_has_no_address_yet_is_not_looked_for_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a start waits there is none; a client without an address goes where the surroundings name one."""
    asked = asyncio.Event()

    async def somebody_elses(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with await asyncio.start_server(somebody_elses, "127.0.0.1", 0) as server:
        monkeypatch.setenv("PGHOST", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(server.sockets[0].getsockname()[1]))
        with pytest.raises(Unanswered, match="not started yet"):
            async with database(""):
                pass
    assert not asked.is_set()
