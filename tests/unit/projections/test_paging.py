"""Cursors: what a page ended with continues it; anything else is answered as damaged, before a database sees it."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from starlette.datastructures import URL

from projections.paging import CURSOR_PATTERN, Kind, filter_mark, next_link, read_cursor, write_cursor
from runtime.problems import Problem

FILTERS = {"status": "open"}


def damaged(*last: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    """A cursor with the right mark and these values."""
    return base64.urlsafe_b64encode(orjson.dumps([filter_mark(FILTERS), *last])).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-03-02 12:00:00+00", "2026-03-02T12:00:00+00:00"),  # as PostgreSQL writes it
        ("2026-03-02 12:00:00.5+00", "2026-03-02T12:00:00.500000+00:00"),
        ("2026-03-02T12:00:00.000000Z", "2026-03-02T12:00:00+00:00"),  # as the register writes it
        ("2026-03-02 20:00:00+08", "2026-03-02T12:00:00+00:00"),
        ("2026-03-02 12:00:00+23:30", "2026-03-01T12:30:00+00:00"),  # a zone that PostgreSQL does not know
        ("infinity", "infinity"),
        ("-infinity", "-infinity"),
    ],
)
def test_the_time_that_a_page_ended_with_continues_it(told: str, meant: str) -> None:
    assert read_cursor(write_cursor((told, "a"), FILTERS), FILTERS, ("time", "text")) == (meant, "a")


@pytest.mark.parametrize(
    "time",
    [
        "2026-99-99T00:00:00Z", "2099-02-30 00:00:00+00", "2026-03-02 12:00:00+99", "2026-03-02 24:00:01+00",
        "2026-03-02 12:00:00", "2026-03-02", "1969-12-31 23:59:59+00", "2100-01-01 00:00:00+00", "today", "",
        "Infinity", "9" * 1000, 7, None, [],
    ],
)  # fmt: skip
def test_no_other_time_does(time: Any) -> None:  # noqa: ANN401 - as above
    with pytest.raises(Problem) as told:
        read_cursor(damaged(time, "a"), FILTERS, ("time", "text"))
    assert (told.value.status_code, told.value.code) == (400, "cursor-malformed")


@pytest.mark.parametrize("text", ["", "a", "Nw", "W10", "e30", "WyI", "W+", "W1s=", "\u4f60", "_w"])
def test_what_is_no_cursor_at_all_is_damaged(text: str) -> None:
    """No base64, no JSON, no list, an empty one."""
    with pytest.raises(Problem) as told:
        read_cursor(text, FILTERS, ("text",))
    assert (told.value.status_code, told.value.code) == (400, "cursor-malformed")


@pytest.mark.parametrize(
    ("last", "kind"),
    [((), "text"), ((1, 2), "number"), ((-1,), "number"), ((2**62,), "number"), ((1.0,), "number"), ((True,), "number"),
     (("a",), "number"), (("\x00",), "text"), ((1,), "text"), ((None,), "text")],
)  # fmt: skip
def test_neither_do_other_numbers_or_texts(last: tuple[Any, ...], kind: Kind) -> None:
    with pytest.raises(Problem) as told:
        read_cursor(damaged(*last), FILTERS, (kind,))
    assert (told.value.status_code, told.value.code) == (400, "cursor-malformed")


def test_a_cursor_is_as_the_api_describes_it() -> None:
    """What a page gives to go on with is taken, whichever filters it belongs to."""
    pattern = re.compile(CURSOR_PATTERN)
    for number in range(300):
        assert pattern.search(write_cursor((number,), f"filters {number}"))
    assert not pattern.search("WyJ")


@pytest.mark.parametrize("last", [(0, "b"), (2**62 - 1, ""), (7, "\u4f60")])
def test_numbers_and_texts_that_a_page_ended_with_continue_it(last: tuple[int, str]) -> None:
    """Whatever they are: also the first row of all, and an empty text."""
    assert read_cursor(write_cursor(last, FILTERS), FILTERS, ("number", "text")) == last
    assert read_cursor(None, FILTERS, ("number", "text")) is None


def test_a_cursor_belongs_to_the_filters_and_the_order_of_its_list() -> None:
    """However they are written down; with any other it would go on in the wrong place."""
    cursor = write_cursor(("a",), {"status": "open", "since": datetime(2026, 3, 2, tzinfo=UTC)})
    same = {"since": datetime(2026, 3, 2, tzinfo=UTC), "status": "open"}
    assert read_cursor(cursor, same, ("text",)) == ("a",)
    for other in ({**same, "status": "closed"}, {**same, "sort": "-due"}, {}, None):
        with pytest.raises(Problem) as told:
            read_cursor(cursor, other, ("text",))
        assert (told.value.status_code, told.value.code) == (400, "cursor-mismatch")


def test_the_way_on_keeps_the_question_and_changes_its_cursor() -> None:
    """RFC 8288, relative: it holds behind any front door; a filter that was left empty stays."""
    url = URL("http://127.0.0.1:8001/v1/complaints?owner=a%20b&cursor=old&source=&owner=c")
    assert next_link(url, "new-1") == '</v1/complaints?owner=a+b&source=&owner=c&cursor=new-1>; rel="next"'
