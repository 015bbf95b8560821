"""The reader: judges the log, folds it into rows, appends what is owed, moves position and rows together (L11-L22).

The same code runs in all five services and in the simulation: Kafka and PostgreSQL stand behind the ports of `rows`.
Must not: know a domain rule, a topic name, a driver. An exception leaves the database as it was; caches then die (L19).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from events.decider import Decider, Owed, owes_nothing
from runtime import judging, proposals
from runtime.assignment import Assignment
from runtime.judging import Opened, Reading
from runtime.metrics import FoldMeter
from runtime.redrive import redrive
from runtime.rows import (
    Awake,
    Commit,
    Judged,
    Log,
    LogRecord,
    LostOwnership,
    Parked,
    Place,
    RecordTooLarge,
    Row,
    Standing,
    Store,
    VerdictRow,
)

TICK_ROWS_MAX = 500
"""How many due streams one tick takes (L13)."""
CACHED_ROWS_MAX = 50_000


@dataclass(slots=True)
class _Batch:
    """One round in the making: what was read, which rows it touched, what it will say."""

    after: dict[int, Place]
    touched: dict[str, Row] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    redriven: tuple[str, ...] = ()
    named: list[tuple[str, int, str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: whether more is waiting than one tick takes, and where to seek if a position was lost."""

    more: bool = False
    seeks: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Reader:
    """One process's reader of `complaints.log`. `decider` is None for a service that only reads."""

    decider: Decider[Any] | None
    partitions: int
    store: Store
    log: Log
    reading: Reading
    committed: Callable[[Mapping[int, Place], Sequence[VerdictRow]], None] = lambda _places, _verdicts: None
    """Told after each commit: what waits in this process can go on."""
    trace: Callable[[], list[tuple[str, bytes]]] = list
    """Headers that tie what is owed to the trace it comes from."""
    meter: FoldMeter | None = None
    assignment: Assignment = field(default_factory=Assignment)
    under_way: proposals.UnderWay = field(default_factory=proposals.UnderWay)
    rows: dict[str, Row] = field(default_factory=dict)
    next_wake_at: datetime | None = None
    now: datetime | None = None
    """PostgreSQL's clock at the last look."""
    _all_asked: bool = False
    """No row of ours rests since an older decider judged it; looked up once an assignment (L16)."""

    # --- assignment ------------------------------------------------------------------------------------------------

    async def assigned(
        self, partitions: Sequence[int], log_ends: Callable[[], Awaitable[Mapping[int, int]]]
    ) -> dict[int, int]:
        """Partitions are ours: read their positions, say where to seek (L19); the last record is read again (L6).

        The log's ends are asked for after the positions: another owner may still move those, and never past the end.
        """
        self.rows.clear()
        self._all_asked = False
        places = await self.store.places(partitions)
        seeks = self.assignment.begin(places, await log_ends())
        self.committed(places, ())
        return seeks

    def revoked(self, partitions: Iterable[int]) -> None:
        """These are ours no longer: caches die with the assignment (L19)."""
        self.rows.clear()
        self.assignment.end(partitions)

    async def _lost(self, partitions: Iterable[int]) -> dict[int, int]:
        """A compare-and-set was lost: drop caches, read the positions again, go on from there (L18)."""
        self.rows.clear()
        self._all_asked = False
        places = await self.store.places(list(partitions))
        self.committed(places, ())
        return self.assignment.again(places)

    # --- a batch ---------------------------------------------------------------------------------------------------

    def open(self, record: LogRecord) -> Opened:
        """What can be done with a record before its turn comes."""
        return judging.opened(record, self.partitions, self.reading)

    async def feed(self, records: Mapping[int, Sequence[LogRecord]]) -> dict[int, int]:
        """Fold one batch; gives the partitions to seek and where to (gaps, lost ownership), mostly none."""
        fresh, seeks = self.assignment.dense(records)
        if not fresh:
            return seeks
        try:
            batch = _Batch(after={})
            await self._need({record.key for some in fresh.values() for record in some})
            for partition, some in fresh.items():
                batch.after[partition] = self._fold(partition, some, batch)
            await self._settle(batch)
        except LostOwnership:
            return await self._lost(fresh)
        except BaseException:
            self.rows.clear()
            raise
        return seeks

    async def _need(self, keys: Iterable[bytes | None]) -> None:
        names = {key.decode("utf-8", "replace") for key in keys if key and 0 not in key}
        missing = [name for name in names if name not in self.rows]
        if missing:
            self.rows.update(proposals.with_named(self.decider, await self.store.load(missing)))

    def _fold(self, partition: int, records: Sequence[LogRecord], batch: _Batch) -> Place:
        place = self.assignment.places[partition]
        digest = place.hash
        initial = None if self.decider is None else self.decider.initial
        for record in records:
            name = (record.key or b"").decode("utf-8", "replace")
            row = self.rows.get(name)
            if row is None:
                row = Row(name, partition, state=initial)
            judged = judging.judge(record, self.partitions, row.head, self.reading)
            digest = judging.running_hash(digest, record.offset, judged.verdict)
            if judged.envelope is not None:
                self.rows[row.stream] = batch.touched[row.stream] = row
                parked = judging.fold(self.decider, row, judged)
                if parked is not None:
                    batch.parked.append(parked)
            batch.judged.append(judged)
            self.assignment.mark(partition, record.offset + 1, digest)
        last_id, last_crc = judging.fingerprint(records[-1])
        return Place(records[-1].offset + 1, place.turn + 1, last_id, last_crc, digest)

    async def _settle(self, batch: _Batch) -> None:
        """Append what is owed, then move everything in one transaction."""
        before = {partition: self.assignment.places[partition] for partition in batch.after}
        if self._asked_of is not None and batch.touched:
            await self._owe(self._asked_of, batch, before)
        verdicts = [] if self.decider is None else judging.verdicts(batch.judged, self.decider.chapter)
        rows = list(batch.touched.values())
        said = (rows, verdicts, batch.parked, batch.judged, batch.redriven, batch.named)
        await self.store.commit(Commit(before, batch.after, *said))
        self.assignment.places.update(batch.after)
        if self.meter is not None:
            self.meter.folded(before, self.assignment.end_seen, batch.judged)
        self.under_way.passed({partition: place.next_offset for partition, place in self.assignment.places.items()})
        self.committed(batch.after, verdicts)
        self._trim(batch.touched)

    def _trim(self, keep: Mapping[str, Row]) -> None:
        if len(self.rows) > CACHED_ROWS_MAX:
            self.rows = dict(keep)

    # --- what is owed ----------------------------------------------------------------------------------------------

    @property
    def _asked_of(self) -> Decider[Any] | None:
        """The decider, where it can owe anything."""
        return None if self.decider is None or self.decider.owed is owes_nothing else self.decider

    async def _owe(self, decider: Decider[Any], batch: _Batch, before: Mapping[int, Place]) -> None:
        leans = {name: proposals.leaned_on(decider, row) for name, row in batch.touched.items()}
        standing = await self.store.stand(before, sorted({name for names in leans.values() for name in names}))
        self.now = standing.now
        wanted: list[tuple[Row, proposals.Proposal]] = []
        holding = {partition: self.assignment.held(partition, at.next_offset) for partition, at in batch.after.items()}
        trace = self.trace()
        giving_way = self.under_way.gives_way(batch.judged, decider.chapter, batch.touched, batch.after, standing.now)
        for row in batch.touched.values():
            owed = self._asked(decider, row, leans[row.stream], standing, batch)
            held, later = holding[row.partition], giving_way.get(row.stream)
            row.wake_at = proposals.next_look(owed, standing.now, asked=not held, before=row.wake_at, later=later)
            if owed.fact is None or held or later is not None:
                continue
            name = proposals.name_of(decider, row, owed.fact)
            if name not in self.under_way:
                proposal = proposals.propose(decider, row, owed.fact, name, now=standing.now, trace=trace)
                wanted.append((row, proposal))
        await self._append(wanted, batch, standing.now)
        for row in batch.touched.values():
            if row.wake_at is not None and (self.next_wake_at is None or row.wake_at < self.next_wake_at):
                self.next_wake_at = row.wake_at
        if beside := proposals.no_complaints(batch.touched):
            batch.named = proposals.named_by(decider, beside, self.partitions)
            self.next_wake_at = standing.now  # others may lean on it: the next look finds them (L15)

    def _asked(
        self, decider: Decider[Any], row: Row, names: tuple[str, ...], standing: Standing, batch: _Batch
    ) -> Owed:
        context = proposals.context_of(row.stream, names, standing)
        if row.decider_version < decider.version:
            row.decider_version, row.muted = decider.version, False
        if row.muted:
            return Owed()  # not judged: it waits for what comes after the versions under which it parked (L15)
        owed = proposals.ask(decider, row, context, standing.now)
        if isinstance(owed, Parked):
            batch.parked.append(owed)
            owed = Owed()
        row.leans = proposals.leans(names, owed, standing)
        return owed

    async def _append(self, wanted: Sequence[tuple[Row, proposals.Proposal]], batch: _Batch, now: datetime) -> None:
        if not wanted:
            return
        for _, proposal in wanted:
            self.under_way.remember(proposal)
        outcomes = await self.log.append([proposal.outgoing for _, proposal in wanted])
        for (row, proposal), outcome in zip(wanted, outcomes, strict=True):
            if not isinstance(outcome, Exception):
                self.under_way.acked(proposal, outcome)
                continue
            self.under_way.forget(proposal)
            row.wake_at = now + proposals.ASK_SOON
            if isinstance(outcome, RecordTooLarge):
                batch.parked.append(proposals.mute_too_large(row))

    # --- the tick --------------------------------------------------------------------------------------------------

    async def tick(self) -> Ticked:
        """An empty batch: ask for what has become due, and of what older rules judged, if it is ours (L13, L16)."""
        places = {
            p: place for p, place in self.assignment.places.items() if not self.assignment.held(p, place.next_offset)
        }
        self.next_wake_at = None
        if not places:
            return Ticked()
        try:
            version = 0 if self._asked_of is None or self._all_asked else self._asked_of.version
            awake = await self.store.due(places, TICK_ROWS_MAX, version)
            self._all_asked |= not awake.older and len(places) == len(self.assignment.places)
            self.next_wake_at = awake.next_wake_at
            if awake.streams or awake.redrives:
                await self._ask_again(awake)
        except LostOwnership:
            return Ticked(seeks=await self._lost(places))
        except BaseException:
            self.rows.clear()
            raise
        return Ticked(more=len(awake.streams) >= TICK_ROWS_MAX)

    async def _ask_again(self, awake: Awake) -> None:
        for name in awake.leaning:
            self.rows.pop(name, None)  # read again, with all that names it
        await self._need(name.encode() for name in (*awake.streams, *awake.redrives))
        batch = _Batch(after={}, redriven=awake.redrives)
        for name in dict.fromkeys((*awake.redrives, *awake.streams)):
            row = self.rows.get(name)
            if row is not None and row.partition in self.assignment.places:
                batch.touched[name] = row
                # Proposals that parked for want of a rulebook go on when there is one.
                row.muted = row.muted and name not in awake.leaning
        for partition in {row.partition for row in batch.touched.values()}:
            place = self.assignment.places[partition]
            batch.after[partition] = replace(place, turn=place.turn + 1)
        await self._redrive(batch)
        due = [row.wake_at for row in batch.touched.values()]
        await self._settle(batch)
        if self.meter is not None and self.now is not None:
            self.meter.looked(self.now, due)

    async def _redrive(self, batch: _Batch) -> None:
        for name in batch.redriven:
            row = batch.touched.get(name)
            if row is not None:
                end = self.assignment.places[row.partition].next_offset
                parked = await redrive(
                    row, end, self.decider, self.log, partitions=self.partitions, reading=self.reading
                )
                batch.parked.extend(parked)
