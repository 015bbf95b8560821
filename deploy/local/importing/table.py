"""CSV files as rows with numbers and named cells; what cannot be read is named by row and column.

Lives here: opening, columns, cells, times in cells. Must not: what a column means (that is each format's own module).
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from events.fact import EARLIEST, LATEST
from local.errors import LocalError

T = TypeVar("T")

WORD_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 100_000
CELL_BYTES_MAX = 10_000_000
FIRST_ROW = 2
"""Rows are numbered as a spreadsheet shows them: the header is row 1."""


class Unreadable(LocalError):
    """The file as a whole cannot be read; the message says what is wrong with it and what would be right."""


class BadCell(Exception):
    """One row cannot be told; `why` never repeats what stood in the cell."""

    def __init__(self, row: int, column: str, why: str) -> None:
        super().__init__(f"row {row}, column {column}: {why}")
        self.row, self.column, self.why = row, column, why


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file. Blank cells, one space among them, are None."""

    number: int
    cells: Mapping[str, str]

    def bad(self, column: str, why: str) -> BadCell:
        return BadCell(self.number, column, why)

    def text(self, column: str, length_max: int = TEXT_LENGTH_MAX) -> str | None:
        """The cell without the blanks around it, or None."""
        cell = self.cells.get(column, "").strip()
        if len(cell) > length_max:
            raise self.bad(column, f"longer than {length_max} characters")
        if "\x00" in cell:
            raise self.bad(column, "contains NUL")
        if any("\ud800" <= character <= "\udfff" for character in cell):
            raise self.bad(column, "is not UTF-8 text")
        return cell or None

    def word(self, column: str) -> str | None:
        """A short name or code, or None."""
        return self.text(column, WORD_LENGTH_MAX)

    def need(self, column: str) -> str:
        """A short name or code that must be there."""
        word = self.word(column)
        if word is None:
            raise self.bad(column, "is empty")
        return word

    def moment(self, column: str, read: Callable[[str], datetime]) -> datetime | None:
        """The instant in the cell, in UTC, or None. `read` raises ValueError where the form is another one."""
        cell = self.word(column)
        if cell is None:
            return None
        try:
            moment = read(cell)
        except (ValueError, OverflowError) as error:
            raise self.bad(column, "is not a time of the expected form") from error
        if not EARLIEST <= moment < LATEST:
            raise self.bad(column, "a time must lie between 1970 and 2099")
        return moment.astimezone(UTC)

    def need_moment(self, column: str, read: Callable[[str], datetime]) -> datetime:
        moment = self.moment(column, read)
        if moment is None:
            raise self.bad(column, "is empty")
        return moment


def with_zone(zone: tzinfo) -> Callable[[str], datetime]:
    """Reader of ISO times; a local wall clock without an offset is the one of `zone`.

    A time that the clock showed twice is taken as its first showing, one that it skipped as if it had not skipped:
    the same cell always is the same instant.
    """

    def read(cell: str) -> datetime:
        moment = datetime.fromisoformat(cell)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone, fold=0)

    return read


@dataclass(frozen=True)
class Table:
    """A file: what it holds (`sha256`, of the unpacked bytes) and its rows."""

    sha256: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bad: tuple[BadCell, ...]
    """Records whose number of cells differs from the header's."""


def load(path: Path) -> Table:
    """Read a CSV file, gzip-compressed or not, UTF-8 with a header. Raises Unreadable."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name}: {getattr(error, 'strerror', None) or error}") from error
    return table(content)


def table(content: bytes) -> Table:
    """The rows in the bytes of a CSV file."""
    csv.field_size_limit(CELL_BYTES_MAX)
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="surrogateescape"), newline=""))
    try:
        header = tuple(next(lines, ()))
        if not header:
            raise Unreadable("the file is empty: a header with the names of the columns is needed")
        rows, bad = [], []
        for number, cells in enumerate(lines, FIRST_ROW):
            if len(cells) == len(header):
                rows.append(Row(number, dict(zip(header, cells, strict=True))))
            elif cells:
                column = header[min(len(cells), len(header)) - 1]
                bad.append(BadCell(number, column, f"{len(cells)} cells instead of {len(header)}; the last that fits"))
    except csv.Error as error:
        raise Unreadable(f"line {lines.line_num}: {error}") from error
    return Table(hashlib.sha256(content).hexdigest(), header, tuple(rows), tuple(bad))


def require(columns: Iterable[str | tuple[str, ...]], found: tuple[str, ...]) -> None:
    """Raise Unreadable where a column is not there (of several names: none of them); all that are missing are named."""
    names = [(column,) if isinstance(column, str) else column for column in columns]
    missing = [" or ".join(choice) for choice in names if not set(choice) & set(found)]
    if missing:
        raise Unreadable(f"columns missing: {', '.join(missing)}; the file has: {', '.join(found)}")


def parsed(
    rows: Iterable[Row], parse: Callable[[Row], T], *, column: str, key: Callable[[T], Hashable], bad: list[BadCell]
) -> Iterator[T]:
    """What each row says. A row that cannot be read, or whose key (said in `column`) stood before, goes to `bad`."""
    seen: set[Hashable] = set()
    for row in rows:
        try:
            value = parse(row)
        except BadCell as error:
            bad.append(error)
            continue
        if key(value) in seen:
            bad.append(row.bad(column, "stood in an earlier row"))
            continue
        seen.add(key(value))
        yield value
