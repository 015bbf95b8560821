"""With which types a service's tables were folded, and folding them anew where its code reads more (L21, ADR 26).

Lives here: what of a schema is folded from the log, and emptying it. Must not: fold. A reader that finds its positions
gone reads the log from its start by itself (ADR 7).
"""

from collections.abc import Iterable
from typing import Any

import asyncpg

from runtime.logs import logger

_KEPT = ("identity", "folded_types", "readers", "parkings", "accesses", "parked_news")
"""Not folded from the log: which log it is, which types are read of it, what readers say on topics of their own."""
_TABLES = "select tablename from pg_tables where schemaname = $1 and tablename <> all ($2::text[]) order by tablename"
_UNFOLDED = """
select t.type from unnest($1::text[]) as t (type)
where exists (select from positions where next_offset > 0)
  and not exists (select from folded_types f where f.type = t.type)
order by t.type"""
_OTHERS = """
select distinct application_name from pg_stat_activity
where datname = current_database() and starts_with(application_name, $1) and application_name <> $2
order by application_name"""
_log = logger("process")


class OthersFold(Exception):
    """The tables must be folded anew, and another instance is at work on them with code that may read less."""


async def empty(connection: Any, schema: str) -> None:  # noqa: ANN401 - asyncpg carries no types
    """Throw away all of a schema that is folded from the log, in one statement."""
    tables = [row["tablename"] for row in await connection.fetch(_TABLES, schema, _KEPT)]
    await connection.execute("truncate " + ", ".join(f'"{schema}"."{table}"' for table in tables), timeout=60)


async def fold_anew_where_more_is_read(url: str, service: str, instance: str, types: Iterable[str]) -> None:
    """Asked at the start: empties tables that were folded without one of these types (no versions: one that a reader
    cannot read stops it, and is never passed over). Raises OthersFold, and changes nothing.
    """
    wanted = sorted(types)
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": service})
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", service)
            unfolded = [row["type"] for row in await connection.fetch(_UNFOLDED, wanted)]
            if unfolded:
                others = await connection.fetch(_OTHERS, f"{service}-", f"{service}-{instance}")
                if others:
                    raise OthersFold(
                        f"the tables of {service} must be folded anew; stop "
                        f"{', '.join(row['application_name'] for row in others)} first; they lack {', '.join(unfolded)}"
                    )
                await empty(connection, service)
                _log.warning("tables.fold-anew", type=unfolded)
            await connection.execute("delete from folded_types where type <> all ($1::text[])", wanted)
            await connection.execute(
                "insert into folded_types select unnest($1::text[]) on conflict do nothing", wanted
            )
    finally:
        await connection.close(timeout=5)
