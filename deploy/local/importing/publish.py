"""Publishes a history on `complaints.inbound` and waits until every event is answered.

Killed in the middle and started again it ends the same: what was told before is answered `already`. Must not: know
what an event says, or read anything but receipts.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.codec import canonical
from local.errors import LocalError
from local.importing.history import Event, History
from local.importing.receipts import Answers, Receipts
from runtime.cloudevents import CloudEvent, write_headers
from runtime.stopping import started
from runtime.topics import INBOUND

CHUNK_EVENTS = 1000
LINGER_MS = 5
STALL_SECONDS_MAX = 120.0
"""How long nothing at all may be answered before we say that nobody is there."""
RETRY_SECONDS = 1.0


class NotAnswered(LocalError):
    """Events are published and nobody answers; or Kafka does not take them."""


class Watcher(Protocol):
    """Somebody who wants to see how far it is; each is told of how many more."""

    def published(self, more: int) -> None: ...
    def answered(self, more: int) -> None: ...


class _Silent:
    def published(self, more: int) -> None: ...
    def answered(self, more: int) -> None: ...


SILENT: Watcher = _Silent()
"""Nobody watches."""


async def publish(bootstrap: str, history: History, watcher: Watcher = SILENT) -> Answers:
    """All of it, in order. Raises NotAnswered.

    Its completion is told last, when everything before it has been answered: `complaints.inbound` has several
    partitions, and a completion that overtook an event would say what is not yet true.
    """
    async with Receipts(bootstrap, history.opened.source, answered=watcher.answered) as receipts:
        await tell(bootstrap, receipts, [history.opened, *history.events], watcher)
        await tell(bootstrap, receipts, [history.completed], watcher)
        return receipts.answers


async def tell(
    bootstrap: str,
    receipts: Receipts,
    events: Sequence[Event],
    watcher: Watcher = SILENT,
    *,
    stall_seconds_max: float = STALL_SECONDS_MAX,
) -> None:
    """Publish events in their order, and wait until each of them is answered. Raises NotAnswered."""
    receipts.expect(events)
    gone_on_at, waited_for = time.monotonic(), len(receipts.waiting)
    while True:
        try:
            await _send(bootstrap, [event for event in events if event.id in receipts.waiting], watcher)
            break
        except (KafkaError, TimeoutError) as error:
            if len(receipts.waiting) < waited_for:
                gone_on_at, waited_for = time.monotonic(), len(receipts.waiting)
            if time.monotonic() - gone_on_at > stall_seconds_max:
                raise NotAnswered(f"Kafka at {bootstrap} does not take the events ({type(error).__name__})") from error
            await asyncio.sleep(RETRY_SECONDS)
    if not await receipts.all_answered(stall_seconds_max):
        raise NotAnswered(
            f"{len(receipts.waiting)} of {len(events)} events are published and not answered yet, and nothing was "
            f"answered for {stall_seconds_max:.0f} s: is intake ready? Start again later, nothing counts twice"
        )


async def _send(bootstrap: str, events: Sequence[Event], watcher: Watcher) -> None:
    """Every attempt has a producer of its own: one that failed may never send again."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", linger_ms=LINGER_MS, compression_type=None
    )
    async with started(producer):
        for start in range(0, len(events), CHUNK_EVENTS):
            chunk = events[start : start + CHUNK_EVENTS]
            acks = [await producer.send(INBOUND, **record_of(event)) for event in chunk]
            await asyncio.gather(*acks)
            watcher.published(len(chunk))


def record_of(event: Event) -> dict[str, Any]:
    """The Kafka record: CloudEvents in binary mode, keyed by the subject so that a case's events stay in order."""
    told = CloudEvent(event.id, event.source, event.type, event.subject, event.time, canonical(event.data))
    return {"key": told.subject.encode(), "value": told.data, "headers": write_headers(told)}
