"""Filling a proof: the time of a clock cut into segments, each with the rule or event behind it.

Lives here: the proof of an account, and segments of time (`days` has those of days). Must not: find a due time of its
own: it shows what `counting` found, and the tests add it up again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from clocks.account import Account, Hold
from clocks.calendar import Calendar
from clocks.days import by_days
from clocks.doubt import why_provisional
from clocks.proof import End, Kind, Proof, Segment, duration
from clocks.stretches import Held, closed_days, held, outside, segment, stretches
from clocks.wall import moment
from clocks.words import conventions, counts, known, notes, source


def proof_of(account: Account) -> Proof:
    """The proof of an account."""
    policy, spec = account.policy, account.calendar.spec
    asked = account.waits or (account.due is None and account.ended is None)
    return Proof(
        policy=policy.name,
        calendar=spec.name,
        zone=spec.zone,
        known=known(spec),
        counts=counts(account),
        conventions=conventions(policy),
        source=source(policy),
        started=moment(account.started),
        started_by=account.history.started.event,
        due=None if account.due is None else moment(account.due),
        provisional=why_provisional(account),
        as_of=moment(account.until) if asked else None,
        ended=_end(account),
        notes=notes(account),
        segments=tuple(by_days(account) if account.due is not None and policy.in_days else by_time(account)),
    )


def _end(account: Account) -> End | None:
    ended, count = account.ended, account.count
    if ended is None:
        return None
    return End(
        at=moment(account.until),
        event=ended.event,
        how=ended.how,
        in_time=account.due is None or account.until <= account.due,
        counted=timedelta(microseconds=count.passed(account.until, account.pauses)),
        paused=timedelta(microseconds=count.out(account.pauses, account.until)),
    )


def by_time(account: Account) -> Iterator[Segment]:
    """Segments of time until the due time, or the end of what is measured only."""
    yield from outside(account)
    begin, end = account.count.begin, account.end
    pauses = held(account, end)
    if account.policy.in_business_time:
        yield from _open_time(account.calendar, begin, end, pauses)
    else:
        for since, until, hold in stretches(begin, end, pauses):
            if hold:
                yield segment(since, until, "paused", f"paused: {hold.reason}", time=until - since, hold=hold)
            else:
                yield segment(since, until, "counted", "every hour counts", time=until - since)


# --- open time -------------------------------------------------------------------------------------------------------


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


def _open_time(calendar: Calendar, begin: int, end: int, pauses: list[Held]) -> Iterator[Segment]:
    """Counted and paused open time, equal days folded, and the closed time between."""
    at, on = begin, calendar.wall(begin)[0] - 1
    for run in _runs(list(_days(calendar, begin, end, pauses))):
        first, last = run[0].pieces[0], run[-1].pieces[-1]
        if first.begin > at:
            yield _closed(calendar, at, first.begin, on + 1, first.day - 1)
        yield _open(calendar, run)
        at, on = last.end, last.day
    if at < end:
        yield _closed(calendar, at, end, on + 1, calendar.wall(end - 1)[0])


def _days(calendar: Calendar, begin: int, end: int, pauses: list[Held]) -> Iterator[_Day]:
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


def _runs(days: list[_Day]) -> Iterator[list[_Day]]:
    """Neighbouring whole days that are alike together; every other by itself."""
    run: list[_Day] = []
    for day in days:
        if run and not _alike(run[-1], day):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _alike(one: _Day, other: _Day) -> bool:
    return one.whole and other.whole and other.day == one.day + 1 and other.time == one.time and other.hold == one.hold


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
