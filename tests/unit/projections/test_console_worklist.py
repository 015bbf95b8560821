"""The views above the worklist: which hold what is the reader's to do."""

import console_pages as invented
from console_html import PAGES
from projections.console import worklist
from projections.console.questions import Asked

COUNTS = {"mine": 0, "offered": 68, "duty": 0, "unowned": 152, "open": 165}


def test_an_empty_list_names_what_waits_elsewhere() -> None:
    """R145: who has accepted nothing yet is one step from what is offered to them, and not told that all is done."""
    reader = invented.reader("reception", language="zh")
    tabs = worklist.views(("mine", "offered", "duty", "unowned", "open", "all"), "mine", COUNTS, reader)
    assert [one.word for one in tabs if one.waits] == ["待我接受"]
    assert [one.count for one in tabs] == ["0", "68", "0", "152", "165", ""]
    html = PAGES.html(
        "rows.html", reader.words, asked=Asked("mine"), groups=[], views=tabs, rows_url="/r", next_url="",
        announcement="",
    )  # fmt: skip
    _, _, empty = html.partition('class="empty"')
    assert 'href="/console/worklist?view=offered">待我接受' in empty


def test_what_is_shown_waits_nowhere_else() -> None:
    tabs = worklist.views(("mine", "offered"), "offered", COUNTS, invented.reader())
    assert [one.waits for one in tabs] == [False, False]
    assert [one.here for one in tabs] == [False, True]
