"""Who read what, from `complaints.access` into the table `accesses`, and the auditors' way to ask.

Lives here: keeping readings, and the list of them by reader and by stream. Must not: record one (`runtime.witness`).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from events.fact import Word
from projections.answers import Listed
from projections.beside_answers import AccessLine
from projections.filters import Conditions
from projections.following import follow
from projections.paging import Page, read_cursor
from projections.queries import SQL
from projections.sources import LIMIT, Cursor, Limit, Sources, StreamName, listed
from projections.store import Connection, Tables
from projections.views.told import Plain, stamp
from runtime import topics
from runtime.http import Caller, reading, says
from runtime.service import Running
from runtime.witness import Reading

_SHOWN = (
    "service",
    "actor",
    "roles",
    "method",
    "route",
    "streams",
    "filters",
    "status",
    "rows",
    "trace_id",
    "request_id",
)


async def follow_access(running: Running) -> None:
    """Until cancelled."""
    await follow(running, topics.ACCESS, _keep, _first)


async def _first(running: Running) -> int:
    first: int = await running.store.pool.fetchval(SQL["first_access"])
    return first


async def _keep(running: Running, records: Sequence[Any]) -> None:
    await record_accesses(running.store.pool, [(record.offset, record.value) for record in records])


async def record_accesses(connection: Connection, told: Sequence[tuple[int, bytes | None]]) -> None:
    """Keep these records of the topic, (offset, value) each."""
    rows: list[Plain] = []
    for offset, value in told:
        try:
            one = Reading.model_validate_json(value or b"null")
        except ValidationError:
            continue  # nobody but our services writes here; the topic itself keeps it
        rows.append({**one.model_dump(mode="json"), "offset": offset})
    if rows:
        await connection.execute(SQL["write_accesses"], orjson.dumps(rows).decode())


async def accesses(tables: Tables, wanted: Mapping[str, str | None], after: int | None, limit: int) -> Page:
    """Readings, the newest first. `wanted`: actor, stream."""
    sql = Conditions()
    sql.add_wanted(wanted, _WANTED)
    if after is not None:
        sql.add('"offset" < ?', after)
    rows = await tables.fetch(
        f'select * from accesses where {sql.where} order by "offset" desc limit {limit + 1}',  # noqa: S608 - names from the allow-list, values as arguments
        *sql.arguments,
    )
    found = [{name: row[name] for name in _SHOWN} | {"at": stamp(row["at"])} for row in rows[:limit]]
    return Page(found, (rows[limit - 1]["offset"],) if len(rows) > limit else None)


_WANTED = {"actor": "actor = ?", "stream": "streams @> array[?]"}


def add_access(router: APIRouter, sources: Sources) -> None:
    """Who read what; to be asked by auditors only, and recorded like any reading."""

    @router.get("/access", responses=says(Listed[AccessLine]), summary="Who read or exported what, newest first")
    async def access(
        *,
        request: Request,
        caller: Annotated[Caller, reading("auditor")],
        actor: Annotated[Word | None, Query(description="The subject of the reader's token")] = None,
        stream: StreamName | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        await sources.reached(caller.position)
        wanted = {"actor": actor, "stream": stream}
        after = read_cursor(cursor, {"access": wanted}, ("number",))
        page = await accesses(sources.pool, wanted, after[0] if after else None, limit)
        return listed(request, page, page.items, {"access": wanted})
