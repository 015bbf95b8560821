"""A proof as somebody with pencil and paper reads it: only the text, nothing of what wrote it.

Lives here: reading the rows, adding them up and holding them against what the text promises. Must not: use a clock, a
calendar or a policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

_TABLE = "from | to | what | how much | {} | why"


@dataclass(frozen=True)
class Sum:
    """What rows have, or add up to."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    def plus(self, other: "Sum") -> "Sum":
        return Sum(self.months + other.months, self.days + other.days, self.time + other.time)


@dataclass(frozen=True)
class Row:
    """A line of a table."""

    begin: datetime
    end: datetime
    what: str
    much: Sum
    so_far: Sum
    why: str


@dataclass(frozen=True)
class ReadProof:
    """What the text says, and what its rows add up to."""

    budget: Sum
    """With what extensions add."""
    started: datetime
    due: datetime | None
    pauses: tuple[Row, ...]
    rows: tuple[Row, ...]
    totals: tuple[Sum, ...]
    """What it says at the foot of each table."""

    @property
    def counted(self) -> tuple[int, timedelta]:
        """The sum of what is counted: days and time."""
        found = added(self.rows, "counted")
        return found.days, found.time

    @property
    def ends(self) -> datetime:
        """Where the rows lead to, each beginning where the one before ends; none goes back but what was given so."""
        at = self.rows[0].begin
        for row in self.rows:
            assert row.begin == at, "the rows leave a gap"
            assert row.end >= at or row.what == "given", "a row goes back in time"
            at = row.end
        return at


def added(rows: Iterable[Row], what: str) -> Sum:
    """The sum of the rows of a kind."""
    found = Sum()
    for row in rows:
        found = found.plus(row.much) if row.what == what else found
    return found


def read(text: str) -> ReadProof:
    """The text as read."""
    lines = text.splitlines()
    due, started = (next(line[9:] for line in lines if line.startswith(name)) for name in ("Due ", "Started "))
    (policy,) = [line for line in lines if line.startswith("Policy ")]
    return ReadProof(
        budget=_budget(policy.rsplit(": ", 1)[1]),
        started=_moment(started.split(" by ")[0]),
        due=None if due.startswith("never") else _moment(due),
        pauses=_rows(lines, _TABLE.format("taken out so far")),
        rows=_rows(lines, _TABLE.format("counted so far")),
        totals=tuple(_sum(line[9:]) for line in lines if line.startswith(("Counted ", "Paused "))),
    )


def checked(text: str) -> ReadProof:
    """The text, and all that it promises: the rows lead from the start to the due time in the order of time, without
    gap or overlap; they count the budget with its extensions; what pauses take out is not counted, and moves the end.
    """
    found = read(text)
    assert (found.rows[0].begin, found.ends) == (found.started, found.due)
    tables = [(rows, what) for rows, what in ((found.pauses, "paused"), (found.rows, "counted")) if rows]
    for (rows, what), total in zip(tables, found.totals, strict=True):
        for number, row in enumerate(rows):
            assert row.so_far == added(rows[: number + 1], what)
        assert total == rows[-1].so_far
    assert found.totals[-1] == found.budget
    for before, after in pairwise(found.pauses):
        assert before.begin <= before.end <= after.begin <= after.end
    taken, moved = added(found.rows, "paused"), added(found.rows, "moved")
    if found.pauses:
        assert added(found.pauses, "paused") == taken.plus(moved)
    else:
        assert moved == Sum()
    return found


def _rows(lines: list[str], header: str) -> tuple[Row, ...]:
    if header not in lines:
        return ()
    after = lines[lines.index(header) + 1 :]
    return tuple(_row(line.split(" | ")) for line in takewhile(bool, after))


def _row(cells: list[str]) -> Row:
    begin, end, what, much, so_far, why = cells
    return Row(_moment(begin), _moment(end), what, _sum(much), _sum(so_far), why)


def _sum(text: str) -> Sum:
    """`3 months + 10 days`, `1:30:00` or `-`."""
    found = Sum()
    for part in text.split(" + "):
        many, _, unit = part.partition(" ")
        if unit:
            found = found.plus(Sum(months=int(many)) if unit.startswith("month") else Sum(days=int(many)))
        elif part != "-":
            hours, minutes, seconds = part.split(":")
            time = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
            found = found.plus(Sum(time=time))
    return found


_UNITS = {
    "minutes": Sum(time=timedelta(minutes=1)), "hours": Sum(time=timedelta(hours=1)),
    "business-hours": Sum(time=timedelta(hours=1)), "business-days": Sum(days=1), "calendar-days": Sum(days=1),
    "weeks": Sum(days=7), "months": Sum(months=1),
}  # fmt: skip


def _budget(text: str) -> Sum:
    """`3 months + 10 calendar-days`; nothing where there is no limit."""
    found = Sum()
    for part in text.split(" + "):
        many, _, unit = part.partition(" ")
        if unit in _UNITS:
            one = _UNITS[unit]
            found = found.plus(Sum(one.months * int(many), one.days * int(many), one.time * int(many)))
    return found


def _moment(text: str) -> datetime:
    """`Mon 2026-03-02 15:00:00+08:00`."""
    return datetime.fromisoformat(text.split(maxsplit=1)[1])
