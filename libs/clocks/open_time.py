"""Open time cut into rows: what is open, under a pause or under none, and what is closed between.

Must not: know a policy, or decide how much is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from clocks.account import Hold
from clocks.calendar import Calendar
from clocks.proof import Kind, Segment, duration
from clocks.stretches import Held, closed_days, segment, stretches


@dataclass(frozen=True)
class _Piece:
    """Open time without a break, of one day."""

    begin: int
    end: int
    day: int
    hold: Hold | None


@dataclass(frozen=True)
class _Day:
    """Pieces of one day under one pause or none; `whole` where all its open time is among them."""

    pieces: tuple[_Piece, ...]
    whole: bool

    @property
    def time(self) -> int:
        return sum(piece.end - piece.begin for piece in self.pieces)

    @property
    def day(self) -> int:
        return self.pieces[0].day

    @property
    def hold(self) -> Hold | None:
        return self.pieces[0].hold


def open_time(calendar: Calendar, begin: int, end: int, pauses: Sequence[Held]) -> Iterator[Segment]:
    """Counted and paused open time, equal days folded, and the closed time between."""
    at, on = begin, calendar.wall(begin)[0] - 1
    for run in _runs(calendar, list(_days(calendar, begin, end, pauses))):
        first, last = run[0].pieces[0], run[-1].pieces[-1]
        if first.begin > at:
            yield _closed(calendar, at, first.begin, on + 1, first.day - 1)
        yield _open(calendar, run)
        at, on = last.end, last.day
    if at < end:
        yield _closed(calendar, at, end, on + 1, calendar.wall(end - 1)[0])


def _days(calendar: Calendar, begin: int, end: int, pauses: Sequence[Held]) -> Iterator[_Day]:
    pieces = (
        _Piece(since, until, day, hold)
        for opens, closes, day in calendar.spans(begin, end)
        for since, until, hold in stretches(max(opens, begin), min(closes, end), pauses)
    )
    for day, of_day in groupby(pieces, key=lambda piece: piece.day):
        found = tuple(of_day)
        alike = len({piece.hold for piece in found}) == 1
        if alike and calendar.whole_day(day) == (found[0].begin, found[-1].end):
            yield _Day(found, whole=True)
        else:
            yield from (_Day((piece,), whole=False) for piece in found)


def _runs(calendar: Calendar, days: list[_Day]) -> Iterator[list[_Day]]:
    """Neighbouring whole days that are alike together; every other by itself."""
    run: list[_Day] = []
    for day in days:
        if run and not _alike(calendar, run[-1], day):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _alike(calendar: Calendar, one: _Day, other: _Day) -> bool:
    """Whether the words of one row are true of both."""
    if not (one.whole and other.whole and other.day == one.day + 1 and other.time == one.time):
        return False
    said = [(calendar.hours(day.day), calendar.rule(day.day), day.hold) for day in (one, other)]
    return said[0] == said[1]


def _open(calendar: Calendar, run: list[_Day]) -> Segment:
    day, hold = run[0], run[0].hold
    why = f"paused: {hold.reason}" if hold else f"open {calendar.hours(day.day)}"
    rule = calendar.rule(day.day)
    if rule and not hold:
        why += f", {rule.why}"
    time = sum(one.time for one in run)
    if len(run) > 1:
        why += f", {len(run)} days of {duration(timedelta(microseconds=day.time))}"
    kind: Kind = "paused" if hold else "counted"
    return segment(day.pieces[0].begin, run[-1].pieces[-1].end, kind, why, time=time, hold=hold)


def _closed(calendar: Calendar, begin: int, end: int, first: int, last: int) -> Segment:
    return segment(begin, end, "closed", f"closed: {closed_days(calendar, first, last) or 'outside open hours'}")
