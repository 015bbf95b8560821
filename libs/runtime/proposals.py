"""What a service owes, as records: asking the decider, naming the record, knowing what is under way (L11, L12, L16).

Lives here: from (row, context, now) to a record, and the memory that suppresses doubles. Must not: Kafka, SQL, loops.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from events.admission import Expectation, Verdict, expectation
from events.codec import encode
from events.decider import Context, Decider, Owed, UnknownRulebook
from events.envelope import Envelope, write_headers
from events.fact import Chapter, Fact
from events.ids import COMPLAINT, owed_event_id
from events.partition import partition_of
from runtime.judging import MACHINE
from runtime.rows import NOT_ASKED, Judged, Outgoing, Parked, Place, Row, Standing

ASK_AGAIN = timedelta(seconds=30)
"""While anything is owed, the next look is at most this far away (L12)."""
ASK_SOON = timedelta(seconds=1)
"""After an append that failed."""
GIVE_WAY = timedelta(seconds=0.5)
"""After a fact of ours that others outran: who works on a case now will do so again, and outrun the next one, too."""
MACHINE_FACTS_MAX = 100
"""More facts by machines than this in a row park the stream's proposals (L16)."""
FORGET_UNACKED_SECONDS = 30.0
_REFUSED = Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Proposal:
    """One owed fact as a record, with the name under which it is remembered (L12)."""

    name: tuple[str, Expectation]
    outgoing: Outgoing


@dataclass(slots=True)
class _Sent:
    stream: str
    partition: int
    offset: int | None
    since: float

    def is_beyond(self, after: Mapping[int, Place]) -> bool:
        """It stands in the log, and this round does not reach it."""
        return self.offset is not None and self.partition in after and self.offset >= after[self.partition].next_offset


@dataclass(slots=True)
class UnderWay:
    """Appends that have not come back through the log yet. It only ever suppresses (L12)."""

    clock: Callable[[], float] = time.monotonic
    sent: dict[tuple[str, Expectation], _Sent] = field(default_factory=dict)
    _latest: dict[str, _Sent] = field(default_factory=dict)
    """Of `sent`, by stream: however far this reader is behind, a round looks only at the streams that it touches."""
    _outrun: dict[str, datetime] = field(default_factory=dict)

    def gives_way(
        self,
        judged: Sequence[Judged],
        chapter: Chapter,
        touched: Iterable[str],
        after: Mapping[int, Place],
        now: datetime,
    ) -> Mapping[str, datetime]:
        """Of the touched streams those on which nothing is proposed in a round that ends at `after`, and when they are
        looked at again.

        Where a fact of ours was refused, others work on the case now. Where one stands in the log beyond the round, it
        touches the stream when it is read (L12), and another one before would be refused.
        """
        self._outrun = {stream: until for stream, until in self._outrun.items() if until > now}
        for one in judged:
            envelope = one.envelope
            if one.verdict is _REFUSED and envelope and envelope.auth_type == MACHINE and envelope.chapter == chapter:
                self._outrun[envelope.stream] = now + GIVE_WAY
        latest = self._latest
        coming = [name for name in touched if name in latest and latest[name].is_beyond(after)] if latest else []
        return self._outrun | dict.fromkeys(coming, now + ASK_AGAIN)

    def remember(self, proposal: Proposal) -> None:
        """Called before the send: a late ack must find its entry."""
        outgoing = proposal.outgoing
        one = _Sent(outgoing.stream, outgoing.partition, None, self.clock())
        self.sent[proposal.name] = self._latest[outgoing.stream] = one

    def acked(self, proposal: Proposal, offset: int | None) -> None:
        """An ack without a valid offset counts as none."""
        if proposal.name in self.sent:
            self.sent[proposal.name].offset = offset

    def forget(self, proposal: Proposal) -> None:
        self._drop(proposal.name)

    def _drop(self, name: tuple[str, Expectation]) -> None:
        one = self.sent.pop(name, None)
        if one is not None and self._latest.get(one.stream) is one:
            del self._latest[one.stream]

    def __contains__(self, name: tuple[str, Expectation]) -> bool:
        return name in self.sent

    def passed(self, next_offsets: Mapping[int, int]) -> None:
        """Forget what the reader's position has passed, and what has had no ack for too long."""
        if not self.sent:
            return
        patience_ends = self.clock() - FORGET_UNACKED_SECONDS
        gone = [
            name
            for name, one in self.sent.items()
            if (one.since < patience_ends if one.offset is None else one.offset < next_offsets.get(one.partition, -1))
        ]
        for name in gone:
            self._drop(name)


def with_named(decider: Decider[Any] | None, rows: dict[str, Row]) -> dict[str, Row]:
    """Rows as the store gives them: of all that they lean on, `named` keeps what their own state does not ask for."""
    for row in rows.values():
        if row.named and decider is not None:
            own = decider.leans_on(row.state)
            row.named = tuple(name for name in row.named if name not in own)
    return rows


def no_complaints(rows: Mapping[str, Row]) -> list[Row]:
    """Those of the rows, by their streams, that others may lean on (L15): a complaint stands for itself."""
    return [row for stream, row in rows.items() if not stream.startswith(COMPLAINT)]


def named_by(decider: Decider[Any], rows: Iterable[Row], partitions: int) -> list[tuple[str, int, str, int]]:
    """Who is named by these rows, and leans on them from then on (L15)."""
    members = [(row.stream, name) for row in rows for name in decider.names(row.state)]
    return [(context, partition_of(name.encode(), partitions), name, NOT_ASKED) for context, name in members]


def leaned_on(decider: Decider[Any], row: Row) -> tuple[str, ...]:
    """The context streams of a row: those that its state asks for, and those that name it."""
    own = decider.leans_on(row.state)
    return tuple(dict.fromkeys((*own, *row.named))) if row.named else own


def leans(names: tuple[str, ...], owed: Owed, standing: Standing) -> tuple[tuple[str, int], ...]:
    """Under which versions a row was judged: of what it leans on, and of the rulebooks that it waits for (L15)."""
    names = tuple(dict.fromkeys((*names, *owed.waits_for))) if owed.waits_for else names
    return tuple([(name, standing.contexts.get(name, (0, None))[0]) for name in names]) if names else ()


def context_of(stream: str, names: tuple[str, ...], standing: Standing) -> Context:
    """The values that a stream leans on; what nobody has written yet is absent (L15)."""
    contexts = standing.contexts
    others = {name: contexts[name][1] for name in names if name in contexts}
    return Context(others=others, books=standing.books, stream=stream)


def ask(decider: Decider[Any], row: Row, context: Context, now: datetime) -> Owed | Parked:
    """What is owed on this stream now; a rule that raises parks the stream's proposals (L22)."""
    if row.parked_at is not None or row.muted:
        return Owed()
    if row.decider_version > decider.version:
        return Owed(wake_at=now + ASK_AGAIN)
    try:
        owed = decider.owed(row.state, context, now)
    except UnknownRulebook as error:
        return _mute(row, f"there is no rulebook {error}")
    except Exception as error:  # noqa: BLE001 - a rule that fails is a finding about one stream, not the end of the reader
        return _mute(row, f"owed raised {type(error).__name__}")
    if owed.fact is not None and row.machine >= MACHINE_FACTS_MAX:
        return _mute(row, f"{row.machine} facts by machines in a row, the next would be {owed.fact.type}")
    return owed


def _mute(row: Row, reason: str) -> Parked:
    row.muted = True
    return Parked(row.stream, row.partition, row.last_offset, "proposals", reason)


def mute_too_large(row: Row) -> Parked:
    """The append of what is owed can never succeed."""
    return _mute(row, "what is owed is too large for the log")


def name_of(decider: Decider[Any], row: Row, fact: Fact) -> tuple[str, Expectation]:
    """An owed fact's id (a name, L4), and what it expects: what this reader has seen admitted (L1, L2)."""
    chapter = decider.chapter
    counter = row.head.of(chapter)
    event_id = owed_event_id(stream=row.stream, chapter=chapter, counter=counter, fact_type=fact.type)
    return event_id, expectation(row.head, fact.relied_on() | {chapter})


def propose(
    decider: Decider[Any],
    row: Row,
    fact: Fact,
    name: tuple[str, Expectation],
    *,
    now: datetime,
    trace: list[tuple[str, bytes]],
) -> Proposal:
    """The owed fact as a record, under its name."""
    chapter, (event_id, expects) = decider.chapter, name
    envelope = Envelope(
        event_id=event_id,
        source=f"/services/{chapter}",
        type=fact.type,
        chapter=chapter,
        stream=row.stream,
        time=fact.at,
        recorded_time=now,
        expects=expects,
        auth_type=MACHINE,
        auth_id=chapter,
    )
    outgoing = Outgoing(row.stream, row.partition, [*write_headers(envelope), *trace], encode(fact))
    return Proposal(name, outgoing)


def next_look(
    owed: Owed, now: datetime, *, asked: bool, before: datetime | None = None, later: datetime | None = None
) -> datetime | None:
    """When this stream must be looked at again: within 30 s while anything is owed (L12), at once if not asked.

    `before` is when it would have been looked at; where that is soon enough it stays, and what is stored need not move.
    """
    if owed.fact is None:
        return owed.wake_at
    if not asked:
        return now
    latest = later or now + ASK_AGAIN
    return before if before is not None and now < before <= latest else latest
