"""The story of one stream: every record in its order, told again from the ledger, with before and after of each edit.

Pure. Refused records stand in the story too, marked, with the reason; they change nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.admission import Head, Verdict, parse_expectation
from events.codec import Undecodable, decode
from events.envelope import Envelope, parse_type
from events.fact import Fact
from projections.views import cases, clusters
from projections.views.chapters.page import Case
from projections.views.clusters import Cluster
from projections.views.standing import folded
from projections.views.told import Plain, content, stamp

EDITED = (
    "text", "demand", "product", "branch", "channel", "identity", "contact", "motive", "screening", "category",
    "dispute", "grade", "queue", "owner", "status",
)  # fmt: skip
"""What the timeline shows before and after, where a record changes it."""


@dataclass(frozen=True, slots=True)
class Retold:
    """A record as the ledger keeps it, judged as it was then: has the shape of `Told`."""

    partition: int
    offset: int
    append_time_ms: int
    verdict: Verdict
    key: bytes | None
    value: bytes | None
    envelope: Envelope | None
    why: str | None
    head: Head | None
    fact: Fact | None
    said: Fact | None
    """What a refused record would have said; None where nobody can read it."""


def retell(rows: Iterable[Mapping[str, Any]]) -> list[Retold]:
    """Ledger rows of one stream, in their order, as records again; heads are counted up anew."""
    head = Head()
    told = []
    for row in rows:
        envelope = _envelope(row)
        verdict = Verdict(row["verdict"])
        said = decode(envelope.type, envelope.time, row["value"])
        readable = None if isinstance(said, Undecodable) else said
        admitted = verdict is Verdict.ADMITTED
        head = head.after(envelope.chapter) if admitted else head
        told.append(
            Retold(
                row["partition"],
                row["offset"],
                row["append_time_ms"],
                verdict,
                envelope.stream.encode(),
                row["value"],
                envelope,
                row["why"],
                head,
                readable if admitted else None,
                readable,
            )
        )
    return told


def _envelope(row: Mapping[str, Any]) -> Envelope:
    kind, expects = parse_type(row["type"]), parse_expectation(row["expects"])
    assert kind is not None
    assert expects is not None
    return Envelope(
        event_id=row["event_id"],
        source=row["source"],
        type=row["type"],
        chapter=kind.chapter,
        stream=row["stream"],
        time=row["at"],
        recorded_time=row["recorded_at"],
        expects=expects,
        command_hash=row["command_hash"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        auth_type=row["actor_type"],
        auth_id=row["actor"],
    )


def page_as_of(
    told: Iterable[Retold], *, as_of: datetime | None = None, known_at: datetime | None = None
) -> Case | None:
    """The page as it was true at `as_of` (when things happened), as far as it was known at `known_at` (L24)."""
    page: Case | None = None
    for one in by_then(told, as_of=as_of, known_at=known_at):
        if one.verdict is Verdict.ADMITTED:
            page = _after(page, one)
    return page


def cluster_as_of(
    told: Iterable[Retold], *, as_of: datetime | None = None, known_at: datetime | None = None
) -> Cluster | None:
    """The same of a cluster, whose stream is the only place that says who belonged to it."""
    cluster: Cluster | None = None
    for one in by_then(told, as_of=as_of, known_at=known_at):
        if one.verdict is Verdict.ADMITTED:
            cluster = folded(clusters.fold, clusters.moved, cluster, one)
    return cluster


def _after(page: Case | None, told: Retold) -> Case:
    """What happened is shown also where a page could not be folded: it parks, as the view itself does (L22)."""
    return folded(cases.fold, cases.moved, page, told)


def by_then(told: Iterable[Retold], *, as_of: datetime | None = None, known_at: datetime | None = None) -> list[Retold]:
    """The records of what had happened by `as_of`, as far as it was known at `known_at` (L24)."""
    return [
        one
        for one in told
        if one.envelope is not None
        and (as_of is None or one.envelope.time <= as_of)
        and (known_at is None or one.envelope.recorded_time <= known_at)
    ]


def entries(told: Iterable[Retold]) -> list[Plain]:
    """The timeline, oldest first."""
    page: Case | None = None
    found = []
    for one in told:
        after = _after(page, one) if one.verdict is Verdict.ADMITTED else page
        found.append(_entry(one, page, after))
        page = after
    return found


def _entry(told: Retold, before: Case | None, after: Case | None) -> Plain:
    envelope = told.envelope
    assert envelope is not None
    assert told.head is not None
    kind = parse_type(envelope.type)
    assert kind is not None
    return {
        "position": [told.partition, told.offset],
        "verdict": told.verdict.value,
        "why": told.why,
        "type": envelope.type,
        "chapter": kind.chapter.value,
        "fact": kind.fact,
        "number": told.head.of(kind.chapter) if told.verdict is Verdict.ADMITTED else None,
        "actor": {"id": envelope.auth_id, "type": envelope.auth_type},
        "time": stamp(envelope.time),
        "recorded_time": stamp(envelope.recorded_time),
        "event_id": envelope.event_id,
        "expects": str(envelope.expects),
        "data": content(told.said) if told.said is not None else None,
        "changes": _changes(before, after),
    }


def _changes(before: Case | None, after: Case | None) -> list[Plain]:
    if before is None or after is None or before is after:
        return []
    old: Mapping[str, Any] = before
    new: Mapping[str, Any] = after
    return [
        {"field": name, "before": old.get(name), "after": new.get(name)}
        for name in EDITED
        if old.get(name) != new.get(name)
    ]
