"""The log's Kafka side: appending with certainty, reading single streams again. aiokafka lives here and in `driver`.

`acks=all`, idempotent; a producer that failed is thrown away and built anew, since it can be stuck for good after a
broker restart. Must not: judge, decide, or know what a record says.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from events.partition import murmur2
from runtime import telemetry
from runtime.away import LOG_AWAY
from runtime.logs import fault, logger
from runtime.rows import AppendFailed, LogRecord, Outgoing, RecordTooLarge
from runtime.stopping import started, stopped

APPEND_SECONDS_MAX = 10.0
RECORD_BYTES_MAX = 900_000
FEW = 16
BATCH_BYTES_MAX = 256 * 1024
Batch = Any
"""An aiokafka batch builder; aiokafka carries no types."""
Appended = Exception | int | None
"""What became of a record: its offset, None where the ack had no valid one, or what went wrong."""
Sending = tuple[bytes, bytes | None, int | None, list[tuple[str, bytes]]]
"""Key, value (None: a tombstone), partition (None: Kafka's own partitioner), headers."""
_log = logger("log")


@dataclass(slots=True)
class KafkaLog:
    """Appends to one topic. Safe to call from many tasks at once."""

    bootstrap: str
    topic: str
    client_id: str
    _producer: AIOKafkaProducer | None = None
    _broken: bool = False
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is not None and not self._broken:
            return self._producer
        async with self._lock:
            if self._producer is None or self._broken:
                await self._drop()
                producer = AIOKafkaProducer(
                    bootstrap_servers=self.bootstrap,
                    client_id=self.client_id,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,
                    max_batch_size=BATCH_BYTES_MAX,
                    max_request_size=RECORD_BYTES_MAX + 100_000,
                    request_timeout_ms=int(APPEND_SECONDS_MAX * 1000),
                    metadata_max_age_ms=60_000,
                )
                try:
                    async with asyncio.timeout(APPEND_SECONDS_MAX):
                        with telemetry.outside():
                            await producer.start()
                except BaseException:
                    await stopped(producer)
                    raise
                self._producer, self._broken = producer, False
            return self._producer

    async def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await stopped(producer)

    async def stop(self) -> None:
        """Flush and close, within a limit."""
        async with self._lock:
            await self._drop()

    async def append(self, records: Sequence[Outgoing]) -> list[Appended]:
        """One outcome a record: its offset, None where the ack had no valid one, or `AppendFailed`/`RecordTooLarge`."""
        return await self.send(self.topic, [(r.stream.encode(), r.value, r.partition, r.headers) for r in records])

    async def send(self, topic: str, records: Sequence[Sending]) -> list[Appended]:
        """The same for any topic; a partition of None leaves the choice to Kafka's own partitioner.

        A few go one by one, since commands on a partition must not wait for each other's batches. Many of one partition
        travel as one batch, so that a thousand of them cost little more than one.
        """
        with telemetry.sending(topic, count=len(records)):
            return await (self._send(topic, records) if len(records) <= FEW else self._send_many(topic, records))

    async def _send_many(self, topic: str, records: Sequence[Sending]) -> list[Appended]:
        outcomes = [_unsent(value) for _, value, _, _ in records]
        sent: list[tuple[list[int], asyncio.Future[Any]]] = []
        try:
            async with asyncio.timeout(APPEND_SECONDS_MAX):
                producer = await self._ready()
                partitions = len(await producer.partitions_for(topic))
                places: dict[int, list[int]] = {}
                for index, (key, _, partition, _) in enumerate(records):
                    if not isinstance(outcomes[index], RecordTooLarge):
                        place = murmur2(key) % 2**31 % partitions if partition is None else partition
                        places.setdefault(place, []).append(index)
                for partition, waiting in places.items():
                    first = 0
                    while first < len(waiting):
                        taken, batch = _filled(producer, [records[index] for index in waiting[first:]])
                        future = await producer.send_batch(batch, topic, partition=partition)
                        sent.append((waiting[first : first + taken], future))
                        first += taken
                await asyncio.gather(*(future for _, future in sent), return_exceptions=True)
        except LOG_AWAY as error:
            _log.warning("log.send-failed", topic=topic, records=len(records), **fault(error))
        for indices, future in sent:
            base = _outcome(future)
            for place, index in enumerate(indices):
                outcomes[index] = base + place if isinstance(base, int) else base
        self._notice(topic, outcomes)
        return outcomes

    def _notice(self, topic: str, outcomes: Sequence[Appended]) -> None:
        """A producer that failed once may be stuck for good: the next append builds it anew."""
        telemetry.sent(topic, outcomes)
        failed = [outcome for outcome in outcomes if isinstance(outcome, AppendFailed)]
        if failed:
            self._broken = True
            _log.warning("log.not-appended", topic=topic, records=len(failed), reason=str(failed[0]))

    async def _send(self, topic: str, records: Sequence[Sending]) -> list[Appended]:
        futures: list[asyncio.Future[Any] | Exception] = []
        try:
            async with asyncio.timeout(APPEND_SECONDS_MAX):
                producer = await self._ready()
                futures = [await _sent(producer, topic, record) for record in records]
                await asyncio.gather(
                    *(future for future in futures if isinstance(future, asyncio.Future)), return_exceptions=True
                )
        except LOG_AWAY as error:
            _log.warning("log.send-failed", topic=topic, records=len(records), **fault(error))
        outcomes = [_outcome(future) for future in futures]
        outcomes += [AppendFailed("not sent")] * (len(records) - len(outcomes))
        self._notice(topic, outcomes)
        return outcomes

    async def ends(self, partitions: Collection[int]) -> dict[int, int]:
        """Where these partitions end now. Raises what Kafka raises, or TimeoutError."""
        places = [TopicPartition(self.topic, partition) for partition in partitions]
        async with asyncio.timeout(APPEND_SECONDS_MAX), self._consumer() as consumer:
            found = await consumer.end_offsets(places)
        return {place.partition: end for place, end in found.items()}

    async def reread(self, partition: int, first: int, end: int, stream: str) -> Sequence[LogRecord]:
        """The records of one stream in [first, end) of its partition (L22). Raises AppendFailed past its limit."""
        found: list[LogRecord] = []
        place = TopicPartition(self.topic, partition)
        key = stream.encode()
        async with self._consumer() as consumer:
            consumer.assign([place])
            consumer.seek(place, first)
            at = first
            while at < end:
                async with asyncio.timeout(APPEND_SECONDS_MAX):
                    some = await consumer.getmany(place, timeout_ms=1000)
                for record in some.get(place, ()):
                    at = record.offset + 1
                    if record.key == key and record.offset < end:
                        found.append(record)
        return found

    def _consumer(self) -> AbstractAsyncContextManager[AIOKafkaConsumer]:
        """One that belongs to no group, for a look at the log."""
        return started(
            AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False, auto_offset_reset="none")
        )


def _unsent(value: bytes | None) -> Appended:
    return _too_large(value) or AppendFailed("not sent")


def _too_large(value: bytes | None) -> RecordTooLarge | None:
    return RecordTooLarge(f"{len(value)} bytes") if value is not None and len(value) > RECORD_BYTES_MAX else None


def _filled(producer: AIOKafkaProducer, records: Sequence[Sending]) -> tuple[int, Batch]:
    """As many of these records as one batch takes, at least the first."""
    batch = producer.create_batch()
    taken = 0
    for key, value, _, headers in records:
        if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
            break
        taken += 1
    batch.close()
    return taken, batch


async def _sent(producer: AIOKafkaProducer, topic: str, record: Sending) -> asyncio.Future[Any] | Exception:
    key, value, partition, headers = record
    if (too_large := _too_large(value)) is not None:
        return too_large
    future: asyncio.Future[Any] = await producer.send(topic, value=value, key=key, partition=partition, headers=headers)
    return future


def _outcome(sent: asyncio.Future[Any] | Exception) -> Appended:
    if isinstance(sent, Exception):
        return sent
    if not sent.done():
        return AppendFailed("no acknowledgement in time")
    if sent.cancelled():
        return AppendFailed("the producer was closed")
    error = sent.exception()
    if error is not None:  # of what is too large, too: the broker's setting is less than what we refuse ourselves
        return AppendFailed(type(error).__name__)
    offset: int = sent.result().offset
    return offset if offset >= 0 else None
