"""Judging records: envelope, admission, running hash, and folding one record into one row. Pure.

The few lines here are the same in every reader (L3, L7, L16, L21, L22). No I/O, no clock.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from events.admission import LAW, Head, Verdict, admits
from events.codec import TYPES, Undecodable, decode
from events.decider import Decider
from events.envelope import Envelope, Malformed, Misplaced, NewerLaw, open_envelope
from events.fact import Chapter, Fact
from events.upcasters import UPCASTERS, Upcaster, newest
from runtime.rows import Judged, LogBroken, LogRecord, Parked, Row, VerdictRow

MACHINE = "system"
"""`ce_authtype` of what a service says of itself."""
_DUE_TIME_APART = timedelta(minutes=1)
"""Facts by machines this far apart have a due time between them: a loop of machines is faster (L16)."""
ALLOWED_BY_AN_ACT = 20
"""Facts by machines that one act of a person may bring about, also much later and all at once: a hundred messages,
whose hundred clocks one reply meets. Below zero the count says how many are still allowed for (L16)."""

_LETTER = {verdict: verdict.value[:2].encode() for verdict in Verdict}
_ADMITTED = Verdict.ADMITTED


def running_hash(before: bytes, offset: int, verdict: Verdict) -> bytes:
    """L7: what this reader has said of every record so far, in 16 bytes."""
    return blake2b(before + offset.to_bytes(8, "big") + _LETTER[verdict], digest_size=16).digest()


def fingerprint(record: LogRecord) -> tuple[str, int]:
    """Event id and checksum of a record, by which it is recognised later (L6); fit to be kept, whoever wrote it."""
    crc = zlib.crc32(record.key or b"")
    event_id = ""
    for name, value in record.headers:
        crc = zlib.crc32(value or b"", zlib.crc32(name.encode("utf-8", "surrogateescape"), crc))
        if name == "ce_id":
            event_id = (value or b"").decode("utf-8", "replace").replace("\x00", "\ufffd")
    return event_id, zlib.crc32(record.value or b"", crc)


def _stem(type_name: str) -> str:
    return type_name.rpartition(".v")[0]


@dataclass(frozen=True)
class Reading:
    """What one service reads of the log: its own chapter (none for a reader of all) and the types it folds."""

    chapter: Chapter | None
    types: frozenset[str]
    stems: frozenset[str]
    known: frozenset[str]
    """All types that this code knows, folded or not, and their older versions."""

    @staticmethod
    def of(
        chapter: Chapter | None,
        facts: frozenset[type[Fact]],
        upcasters: Mapping[str, tuple[str, Upcaster]] = UPCASTERS,
    ) -> "Reading":
        names = frozenset(fact.type for fact in facts)
        older = frozenset(old for old in upcasters if newest(old, upcasters) in names)
        stems, known = frozenset(_stem(name) for name in names), frozenset(TYPES) | upcasters.keys()
        return Reading(chapter, names | older, stems, known)


EVERYTHING = Reading.of(None, frozenset(TYPES.values()))
"""What a reader of all types reads."""


@dataclass(slots=True)
class Opened:
    """A record with all that can be said of it before its stream's head is known; a `LogRecord` itself."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    envelope: Envelope | Malformed | Misplaced | NewerLaw
    content: Fact | Undecodable | None
    """None where this reader does not read the type."""


def opened(record: LogRecord, partitions: int, reading: Reading) -> Opened:
    """Open a record, if nobody has done so yet. Total."""
    if type(record) is Opened:
        return record
    envelope = open_envelope(record.key, record.headers, record.partition, partitions)
    content = None
    if isinstance(envelope, Envelope) and envelope.type in reading.types:
        content = decode(envelope.type, envelope.time, record.value)
    return Opened(
        record.partition, record.offset, record.timestamp, record.key, record.value, record.headers, envelope, content
    )


def judge(unopened: LogRecord, partitions: int, head: Head, reading: Reading) -> Judged:
    """The verdict on one record; `head` is that of the stream its key names.

    Raises `LogBroken` where this code must not go on: a newer law (L3), or a version that it cannot read (L21).
    """
    record = opened(unopened, partitions, reading)
    envelope = record.envelope
    place, offset, time, key, value = record.partition, record.offset, record.timestamp, record.key, record.value
    if not isinstance(envelope, Envelope):
        if isinstance(envelope, NewerLaw):
            raise LogBroken(f"partition {place} offset {offset}: law {envelope.law} is newer than {LAW}")
        verdict = Verdict.MALFORMED if isinstance(envelope, Malformed) else Verdict.MISPLACED
        return Judged(place, offset, time, verdict, key, value, None, envelope.why, None, None, record.headers)
    if not admits(head, envelope.expects):
        why = f"the stream stood at {head}, the writer expected {envelope.expects}"
        return Judged(place, offset, time, Verdict.REFUSED, key, value, envelope, why, head, None, record.headers)
    fact, unread = _content(record, envelope, reading)
    after = head.after(envelope.chapter)
    return Judged(place, offset, time, _ADMITTED, key, value, envelope, unread, after, fact, record.headers)


def _content(record: Opened, envelope: Envelope, reading: Reading) -> tuple[Fact | None, str | None]:
    fact = record.content
    if fact is None:
        if envelope.chapter == reading.chapter and envelope.type not in reading.known:
            raise LogBroken(f"partition {record.partition} offset {record.offset}: own type {envelope.type} is unknown")
        if _stem(envelope.type) in reading.stems:
            raise LogBroken(
                f"partition {record.partition} offset {record.offset}: version of {envelope.type} is unknown"
            )
        return None, None
    return (None, fact.why) if isinstance(fact, Undecodable) else (fact, None)


def verdicts(judged: Iterable[Judged], chapter: Chapter) -> list[VerdictRow]:
    """What was said of one chapter's own commands: their senders wait for it."""
    return [
        VerdictRow(
            one.partition,
            one.offset,
            one.envelope.event_id,
            one.envelope.stream,
            one.verdict is _ADMITTED,
            one.head,
            one.envelope.command_hash,
        )
        for one in judged
        if one.envelope is not None
        and one.head is not None
        and one.envelope.command_hash is not None
        and one.envelope.chapter == chapter
    ]


def fold(decider: Decider[Any] | None, row: Row, judged: Judged) -> Parked | None:
    """Move the stream's row past one record. Heads never park; content does where it cannot be folded (L22)."""
    if judged.verdict is not _ADMITTED or judged.envelope is None or judged.head is None:
        return None
    before, row.head, row.last_offset = row.head, judged.head, judged.offset
    _count_machines(row, judged.envelope)
    if decider is None or row.parked_at is not None:
        return None
    if judged.fact is None:
        return _park(row, before, judged, f"content of {judged.envelope.type}: {judged.why}") if judged.why else None
    try:
        row.state = decider.evolve(row.state, judged.fact, judged.envelope.recorded_time)
    except Exception as error:  # noqa: BLE001 - a rule that fails is a finding about one stream, not the end of the reader
        return _park(row, before, judged, f"evolve raised {type(error).__name__} on {judged.envelope.type}")
    return None


def _park(row: Row, before: Head, judged: Judged, reason: str) -> Parked:
    row.parked_at, row.parked_head = judged.offset, before
    return Parked(row.stream, row.partition, judged.offset, "content", reason)


def _count_machines(row: Row, envelope: Envelope) -> None:
    if envelope.auth_type != MACHINE:
        row.machine, row.machine_at = min(row.machine, 0) - ALLOWED_BY_AN_ACT, None
        return
    apart = row.machine_at is not None and envelope.recorded_time - row.machine_at >= _DUE_TIME_APART
    row.machine = (min(row.machine, 0) if apart else row.machine) + 1
    row.machine_at = envelope.recorded_time
