"""The reader's and the commands' side of PostgreSQL: positions, rows, verdicts (L8, L15, L18).

One schema a service. Lives here: the queries of `sql/queries.sql` as functions over frozen values. Must not: decide.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import TypeAdapter

from events.admission import Head
from events.ids import RULEBOOK
from runtime.commit_arrays import COMMIT, Writers, commit_arrays
from runtime.half_open import THEIRS, Noticing
from runtime.queries import columns, read_queries
from runtime.rows import Awake, Commit, Judged, LogBroken, LostOwnership, Place, Row, Standing, VerdictRow
from runtime.together import Together

_SQL = Path(__file__).parent / "sql"
_QUERIES = read_queries(_SQL / "queries.sql")
TABLES = _SQL / "schema.sql"
"""What every service's schema has."""

Connection = Any
"""An asyncpg connection or pool; asyncpg carries no types."""
Found = Any
"""A row as asyncpg gives it."""
Hook = Callable[[Connection, Sequence[Judged]], Awaitable[None]]
"""What a service adds to a commit, in the same transaction (the views of projections)."""
CONNECT_SECONDS_MAX = 10.0
"""How long a new connection may take to stand: an address that swallows all would keep whoever asks waiting."""
BeforeCommit = Callable[[Sequence[Judged]], Awaitable[None]]
"""What a service does with a batch before its positions move; where it raises, the batch comes again."""


async def connect(url: str, schema: str, *, size: int, name: str = "complaints") -> Connection:
    """A pool of `size` connections that stand in the service's own schema.

    `name` is the process's own: by it a process knows its own notices from those of its siblings.
    Commits do not wait for the disk: all of it is computed from the log, and position and rows fall back together.
    """

    async def as_it_is(_: Connection) -> None:
        """The driver's own reset query would cost a round trip at every release."""

    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS_MAX,
        command_timeout=60,
        reset=as_it_is,
        connection_class=Noticing,
        server_settings={
            **THEIRS,
            "search_path": schema,
            "synchronous_commit": "off",
            # A frozen owner of rows gives way in time for another; a batch of views on a starved machine still ends.
            "idle_in_transaction_session_timeout": "15000",
            "jit": "off",
            "random_page_cost": "1.1",  # what is looked up lies in memory: by the index, however young the table
            "application_name": name,
        },
    )


async def create_schema(url: str, schema: str, tables: Path = TABLES) -> None:
    """Create a schema and these tables of it where they are missing; several processes may try at once."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", schema)
            await connection.execute(f'create schema if not exists "{schema}"')
            await connection.execute(f'set local search_path = "{schema}"')
            await connection.execute(tables.read_text(encoding="utf-8"))
    finally:
        await connection.close(timeout=5)


@dataclass(frozen=True, slots=True)
class CommandView:
    """What one look shows a command: clock, row, contexts, and an earlier admission of the same event id."""

    now: datetime
    row: Row | None
    contexts: Mapping[str, Any]
    earlier: VerdictRow | None
    books: Mapping[str, Any] = field(default_factory=dict)

    @property
    def head(self) -> Head:
        """Where the stream stands."""
        return Head() if self.row is None else self.row.head


@dataclass(slots=True)
class PgStore:
    """The store of one service. `state_type` is the decider's closed union of states.

    `books`: whether every look also reads the service's rulebooks, in the same statement (L15). Their content is read
    once for each version: a stream's content at a version never changes.
    """

    pool: Connection
    state_type: Any
    hook: Hook | None = None
    before: BeforeCommit | None = None
    books: bool = False
    _known: Mapping[str, tuple[int, Any]] = field(default_factory=dict)
    _adapter: TypeAdapter[Any] = field(init=False)
    _writers: Writers = field(default_factory=Writers)
    _together: Together[tuple[str, str], CommandView] = field(init=False)

    def __post_init__(self) -> None:
        self._adapter = TypeAdapter(self.state_type)
        self._together = Together(self.commands)

    async def places(self, partitions: Sequence[int]) -> dict[int, Place]:
        """Where the service stands in these partitions; a partition never read stands at its start."""
        found = {r["partition"]: _place(r) for r in await self.pool.fetch(_QUERIES["places"], list(partitions))}
        return {partition: found.get(partition, Place()) for partition in partitions}

    async def same_log(self, topic_id: str, partitions: int) -> None:
        """These tables were folded from this log and no other (L6). Raises LogBroken."""
        found = await self.pool.fetchrow(_QUERIES["identity"], topic_id, partitions)
        if (found["topic_id"], found["partitions"]) != (topic_id, partitions):
            raise LogBroken(
                f"the log is another one: topic id {topic_id} with {partitions} partitions, "
                f"read so far was {found['topic_id']} with {found['partitions']}"
            )

    async def all_places(self) -> dict[int, Place]:
        """Every position of the service."""
        return {r["partition"]: _place(r) for r in await self.pool.fetch(_QUERIES["all_places"])}

    async def load(self, streams: Sequence[str]) -> dict[str, Row]:
        return {r["stream"]: self._row(r) for r in await self.pool.fetch(_QUERIES["load"], list(streams))}

    async def row(self, stream: str) -> Row | None:
        """What the service keeps of one stream."""
        return (await self.load([stream])).get(stream)

    async def stand(self, places: Mapping[int, Place], contexts: Sequence[str]) -> Standing:
        asked = [name for name in contexts if not (self.books and name.startswith(RULEBOOK))]
        known = self._known
        found = await self.pool.fetchrow(_QUERIES["stand"], list(places), asked, self.books, *_versions(known))
        _still_ours(places, found["places"])
        versions, books = self._books(found, known)
        read = zip(found["context_names"], found["context_versions"], found["context_states"], strict=True)
        versions |= {name: (version, self._state(state)) for name, version, state in read}
        return Standing(found["now"], versions, books)

    async def due(self, places: Mapping[int, Place], limit: int, version: int) -> Awake:
        found = await self.pool.fetch(_QUERIES["due"], list(places), limit, version)
        _still_ours(places, next(r["places"] for r in found if r["why"] == "next"))
        return Awake(
            tuple(r["stream"] for r in found if r["why"] in ("due", "leaning", "older")),
            tuple(r["stream"] for r in found if r["why"] == "redrive"),
            next((r["at"] for r in found if r["why"] == "next"), None),
            frozenset(r["stream"] for r in found if r["why"] == "leaning"),
            any(r["why"] == "older" for r in found),
        )

    async def commit(self, batch: Commit) -> None:
        arguments = commit_arrays(batch, self._writers)
        if self.before is not None:
            await self.before(batch.judged)
        try:
            if self.hook is None:
                await self.pool.execute(COMMIT, *arguments)
            else:
                async with self.pool.acquire() as connection, connection.transaction():
                    await self.hook(connection, batch.judged)
                    await connection.execute(COMMIT, *arguments)
        except Exception as error:
            if getattr(error, "sqlstate", None) == "LO001":
                raise LostOwnership(str(error)) from error
            if self.hook is not None and await self.places(list(batch.before)) != batch.before:
                raise LostOwnership("another owner moved the views on") from error
            raise
        for row in batch.rows:
            row.leans_stored = row.leans

    async def command(self, stream: str, event_id: str) -> CommandView:
        """Everything a command decides on, in one statement (architecture, section 3)."""
        return await self._together((stream, event_id))

    async def commands(self, asked: Sequence[tuple[str, str]]) -> list[CommandView]:
        """The same for many at once (stream, event id), in their order and in one snapshot."""
        known = self._known
        all_found = await self.pool.fetch(_QUERIES["command"], *columns(asked, 2), self.books, *_versions(known))
        books = self._books(all_found[0], known)[1]
        return [self._view(event_id, found, books) for (_, event_id), found in zip(asked, all_found, strict=True)]

    def _view(self, event_id: str, found: Found, books: Mapping[str, Any]) -> CommandView:
        earlier = found["earlier"] and VerdictRow(
            found["earlier"][0], found["earlier"][1], event_id, found["earlier_stream"], True,
            Head(*found["earlier_head"]), found["earlier_hash"],
        )  # fmt: skip
        return CommandView(
            found["now"],
            self._row(found) if found["stream"] is not None else None,
            {n: self._state(s) for n, s in zip(found["context_names"], found["context_states"], strict=True)},
            earlier,
            books,
        )

    def _books(
        self, found: Found, known: Mapping[str, tuple[int, Any]]
    ) -> tuple[dict[str, tuple[int, Any]], dict[str, Any]]:
        """All rulebooks by stream with their versions, and the content of the readable ones by `<kind>/<name>`."""
        versions: dict[str, tuple[int, Any]] = {}
        read = zip(found["books"], found["book_versions"], found["book_states"], found["book_news"], strict=True)
        for stream, version, text, new in read:
            versions[stream] = (version, self._state(text)) if new else known[stream]
        if versions.keys() != known.keys() or any(found["book_news"]):
            self._known = {stream: one for stream, one in versions.items() if one[1] is not None}
        return versions, {name.removeprefix(RULEBOOK): book for name, (_, book) in versions.items() if book is not None}

    async def verdicts_at(self, places: Sequence[tuple[int, int]]) -> list[VerdictRow]:
        """The verdicts on the records at these places (partition, offset), as far as they are judged."""
        return [_verdict(found) for found in await self.pool.fetch(_QUERIES["verdicts_at"], *columns(places, 2))]

    async def admitted(self, event_ids: Sequence[str]) -> dict[str, VerdictRow]:
        """Which of these events were admitted before (L8)."""
        return {r["event_id"]: _verdict(r) for r in await self.pool.fetch(_QUERIES["admitted_by_id"], list(event_ids))}

    def _row(self, found: Found) -> Row:
        return Row(
            found["stream"],
            found["partition"],
            Head(found["intake"], found["triage"], found["escalation"], found["accountability"]),
            self._state(found["state"]),
            found["last_offset"],
            found["wake_at"],
            found["machine"],
            found["machine_at"],
            found["decider_version"],
            found["parked_at"],
            found["parked_head"] and Head(*found["parked_head"]),
            found["muted"],
            named=tuple(found.get("named") or ()),
        )

    def _state(self, text: str | None) -> Any:  # noqa: ANN401 - whatever the decider's states are
        return None if text is None else self._adapter.validate_json(text)


def _versions(known: Mapping[str, tuple[int, Any]]) -> tuple[list[str], list[int]]:
    return list(known), [version for version, _ in known.values()]


def _still_ours(places: Mapping[int, Place], found: Sequence[Sequence[int]]) -> None:
    there = {partition: (next_offset, turn) for partition, next_offset, turn in found}
    for partition, place in places.items():
        if there.get(partition, (0, 0)) != (place.next_offset, place.turn):
            raise LostOwnership(partition)


def _place(found: Found) -> Place:
    return Place(found["next_offset"], found["turn"], found["last_id"], found["last_crc"], found["hash"])


def _verdict(found: Found) -> VerdictRow:
    return VerdictRow(
        found["partition"],
        found["offset"],
        found["event_id"],
        found["stream"],
        found["admitted"],
        Head(*found["head"]),
        found["command_hash"],
    )
