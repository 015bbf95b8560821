"""The proof of a clock: every counted, skipped and paused segment with what stands behind it. Same input, same bytes.

Lives here: the value and its two forms. Must not: count (`segments` fills it).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
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
    segments: tuple[Segment, ...]

    @property
    def counted_time(self) -> timedelta:
        """The sum of the counted segments' time."""
        return sum((one.time for one in self.segments if one.kind == "counted"), timedelta())

    @property
    def counted_days(self) -> int:
        """The sum of the counted segments' days."""
        return sum(one.days for one in self.segments if one.kind == "counted")

    def as_json(self) -> bytes:
        """Canonical: keys sorted, no blanks, UTF-8; instants in UTC, durations as h:mm:ss."""
        return canonical(self)

    def as_text(self) -> str:
        """For a reader with pencil and paper: local times with offset, durations, a running sum, reasons."""
        return written(_head(self), self.segments, zone_named(self.zone))


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


def written(head: Iterable[str], segments: Sequence[Segment], zone: tzinfo) -> str:
    """What the segments stand under, a table of them with a running sum, and the sum."""
    lines = (*(line.replace("|", "/") for line in head), *_table(segments, zone), "")
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


def _table(segments: Sequence[Segment], zone: tzinfo) -> Iterator[str]:
    in_days = any(one.days for one in segments)
    yield ""
    yield "from | to | what | how much | counted so far | why"
    days, time = 0, timedelta()
    so_far = _days(0) if in_days else duration(time)
    for one in segments:
        if one.kind == "counted":
            days, time = days + one.days, time + one.time
            so_far = _days(days) if in_days else duration(time)
        cells = (
            local(one.begin, zone),
            local(one.end, zone),
            one.kind,
            _much(one),
            so_far,
            (one.why + (f" ({one.event})" if one.event else "")).replace("|", "/"),
        )
        yield " | ".join(cells)
    yield ""
    yield f"Counted  {so_far}"


def _one_line(text: str) -> str:
    """Reasons are in people's own words: none of them makes a line of its own, or turns one around."""
    return "".join(one if one.isprintable() else " " for one in text)


def _much(one: Segment) -> str:
    if one.days:
        return _days(one.days)
    return duration(one.time) if one.time else "-"


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def local(at: datetime, zone: tzinfo) -> str:
    """`Mon 2026-03-02 15:00:00+08:00`."""
    shown = at.astimezone(zone)
    return f"{_WEEKDAYS[shown.weekday()]} {shown.isoformat(sep=' ')}"
