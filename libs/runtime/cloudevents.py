"""CloudEvents in Kafka records, binary and structured mode (CloudEvents 1.0, Kafka binding). Pure.

Lives here: bytes to attributes and data and back, total: any record is a `CloudEvent` or `NotOne`, never an exception.
Must not: know a type or what the data says; repeat content in a reason.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from events.envelope import format_time
from events.fact import EARLIEST, LATEST
from runtime.body import DIGITS_MAX
from runtime.members import may_repeat, written
from runtime.problems import printable

Headers = Sequence[tuple[str, bytes]]

ATTRIBUTE_CHARS_MAX = 200
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_REQUIRED = ("specversion", "id", "source", "type", "subject", "time")
_STRUCTURED = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One event. `data` is its JSON as bytes, with whatever is wrong in it; `time` in UTC."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: bytes


@dataclass(frozen=True, slots=True)
class NotOne:
    """The record is no CloudEvent that we take. `field` names the attribute, `id` and `source` where they are known."""

    field: str
    why: str
    id: str | None = None
    source: str | None = None


def read_cloud_event(headers: Headers, value: bytes | None) -> CloudEvent | NotOne:
    """The event in a record."""
    found: dict[str, str] = {}
    for name, raw in headers:
        if name != "content-type" and not name.startswith("ce_"):
            continue
        if name in found:
            return NotOne(printable(name[:ATTRIBUTE_CHARS_MAX]), "comes more than once")
        if not name.isprintable():
            return NotOne(printable(name[:ATTRIBUTE_CHARS_MAX]), "is no name of an attribute")
        try:
            found[name] = raw.decode("utf-8")
        except UnicodeDecodeError:
            return NotOne(printable(name[:ATTRIBUTE_CHARS_MAX]), "is not UTF-8 text")
    kind = found.pop("content-type", "application/json").split(";", 1)[0].strip().lower()
    attributes = {name.removeprefix("ce_"): text for name, text in found.items()}
    if not value:
        return _not_one("data", "there is none", {} if kind == _STRUCTURED else attributes)
    if kind == _STRUCTURED:
        return _structured(value)
    if kind != "application/json" and not kind.endswith("+json"):
        return _not_one("content-type", "send JSON", attributes)
    return _checked(attributes, value)


def write_headers(event: CloudEvent) -> list[tuple[str, bytes]]:
    """The record headers of an event in binary mode; its value is `event.data`."""
    pairs = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": event.id,
        "ce_source": event.source,
        "ce_type": event.type,
        "ce_subject": event.subject,
        "ce_time": format_time(event.time),
    }
    return [(name, text.encode()) for name, text in pairs.items()]


def _structured(value: bytes) -> CloudEvent | NotOne:
    content = _content(value)
    if content is None:
        return NotOne("data", "the record is not JSON in UTF-8")
    if not isinstance(content, dict):
        return NotOne("data", "the record is not a JSON object")
    data = content.pop("data", None)
    attributes = {name: text for name, text in content.items() if isinstance(text, str)}
    if data is None:
        return _not_one("data", "there is none; data_base64 is not taken", attributes)
    wrong = next((name for name in _REQUIRED if name in content and name not in attributes), None)
    if wrong is not None:
        return _not_one(wrong, "is not text", attributes)
    if may_repeat(value, {**content, "data": data}):
        return _as_written(value, attributes)
    return _checked(attributes, _written(data))


def _as_written(value: bytes, attributes: Mapping[str, str]) -> CloudEvent | NotOne:
    """The event where a member may come again: which of two was meant, nobody knows. What comes again within `data` is
    named by whoever reads that.
    """
    found: dict[str, str] = {}
    try:
        for name, text in written(value.decode()):
            if name in found:
                known = {each: one for each, one in attributes.items() if each != name}
                return _not_one(printable(name[:ATTRIBUTE_CHARS_MAX]), "comes more than once", known)
            found[name] = text
    except RecursionError:
        return _checked(attributes, b"")
    return _checked(attributes, found["data"].encode())


def _content(value: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The record as JSON. A lone surrogate or a number beyond all measure spoils the field that it stands in, not the
    event: its id and source are read all the same, and whoever reads `data` names the field. None where it is none.
    """
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(value.decode(), parse_int=_whole, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= DIGITS_MAX else math.inf


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _written(data: object) -> bytes:
    """`data` as JSON again, with what is wrong in it. Nested too deep it cannot be written, and is no JSON."""
    try:
        return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode()
    except RecursionError:
        return b""


def _checked(attributes: Mapping[str, str], data: bytes) -> CloudEvent | NotOne:
    for name in _REQUIRED:
        text = attributes.get(name)
        if not text:
            return _not_one(name, "is missing", attributes)
        if not _plain(text):
            return _not_one(name, f"is longer than {ATTRIBUTE_CHARS_MAX} characters, or not printable", attributes)
    if attributes["specversion"] != "1.0":
        return _not_one("specversion", "is not 1.0", attributes)
    time = read_time(attributes["time"])
    if time is None:
        return _not_one("time", "is not an RFC 3339 time with a zone, between 1970 and 2099", attributes)
    return CloudEvent(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        subject=attributes["subject"],
        time=time,
        data=data,
    )


def read_time(text: str) -> datetime | None:
    """The instant of an RFC 3339 time, or None where the form or the range is wrong."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.astimezone(EARLIEST.tzinfo) if EARLIEST <= moment < LATEST else None
    except (ValueError, OverflowError):
        return None


def _not_one(field: str, why: str, attributes: Mapping[str, str]) -> NotOne:
    known = {name: attributes[name] for name in ("id", "source") if _plain(attributes.get(name, ""))}
    return NotOne(field, why, known.get("id"), known.get("source"))


def _plain(text: str) -> bool:
    return 0 < len(text) <= ATTRIBUTE_CHARS_MAX and text.isprintable()
