"""Segments of a clock that counts days: which days count, which are closed or taken out, and what moves the end.

A pause has times of its own, which lie across the days that count. So what pauses take out stands in a list apart, and
the segments follow one another to the due time. Must not: find a due time of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from clocks.account import Account, Hold
from clocks.counting import added_up, reached
from clocks.open_time import open_time
from clocks.proof import Kind, Segment
from clocks.stretches import Held, closed_days, held, in_runs, outside, segment
from clocks.wall import moment


@dataclass(frozen=True)
class _Day:
    """What becomes of one date."""

    number: int
    kind: Kind
    why: str
    hold: Hold | None = None


def by_days(account: Account) -> Iterator[Segment]:
    """Segments of days from the start to the due time, none over another."""
    count, out = account.count, _taken_out(account)
    in_place = {} if _months(account) else out
    last, same_time = _last_day(account, in_place)
    over = count.end_of(last, same_time=same_time)
    yield from outside(account)
    yield from _by_months(account, last, over) if _months(account) else _dates(account, last, over, in_place)
    last_of_all = last + len(out) - sum(day <= last for day in in_place)
    yield from _moved(account, (last, last_of_all), over, same_time=same_time)


def _last_day(account: Account, out: Mapping[int, Hold]) -> tuple[int, bool]:
    """The last day that counts. An end that moves to a working day may be paused before it comes: what that takes out
    lies behind the days that count.
    """
    among, found = len(out) + 1, account.count.last_day(account.amounts, len(out))
    while among > (among := sum(day <= found[0] for day in out)):
        found = account.count.last_day(account.amounts, among)
    return found


def _months(account: Account) -> bool:
    return any(unit == "months" for _, unit in account.amounts)


# --- pauses ----------------------------------------------------------------------------------------------------------


def pauses_of_days(account: Account) -> Iterator[Segment]:
    """Every lawful pause of the count, and what it takes out: days, or time (of business days, their open time)."""
    by_business = account.policy.in_business_time
    for begin, end, hold in held(account, account.end):
        why = f"paused: {hold.reason}"
        if account.policy.pause_counts == "days":
            days = account.count.opened_days(begin, end)
            which = f"takes out {in_runs(days, lambda day: _begins(account, day))}" if days else "takes out no day"
            yield segment(begin, end, "paused", f"{why}; {which}", days=len(days), hold=hold)
        elif by_business and not account.count.measured(begin, end):
            yield segment(begin, end, "paused", f"{why}; nothing was open then", hold=hold)
        elif by_business:
            yield from open_time(account.calendar, begin, end, [(begin, end, hold)])
        else:
            yield segment(begin, end, "paused", why, time=end - begin, hold=hold)


def _begins(account: Account, day: int) -> str:
    """When a working day opens; nothing where each day begins at midnight."""
    whole = account.calendar.whole_day(day) if account.policy.in_business_time else None
    return f"(opens {account.calendar.local(moment(whole[0])):%H:%M})" if whole else ""


def _taken_out(account: Account) -> dict[int, Hold]:
    if account.policy.pause_counts != "days":
        return {}
    pauses = held(account, account.end)
    return {day: hold for begin, end, hold in pauses for day in account.count.opened_days(begin, end)}


def _lost(account: Account) -> int:
    """What pauses by time take out."""
    pauses: list[Held] = held(account, account.end) if account.policy.pause_counts == "time" else []
    return sum(account.count.measured(begin, end) for begin, end, _ in pauses)


# --- what counts -----------------------------------------------------------------------------------------------------


def _dates(account: Account, last: int, over: int, out: Mapping[int, Hold]) -> Iterator[Segment]:
    """Each date to the last, equal ones folded."""
    first = account.count.first_day
    days = [_day(account, number, first, out) for number in range(first, last + 1)]
    for (kind, why, hold), alike in groupby(days, key=lambda day: (day.kind, day.why, day.hold)):
        run = [day.number for day in alike]
        since, until = _edges(account, run[0], run[-1], last, over)
        words = f"closed: {closed_days(account.calendar, run[0], run[-1])}" if kind == "closed" else why
        words += _closing(account, last) if run[-1] == last else ""
        yield segment(since, until, kind, words, days=len(run) if kind in {"counted", "paused"} else 0, hold=hold)


def _edges(account: Account, first: int, to: int, last: int, over: int) -> tuple[int, int]:
    """From the beginning of a day, or of the count, until the next begins, or the count is over."""
    count, at = account.count, account.calendar.at
    return count.begin if first == count.first_day else at(first, 0), over if to == last else at(to + 1, 0)


def _day(account: Account, number: int, first: int, out: Mapping[int, Hold]) -> _Day:
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


def _by_months(account: Account, last: int, over: int) -> Iterator[Segment]:
    """Months together, and the days and weeks among them: one row for each step of the budget and its extensions."""
    count = account.count
    steps = list(added_up(account.amounts))
    begin = day = count.first_day
    ends = []
    for many, unit in steps:
        day, exact = reached(day, many, unit)
        ends.append((day, exact))
    shift = day - last
    if not account.policy.start_day_counts:
        yield segment(
            *_edges(account, begin, begin, last, over), "outside", "day 0, on which counting begins, does not count"
        )
    first = begin + (not account.policy.start_day_counts)
    for (many, unit), (day, exact) in zip(steps, ends, strict=True):
        why = f"{date.fromordinal(begin)} and {many} {unit} is {date.fromordinal(day)}"
        why += "" if exact else ", the last day of that month"
        why += ", before which it ends, for the day of the start counts" if shift else ""
        why += _closing(account, last) if day - shift == last else ""
        since, until = _edges(account, first, day - shift, last, over)
        months, days = (many, 0) if unit == "months" else (0, day - begin)
        yield segment(since, until, "counted", why, days=days, months=months)
        begin, first = day, day - shift + 1


def _closing(account: Account, day: int) -> str:
    """The hours of a last day, where its last closing is the end."""
    if account.policy.end_at != "close-of-business":
        return ""
    works, of = account.calendar.works(day), date.fromordinal(day)
    return f"; {of} is open {account.calendar.hours(day)}" if works else f"; {of} does not open"


# --- what moves the end ----------------------------------------------------------------------------------------------


def _moved(account: Account, days: tuple[int, int], over: int, *, same_time: bool) -> Iterator[Segment]:
    """From the end of what counts to the due time: days of pauses, closed days, time of pauses, in this order."""
    count, (last, last_of_all) = account.count, days
    later = count.end_of(last_of_all, same_time=same_time)
    if last_of_all > last:
        why = "days that pauses take out, and no row above does, are added" + _closing(account, last_of_all)
        yield segment(over, later, "moved", why, days=last_of_all - last)
    to = count.rolled(last_of_all)
    rolled = count.end_of(to, same_time=same_time)
    if to != last_of_all:
        closed = closed_days(account.calendar, last_of_all, to - 1)
        why = f"an end on a day that is no working day moves to the next; closed: {closed}{_closing(account, to)}"
        yield segment(later, rolled, "moved", why)
    lost = _lost(account)
    if lost and account.policy.in_business_time:
        for row in open_time(account.calendar, rolled, count.after(rolled, lost), ()):
            why = f"the open time of the pauses is added: {row.why}"
            yield replace(row, kind="moved", why=why) if row.kind == "counted" else row
    elif lost:
        yield segment(rolled, count.after(rolled, lost), "moved", "the time of the pauses is added", time=lost)
