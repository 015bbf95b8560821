"""The envelope of a record: CloudEvents in Kafka's binary mode, judged on bytes (L3).

Lives here: reading headers into an `Envelope` or saying what is wrong, and writing them. Must not: any event's content.
Every record passes here in five readers: what recurs (types, expectations, streams) is parsed once and remembered.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, cast

from events.admission import LAW, UNNAMED, Expectation, parse_expectation
from events.fact import EARLIEST, LATEST, PLACES, Chapter
from events.ids import STREAM
from events.partition import partition_of

RawHeaders = Sequence[tuple[str, bytes | None]]
"""Headers as Kafka hands them out: a value may be absent."""

_TYPE = re.compile(
    r"complaints\.(intake|triage|escalation|accountability)\.([a-z][a-z0-9-]{0,60})\.v([1-9][0-9]{0,3})", re.ASCII
)
_OUR_LAW = str(LAW).encode()
_LAW = re.compile(rb"[1-9][0-9]{0,5}")
# A form is checked by mapping every digit to 0 and comparing: a third of the cost of a pattern, and as strict.
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)
_TIME_FORM = b"0000-00-00T00:00:00.000000Z"
_HEX = bytes.maketrans(b"0123456789abcdef", b"0" * 16)
_UUID_FORM = b"00000000-0000-0000-0000-000000000000"
_OPTIONAL = ("ce_commandhash", "ce_correlationid", "ce_causationid", "ce_authtype", "ce_authid")
"""In the order of the envelope's last fields."""
_NAME_CHARS_SHOWN = 100


class Envelope(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class NewerLaw:
    """Written under a law that this code does not know: it cannot say anything of the record and must stop (L3)."""

    law: int


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
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:26] + "Z"


@lru_cache(maxsize=16_384)
def parse_time(raw: bytes) -> datetime | None:
    """The instant in a header of ours, or None where the form or the range is wrong.

    Remembered, for facts that follow from one another share their times.
    """
    if raw.translate(_DIGITS) != _TIME_FORM or raw[11:13] > b"23":
        return None
    try:
        moment = datetime.fromisoformat(raw.decode("ascii"))
    except ValueError:
        return None
    return moment if EARLIEST <= moment < LATEST else None


def _text(raw: bytes) -> str:
    """Raises ValueError where it is not text, and AttributeError where there is none."""
    text = raw.decode()
    if "\x00" in text:
        raise ValueError("NUL")
    return text


_word = lru_cache(maxsize=16_384)(_text)
"""The same for text that recurs from record to record."""


@lru_cache(maxsize=4096)
def _kind(raw: bytes) -> tuple[str, Chapter, int] | None:
    """The name of a type, its chapter and that chapter's place in a head; None where it is no type's name."""
    name = _text(raw)
    kind = parse_type(name)
    return None if kind is None else (name, kind.chapter, PLACES[kind.chapter])


@lru_cache(maxsize=16_384)
def _expected(raw: bytes) -> Expectation | None:
    return parse_expectation(_text(raw))


@lru_cache(maxsize=65_536)
def _place(key: bytes, partitions: int) -> tuple[str, int] | None:
    """The stream that a key names and its partition, or None; computed once per stream: it is the dearest check."""
    text = _text(key)
    return (text, partition_of(key, partitions)) if STREAM.fullmatch(text) else None


def open_envelope(
    key: bytes | None, headers: RawHeaders, partition: int, partitions: int
) -> Envelope | Malformed | Misplaced | NewerLaw:
    """Read a record's envelope from its bytes. Total: every input gives one of the four, never an exception."""
    found = cast("dict[str, bytes]", dict(headers))
    if len(found) != len(headers) or found.get("ce_law") != _OUR_LAW:
        odd = _odd(headers, found.get("ce_law"))
        if odd is not None:
            return odd
    try:
        return _judge(found, key, partition, partitions)
    except KeyError as missing:
        return Malformed(f"{missing.args[0]} is missing")
    except (AttributeError, ValueError):
        return Malformed(f"{_shown(_unreadable(headers))} is not text")


def _odd(headers: RawHeaders, law: bytes | None) -> Malformed | NewerLaw | None:
    """What can be said before the other headers are looked at: first the law, since it may change all the rest."""
    names = [name for name, _ in headers if name.startswith("ce_")]
    repeated = min((name for name, times in Counter(names).items() if times > 1), default=None)
    if law is None or names.count("ce_law") > 1 or _LAW.fullmatch(law) is None:
        return Malformed("ce_law is missing, repeated or not a number")
    if int(law) > LAW:
        return NewerLaw(int(law))
    return Malformed(f"{_shown(repeated)} is repeated") if repeated is not None else None


def _unreadable(headers: RawHeaders) -> str:
    for name, raw in headers:
        try:
            _text(cast("bytes", raw))
        except (AttributeError, ValueError):
            if name.startswith("ce_"):
                return name
    return "a header"


def _shown(name: str) -> str:
    """A header's name in a sentence that is kept: anybody may have chosen it."""
    return ascii(name[:_NAME_CHARS_SHOWN])[1:-1]


def _judge(
    found: dict[str, bytes], key: bytes | None, partition: int, partitions: int
) -> Envelope | Malformed | Misplaced:
    """Raises KeyError, AttributeError or ValueError for a header that is missing, empty or not text."""
    if found["ce_specversion"] != b"1.0":
        return Malformed("ce_specversion is not 1.0")
    event_id = found["ce_id"]
    if event_id.translate(_HEX) != _UUID_FORM:
        return Malformed("ce_id is not a UUID")
    kind = _kind(found["ce_type"])
    if kind is None:
        return Malformed("ce_type is not complaints.<chapter>.<fact>.v<N>")
    type_name, chapter, index = kind
    expects = _expected(found["ce_expects"])
    if expects is None or expects[index] == UNNAMED:
        return Malformed("ce_expects does not name the counters by the one pattern, its own chapter among them")
    time, recorded_time = parse_time(found["ce_time"]), parse_time(found["ce_recordedtime"])
    if time is None or recorded_time is None:
        return Malformed("ce_time or ce_recordedtime is not a time in UTC with microseconds, 1970 to 2099")
    source, get = _word(found["ce_source"]), found.get
    optional = [None if raw is None else _text(raw) for raw in map(get, _OPTIONAL)]
    place = _place(found["ce_subject"], partitions)
    if place is None:
        return Malformed("ce_subject is not <kind>/<id>")
    if key != found["ce_subject"]:
        return Misplaced("the key differs from ce_subject")
    if place[1] != partition:
        return Misplaced("the partition is not the one of the key")
    return Envelope._make((
        event_id.decode("ascii"), source, type_name, chapter, place[0], time, recorded_time, expects,
        int(found["ce_law"]), *optional,
    ))  # fmt: skip


def write_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The record headers of an envelope; `open_envelope` reads back the same."""
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.event_id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_subject", envelope.stream.encode()),
        ("ce_time", format_time(envelope.time).encode()),
        ("ce_recordedtime", format_time(envelope.recorded_time).encode()),
        ("ce_dataschema", b"urn:" + envelope.type.encode()),
        ("ce_expects", str(envelope.expects).encode()),
        ("ce_law", str(envelope.law).encode()),
    ]
    optional = (
        envelope.command_hash, envelope.correlation_id, envelope.causation_id, envelope.auth_type, envelope.auth_id
    )  # fmt: skip
    headers += [(name, text.encode()) for name, text in zip(_OPTIONAL, optional, strict=True) if text is not None]
    return headers
