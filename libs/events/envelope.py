"""The envelope of a record: CloudEvents in Kafka's binary mode, judged on bytes (L3).

Lives here: reading headers into an `Envelope` or saying what is wrong, and writing them. Must not: any event's content.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from events.admission import LAW, Expectation, parse_expectation, UNNAMED
from events.fact import CHAPTERS, EARLIEST, LATEST, Chapter
from events.ids import STREAM
from events.partition import partition_of

Headers = Sequence[tuple[str, bytes]]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_TYPE = re.compile(
    r"complaints\.(intake|triage|escalation|accountability)\.([a-z][a-z0-9-]{0,60})\.v([1-9][0-9]{0,3})", re.ASCII
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_REQUIRED = (
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_recordedtime",
    "ce_expects",
    "ce_law",
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around a fact. Times are UTC; `expects` names the counters that the writer believed."""

    event_id: str
    source: str
    type: str
    chapter: Chapter
    stream: str
    time: datetime
    recorded_time: datetime
    expects: Expectation
    law: int = LAW
    command_hash: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    auth_type: str | None = None
    auth_id: str | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """The envelope breaks the form; `why` names the header. Never admitted."""

    why: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Key, subject and partition do not agree. Never admitted."""

    why: str


class EventType(NamedTuple):
    """`complaints.<chapter>.<fact>.v<version>`, taken apart."""

    chapter: Chapter
    fact: str
    version: int


@lru_cache(maxsize=4096)
def parse_type(text: str) -> EventType | None:
    """The parts of an event type's name, or None."""
    match = _TYPE.fullmatch(text)
    return EventType(Chapter(match[1]), match[2], int(match[3])) if match else None


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters, so that text order is time order."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if moment.year >= 1000
        else "0001-01-01T00:00:00.000000Z"
    )


def parse_time(text: str) -> datetime | None:
    """The instant in a header of ours, or None where the form or the range is wrong."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if EARLIEST <= moment < LATEST else None


def open_envelope(
    key: bytes | None, headers: Iterable[tuple[str, bytes]], partition: int, partitions: int
) -> Envelope | Malformed | Misplaced:
    """Read a record's envelope from its bytes. Total: every input gives one of the three, never an exception."""
    found: dict[str, str] = {}
    for name, raw in headers:
        if not name.startswith("ce_"):
            continue
        if name in found:
            return Malformed(f"{name} is repeated")
        try:
            found[name] = raw.decode("utf-8")
        except (UnicodeDecodeError, AttributeError):
            return Malformed(f"{name} is not UTF-8 text")
    for name in _REQUIRED:
        if name not in found:
            return Malformed(f"{name} is missing")
    return _judge(found, key, partition, partitions)


def _judge(
    found: dict[str, str], key: bytes | None, partition: int, partitions: int
) -> Envelope | Malformed | Misplaced:
    law = found["ce_law"]
    if not (law.isascii() and law.isdigit() and len(law) <= 6 and law[0] != "0"):
        return Malformed("ce_law is not a number")
    kind = parse_type(found["ce_type"])
    expects = parse_expectation(found["ce_expects"])
    time, recorded = parse_time(found["ce_time"]), parse_time(found["ce_recordedtime"])
    stream = found["ce_subject"]
    if found["ce_specversion"] != "1.0":
        return Malformed("ce_specversion is not 1.0")
    if kind is None:
        return Malformed("ce_type is not complaints.<chapter>.<fact>.v<N>")
    if expects is None or expects[CHAPTERS.index(kind.chapter)] == UNNAMED:
        return Malformed("ce_expects does not name the counters by the one pattern, its own chapter among them")
    if time is None or recorded is None:
        return Malformed("ce_time or ce_recordedtime is not a time in UTC with microseconds")
    if not _UUID.fullmatch(found["ce_id"]):
        return Malformed("ce_id is not a UUID")
    if not STREAM.fullmatch(stream):
        return Malformed("ce_subject is not <kind>/<id>")
    if key != stream.encode():
        return Misplaced("the key differs from ce_subject")
    if partition_of(key, partitions) != partition:
        return Misplaced("the partition is not the one of the key")
    return Envelope(
        event_id=found["ce_id"],
        source=found["ce_source"],
        type=found["ce_type"],
        chapter=kind.chapter,
        stream=stream,
        time=time,
        recorded_time=recorded,
        expects=expects,
        law=int(law),
        command_hash=found.get("ce_commandhash"),
        correlation_id=found.get("ce_correlationid"),
        causation_id=found.get("ce_causationid"),
        auth_type=found.get("ce_authtype"),
        auth_id=found.get("ce_authid"),
    )


def write_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The record headers of an envelope; `open_envelope` reads back the same."""
    pairs = [
        ("content-type", "application/json"),
        ("ce_specversion", "1.0"),
        ("ce_id", envelope.event_id),
        ("ce_source", envelope.source),
        ("ce_type", envelope.type),
        ("ce_subject", envelope.stream),
        ("ce_time", format_time(envelope.time)),
        ("ce_recordedtime", format_time(envelope.recorded_time)),
        ("ce_dataschema", f"urn:{envelope.type}"),
        ("ce_expects", str(envelope.expects)),
        ("ce_law", str(envelope.law)),
    ]
    for name, value in (
        ("ce_commandhash", envelope.command_hash),
        ("ce_correlationid", envelope.correlation_id),
        ("ce_causationid", envelope.causation_id),
        ("ce_authtype", envelope.auth_type),
        ("ce_authid", envelope.auth_id),
    ):
        if value is not None:
            pairs.append((name, value))
    return [(name, value.encode()) for name, value in pairs]
