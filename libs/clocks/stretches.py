"""What segments by time and by days share: pauses that do not overlap, segments of instants, the names of closed days.

Must not: decide what is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from clocks.account import Account, Hold
from clocks.calendar import Calendar
from clocks.proof import Kind, Segment
from clocks.wall import moment

Held = tuple[int, int, Hold]
Stretch = tuple[int, int, Hold | None]


def segment(
    begin: int,
    end: int,
    kind: Kind,
    why: str,
    *,
    time: int = 0,
    days: int = 0,
    months: int = 0,
    hold: Hold | None = None,
) -> Segment:
    """A segment of instants; the event is that of the pause."""
    event = hold.event if hold else None
    return Segment(moment(begin), moment(end), kind, timedelta(microseconds=time), days, why, event, months)


def held(account: Account, end: int) -> list[Held]:
    """Lawful pauses within the count that begin before `end`, none over another: the first told holds."""
    found: list[Held] = []
    free = account.count.begin
    for hold in account.lawful:
        begin = max(hold.begin, free)
        if begin < hold.end and begin < end:
            found.append((begin, hold.end, hold))
            free = hold.end
    return found


def stretches(begin: int, end: int, pauses: Iterable[Held]) -> Iterator[Stretch]:
    """[begin, end) cut by pauses, each part with the pause that holds it."""
    at = begin
    for since, until, hold in pauses:
        if until <= at or since >= end:
            continue
        if since > at:
            yield at, since, None
        at = max(at, since)
        yield at, min(until, end), hold
        at = min(until, end)
    if at < end:
        yield at, end, None


def outside(account: Account) -> Iterator[Segment]:
    """From the start to where counting begins, if the policy moves it; or to the end, if that comes first."""
    started, until = account.started, min(account.count.begin, account.end)
    if until > started:
        yield segment(started, until, "outside", "the start moves: " + " and ".join(_moves(account)))


def _moves(account: Account) -> Iterator[str]:
    policy, calendar = account.policy, account.calendar
    day, _ = calendar.wall(account.started)
    if policy.closed_start == "rolls" and not calendar.works(day):
        yield f"{calendar.day_name(day)} is no working day"
        day = calendar.works_after(day, 1)
    if policy.cutoff and calendar.wall(account.count.begin)[0] != day:
        yield f"a start after {policy.cutoff} counts from {policy.after_cutoff} of the next working day"


def closed_days(calendar: Calendar, first: int, last: int) -> str:
    """The names of closed days from `first` to `last`; empty where there is none."""
    return in_runs([day for day in range(first, last + 1) if not calendar.works(day)], calendar.day_name)


def in_runs(days: Sequence[int], named: Callable[[int], str]) -> str:
    """Days in order, each with its name; neighbours of one name together."""
    runs = groupby(enumerate(days), key=lambda placed: (placed[1] - placed[0], named(placed[1])))
    return ", ".join(_run([day for _, day in run], name) for (_, name), run in runs)


def _run(days: list[int], name: str) -> str:
    begin, end = date.fromordinal(days[0]), date.fromordinal(days[-1])
    return (f"{begin} {name}" if begin == end else f"{begin} to {end} {name}").rstrip()
