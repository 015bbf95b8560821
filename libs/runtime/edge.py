"""The Faust edge: one topic at the rim of the system, read by Faust, with its positions in PostgreSQL.

A handler gets records in batches, in order, again and again until it returns; only then the position moves. Whatever
it raises stands the stream still and never skips. Faust itself is behind `edge_faust`.
Must not: know what a record says.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from runtime import metrics
from runtime.edge_faust import BATCH_RECORDS_MAX, App, Event, ask_the_group_anew, close_what_never_ran, faust_app
from runtime.edge_order import Order, Step
from runtime.edge_store import Bad, EdgeRecord, EdgeStore, PositionLost
from runtime.logs import fault, logger
from runtime.stopping import started
from runtime.telemetry import extract, processing
from runtime.topics import PASSING, topic_id

BACK_OFF_SECONDS = (0.1, 0.3, 1.0, 3.0)
"""No longer than anybody notices: messages wait for the last of these once Kafka is back."""
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 5.0
WATCH_SECONDS = 0.5
IDLE_SECONDS = 3.0
"""So long nothing came: then the log is asked whether something should have."""
CATCH_UPS_MAX = 10
"""Times in a row that records were asked for in vain before Faust is started again."""
ASK_SECONDS_MAX = 10.0
FORGET_SECONDS = 3600.0
"""Between two looks for refused records whose time is over."""
SAME_TOPIC_SECONDS = 60.0
"""Between two looks whether the topic is still the one that we stand in."""
HANDLER_SECONDS_MAX = 120.0

Handler = Callable[[Sequence[EdgeRecord]], Awaitable[Sequence[Bad]]]
"""Takes a batch; gives the records that can never be taken. Called again with the same records where it raises."""
_Message = Any
"""Faust carries no types."""


class EdgeStopped(Exception):
    """Faust has stopped or stands still; it is started again."""


class Edge:
    """One edge of this process. `trouble` says in a few words what keeps it from going on, or is None."""

    def __init__(
        self, *, name: str, topic: str, bootstrap: str, instance: str, store: EdgeStore, handler: Handler
    ) -> None:
        self.name = name
        self.trouble: str | None = "not started"
        self._topic = topic
        self._bootstrap = bootstrap
        self._instance = instance
        self._store = store
        self._handler = handler
        self._log = logger(f"edge.{name}")
        self._order = Order()
        self._stood: dict[int, int] = {}
        self._dealt = 0
        self._topic_seen = ""
        self._records: asyncio.Queue[Event] = asyncio.Queue(BATCH_RECORDS_MAX)
        self._idle_since: float | None = None

    async def run(self) -> None:
        """Read until cancelled; Faust, Kafka and PostgreSQL may fail, the edge starts again and loses nothing."""
        failures = 0
        while True:
            started_at = time.monotonic()
            try:
                await self._session()
            except Exception as error:  # noqa: BLE001 - whatever failed: start again from the position in PostgreSQL
                first = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
                failures = 0 if time.monotonic() - started_at > START_SECONDS_MAX else failures + 1
                self.trouble = f"starts again after {type(first).__name__}"
                self._log.warning("edge.starts-again", attempt=failures, **fault(first))
            await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])

    async def _session(self) -> None:
        self._order.stand({})
        self._records, self._idle_since = asyncio.Queue(BATCH_RECORDS_MAX), None
        app = faust_app(
            name=self.name, topic=self._topic, bootstrap=self._bootstrap, instance=self._instance,
            stand=lambda assigned: self._stand(app, assigned), put=self._put,
        )  # fmt: skip
        try:
            await self._store.start()
            seen = await self._topic_id()
            if seen is None:  # Faust would pass over it, and ask again after minutes
                raise EdgeStopped("there is no such topic")
            self._topic_seen = seen
            async with asyncio.timeout(START_SECONDS_MAX):
                await app.start()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._work(app))
                group.create_task(self._watch(app))
        finally:
            with contextlib.suppress(Exception):  # it is thrown away, whatever it says
                async with asyncio.timeout(STOP_SECONDS_MAX):
                    await app.stop()
            close_what_never_ran(app)
            await self._store.stop()

    async def _topic_id(self) -> str | None:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            return await topic_id(self._bootstrap, self._topic)

    async def _put(self, event: Event) -> None:
        await self._records.put(event)

    # --- where we stand --------------------------------------------------------------------------------------------

    async def _stand(self, app: App, assigned: set[TP]) -> Mapping[TP, int]:
        """Partitions were dealt: Faust asks where to read on, PostgreSQL knows."""
        self._dealt += 1
        while not self._records.empty():
            self._records.get_nowait()
        self._topic_seen = await self._topic_id() or self._topic_seen
        for partition in await self._store.same_topic(self._topic_seen):
            self._log.error("edge.topic-begins-anew", topic=self._topic, partition=partition)
        ends = await app.consumer.highwaters(*assigned) if assigned else {}
        positions = await self._store.positions([tp.partition for tp in assigned], self._topic_seen)
        self._stood = dict(positions)
        self._order.stand(positions)
        for partition in self._order.behind({tp.partition: end for tp, end in ends.items()}):
            await self._begin_anew(partition)
        self.trouble = None
        self._log.info("edge.assigned", topic=self._topic, offsets=dict(self._order.next))
        return {TP(self._topic, partition): offset for partition, offset in self._order.next.items()}

    async def _stand_again(self, app: App) -> None:
        await app.consumer.seek_wait(await self._stand(app, app.consumer.assignment()))

    async def _begin_anew(self, partition: int) -> None:
        """The topic's end was lost: all of it is read again. Handlers know what they have done."""
        self._log.error("edge.topic-begins-anew", topic=self._topic, partition=partition, offset=self._stood[partition])
        await self._store.move({partition: self._stood[partition]}, {partition: 0})
        self._stood[partition] = self._order.next[partition] = 0

    # --- records ---------------------------------------------------------------------------------------------------

    async def _work(self, app: App) -> None:
        while True:
            self._idle_since = time.monotonic()
            events = [await self._records.get()]
            self._idle_since = None
            while len(events) < BATCH_RECORDS_MAX and not self._records.empty():
                events.append(self._records.get_nowait())
            dealt = self._dealt
            try:
                await self._carry_out(await self._in_order(app, events), dealt)
            except PositionLost:
                self._log.warning("edge.position-lost", topic=self._topic)
                await self._stand_again(app)
            for event in events:
                event.ack()  # for lag tools only

    async def _in_order(self, app: App, events: Sequence[Event]) -> list[EdgeRecord]:
        taken: list[EdgeRecord] = []
        for event in events:
            partition, offset = event.message.partition, event.message.offset
            step = self._order.judge(partition, offset, time.monotonic())
            if step is Step.ASK:
                first = await self._first_from(partition, self._order.next[partition], offset)
                if self._order.learned(partition, first, offset, time.monotonic()):
                    await self._read_again(app, partition, first)
                step = self._order.judge(partition, offset, time.monotonic())
            if step is Step.TAKE:
                taken.append(_record(event.message))
        return taken

    async def _first_from(self, partition: int, offset: int, end: int) -> int:
        """The first readable offset in [offset, end), asked of Kafka itself; `end` where there is none."""
        place = TopicPartition(self._topic, partition)
        looking = started(AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="earliest",
            isolation_level="read_committed", fetch_max_wait_ms=100,
        ))  # fmt: skip
        async with asyncio.timeout(ASK_SECONDS_MAX), looking as consumer:
            consumer.assign([place])
            consumer.seek(place, offset)
            while True:
                found = await consumer.getmany(place, timeout_ms=100, max_records=1)
                if found or await consumer.position(place) >= end:
                    offsets: list[int] = [record.offset for some in found.values() for record in some]
                    return min([end, *offsets])

    async def _carry_out(self, batch: Sequence[EdgeRecord], dealt: int) -> None:
        """All of the batch, in order; after a failure one by one, so that everything before the bad place gets done."""
        size, failures = len(batch), 0
        while batch and dealt == self._dealt:
            try:
                await self._hand_over(batch[:size])
            except PositionLost:
                raise
            except Exception as error:  # noqa: BLE001 - no failure of a handler ever skips a record
                size, failures = 1, failures + 1
                self.trouble = f"stands still on {type(error).__name__}"
                self._log.error("edge.stands-still", topic=self._topic, partition=batch[0].partition,
                                offset=batch[0].offset, attempt=failures, **fault(error))  # fmt: skip
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures - 1, len(BACK_OFF_SECONDS) - 1)])
                continue
            batch, size, failures, self.trouble = batch[size:], size * 2, 0, None

    async def _hand_over(self, batch: Sequence[EdgeRecord]) -> None:
        dealt, before = self._dealt, {record.partition: self._stood[record.partition] for record in batch}
        after = {record.partition: record.offset + 1 for record in batch}
        origins = [extract(record.headers) for record in batch]
        with processing(self._topic, group=self.name, origins=origins):
            async with asyncio.timeout(HANDLER_SECONDS_MAX):
                bad = await self._handler(batch)
            await self._store.move(before, after, bad)
        metrics.edge_handed(self.name, len(batch) - len(bad), [one.code for one in bad])
        if dealt == self._dealt:  # else we stand where `_stand` has found us meanwhile
            self._order.passed(after)
            self._stood.update(after)

    async def _read_again(self, app: App, partition: int, offset: int) -> None:
        self._log.warning("edge.reads-again", topic=self._topic, partition=partition, offset=offset)
        await app.consumer.seek_wait({TP(self._topic, partition): offset})

    # --- liveness --------------------------------------------------------------------------------------------------

    async def _watch(self, app: App) -> None:
        """Faust may die or fall silent without a word: progress is judged from outside, by offsets."""
        in_vain, forgot_at, looked_at = 0, float("-inf"), time.monotonic()
        asked = False
        while not app.should_stop:
            if time.monotonic() - forgot_at > FORGET_SECONDS:
                await self._store.forget(PASSING)
                forgot_at = time.monotonic()
            if time.monotonic() - looked_at > SAME_TOPIC_SECONDS:
                await self._see_the_topic(app)
                looked_at = time.monotonic()
            await asyncio.sleep(WATCH_SECONDS)
            if self._idle_since is None or time.monotonic() - self._idle_since < IDLE_SECONDS:
                in_vain = 0
                continue
            asked = asked or bool(app.consumer.assignment()) or ask_the_group_anew(app)
            in_vain = in_vain + 1 if await self._catch_up(app) else 0
            if in_vain > CATCH_UPS_MAX:
                raise EdgeStopped("records wait and none comes")
        raise EdgeStopped("Faust has stopped")

    async def _see_the_topic(self, app: App) -> None:
        """A topic that was made again under us may have grown past our place before Faust saw that it was gone."""
        if await self._topic_id() not in (None, self._topic_seen):
            await self._stand_again(app)

    async def _catch_up(self, app: App) -> bool:
        """True where records wait that Faust does not hand over; they are read again."""
        assigned = app.consumer.assignment()
        async with asyncio.timeout(ASK_SECONDS_MAX):
            found = await app.consumer.highwaters(*assigned) if assigned else {}
        ends = {tp.partition: end for tp, end in found.items()}
        if self._order.behind(ends):
            raise EdgeStopped("the topic was made anew")
        waiting = False
        for partition, wanted in list(self._order.next.items()):
            end = ends.get(partition, 0)
            if wanted >= end:
                continue
            first = await self._first_from(partition, wanted, end)
            if self._idle_since is None or self._order.next.get(partition) != wanted:
                return False  # something came meanwhile
            self._order.passed({partition: first})
            if first < end:
                waiting = True
                await self._read_again(app, partition, first)
        return waiting


def _record(message: _Message) -> EdgeRecord:
    return EdgeRecord(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((name, value or b"") for name, value in message.headers or ()),
    )
