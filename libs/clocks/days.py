"""Segments of a clock that counts days: which days count, which are closed or taken out, and what moves the end.

Must not: find a due time of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from clocks.account import Account, Hold
from clocks.proof import Kind, Segment
from clocks.stretches import Held, closed_days, held, outside, segment


@dataclass(frozen=True)
class _Day:
    """What becomes of one date."""

    number: int
    kind: Kind
    why: str
    hold: Hold | None = None


def by_days(account: Account) -> Iterator[Segment]:
    """Segments of days until the due time."""
    pauses = held(account, account.end)
    out = _taken_out(account, pauses)
    last, same_time = _last_day(account, out)
    over = account.count.end_of(last, same_time=same_time)
    yield from outside(account)
    yield from _dates(account, last, over, out)
    rolled = account.count.end_of(account.count.rolled(last), same_time=same_time)
    if rolled != over:
        yield segment(over, rolled, "moved", "an end on a day that is no working day moves to the next")
    if out and rolled != account.end:
        yield segment(rolled, account.end, "moved", "a pause that began after the last counted day takes out days")
    yield from _made_up(account, rolled, pauses)


def _last_day(account: Account, out: Mapping[int, Hold]) -> tuple[int, bool]:
    """The last day that counts. An end that moves to a working day may be paused before it comes: what that takes out
    lies behind the days that count.
    """
    among, found = len(out) + 1, account.count.last_day(account.amounts, len(out))
    while among > (among := sum(day <= found[0] for day in out)):
        found = account.count.last_day(account.amounts, among)
    return found


def _taken_out(account: Account, pauses: list[Held]) -> dict[int, Hold]:
    if account.policy.pause_counts != "days":
        return {}
    return {day: hold for begin, end, hold in pauses for day in account.count.opened_days(begin, end)}


def _dates(account: Account, last: int, over: int, out: dict[int, Hold]) -> Iterator[Segment]:
    begin, at = account.count.begin, account.calendar.at
    first = account.count.first_day
    days = [_day(account, number, first, out) for number in range(first, last + 1)]
    for (kind, why, hold), alike in groupby(days, key=lambda day: (day.kind, day.why, day.hold)):
        run = [day.number for day in alike]
        since = begin if run[0] == first else at(run[0], 0)
        until = over if run[-1] == last else at(run[-1] + 1, 0)
        words = f"closed: {closed_days(account.calendar, run[0], run[-1])}" if kind == "closed" else why
        yield segment(since, until, kind, words, days=len(run) if kind in {"counted", "paused"} else 0, hold=hold)


def _day(account: Account, number: int, first: int, out: dict[int, Hold]) -> _Day:
    policy, calendar = account.policy, account.calendar
    by_business = policy.in_business_time
    if by_business and not calendar.works(number):
        return _Day(number, "closed", "closed")
    if number == first and not policy.start_day_counts:
        return _Day(number, "outside", "day 0, on which counting begins, does not count")
    if number in out:
        hold = out[number]
        return _Day(number, "paused", f"paused as the day began: {hold.reason}", hold)
    rule = calendar.rule(number) if by_business else None
    return _Day(number, "counted", rule.why if rule else "working day" if by_business else "every day counts")


def _made_up(account: Account, over: int, pauses: Sequence[Held]) -> Iterator[Segment]:
    """Pauses by time, which are added after the last day; and those that take out no day."""
    count, lost = account.count, 0
    for begin, end, hold in pauses:
        if account.policy.pause_counts == "time":
            time = count.measured(begin, end)
            lost += time
            yield segment(begin, end, "paused", f"paused: {hold.reason}", time=time, hold=hold)
        elif not count.opened_days(begin, end):
            yield segment(begin, end, "paused", f"paused: {hold.reason}; no day began while it lasted", hold=hold)
    if lost:
        what = "open time" if account.policy.in_business_time else "time"
        yield segment(over, count.after(over, lost), "moved", f"the {what} of the pauses is added", time=lost)
