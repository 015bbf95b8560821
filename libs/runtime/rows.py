"""The values that a reader moves, and the two ports it moves them through (architecture, section 5).

Lives here: frozen values and Protocols. Must not: SQL, Kafka, any decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from events.admission import Head, Verdict
from events.envelope import Envelope
from events.fact import Fact

NOT_ASKED = -1
"""The version under which a row leans on what names it, until its owner asks it for the first time (L15)."""


class LogRecord(Protocol):
    """What Kafka hands us, as it is; nothing is copied."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(slots=True)
class Judged:
    """One record and what the law says of it. `fact` is None where it is not admitted, not read or not decodable.

    Nobody changes one. It is not frozen because it is made for every record, and that would cost as much as judging it.
    """

    partition: int
    offset: int
    append_time_ms: int
    verdict: Verdict
    key: bytes | None
    value: bytes | None
    envelope: Envelope | None = None
    why: str | None = None
    head: Head | None = None
    """The stream's head after this record."""
    fact: Fact | None = None
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands in one partition (L18). `last_*` describe the last folded record (L6), `hash` is L7's."""

    next_offset: int = 0
    turn: int = 0
    last_id: str = ""
    last_crc: int = 0
    hash: bytes = b""


@dataclass(slots=True)
class Row:
    """All that a service keeps of one stream. The reader moves its own copy; a failure throws it away (L19)."""

    stream: str
    partition: int
    head: Head = field(default_factory=Head)
    state: Any = None
    last_offset: int = -1
    wake_at: datetime | None = None
    machine: int = 0
    """Facts by machines in a row, without a human act or a due time in between (L16)."""
    machine_at: datetime | None = None
    decider_version: int = 0
    """The newest decider that has judged this stream (L16)."""
    parked_at: int | None = None
    """Offset of the record whose content could not be folded (L22)."""
    parked_head: Head | None = None
    """The head before that record, from which a redrive judges again."""
    muted: bool = False
    """Proposals are parked: `owed` raised or its append cannot succeed (L22)."""
    leans: tuple[tuple[str, int], ...] = ()
    """Context streams and the versions under which this row was last judged (L15)."""
    leans_stored: tuple[tuple[str, int], ...] | None = field(default=None, compare=False)
    """What the store holds of them, where that is known: only what changed is written."""
    named: tuple[str, ...] = ()
    """Context streams that name this one: it leans on them, although its own state need not know of them (L15)."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """The verdict on one of our own commands; found by position and by event id."""

    partition: int
    offset: int
    event_id: str
    stream: str
    admitted: bool
    head: Head
    command_hash: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that could not go on, said loudly. `kind` is `content` or `proposals`."""

    stream: str
    partition: int
    offset: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What one look at the database shows: its clock, and the context streams asked for as (version, state)."""

    now: datetime
    contexts: Mapping[str, tuple[int, Any]] = field(default_factory=dict)
    books: Mapping[str, Any] = field(default_factory=dict)
    """The service's rulebooks by `<kind>/<name>`, without those whose content waits for repair (L15)."""


@dataclass(frozen=True, slots=True)
class Awake:
    """What a tick found due: streams to ask, those to redrive, and when to look again."""

    streams: tuple[str, ...]
    redrives: tuple[str, ...]
    next_wake_at: datetime | None
    leaning: frozenset[str] = frozenset()
    """Those of `streams` that were judged under an older version of what they lean on (L15)."""
    older: bool = False
    """Some of `streams` only an older decider has judged (L16): there may be more of them."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything that one batch moves, in one transaction or not at all (L18)."""

    before: Mapping[int, Place]
    after: Mapping[int, Place]
    rows: Sequence[Row] = ()
    verdicts: Sequence[VerdictRow] = ()
    parked: Sequence[Parked] = ()
    judged: Sequence[Judged] = ()
    redriven: Sequence[str] = ()
    named: Sequence[tuple[str, int, str, int]] = ()
    """Who is named by what: (context stream, partition, stream, NOT_ASKED). Who leans on it already stays as it is."""


class LostOwnership(Exception):
    """Another owner has moved a position that we stood at (L18): roll back, drop caches, read the position again."""


class LogBroken(Exception):
    """The log is not the one we read, or not as the law says (L6, L20, L21). The reader stops, loudly."""


class AppendFailed(Exception):
    """The log did not take a record within its limit. Nothing is known about it; asking again is safe."""


class RecordTooLarge(Exception):
    """A record can never be appended, however often it is tried."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record on its way to the log."""

    stream: str
    partition: int
    headers: list[tuple[str, bytes]]
    value: bytes


class Log(Protocol):
    """The append side of `complaints.log`."""

    async def append(self, records: Sequence[Outgoing]) -> list[Exception | int | None]:
        """One outcome a record: its offset, None where the ack had no valid offset, or what went wrong."""
        ...

    async def reread(self, partition: int, first: int, end: int, stream: str) -> Sequence[LogRecord]:
        """The records of one stream in [first, end) of its partition, for a redrive (L22)."""
        ...


class Store(Protocol):
    """The database side: position, rows and verdicts move together or not at all."""

    async def places(self, partitions: Sequence[int]) -> dict[int, Place]: ...

    async def load(self, streams: Sequence[str]) -> dict[str, Row]: ...

    async def stand(self, places: Mapping[int, Place], contexts: Sequence[str]) -> Standing:
        """The database's clock and the contexts; `LostOwnership` where a position differs from `places`."""
        ...

    async def due(self, places: Mapping[int, Place], limit: int, version: int) -> Awake:
        """What must be asked in these partitions; `LostOwnership` where a position differs from `places`.

        At most `limit` of each: what has become due, what leans on an older context (L15), and what only an older
        decider than `version` has judged (L16).
        """
        ...

    async def commit(self, batch: Commit) -> None:
        """All of it in one transaction; `LostOwnership` where a position differs from `batch.before`."""
        ...
