"""The proof of a clock: every counted, skipped and paused segment with what stands behind it. Same input, same bytes.

Lives here: the value and its two forms. Must not: count (`segments` fills it).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from typing import Literal

from clocks.wall import zone_named

Kind = Literal["counted", "closed", "paused", "outside", "moved", "given"]
"""`outside`: before counting begins; `moved`: what pauses or the rule of the end add to the last counted day; `given`:
somebody gave the end of it, and nobody counted (`clocks.given`).
"""

_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Segment:
    """A stretch of the proof."""

    begin: datetime
    end: datetime
    kind: Kind
    time: timedelta
    """Counted time; of a pause the time it takes out, of a move the time it adds; zero where days are counted."""
    days: int
    """Counted days, or days that a pause takes out."""
    why: str
    """In words: the rule of the calendar or policy, or the reason of a pause."""
    event: str | None = None
    """The event behind it; None where a rule stands behind it."""
    months: int = 0
    """Counted months, whatever their days."""


@dataclass(frozen=True)
class Amount:
    """Months, days and time, none of which is made of another."""

    months: int
    days: int
    time: timedelta

    def plus(self, one: Segment) -> "Amount":
        """With what a segment has."""
        return Amount(self.months + one.months, self.days + one.days, self.time + one.time)


NOTHING = Amount(0, 0, timedelta())


def added(segments: Iterable[Segment], kind: Kind) -> Amount:
    """What the segments of a kind add up to."""
    return reduce(Amount.plus, (one for one in segments if one.kind == kind), NOTHING)


@dataclass(frozen=True)
class Note:
    """A step that does not count, or an extension that does: when, by which event, and what the policy says to it."""

    at: datetime
    event: str
    says: str


@dataclass(frozen=True)
class End:
    """How the clock ended."""

    at: datetime
    event: str
    how: Literal["met", "stopped"]
    in_time: bool
    counted: timedelta
    paused: timedelta


@dataclass(frozen=True)
class Proof:
    """How a due time came about, or a measured time.

    It holds nothing that depends on when it was asked for, except where a clock is paused, or runs without a due time:
    then it counts as if resumed (or ended) at `as_of`. `policy` and `calendar` may be replaced by references that name
    versions: `dataclasses.replace(proof, policy="cn-12315/accept@3", calendar="cn@2")`.
    """

    policy: str
    calendar: str
    zone: str
    known: str
    """The days that the calendar knows."""
    counts: str
    """The budget in words, with what extensions add."""
    conventions: tuple[str, ...]
    source: str
    started: datetime
    started_by: str
    due: datetime | None
    provisional: tuple[str, ...]
    as_of: datetime | None
    ended: End | None
    notes: tuple[Note, ...]
    pauses: tuple[Segment, ...]
    """Of a clock that counts days: its lawful pauses and what they take out; of others they are among the segments."""
    segments: tuple[Segment, ...]
    """From the start to the due time (or the end), in order; each begins where the one before ends."""

    @property
    def counted(self) -> Amount:
        """What the counted segments add up to."""
        return added(self.segments, "counted")

    def as_json(self) -> bytes:
        """Canonical: keys sorted, no blanks, UTF-8; instants in UTC, durations as h:mm:ss."""
        return canonical(self)

    def as_text(self) -> str:
        """For a reader with pencil and paper: local times with offset, durations, a running sum, reasons."""
        return written(_head(self), self.segments, zone_named(self.zone), self.pauses)


def duration(time: timedelta) -> str:
    """h:mm:ss, with a fraction where there is one."""
    seconds, rest = divmod(time, _SECOND)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest.microseconds:06}" if rest else text


# --- JSON ------------------------------------------------------------------------------------------------------------


def canonical(proof: object) -> bytes:
    """Keys sorted, no blanks, UTF-8; instants in UTC, durations as h:mm:ss."""
    return json.dumps(_plain(proof), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in vars(value).items()}


# --- text ------------------------------------------------------------------------------------------------------------


def written(head: Iterable[str], segments: Sequence[Segment], zone: tzinfo, pauses: Sequence[Segment] = ()) -> str:
    """What the segments stand under, a table of them with a running sum, and the sum; before it one of the pauses."""
    apart = _table(pauses, zone, "paused", "taken out so far", "Paused  ") if pauses else ()
    table = _table(segments, zone, "counted", "counted so far", "Counted ")
    lines = (*(line.replace("|", "/") for line in head), *apart, *table, "")
    return "\n".join(_one_line(line) for line in lines)


def _head(proof: Proof) -> Iterator[str]:
    zone = zone_named(proof.zone)
    yield f"Policy   {proof.policy}: {proof.counts}"
    yield f"Source   {proof.source}"
    yield f"Calendar {proof.calendar} ({proof.zone}), {proof.known}"
    yield from (f"Rule     {convention}" for convention in proof.conventions)
    yield f"Started  {local(proof.started, zone)} by {proof.started_by}"
    yield f"Due      {local(proof.due, zone) if proof.due else 'never: it is measured only'}"
    yield from (f"Provisional: {reason}" for reason in proof.provisional)
    if proof.as_of:
        as_if = "went on" if proof.due else "ended"
        yield f"As of    {local(proof.as_of, zone)}: counted as if it {as_if} at this moment"
    if proof.ended:
        end = proof.ended
        said = "in time" if end.in_time else "too late"
        yield f"Ended    {local(end.at, zone)} {end.how} by {end.event}{f', {said}' if proof.due else ''}"
        yield f"         {duration(end.counted)} counted until then, {duration(end.paused)} paused"
    yield from (f"Note     {local(note.at, zone)} {note.says} ({note.event})" for note in proof.notes)


def _table(segments: Sequence[Segment], zone: tzinfo, kind: Kind, sum_of: str, total: str) -> Iterator[str]:
    nothing = _nothing(segments)
    yield ""
    yield f"from | to | what | how much | {sum_of} | why"
    so_far = NOTHING
    for one in segments:
        so_far = so_far.plus(one) if one.kind == kind else so_far
        cells = (
            local(one.begin, zone),
            local(one.end, zone),
            one.kind,
            much(NOTHING.plus(one)) or "-",
            much(so_far) or nothing,
            (one.why + (f" ({one.event})" if one.event else "")).replace("|", "/"),
        )
        yield " | ".join(cells)
    yield ""
    yield f"{total} {much(so_far) or nothing}"


def _nothing(segments: Sequence[Segment]) -> str:
    """Zero in what the segments are counted in."""
    if any(one.months for one in segments):
        return _many(0, "month")
    return _many(0, "day") if any(one.days for one in segments) else duration(timedelta())


def _one_line(text: str) -> str:
    """Reasons are in people's own words: none of them makes a line of its own, or turns one around."""
    return "".join(one if one.isprintable() else " " for one in text)


def much(amount: Amount) -> str:
    """`1 month + 10 days`, `1:30:00`; empty where it is nothing."""
    parts = [_many(many, unit) for many, unit in ((amount.months, "month"), (amount.days, "day")) if many]
    return " + ".join([*parts, *([duration(amount.time)] if amount.time else [])])


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def local(at: datetime, zone: tzinfo) -> str:
    """`Mon 2026-03-02 15:00:00+08:00`."""
    shown = at.astimezone(zone)
    return f"{_WEEKDAYS[shown.weekday()]} {shown.isoformat(sep=' ')}"
