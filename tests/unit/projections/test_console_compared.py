"""The comparison on the SLA board (a publisher's due times beside ours, in words), and its classes."""

import console_pages as invented
from console_html import board_html
from projections.console import compared


def test_the_board_says_where_due_times_differ_and_why() -> None:
    """Request type by request type, each with its likely reason; few compared are a fraction, not a rate."""
    reader = invented.reader()
    shown = compared.shown(invented.board(), invented.deviations(), reader)
    assert (shown.within, shown.within_sub) == (26_360, "99.4 % of 26,520 compared")
    assert (shown.deviating, shown.deviating_sub) == (160, "of 2 request types")
    assert (shown.no_policy, shown.no_policy_sub) == (295, "cases of 1 request type that the pack does not name")
    assert shown.types[0].reasons == [
        "counted with another limit: 15 business days (12)",
        "stated before the start (1)",
    ]
    assert (shown.types[1].name, shown.types[1].reasons) == ("No type named", [])
    assert [(one.name, one.cases) for one in shown.without] == [("Rats", 295)]
    few = {**invented.board(), "due_compared": 3, "due_within_5_minutes": 2}
    assert compared.shown(few, invented.deviations(), reader).within_sub == "2 of 3 compared"


def test_a_long_comparison_says_what_it_leaves_out() -> None:
    found = invented.deviations()
    many = {**found, "deviations": [found["deviations"][0]] * (compared.TYPES_MAX + 2)}
    shown = compared.shown(invented.board(), many, invented.reader())
    assert (len(shown.types), shown.more) == (compared.TYPES_MAX, "2 more request types are not shown.")


def test_the_board_is_taken_apart_by_what_its_reader_asks_for() -> None:
    """R36, R37: a manager looks at products, branches, or who complains, and each is named in words."""
    classes = [{"class": "vip", **invented.board_row()}, {"class": None, **invented.board_row()}]
    html = board_html(invented.reader("manager"), {**invented.board(), "by": "identity", "classes": classes})
    assert '<option value="identity" selected>By who complains</option>' in html
    assert "VIP</th>" in html
    assert '<option value="product">By product</option>' in html
