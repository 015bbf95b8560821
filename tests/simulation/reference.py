"""What the log says, worked out in the plainest way: one pass over each partition from its start.

Written apart from `runtime` and `events.admission`: it reads what the readers read and shares none of their code but
the codec and the deciders. Records that the vandal spoilt are known by their `x-bad`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from events.codec import decode
from events.decider import Context, Decider
from events.fact import CHAPTERS, Chapter, Fact
from rulebooks.state import Rulebook
from simulation.broker import Broker, Record

BOOKS = "rulebook/"
Counters = tuple[int, int, int, int]


@dataclass(frozen=True)
class Said:
    """One admitted record, and how its stream stood with it."""

    stream: str
    partition: int
    offset: int
    event_id: str
    chapter: Chapter
    fact: Fact
    recorded_at: datetime
    by_machine: bool
    command_hash: str | None
    head: Counters
    index: int
    """How many records of its stream were admitted before it."""


@dataclass
class Stream:
    """A stream after its last admitted record."""

    partition: int
    states: dict[str, Any]
    head: Counters = (0, 0, 0, 0)
    last_offset: int = -1
    past: list[tuple[Counters, dict[str, Any]]] = field(default_factory=list)
    """Head and states before each admitted record."""


@dataclass
class Truth:
    """The log, read once."""

    streams: dict[str, Stream] = field(default_factory=dict)
    admitted: list[Said] = field(default_factory=list)
    verdicts: dict[tuple[int, int], str] = field(default_factory=dict)
    hashes: list[list[bytes]] = field(default_factory=list)
    """By partition: the running hash before each offset, and at the end."""
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Every state that a stream which is no complaint has had, by service: what somebody may have leaned on."""
    published: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    """When which rulebook changed, and its states by service."""
    refused: int = 0
    refused_of_machines: int = 0
    """Those of them that a service owed."""
    _books: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def believed(self, one: Said, chapters: frozenset[Chapter]) -> Iterator[dict[str, Any]]:
        """The states on which a writer may have said this: all that differ from the one just before the record only by
        what stands in other chapters than these.
        """
        past = self.streams[one.stream].past
        last, _ = past[one.index]
        for head, states in reversed(past[: one.index + 1]):
            if any(head[CHAPTERS.index(chapter)] != last[CHAPTERS.index(chapter)] for chapter in chapters):
                return
            yield states

    def contexts(self, decider: Decider[Any], stream: str, state: Any, *, last: bool = False) -> list[Context]:  # noqa: ANN401
        """The contexts in which this state may have been judged; `last`: as they are in the end."""
        shelves = self.books(decider)
        names = [name for name in decider.leans_on(state) if not name.startswith(BOOKS)]
        known: list[dict[str, Any]] = [{}]
        for name in (*names, *self._naming(decider, stream)):
            seen = [{name: states[decider.chapter]} for states in self.versions.get(name, [])]
            known = [one | other for one in known for other in ({}, *seen)]
        if last:
            known, shelves = known[-1:], shelves[-1:]
        return [Context(None, others, books, stream) for books in reversed(shelves) for others in known]

    def _naming(self, decider: Decider[Any], stream: str) -> list[str]:
        """Streams that have named this one at some time."""
        return [
            name
            for name, versions in self.versions.items()
            if any(stream in decider.names(states[decider.chapter]) for states in versions)
        ]

    def books(self, decider: Decider[Any]) -> list[dict[str, Any]]:
        """The rulebooks of a service as they were in force one after another, from none to all."""
        if not decider.books:
            return [{}]
        if decider.chapter not in self._books:
            shelves: list[dict[str, Any]] = [{}]
            for _, name, states in sorted(self.published, key=lambda one: one[:2]):
                book = states[decider.chapter]
                if isinstance(book, Rulebook) and book.versions != shelves[-1].get(name, Rulebook()).versions:
                    shelves.append({**shelves[-1], name: book})
            self._books[decider.chapter] = shelves
        return self._books[decider.chapter]


def read(broker: Broker, deciders: list[Decider[Any]]) -> Truth:
    """Judge and fold every record."""
    truth = Truth()
    for partition in broker.log:
        hashes = [b""]
        for record in partition:
            verdict = _judge(truth, record, deciders)
            truth.verdicts[(record.partition, record.offset)] = verdict
            hashes.append(
                blake2b(hashes[-1] + record.offset.to_bytes(8, "big") + verdict[:2].encode(), digest_size=16).digest()
            )
        truth.hashes.append(hashes)
    return truth


def _judge(truth: Truth, record: Record, deciders: list[Decider[Any]]) -> str:
    headers = dict(record.headers)
    if "x-bad" in headers:
        return headers["x-bad"].decode()
    name = headers["ce_subject"].decode()
    stream = truth.streams.get(name)
    if stream is None:
        stream = Stream(record.partition, {str(decider.chapter): decider.initial for decider in deciders})
        truth.streams[name] = stream
    wanted = dict(part.split("=") for part in headers["ce_expects"].decode().split(","))
    if any(stream.head[CHAPTERS.index(Chapter(chapter))] != int(count) for chapter, count in wanted.items()):
        truth.refused += 1
        truth.refused_of_machines += headers["ce_authtype"] == b"system"
        return "refused"
    _admit(truth, record, stream, headers, deciders)
    return "admitted"


def _admit(
    truth: Truth, record: Record, stream: Stream, headers: dict[str, bytes], deciders: list[Decider[Any]]
) -> None:
    type_name, name = headers["ce_type"].decode(), headers["ce_subject"].decode()
    chapter = Chapter(type_name.split(".")[1])
    fact = decode(type_name, datetime.fromisoformat(headers["ce_time"].decode()), record.value)
    assert isinstance(fact, Fact), fact
    stream.past.append((stream.head, dict(stream.states)))
    recorded_at = datetime.fromisoformat(headers["ce_recordedtime"].decode())
    index = CHAPTERS.index(chapter)
    intake, triage, escalation, accountability = (count + (at == index) for at, count in enumerate(stream.head))
    stream.head = (intake, triage, escalation, accountability)
    stream.last_offset = record.offset
    for decider in deciders:
        if type(fact) in decider.reads:
            stream.states[decider.chapter] = decider.evolve(stream.states[decider.chapter], fact, recorded_at)
    if not name.startswith("complaint/"):
        truth.versions.setdefault(name, []).append(dict(stream.states))
    if name.startswith(BOOKS):
        truth.published.append((recorded_at, name.removeprefix(BOOKS), dict(stream.states)))
    hashed = headers.get("ce_commandhash")
    said = Said(
        name,
        record.partition,
        record.offset,
        headers["ce_id"].decode(),
        chapter,
        fact,
        recorded_at,
        headers["ce_authtype"] == b"system",
        hashed and hashed.decode(),  # type: ignore[arg-type]
        stream.head,
        len(stream.past) - 1,
    )
    truth.admitted.append(said)
