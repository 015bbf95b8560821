"""Somebody drops the tables of a service that runs, or keeps them locked."""

import asyncio

import asyncpg
import pytest
from httpx import TransportError

import toy
from parts import made, part, until
from processes import LIMIT_SECONDS, running
from runtime import process
from stores import Stores

PROPOSED = ("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")


@pytest.mark.asyncio(loop_scope="session")
async def test_whose_tables_were_dropped_ends_and_begins_anew(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Who asks meanwhile is told when to ask again. What follows other topics begins anew, too: it is a start."""
    async with running(stores, tmp_path_factory.mktemp("dropped"), "triage") as system:
        connection = await asyncpg.connect(system.database)
        await connection.execute("drop schema triage cascade")
        await connection.close()
        async with asyncio.timeout(LIMIT_SECONDS):
            while system.processes["triage"].poll() is None:
                try:
                    answer = await system.post(*PROPOSED)
                except TransportError:
                    continue
                assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True), answer.text
        assert system.processes["triage"].returncode == 1
        assert "UndefinedTableError" in system.said("triage")
        await system.start("triage")
        answer = await system.post(*PROPOSED)
        assert answer.status_code == 201, answer.text


async def test_a_reader_that_somebodys_lock_holds_up_is_not_ready(
    kafka_bootstrap: str, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither away nor failing: it waits, and so do all who ask."""
    monkeypatch.setattr(process, "BATCH_SECONDS_MAX", 0.5)
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, await made(kafka_bootstrap)) as says:

        async def ready() -> bool:
            return process.trouble_of(says.driver) is None

        async def stands_still() -> bool:
            return (process.trouble_of(says.driver) or "").startswith("stands still in one batch for ")

        await until(ready)
        somebody = await asyncpg.connect(fresh_database)
        async with somebody.transaction():
            await somebody.execute(f"lock table {toy.SAYS.chapter}.streams in access exclusive mode")
            await until(stands_still)
        await until(ready)
        await somebody.close()
