"""Where an edge stands, and what it could not take: PostgreSQL, in the schema `<service>_edge`.

Position and kept records move in one transaction. Must not: Kafka, Faust, any content of a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from runtime.half_open import THEIRS, Noticing
from runtime.queries import read_queries
from runtime.store import create_schema

_SQL = Path(__file__).parent / "sql"
_QUERIES = read_queries(_SQL / "edge.sql")
LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class EdgeRecord:
    """A record as it came, nothing of it believed yet."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that can never be taken, and why; it is kept as it came. `why` names a field, never what stood in it."""

    record: EdgeRecord
    code: str
    why: str


class PositionLost(Exception):
    """Somebody else has moved a position that we stood at: what we did is repeated by nobody, read it again."""


class EdgeStore:
    """The positions of one edge in one topic."""

    def __init__(self, *, url: str, schema: str, edge: str, topic: str) -> None:
        self._url = url
        self._schema = schema
        self._edge = edge
        self._topic = topic
        self._pool: Any = None

    async def start(self) -> None:
        """Create schema and tables where they are missing, and connect."""
        await create_schema(self._url, self._schema, _SQL / "edge_schema.sql")
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=2,
            timeout=LIMIT_SECONDS,
            command_timeout=LIMIT_SECONDS,
            connection_class=Noticing,
            server_settings={**THEIRS, "search_path": self._schema, "jit": "off", "application_name": self._edge},
        )

    async def stop(self) -> None:
        """Close the connections at once."""
        if self._pool is not None:
            self._pool.terminate()

    async def same_topic(self, topic_id: str) -> list[int]:
        """The partitions whose positions were of another topic of this name: they begin anew."""
        await self._pool.execute(_QUERIES["adopt"], self._edge, self._topic, topic_id)
        begun = await self._pool.fetch(_QUERIES["begin_anew"], self._edge, self._topic, topic_id)
        return [row["partition"] for row in begun]

    async def positions(self, partitions: Sequence[int], topic_id: str) -> dict[int, int]:
        """Where we stand in each of these partitions; a partition never read stands at its start."""
        await self._pool.execute(_QUERIES["open"], self._edge, self._topic, list(partitions), topic_id)
        found = await self._pool.fetch(_QUERIES["positions"], self._edge, self._topic, list(partitions))
        return {row["partition"]: row["next_offset"] for row in found}

    async def move(self, before: Mapping[int, int], after: Mapping[int, int], kept: Sequence[Bad] = ()) -> None:
        """Move on from `before` to `after`, keeping the bad records; all of it or nothing. Raises `PositionLost`."""
        partitions = list(after)
        was, now = [before[p] for p in partitions], [after[p] for p in partitions]
        async with self._pool.acquire() as connection, connection.transaction():
            moved = await connection.fetch(_QUERIES["move"], self._edge, self._topic, partitions, was, now)
            if len(moved) != len(partitions):
                raise PositionLost
            if kept:
                await connection.executemany(_QUERIES["keep"], [self._row(bad) for bad in kept])

    async def forget(self, after: timedelta) -> None:
        """Drop what records said that were refused so long ago. Place, reason and the hash of the value stay."""
        await self._pool.execute(_QUERIES["forget"], after)

    def _row(self, bad: Bad) -> tuple[Any, ...]:
        record = bad.record
        names = [name.encode("utf-8", "surrogateescape") for name, _ in record.headers]
        values = [value for _, value in record.headers]
        return (self._edge, record.topic, record.partition, record.offset, bad.code, bad.why,
                record.key, record.value, names, values)  # fmt: skip
