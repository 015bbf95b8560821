"""Tables that were folded without a type that the code reads are folded anew at the start (L21)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

import toy
from events.ids import new_stream
from events.intake import ComplaintLodged, MotiveRecorded
from parts import admitted, intent, lodged, made, part, until
from runtime.refolding import OthersFold, fold_anew_where_more_is_read
from runtime.store import create_schema

NARROW = replace(toy.OWES, reads=frozenset({ComplaintLodged}))
WIDE = replace(toy.OWES, reads=frozenset({ComplaintLodged, MotiveRecorded}))


async def test_what_was_passed_over_is_read_once_the_code_learns_its_type(
    kafka_bootstrap: str, fresh_database: str
) -> None:
    """L21: nobody has to think of a rebuild."""
    topic, stream = await made(kafka_bootstrap), new_stream("complaint", str(uuid4()))
    async with part(toy.SAYS, kafka_bootstrap, fresh_database, topic) as says:
        assert await lodged(says, stream)
        assert admitted(await says.commands.carry_out(intent(stream, lambda d: toy.SayMotive(d.now, d.by))))
        for decider, motives in ((NARROW, 0), (WIDE, 1)):
            async with part(decider, kafka_bootstrap, fresh_database, topic) as reads:

                async def folded() -> bool:
                    row = (await reads.store.load([stream])).get(stream)
                    return row is not None and row.head.intake == 2

                await until(folded)
                assert (await reads.store.load([stream]))[stream].state.motives == motives


@asynccontextmanager
async def tables(url: str, *types: str) -> AsyncIterator[Any]:
    """A schema whose tables were folded with these types, and hold something."""
    await create_schema(url, "triage")
    connection = await asyncpg.connect(url, server_settings={"search_path": "triage"})
    await fold_anew_where_more_is_read(url, "triage", "0", types)
    await connection.execute("insert into positions values (0, 7, 1, '', 0, '')")
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("starts", "kept"),
    [
        ([("a", "b")], True),
        ([("a",)], True),
        ([("a",), ("a",)], True),
        ([("a", "b", "c")], False),
        ([("a",), ("a", "b")], False),
        ([("c",)], False),
    ],
)
async def test_only_code_that_reads_more_than_all_that_folded_before_it_folds_anew(
    fresh_database: str, starts: Sequence[Sequence[str]], kept: bool
) -> None:
    """L21: code that reads less folds on, and what it leaves out is missing for whoever reads it later."""
    async with tables(fresh_database, "a", "b") as connection:
        for types in starts:
            await fold_anew_where_more_is_read(fresh_database, "triage", "0", types)
        assert await connection.fetchval("select exists (select from positions)") is kept


async def test_tables_of_which_nothing_is_known_are_folded_anew_and_empty_ones_are_not_emptied(
    fresh_database: str,
) -> None:
    """L21: an earlier build did not say what it read."""
    async with tables(fresh_database, "a") as connection:
        await connection.execute("truncate folded_types")
        await fold_anew_where_more_is_read(fresh_database, "triage", "0", ["a"])
        assert not await connection.fetchval("select exists (select from positions)")
        await connection.execute("insert into contexts values ('import/a', 1)")
        await fold_anew_where_more_is_read(fresh_database, "triage", "0", ["a", "b"])
        assert await connection.fetchval("select exists (select from contexts)")


async def test_nothing_is_thrown_away_under_an_instance_that_reads_less(fresh_database: str) -> None:
    """L21: it would fold the log anew as it reads it, and nobody would see. Who starts says whom to stop."""
    async with tables(fresh_database, "a") as connection:
        older = await asyncpg.connect(fresh_database, server_settings={"application_name": "triage-1"})
        with pytest.raises(OthersFold, match=r"must be folded anew; stop triage-1 first; they lack b"):
            await fold_anew_where_more_is_read(fresh_database, "triage", "0", ["a", "b"])
        assert await connection.fetchval("select exists (select from positions)")
        await fold_anew_where_more_is_read(fresh_database, "triage", "0", ["a"])
        await older.close()

        async def gone() -> bool:
            return not await connection.fetchval(
                "select count(*) from pg_stat_activity where application_name = 'triage-1'"
            )

        await until(gone)
        await fold_anew_where_more_is_read(fresh_database, "triage", "0", ["a", "b"])
        assert not await connection.fetchval("select exists (select from positions)")
