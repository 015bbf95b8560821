"""The loop that carries records from Kafka to the reader, and the tick between batches (L11, L13, L19).

Lives here: the aiokafka consumer, assignment callbacks, back-off, lag commits, health. Must not: judge or fold.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from runtime import metrics
from runtime.ahead import Ahead, Records
from runtime.assignment import BATCH_RECORDS_MAX
from runtime.away import DATABASE_FAILS, LOG_AWAY, TABLES_GONE
from runtime.lingering import LINGER_SECONDS_MAX, linger_seconds
from runtime.logs import fault, logger
from runtime.reader import Reader
from runtime.roads import UNREADABLE, Consumer, Roads, unreadable_partition
from runtime.rows import LogBroken
from runtime.stopping import started
from runtime.telemetry import extract, processing, recording
from runtime.waits import Waits

TICK_SECONDS_MAX = 1.0
TICK_SECONDS_MIN = 0.1
"""How far apart the looks for what is due are while there is something to read."""
PATIENCE_SECONDS_MIN = 0.005
"""So that a database whose clock is a little behind ours is not asked without pause."""
COMMIT_SECONDS = 5.0
IDLE_MARK_SECONDS = 2.0
BACK_OFF_SECONDS = (0.1, 0.3, 1.0, 2.0)
_log = logger("reader")

Publish = Callable[[list[tuple[int, int, bytes]], str | None], Coroutine[Any, Any, None]]
"""Publish running hashes (partition, next offset, hash) and, when stopped, why (L7)."""


@dataclass(slots=True, eq=False)
class Driver(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka carries no types
    """One process's place in the group of its service."""

    reader: Reader
    waits: Waits
    bootstrap: str
    topic: str
    group: str
    member: str
    publish: Publish
    check: Callable[[], Awaitable[None]]
    """Is the topic still the one we read (L6)? Raises LogBroken. Asked first, then so often while we read."""
    check_seconds: float = 60.0
    make_consumer: Callable[..., Consumer] = AIOKafkaConsumer
    roads: Roads = field(default_factory=Roads)
    clock: Callable[[], float] = time.monotonic
    utc_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    batch_records: int = BATCH_RECORDS_MAX
    linger_seconds_max: float = LINGER_SECONDS_MAX
    stopped: str | None = None
    """Why this reader has stopped for good; None while it goes on."""
    failing: str | None = None
    """What keeps it from going on at the moment; None while all is well."""
    settled: bool = False
    """True once the group has said which partitions are ours."""
    at_work_since: float | None = None
    """By its clock, since when it has been at one batch; None between two."""
    _consumer: Consumer = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _broken: Exception | None = None
    _assigned_once: bool = False
    _ahead: Ahead = field(init=False)
    _ticked: float = 0.0
    """When it last looked for what is due; 0 where that look left something."""
    _lag_committed: float = 0.0
    _marked: float = 0.0
    _telling: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Read until cancelled. Errors of Kafka or PostgreSQL are waited out; a broken log stops it, loudly (L6). Where
        somebody dropped the tables it raises: a process that starts makes them.
        """
        failures = 0
        while self.stopped is None:
            try:
                await self.check()
                await self._session()
            except LogBroken as error:
                await self._stop_for_good(str(error))
            except (asyncio.CancelledError, *TABLES_GONE):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it was, nothing is lost: read the position again, go on
                self.failing = type(error).__name__
                _log.warning("reader.tries-again", **fault(error))
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures, self._assigned_once = 0 if self._assigned_once else failures + 1, False

    async def _stop_for_good(self, why: str) -> None:
        self.stopped = why
        _log.error("reader.stopped", reason=why)
        await self.publish([], why)

    async def _session(self) -> None:
        self._consumer = self.make_consumer(
            bootstrap_servers=self.bootstrap,
            group_id=self.group,
            group_instance_id=self.member,
            client_id=self.member,
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=120_000,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            request_timeout_ms=15_000,
        )
        self._broken = None
        consumer = self._consumer
        self._ahead = Ahead(lambda most: self._fetch(consumer, 0, most), self.reader.open)
        async with started(consumer):
            same_log = asyncio.create_task(self._same_log())
            try:
                consumer.subscribe([self.topic], listener=self)
                while not same_log.done():
                    await self._round(consumer)
                same_log.result()
            finally:
                same_log.cancel()
                self.reader.revoked(list(self.reader.assignment.places))

    async def _same_log(self) -> None:
        """Ends only by LogBroken; whoever cannot be asked is asked again."""
        while True:
            await asyncio.sleep(self.check_seconds)
            try:
                await self.check()
            except (*LOG_AWAY, *DATABASE_FAILS) as error:
                _log.warning("reader.check-put-off", **fault(error))

    async def _round(self, consumer: Consumer) -> None:
        records = self._ahead.take() or await self._fetch(consumer, self._patience(), self.batch_records)
        self.at_work_since = self.clock()
        async with self._turn:
            if self._broken is not None:
                raise self._broken
            records = await self._by_known_roads(consumer, records)
            if records:
                ends = {place: consumer.highwater(place) or 0 for place in records}
                for place, end in ends.items():
                    self.reader.assignment.high(place.partition, end)
                more_records = any(end > records[place][-1].offset + 1 for place, end in ends.items())
                with self._traced(records):
                    async with self._ahead.reading(self.batch_records if more_records else 0):
                        seeks = await self.reader.feed({place.partition: some for place, some in records.items()})
                self._seek(consumer, seeks)
            self.failing = None
            more = await self._tick_when_due(consumer, read_something=bool(records))
        self.at_work_since = None
        await self._between(consumer, idle=not records and not more)
        if records:
            await self.waits.linger(self._pause(sum(map(len, records.values()))))

    def _pause(self, records: int) -> float:
        """How long to let more gather after a batch of so many."""
        return linger_seconds(
            records=records,
            behind=self.reader.assignment.behind(),
            batch_records=self.batch_records,
            seconds_max=self.linger_seconds_max,
            until_due=max(self._patience(), self._ticked + TICK_SECONDS_MIN - self.clock()),
        )

    async def _by_known_roads(self, consumer: Consumer, records: Records) -> Records:
        """Partitions that come by a new connection are taken over anew, whether or not something came from them (L6).

        A broker may come back without the end of its log, and that log may have grown to our position or past it: then
        only the record before our position tells that it is another one.
        """
        places = self.reader.assignment.places
        changed = self.roads.changed(consumer, [place for place in consumer.assignment() if place.partition in places])
        if changed:
            await self._take_over(consumer, changed)
        return {place: some for place, some in records.items() if place not in changed}

    async def _take_over(self, consumer: Consumer, places: Collection[TopicPartition]) -> None:
        """Positions first, then the log's ends, then seek (L19)."""

        async def log_ends() -> dict[int, int]:
            async with asyncio.timeout(15):
                ends = await consumer.end_offsets(list(places))
            return {place.partition: end for place, end in ends.items()}

        self._seek(consumer, await self.reader.assigned([place.partition for place in places], log_ends))

    def _traced(self, records: Mapping[TopicPartition, Sequence[Any]]) -> AbstractContextManager[None]:
        """The batch as a span, child of its record's where it is one record, linked to all where it is many."""
        if not recording() and not metrics.measuring():
            return nullcontext()
        origins = [extract(record.headers) for some in records.values() for record in some]
        replay = any(self.reader.assignment.catching_up(place.partition) for place in records)
        return processing(self.topic, group=self.group, origins=origins, replay=replay)

    def lags(self) -> list[tuple[int, int, bool]]:
        """Partition, records that are not folded yet, and whether we are behind the log end that we found."""
        ours = self.reader.assignment
        return [(p, ours.lag(p), ours.catching_up(p)) for p in list(ours.places)]

    async def _fetch(self, consumer: Consumer, seconds: float, records_max: int) -> Records:
        try:
            return dict(await consumer.getmany(timeout_ms=int(seconds * 1000), max_records=records_max))
        except NoOffsetForPartitionError:
            pass  # the assignment callback has not sought yet
        except OffsetOutOfRangeError as error:  # the same, or the log has lost something
            self.reader.assignment.out_of_range({place.partition: at for place, at in error.args[0].items()})
        except UNREADABLE as error:
            self._seek(consumer, self.reader.assignment.unreadable(unreadable_partition(error)))
        await asyncio.sleep(0.01)
        return {}

    def _patience(self) -> float:
        """How long to wait for records: until something is due, and until a second after the last look (L13)."""
        left = self._ticked + TICK_SECONDS_MAX - self.clock()
        due = self.reader.next_wake_at
        if due is not None:
            until_due = (due - self.utc_now()).total_seconds()
            if until_due < -TICK_SECONDS_MAX:  # a look has left it, so our clock runs ahead of the database's
                until_due = self._ticked + TICK_SECONDS_MIN - self.clock()
            left = min(left, until_due)
        return max(left, PATIENCE_SECONDS_MIN)

    async def _tick_when_due(self, consumer: Consumer, *, read_something: bool) -> bool:
        """L13: at least every second, also while there is something to read, and then never twice in a row."""
        just_looked = self.clock() - self._ticked < TICK_SECONDS_MIN
        if self._patience() > PATIENCE_SECONDS_MIN or (read_something and just_looked):
            return False
        ticked = await self.reader.tick()
        self._seek(consumer, ticked.seeks)
        self._ticked = 0.0 if ticked.more else self.clock()
        return ticked.more

    async def _between(self, consumer: Consumer, *, idle: bool) -> None:
        now = self.clock()
        self._tell_marks(now, idle=idle)
        if now - self._lag_committed >= COMMIT_SECONDS:
            self._lag_committed = now
            await self._commit_for_lag_tools(consumer)

    def _tell_marks(self, now: float, *, idle: bool) -> None:
        """Beside the reading, and one at a time: nobody who waits for a verdict waits for who compares readers."""
        if self._telling is not None and not self._telling.done():
            return
        marks = self.reader.assignment.take_marks(idle=idle and now - self._marked >= IDLE_MARK_SECONDS)
        if marks:
            self._marked = now
            self._telling = asyncio.create_task(self.publish(marks, None))

    async def _commit_for_lag_tools(self, consumer: Consumer) -> None:
        places, ours = self.reader.assignment.places, consumer.assignment()
        mine = {place: places[place.partition].next_offset for place in ours if place.partition in places}
        if not mine:
            return
        try:
            async with asyncio.timeout(2):
                await consumer.commit(mine)
        except (KafkaError, TimeoutError) as error:
            _log.warning("reader.lag-commit-skipped", **fault(error))

    def _seek(self, consumer: Consumer, seeks: Mapping[int, int]) -> None:
        for partition, offset in seeks.items():
            place = TopicPartition(self.topic, partition)
            self._ahead.drop(place)
            if place in consumer.assignment():
                consumer.seek(place, offset)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Partitions have become ours."""
        self.settled = True
        if not assigned:
            return
        async with self._turn:
            try:
                self.roads.changed(self._consumer, assigned)  # noted first: whatever comes by another is looked at anew
                await self._take_over(self._consumer, assigned)
                self._assigned_once = True
            except Exception as error:  # noqa: BLE001 - kept for the loop, which starts the session again
                self._broken = error

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Partitions are ours no longer; a batch under way ends first."""
        async with self._turn:
            self.reader.revoked(place.partition for place in revoked)
