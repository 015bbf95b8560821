"""What the log says, read from offset 0 by one process that nothing happens to: verdicts, states, views.

It goes on where it stopped, so that each fault costs only its own records. Must not: look at a service's tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from accountability.decider import DECIDER as ACCOUNTABILITY
from escalation.decider import DECIDER as ESCALATION
from events.admission import Head, Verdict, admits
from events.decider import Context, Decider
from events.envelope import Envelope
from events.fact import Fact
from events.ids import RULEBOOK
from intake.decider import DECIDER as INTAKE
from projections.store import Views
from projections.stream import create_views
from runtime import judging
from runtime.rows import Judged, Row
from runtime.store import create_schema
from runtime.topics import LOG
from triage.decider import DECIDER as TRIAGE

PARTITIONS = 12
BATCH = 700
"""Another batch size than the readers': views must not depend on it."""
SCHEMA = "folded_again"


DECIDERS: Mapping[str, Decider[Any]] = {
    "intake": INTAKE,
    "triage": TRIAGE,
    "escalation": ESCALATION,
    "accountability": ACCOUNTABILITY,
}
"""The four writing services."""


@dataclass
class Stream:
    """A stream after its last record."""

    states: dict[str, Any]
    row: Row
    """What every service keeps of it beside its own state: head, last record, facts by machines."""
    earlier: list[tuple[Head, dict[str, Any]]] = field(default_factory=list)
    """How it stood after each of its records."""
    asked: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    """By service that owes nothing here: after which record it was asked, and when to ask again."""


@dataclass(frozen=True)
class Said:
    """An admitted record, its stream's head after it, and every state that its writer may have decided on."""

    partition: int
    offset: int
    envelope: Envelope
    head: Head
    fact: Fact
    before: Sequence[Any]


@dataclass
class Truth:
    """The log, read once."""

    bootstrap: str
    database_url: str
    streams: dict[str, Stream] = field(default_factory=dict)
    admitted: list[Said] = field(default_factory=list)
    verdicts: dict[tuple[int, int], Verdict] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))
    hashes: dict[int, bytes] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), b""))
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Every state of a stream that is no complaint, by service: what somebody may have leaned on (L15)."""
    views: Views = field(default_factory=Views)

    async def prepare(self) -> None:
        """An empty schema for the second fold of the views."""
        await create_schema(self.database_url, SCHEMA)
        await create_views(self.database_url, SCHEMA)

    async def read_on(self) -> None:
        """Judge and fold what is new, up to the log's end as it is now."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, enable_auto_commit=False, auto_offset_reset="none"
        )
        await consumer.start()
        connection = await asyncpg.connect(self.database_url, server_settings={"search_path": SCHEMA})
        try:
            places = {partition: TopicPartition(LOG, partition) for partition in range(PARTITIONS)}
            consumer.assign(list(places.values()))
            for partition, place in places.items():
                consumer.seek(place, self.ends[partition])
            ends = await consumer.end_offsets(list(places.values()))
            while any(self.ends[partition] < ends[place] for partition, place in places.items()):
                found = await consumer.getmany(timeout_ms=500, max_records=BATCH)
                judged = [self._judge(record) for records in found.values() for record in records]
                async with connection.transaction():
                    await self.views.fold(connection, judged) if judged else None
        finally:
            await connection.close()
            await consumer.stop()

    def _judge(self, record: Any) -> Judged:  # noqa: ANN401 - aiokafka carries no types
        assert record.offset == self.ends[record.partition], f"a hole before {record.partition}/{record.offset}"
        name = (record.key or b"").decode("utf-8", "replace")
        stream = self.streams.get(name)
        head = Head() if stream is None else stream.row.head
        judged = judging.judge(record, PARTITIONS, head, judging.EVERYTHING)
        self.ends[record.partition] = record.offset + 1
        self.hashes[record.partition] = judging.running_hash(
            self.hashes[record.partition], record.offset, judged.verdict
        )
        self.verdicts[(record.partition, record.offset)] = judged.verdict
        if judged.envelope is not None and stream is None:
            initial = {service: decider.initial for service, decider in DECIDERS.items()}
            stream = self.streams[name] = Stream(initial, Row(name, record.partition))
        if judged.verdict is Verdict.ADMITTED and stream is not None:
            self._admit(stream, judged)
        return judged

    def _admit(self, stream: Stream, judged: Judged) -> None:
        assert judged.envelope is not None
        assert judged.head is not None
        assert judged.fact is not None, f"{judged.envelope.type} at {judged.partition}/{judged.offset}: {judged.why}"
        chapter, expects, recorded_at = judged.envelope.chapter, judged.envelope.expects, judged.envelope.recorded_time
        stood = [(Head(), {name: decider.initial for name, decider in DECIDERS.items()}), *stream.earlier]
        before = [states[chapter] for head, states in stood if admits(head, expects)]
        self.admitted.append(Said(judged.partition, judged.offset, judged.envelope, judged.head, judged.fact, before))
        judging.fold(None, stream.row, judged)
        for service, decider in DECIDERS.items():
            if type(judged.fact) in decider.reads:
                stream.states[service] = decider.evolve(stream.states[service], judged.fact, recorded_at)
        stream.earlier.append((stream.row.head, dict(stream.states)))
        if not judged.envelope.stream.startswith("complaint/"):
            self.versions.setdefault(judged.envelope.stream, []).append(dict(stream.states))

    def contexts(self, service: str, state: Any) -> Sequence[Context]:  # noqa: ANN401 - whatever the decider's states are
        """The contexts in which this state may have been judged, the latest last."""
        books, names = self._books(service), _leaned_on(DECIDERS[service], state)
        known = [
            Context(None, {name: states[service]}, books) for name in names for states in self.versions.get(name, [])
        ]
        return [Context(books=books), *known]

    def _books(self, service: str) -> dict[str, Any]:
        """The rulebooks of a service as they stand; none of them is changed while people are at work here."""
        return {
            name.removeprefix(RULEBOOK): states[-1][service]
            for name, states in self.versions.items()
            if name.startswith(RULEBOOK)
        }

    def owing(self, now: datetime) -> list[str]:
        """What should exist by now and does not."""
        return [
            f"{service} owes {fact!r} on {name}"
            for name, stream in self.streams.items()
            for service in DECIDERS
            if (fact := self._owed(service, stream, now)) is not None
        ]

    def _owed(self, service: str, stream: Stream, now: datetime) -> Fact | None:
        last, wake_at = stream.asked.get(service, (-1, None))
        if last == stream.row.last_offset and (wake_at is None or wake_at > now):
            return None
        decider, state = DECIDERS[service], stream.states[service]
        owed = decider.owed(state, self.contexts(service, state)[-1], now)
        if owed.fact is None and not _leaned_on(decider, state):
            stream.asked[service] = (stream.row.last_offset, owed.wake_at)
        return owed.fact


def _leaned_on(decider: Decider[Any], state: Any) -> list[str]:  # noqa: ANN401 - whatever the decider's states are
    """The streams beside the rulebooks that this state leans on."""
    return [name for name in decider.leans_on(state) if not name.startswith(RULEBOOK)]
