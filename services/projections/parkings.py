"""What is parked in any service, from `complaints.parked` into the table `parkings`: those cases are unjudged (L22).

Lives here: reading a parking, keeping the latest word on it, and the list of what waits. Must not: park anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import ValidationError

from events.ids import COMPLAINT
from projections.filters import Conditions
from projections.following import follow
from projections.paging import Page
from projections.queries import SQL
from projections.store import Connection, Tables
from projections.views.told import Plain, stamp
from runtime import topics
from runtime.parking import Parking
from runtime.service import Running


async def follow_parked(running: Running) -> None:
    """Until cancelled."""
    await follow(running, topics.PARKED, _keep)


async def _keep(running: Running, records: Sequence[Any]) -> None:
    await record_parkings(running.store.pool, [(record.offset, record.value) for record in records])


async def record_parkings(connection: Connection, told: Sequence[tuple[int, bytes | None]]) -> None:
    """Keep what these records of the topic say, (offset, value) each; the latest word on a stream stays."""
    latest: dict[tuple[str, str, str], Plain] = {}
    for offset, value in told:
        try:
            one = Parking.model_validate_json(value or b"null")
        except ValidationError:
            continue  # nobody but our services writes here, and an older one's words name no service
        latest[one.service, one.stream, one.kind] = {**one.model_dump(mode="json"), "told_at": offset}
    if latest:
        await connection.execute(SQL["write_parkings"], orjson.dumps(list(latest.values())).decode())


async def parked(
    tables: Tables, wanted: Mapping[str, str | None], after: tuple[str, str, str, str] | None, limit: int
) -> Page:
    """What waits for repair, the longest first. `wanted`: service, stream."""
    sql = Conditions()
    sql.add_wanted(wanted, _WANTED)
    if after is not None:
        sql.add("(since, service, stream, kind) > (?::text::timestamptz, ?, ?, ?)", *after)
    rows = await tables.fetch(
        f"select *, since::text as key, mend_until < now() as overdue from unmended where {sql.where} "  # noqa: S608 - names from the allow-list, values as arguments
        f"order by since, service, stream, kind limit {limit + 1}",
        *sql.arguments,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    found = [_line(row) for row in rows[:limit]]
    return Page(found, (last["key"], last["service"], last["stream"], last["kind"]) if last else None)


_WANTED = {"service": "service = ?", "stream": "stream = ?"}


def _line(row: Mapping[str, Any]) -> Plain:
    stream: str = row["stream"]
    return {
        "service": row["service"],
        "stream": stream,
        "complaint_id": stream.removeprefix(COMPLAINT) if stream.startswith(COMPLAINT) else None,
        "kind": row["kind"],
        "reason": row["reason"],
        "position": [row["partition"], row["offset"]],
        "attempts": row["attempts"],
        "since": stamp(row["since"]),
        "mend_until": stamp(row["mend_until"]),
        "overdue": row["overdue"],
    }
