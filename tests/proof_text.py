"""A proof as somebody with pencil and paper reads it: only the text, nothing of what wrote it.

Lives here: reading the rows and adding them up. Must not: use a clock, a calendar or a policy.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    begin: datetime
    end: datetime
    what: str
    days: int
    time: timedelta
    so_far: str
    why: str


@dataclass(frozen=True)
class ReadProof:
    """What the text says, and what its rows add up to."""

    due: datetime | None
    rows: tuple[Row, ...]

    @property
    def counted(self) -> tuple[int, timedelta]:
        """The sum of what is counted: days and time."""
        rows = [row for row in self.rows if row.what == "counted"]
        return sum(row.days for row in rows), sum((row.time for row in rows), timedelta())

    @property
    def ends(self) -> datetime:
        """Where the rows lead to, each beginning where the one before ends."""
        at = self.rows[0].begin
        for row in self.rows:
            assert row.begin == at, "the rows leave a gap"
            at = row.end
        return at


def read(text: str) -> ReadProof:
    """The text as read."""
    lines = text.splitlines()
    (due,) = [line.split(maxsplit=1)[1] for line in lines if line.startswith("Due ")]
    rows = [line.split(" | ") for line in lines if " | " in line][1:]
    return ReadProof(None if due.startswith("never") else _moment(due), tuple(_row(cells) for cells in rows))


def _row(cells: list[str]) -> Row:
    begin, end, what, much, so_far, why = cells
    days = int(much.split()[0]) if "day" in much else 0
    hours, minutes, seconds = (0, 0, 0.0) if days or much == "-" else _duration(much)
    time = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Row(_moment(begin), _moment(end), what, days, time, so_far, why)


def _duration(text: str) -> tuple[int, int, float]:
    hours, minutes, seconds = text.split(":")
    return int(hours), int(minutes), float(seconds)


def _moment(text: str) -> datetime:
    """`Mon 2026-03-02 15:00:00+08:00`."""
    return datetime.fromisoformat(text.split(maxsplit=1)[1])
