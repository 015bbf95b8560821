"""One service's database in memory: what `runtime.store` does with PostgreSQL, with the same meaning.

Every call is one transaction that sees one moment. Rows are kept as copies; what is handed out is a copy as well.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from events.ids import RULEBOOK
from runtime.rows import Awake, Commit, LostOwnership, Parked, Place, Row, Standing, VerdictRow
from runtime.store import CommandView
from simulation.host import Host, Sky


@dataclass
class Database:
    """The tables of one service. `now` is its clock."""

    now: Callable[[], datetime]
    positions: dict[int, Place] = field(default_factory=dict)
    streams: dict[str, Row] = field(default_factory=dict)
    leans: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """(context, stream) -> (partition, version)."""
    contexts: dict[str, int] = field(default_factory=dict)
    verdicts: dict[tuple[int, int], VerdictRow] = field(default_factory=dict)
    counted: dict[str, VerdictRow] = field(default_factory=dict)
    """The verdicts on admitted commands, by event id."""
    parked: dict[tuple[str, str], Parked] = field(default_factory=dict)
    redrives: dict[str, None] = field(default_factory=dict)
    moved: list[Callable[[], None]] = field(default_factory=list)
    """Who hears of commits that carry verdicts."""
    history: list[tuple[int, Place]] = field(default_factory=list)
    """Every place that was ever committed, for the checks."""

    def place(self, partition: int) -> Place:
        return self.positions.get(partition, Place())

    def still_ours(self, places: Mapping[int, Place]) -> None:
        for partition, place in places.items():
            there = self.place(partition)
            if (there.next_offset, there.turn) != (place.next_offset, place.turn):
                raise LostOwnership(partition)

    def places(self, partitions: Sequence[int]) -> dict[int, Place]:
        return {partition: self.place(partition) for partition in partitions}

    def verdicts_at(self, places: Sequence[tuple[int, int]]) -> list[VerdictRow]:
        return [self.verdicts[place] for place in sorted(set(places)) if place in self.verdicts]

    def admitted(self, event_ids: Sequence[str]) -> dict[str, VerdictRow]:
        return {event_id: self.counted[event_id] for event_id in event_ids if event_id in self.counted}

    def load(self, streams: Sequence[str]) -> dict[str, Row]:
        return {n: replace(self.streams[n], leans=(), named=self.named(n)) for n in streams if n in self.streams}

    def named(self, stream: str) -> tuple[str, ...]:
        """What the stream leans on beside rulebooks: its reader knows what of that its state does not ask for."""
        return tuple(
            sorted(name for name, leaning in self.leans if leaning == stream and not name.startswith(RULEBOOK))
        )

    def stand(self, places: Mapping[int, Place], contexts: Sequence[str]) -> Standing:
        self.still_ours(places)
        known = {
            name: self.streams[name] for name in contexts if name in self.streams and not name.startswith(RULEBOOK)
        }
        seen = {name: (sum(row.head), row.state) for name, row in known.items()}
        return Standing(self.now(), seen | self._books(), self.books())

    def books(self) -> dict[str, Any]:
        """Every rulebook, as of this moment; one that waits for repair has no content (L15)."""
        return {name.removeprefix(RULEBOOK): book for name, (_, book) in self._books().items() if book is not None}

    def _books(self) -> dict[str, tuple[int, Any]]:
        rows = [row for name, row in sorted(self.streams.items()) if name.startswith(RULEBOOK)]
        return {row.stream: (sum(row.head), row.state if row.parked_at is None else None) for row in rows}

    def due(self, places: Mapping[int, Place], limit: int, version: int) -> Awake:
        self.still_ours(places)
        now = self.now()
        waking = sorted(
            (row.wake_at, name)
            for name, row in self.streams.items()
            if row.wake_at is not None and row.partition in places
        )
        due = [name for at, name in waking if at <= now][:limit]
        stale = [stream for stream, partition in self.stale() if partition in places][:limit]
        redrives = [name for name in self.redrives if name in self.streams and self.streams[name].partition in places]
        later = next((at for at, _ in waking if at > now), None)
        older = [name for name in self.older(version) if self.streams[name].partition in places][:limit]
        return Awake((*due, *stale, *older), tuple(redrives), later, frozenset(stale), bool(older))

    def older(self, version: int) -> list[str]:
        """Streams that an older decider than this judged last (L16)."""
        return [name for name, row in self.streams.items() if row.decider_version < version]

    def stale(self) -> list[tuple[str, int]]:
        """Streams, and their partitions, that were judged under an older version of what they lean on (L15)."""
        return [
            (stream, partition)
            for (context, stream), (partition, version) in self.leans.items()
            if version < self.contexts.get(context, version) and stream in self.streams
        ]

    def commit(self, batch: Commit) -> None:
        self.still_ours(batch.before)
        self.write_places(batch)
        self.write_rows(batch)

    def write_places(self, batch: Commit) -> None:
        self.positions.update(batch.after)
        self.history.extend(batch.after.items())

    def write_rows(self, batch: Commit) -> None:
        for row in batch.rows:
            self._write_row(row)
        for context, partition, stream, version in batch.named:
            self.leans.setdefault((context, stream), (partition, version))
        for verdict in batch.verdicts:
            self.verdicts.setdefault((verdict.partition, verdict.offset), verdict)
            if verdict.admitted:
                self.counted.setdefault(verdict.event_id, verdict)
        for stream in batch.redriven:
            self.redrives.pop(stream, None)
        for one in batch.parked:
            self.parked[(one.stream, one.kind)] = one
        if batch.verdicts:
            for hear in self.moved:
                hear()

    def _write_row(self, row: Row) -> None:
        self.streams[row.stream] = copy(row)
        folds = row.state is not None  # else its service folds and parks in its hook
        if folds and row.parked_at is None:
            self.parked.pop((row.stream, "content"), None)
        if folds and not row.muted:
            self.parked.pop((row.stream, "proposals"), None)
        if not row.stream.startswith("complaint/"):
            self.contexts[row.stream] = sum(row.head)
        for key in [key for key, (_, version) in self.leans.items() if key[1] == row.stream and version >= 0]:
            del self.leans[key]
        for context, version in row.leans:
            self.leans[(context, row.stream)] = (row.partition, version)

    def command(self, stream: str, event_id: str) -> CommandView:
        row = {name: replace(found, named=()) for name, found in self.load([stream]).items()}.get(stream)
        leans = [context for context, leaning in self.leans if leaning == stream and context in self.streams]
        contexts = {name: self.streams[name].state for name in leans if not name.startswith(RULEBOOK)}
        return CommandView(self.now(), row, contexts, self.counted.get(event_id), self.books())


class StorePort:
    """What the reader and the commands of one process use of its database."""

    def __init__(self, database: Database, host: Host, sky: Sky) -> None:
        self._database = database
        self._host = host
        self._sky = sky

    async def _there(self) -> Database:
        await self._host.step()
        self._maybe_lost()
        return self._database

    async def _back(self) -> None:
        await self._host.step()
        self._maybe_lost()

    def _maybe_lost(self) -> None:
        """The connection breaks: nobody knows whether the statement was carried out."""
        if self._sky.dice.random() < self._sky.weather.lost_connection:
            raise ConnectionError

    async def places(self, partitions: Sequence[int]) -> dict[int, Place]:
        found = (await self._there()).places(partitions)
        await self._back()
        return found

    async def all_places(self) -> dict[int, Place]:
        return dict((await self._there()).positions)

    async def load(self, streams: Sequence[str]) -> dict[str, Row]:
        found = (await self._there()).load(streams)
        await self._back()
        return found

    async def stand(self, places: Mapping[int, Place], contexts: Sequence[str]) -> Standing:
        found = (await self._there()).stand(places, contexts)
        await self._back()
        return found

    async def due(self, places: Mapping[int, Place], limit: int, version: int) -> Awake:
        return (await self._there()).due(places, limit, version)

    async def commit(self, batch: Commit) -> None:
        (await self._there()).commit(batch)
        await self._back()

    async def command(self, stream: str, event_id: str) -> CommandView:
        found = (await self._there()).command(stream, event_id)
        await self._back()
        return found

    async def commands(self, asked: Sequence[tuple[str, str]]) -> list[CommandView]:
        database = await self._there()
        found = [database.command(stream, event_id) for stream, event_id in asked]
        await self._back()
        return found

    async def verdicts_at(self, places: Sequence[tuple[int, int]]) -> list[VerdictRow]:
        return (await self._there()).verdicts_at(places)

    async def admitted(self, event_ids: Sequence[str]) -> dict[str, VerdictRow]:
        found = (await self._there()).admitted(event_ids)
        await self._back()
        return found
