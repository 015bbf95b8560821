"""The ledger's questions: one record, records by stream, actor, type or verdict, and the admitted facts as a feed.

Lives here: queries of the ledger, and where a feed stands. Must not: open sealed text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from projections.filters import Conditions
from projections.paging import Page
from projections.queries import SQL
from projections.store import Tables
from runtime.caller import Position, parse_position
from runtime.problems import Problem


async def record(pool: Tables, position: Position) -> Any | None:  # noqa: ANN401 - a row of the driver
    """The record at a place in the log, or None where the views have not read it."""
    rows = await pool.fetch(SQL["record"], position.partition, position.offset)
    return rows[0] if rows else None


async def records(
    pool: Tables, wanted: Mapping[str, str | None], after: tuple[int, int, int] | None, limit: int
) -> Page:
    """Records of the ledger, newest first. `wanted`: stream, actor, type, verdict."""
    sql = Conditions()
    sql.add_wanted(wanted, _WANTED)
    if after is not None:
        sql.add('(append_time_ms, partition, "offset") < (?, ?::bigint, ?)', *after)
    rows = await pool.fetch(
        f"select * from ledger where {sql.where} "  # noqa: S608 - names from the allow-list, values as arguments
        f'order by append_time_ms desc, partition desc, "offset" desc limit {limit + 1}',
        *sql.arguments,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], (last["append_time_ms"], last["partition"], last["offset"]) if last else None)


_WANTED = {"stream": "stream = ?", "actor": "actor = ?", "type": "type = ?", "verdict": "verdict = ?"}


class Feed:
    """Where a reader of facts stands: the next offset of each partition. As text, one position a partition."""

    def __init__(self, epoch: str, next_offsets: Mapping[int, int]) -> None:
        self.epoch = epoch
        self.next_offsets = dict(next_offsets)

    @staticmethod
    def after(text: str | None, epoch: str, partitions: int) -> "Feed":
        """Just after the named positions, at the start of partitions that none names. Raises Problem 400."""
        next_offsets = dict.fromkeys(range(partitions), 0)
        for part in text.split(",") if text else ():
            position = parse_position(part)
            if position is None or position.partition >= partitions:
                raise Problem(400, "after-malformed", "`after` is one position, or several with commas between")
            if position.epoch != epoch:
                raise Problem(400, "position-foreign", "`after` is of another log; start anew without it")
            next_offsets[position.partition] = position.offset + 1
        return Feed(epoch, next_offsets)

    def passed(self, rows: Sequence[Any]) -> "Feed":
        """Where one stands having read these rows."""
        return Feed(self.epoch, self.next_offsets | {row["partition"]: row["offset"] + 1 for row in rows})

    def __str__(self) -> str:
        return ",".join(str(Position(self.epoch, p, n - 1)) for p, n in sorted(self.next_offsets.items()) if n > 0)


async def facts(pool: Tables, feed: Feed, limit: int, streams: Sequence[str] | None = None) -> list[Any]:
    """The next admitted records after the feed: each partition in its order, none left out, none twice.

    With `streams`, only theirs; the feed then stands behind the last of them.
    """
    places = sorted(feed.next_offsets.items())
    arguments = [p for p, _ in places], [n for _, n in places], limit
    if streams is None:
        return list(await pool.fetch(SQL["facts"], *arguments))
    return list(await pool.fetch(SQL["facts_of"], *arguments, list(streams)))
