"""A file as its owner would tell it: CloudEvents in the order of their own times, between an opening and a completion.

Pure: a table and a format in, events out. Must not: Kafka, HTTP, the clock, what a column means.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from events.envelope import format_time
from events.inbound import Told, ToldHistoryCompleted, ToldHistoryOpened
from local.importing.table import BadCell, Row, Table, Unreadable, require

FINGERPRINT_LENGTH = 16
Clocks = Literal["given", "policy"]


@dataclass(frozen=True, slots=True)
class Event:
    """One CloudEvent of a publisher. `subject` is its own reference of the case, `time` when it happened there."""

    id: str
    source: str
    subject: str
    time: datetime
    data: Told

    @property
    def type(self) -> str:
        return self.data.type


@dataclass(frozen=True)
class Asked:
    """What a format is told beside the rows: the batch's name; until when the history is complete, if one said so;
    whether due times are those that the source gives, or counted by a policy of ours.
    """

    batch: str
    known_until: datetime | None
    clocks: Clocks = "given"


@dataclass(frozen=True)
class Format:
    """How to read one source's files. A column given as a tuple goes by any one of those names.

    `tell` gives every case's events in that case's own order. A file knows until its last event, or until `exported`
    where that is later. `policies`: the pack by which its due times can be counted instead.
    """

    source: str
    columns: tuple[str | tuple[str, ...], ...]
    tell: Callable[[Sequence[Row], Asked, list[BadCell]], Sequence[Event]]
    exported: datetime | None = None
    policies: str | None = None


@dataclass(frozen=True)
class History:
    """A file, told: `opened` goes first and `completed` after everything else was answered."""

    batch: str
    known_until: datetime
    opened: Event
    events: tuple[Event, ...]
    completed: Event
    bad: tuple[BadCell, ...]

    @property
    def cases(self) -> int:
        return len({event.subject for event in self.events})

    def __iter__(self) -> Iterator[Event]:
        yield self.opened
        yield from self.events
        yield self.completed


def history(form: Format, table: Table, known_until: datetime | None = None, *, clocks: Clocks = "given") -> History:
    """Everything the table says in `form`. Raises Unreadable where the table as a whole cannot be told.

    The batch is named after the file's content, so the same file gives the same ids, whenever and wherever it is read.
    """
    require(form.columns, table.columns)
    batch = f"{form.source}-{table.sha256[:FINGERPRINT_LENGTH]}"
    bad = list(table.bad)
    told = form.tell(table.rows, Asked(batch, known_until, clocks), bad)
    bad.sort(key=lambda cell: cell.row)
    if not told:
        raise Unreadable(f"no row can be told; the first: {bad[0]}" if bad else "the file has a header and no rows")
    events = tuple(in_order(told))
    last = max(events, key=lambda event: event.time)
    until = known_until or max(last.time, form.exported or last.time).astimezone(UTC)
    if last.time > until:
        told_last = f"{last.subject} is told of {format_time(last.time)}"
        raise Unreadable(f"the history cannot be complete until {format_time(until)}: {told_last}")
    first = min(event.time for event in events)
    return History(
        batch=batch,
        known_until=until,
        opened=Event(f"{batch}#opened", form.source, batch, first, ToldHistoryOpened()),
        events=events,
        completed=Event(f"{batch}#completed", form.source, batch, until, ToldHistoryCompleted(known_until=until)),
        bad=tuple(bad),
    )


def in_order(events: Iterable[Event]) -> list[Event]:
    """By their own times; no event goes before an earlier one of its case, whatever a source's clock says."""
    latest: dict[str, datetime] = {}
    keyed = []
    for event in events:
        latest[event.subject] = at = max(event.time, latest.get(event.subject, event.time))
        keyed.append((at, event))
    keyed.sort(key=lambda pair: pair[0])
    return [event for _, event in keyed]
