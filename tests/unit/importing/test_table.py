"""CSV files as rows: what cannot be read is answered by row and column, and nothing goes missing in silence."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from local.importing.table import BadCell, Row, Unreadable, load, parsed, require, table, with_zone

WALL_CLOCK = with_zone(ZoneInfo("America/New_York"))


def row(**cells: str) -> Row:
    return Row(7, cells)


def test_blank_cells_are_none_one_space_among_them() -> None:
    assert [row(a=cell).text("a") for cell in ("", " ", "\t ", " x ")] == [None, None, None, "x"]


@pytest.mark.parametrize(
    ("cell", "why"),
    [("", "is empty"), ("x" * 201, "longer than 200"), ("a\x00b", "contains NUL"), ("caf\udce9", "is not UTF-8")],
)
def test_a_bad_cell_is_named_by_row_and_column(cell: str, why: str) -> None:
    with pytest.raises(BadCell, match=f"row 7, column name: .*{why}"):
        row(name=cell).need("name")


@pytest.mark.parametrize(
    "cell", ["1900-01-01 00:00:00", "2999-01-01 00:00:00", "0001-01-01", "yesterday", "2011-02-30"]
)
def test_a_bad_time_is_named_by_row_and_column(cell: str) -> None:
    with pytest.raises(BadCell, match=r"row 7, column at: .*time"):
        row(at=cell).moment("at", WALL_CLOCK)


def test_a_wall_clock_becomes_the_instant_it_showed_and_an_offset_wins() -> None:
    summer, winter = (row(at=cell).moment("at", WALL_CLOCK) for cell in ("2011-07-01 08:00:00", "2011-12-01 08:00:00"))
    assert summer == datetime(2011, 7, 1, 12, tzinfo=UTC)
    assert winter == datetime(2011, 12, 1, 13, tzinfo=UTC)
    assert row(at="2011-07-01T08:00:00+02:00").moment("at", WALL_CLOCK) == datetime(2011, 7, 1, 6, tzinfo=UTC)


def test_an_hour_that_the_clock_showed_twice_is_its_first_showing() -> None:
    assert row(at="2011-11-06 01:30:00").moment("at", WALL_CLOCK) == datetime(2011, 11, 6, 5, 30, tzinfo=UTC)


def test_an_hour_that_the_clock_skipped_always_is_the_same_instant() -> None:
    assert row(at="2012-03-11 02:30:00").moment("at", WALL_CLOCK) == datetime(2012, 3, 11, 7, 30, tzinfo=UTC)


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    """A line break inside quotes does not count as a row."""
    read = table(b'a,b\n1,"x\ny"\n2,z\n')
    assert [(each.number, each.text("b")) for each in read.rows] == [(2, "x\ny"), (3, "z")]


def test_a_row_with_other_than_the_headers_cells_is_listed() -> None:
    read = table(b"a,b\n1\n1,2,3\n\n1,2\n")
    assert [each.number for each in read.rows] == [5]
    assert [str(bad) for bad in read.bad] == [
        "row 2, column a: 1 cells instead of 2; the last that fits",
        "row 3, column b: 3 cells instead of 2; the last that fits",
    ]


def test_broken_utf8_spoils_its_row_alone() -> None:
    read = table(b"a\n\xff\nok\n")
    bad: list[BadCell] = []
    assert list(parsed(read.rows, lambda each: each.need("a"), column="a", key=str, bad=bad)) == ["ok"]
    assert [str(cell) for cell in bad] == ["row 2, column a: is not UTF-8 text"]


def test_a_key_that_stood_before_is_listed_and_not_dropped() -> None:
    bad: list[BadCell] = []
    read = table(b"a\nx\ny\nx\n")
    assert list(parsed(read.rows, lambda each: each.need("a"), column="a", key=str, bad=bad)) == ["x", "y"]
    assert [str(cell) for cell in bad] == ["row 4, column a: stood in an earlier row"]


def test_all_missing_columns_are_named_at_once() -> None:
    with pytest.raises(Unreadable, match=r"columns missing: b, c or d; the file has: a"):
        require(("a", "b", ("c", "d")), ("a",))
    require(("a", ("c", "d")), ("d", "a"))


def test_compressed_or_not_the_content_is_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_bytes(b"\xef\xbb\xbfa\n1\n")
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbfa\n1\n"))
    assert load(plain) == load(packed)
    assert load(plain).columns == ("a",)


PACKED = gzip.compress(b"a\n1\n", mtime=0)


@pytest.mark.parametrize(
    "content", [b"", PACKED[:-9], PACKED[:10] + b"\xff" + PACKED[11:]], ids=["empty", "cut", "broken"]
)
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        load(path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"nowhere\.csv: No such file"):
        load(tmp_path / "nowhere.csv")
