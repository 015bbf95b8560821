"""Another system that tells of its complaints on `complaints.inbound`, and what it is answered on the receipts.

It sends each record until Kafka has it, some of them twice and some of them unfit. Must not: judge the answers.
"""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from faults.wishes import soon
from runtime.topics import INBOUND, RECEIPTS

SEND_SECONDS_MAX = 60.0
BURST_CASES = 4
PAUSE_SECONDS = 0.4
SOURCE = "dealer-crm"


@dataclass(frozen=True)
class Event:
    """What is told; `fit` says whether it can be taken."""

    event_id: str
    kind: str
    subject: str
    data: dict[str, Any]
    at: str
    """When it happened there; part of what is told, so the same each time."""
    fit: bool = True


@dataclass
class Publisher:
    """The other system. `told` holds every event that Kafka has acknowledged."""

    bootstrap: str
    told: dict[str, Event] = field(default_factory=dict)
    _producer: AIOKafkaProducer | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _rounds: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Publisher"]:
        """Publishing, a burst at a time; in the end everything that was begun is on the topic."""
        self._stopping.clear()
        self._rounds += 1
        async with asyncio.TaskGroup() as group:
            group.create_task(self._publish(Random(f"publisher/{self._rounds}")))
            try:
                yield self
            finally:
                self._stopping.set()

    async def burst(self, cases: int) -> None:
        """Many at once, so that something is always in the middle of a batch."""
        self._rounds += 1
        await self._send([one for _ in range(cases) for one in _case(Random(f"burst/{self._rounds}/{_}"))])

    async def _publish(self, dice: Random) -> None:
        batch = f"batch-{uuid.UUID(int=dice.getrandbits(128))}"
        await self._send([_event(dice, "history.opened.v1", batch)])
        while not self._stopping.is_set():
            await self._send([one for _ in range(BURST_CASES) for one in _case(dice)] + _history(dice, batch))
            await asyncio.sleep(PAUSE_SECONDS)
        known = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        await self._send([_event(dice, "history.completed.v1", batch, known_until=known)])

    async def _send(self, events: list[Event]) -> None:
        """A subject's events one after the other: a later one never overtakes one that Kafka has not acknowledged."""
        subjects: dict[str, list[Event]] = {}
        for one in events:
            subjects.setdefault(one.subject, []).append(one)
        for turn in zip_longest(*subjects.values()):
            await self._send_together([one for one in turn if one is not None])

    async def _send_together(self, events: list[Event]) -> None:
        """Until all are acknowledged: what has no ack is sent again, so some will be there twice."""
        until = time.monotonic() + SEND_SECONDS_MAX
        left = events
        while left:
            assert time.monotonic() < until, f"{len(left)} records could not be published"
            try:
                producer = await self._ready()
                futures = [await self._put(producer, one) for one in left]
                results = await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 15)
            except (KafkaError, OSError, TimeoutError):
                await self.close()
                await asyncio.sleep(0.2)
                continue
            taken = [not isinstance(result, BaseException) for result in results]
            self.told |= {one.event_id: one for one, ok in zip(left, taken, strict=True) if ok}
            left = [one for one, ok in zip(left, taken, strict=True) if not ok]
            if left:
                await self.close()

    async def _put(self, producer: AIOKafkaProducer, one: Event) -> "asyncio.Future[Any]":
        said = {
            "content-type": "application/json", "ce_specversion": "1.0", "ce_id": one.event_id, "ce_source": SOURCE,
            "ce_type": one.kind, "ce_subject": one.subject, "ce_time": one.at,
        }  # fmt: skip
        headers = [(name, text.encode()) for name, text in said.items()]
        sending = producer.send(INBOUND, json.dumps(one.data).encode(), key=one.subject.encode(), headers=headers)
        future: asyncio.Future[Any] = await asyncio.wait_for(sending, 15)
        return future

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all", request_timeout_ms=10_000)
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 5)

    async def receipts(self) -> dict[str, list[dict[str, Any]]]:
        """Every receipt so far, by the event it answers."""
        found: dict[str, list[dict[str, Any]]] = {}
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(RECEIPTS, partition) for partition in range(3)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            for place in places:
                while await consumer.position(place) < ends[place]:
                    for record in (await consumer.getmany(place, timeout_ms=1000)).get(place, ()):
                        said = json.loads(record.value)
                        found.setdefault(said["event_id"], []).append(said)
        finally:
            await consumer.stop()
        return found


def _event(
    dice: Random, kind: str, subject: str, *, fit: bool = True, at: datetime | None = None, **data: object
) -> Event:
    happened = (at or datetime.now(UTC)).isoformat()
    return Event(str(uuid.UUID(int=dice.getrandbits(128))), kind, subject, data, happened, fit)


def _case(dice: Random) -> list[Event]:
    """One case as it comes: lodged, asked after, held by somebody; now and then said twice, or not as it must be."""
    subject = f"crm-{dice.getrandbits(64)}"
    dues = [{"clock": "resolution", "due": soon(dice)}] if dice.random() < 0.5 else []
    told = [
        _event(dice, "complaint.lodged.v1", subject, channel="phone", product="car-3", text="漏油", dues=dues),
        _event(dice, "complaint.message.v1", subject, channel="phone", text="any news?"),
        _event(dice, "complaint.reported.v1", subject, fact="custody", team="north", owner="wei", line=1),
    ]
    if dice.random() < 0.2:
        told.append(_event(dice, "complaint.lodged.v1", subject, fit=False, channel="phone", text=7))
    if dice.random() < 0.2:
        told.append(told[0])
    return told


def _history(dice: Random, batch: str) -> list[Event]:
    """A closed case of the past: nothing but the verdict of its given clock is owed, once the batch is complete."""
    subject, past = f"old-{dice.getrandbits(64)}", datetime.now(UTC) - timedelta(days=dice.randrange(20, 40))
    dues = [{"clock": "resolution", "due": (past + timedelta(days=3)).isoformat()}]
    closed_at = past + timedelta(days=dice.choice((2, 4)))
    return [
        _event(dice, "complaint.lodged.v1", subject, channel="phone", dues=dues, history=batch, at=past),
        _event(dice, "complaint.reported.v1", subject, fact="closed", ground="solved", at=closed_at),
    ]
