"""Reading a text proof as a person with pencil and paper would: rows, instants, durations. Knows the text, no code."""

from dataclasses import dataclass
from datetime import datetime, timedelta

COLUMNS = "from | to | what | how much | counted so far | why"


@dataclass(frozen=True)
class Row:
    begin: datetime
    end: datetime
    what: str
    much: str
    so_far: str
    why: str


def rows(text: str) -> list[Row]:
    """The table of a proof."""
    lines = text.splitlines()
    table = lines[lines.index(COLUMNS) + 1 :]
    cells = [line.split(" | ") for line in table[: table.index("")]]
    return [Row(instant(begin), instant(end), *rest) for begin, end, *rest in cells]


def line(text: str, name: str) -> str:
    """What the head or foot says after a word."""
    (found,) = (line for line in text.splitlines() if line.startswith(name))
    return found.removeprefix(name).strip()


def instant(text: str) -> datetime:
    """`Mon 2025-03-31 09:30:00+01:00`"""
    weekday, at = text.split(" ", 1)
    found = datetime.fromisoformat(at)
    assert found.strftime("%a") == weekday
    return found


def duration(text: str) -> timedelta:
    """`7:30:00`"""
    hours, minutes, seconds = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def days(text: str) -> int:
    """`3 days`"""
    number, word = text.split(" ")
    assert word == ("day" if number == "1" else "days")
    return int(number)
