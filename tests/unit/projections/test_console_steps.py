"""What a page says is next, and whose word it shows: read from the case alone."""

import console_pages as invented
from projections.console import case as pages
from projections.console import steps, worklist
from projections.console.forms import forms


def test_the_likely_next_command_comes_first_and_open() -> None:
    """Principle 5: one step."""
    reader = invented.reader()
    first = forms(invented.case(offers={}), reader, invented.DESK)[0]
    assert (first.id, first.likely) == ("do-decide", True)
    assert steps.next_step(invented.case(contacts=[])) == "contact"
    assert steps.next_step(invented.case(owner=None)) == "accept"
    decided = invented.case(offers={}, decision={"outcome": "upheld"})
    assert steps.next_step(decided) == "answer"
    told = {"kind": "decision", "state": "sent", "automatic": False, "at": "2026-09-24T02:00:00.000000Z"}
    before = "2026-09-23T02:00:00.000000Z"
    for word, step in (({}, "closing"), ({"automatic": True}, "answer"), ({"at": before}, "answer")):
        case = {**decided, "decision": {"at": told["at"], "outcome": "upheld"}, "messages": {"m": {**told, **word}}}
        assert steps.next_step(case) == step


def test_what_is_next_of_a_closed_case_is_what_is_still_owed_first() -> None:
    """R96: a call, or what was promised to be done, whichever comes first; then a clock, then nothing."""
    action = {"promise_id": "p", "kind": "action", "next_at": "2026-09-25T02:00:00.000000Z"}
    call = {"promise_id": "closing-1", "kind": "closing", "next_at": "2026-09-26T02:00:00.000000Z"}
    kept, sooner = {**action, "next_at": None}, {**call, "next_at": "2026-09-24T02:00:00.000000Z"}
    for promises, step in (
        ([action, call], "promise"), ([{**action, "kind": "redress"}, call], "redress"),
        ([action, sooner], "callback"), ([call], "callback"), ([kept], "due"), ([], "due"),
    ):  # fmt: skip
        told = {one["promise_id"]: one for one in promises}
        assert steps.next_step(invented.case(status="closed", promises=told)) == step
    assert steps.next_step(invented.case(status="closed", promises={}, next_clock=None)) == "none"


def test_the_category_of_who_told_it_is_not_shown_as_ours() -> None:
    """R13, R38: on the page and in the list."""
    reader = invented.reader()
    for told, words in ((True, "product/safety (as we were told)"), (False, "product/safety")):
        page = invented.case(category_told=told)
        assert words in [line.text.text for line in pages.shown(page, reader).matter]
        assert worklist.row(page, reader).about.endswith(words)


def test_a_case_that_its_owner_decided_before_is_to_be_taken_by_another() -> None:
    """R74."""
    again = {"at": "2026-09-24T02:00:00.000000Z", "cycle": 2, "reason": "r", "by": "x"}
    for apart, step in (["lin.xt"], "accept"), ([], "decision"), (["another"], "decision"):
        assert steps.next_step(invented.case(reopenings=[{**again, "apart_from": apart}], offers={})) == step


def test_who_was_told_of_an_offer_is_told_that_it_was_taken_back() -> None:
    """R73: what is next is to answer anew, in a closed case too; what was never an offer to them needs no word."""
    times = [f"2026-09-24T0{hour}:00:00.000000Z" for hour in range(5)]
    offer = {"needs_approval": False, "state": "withdrawn", "withdrawn": {"at": times[2]}}
    told = {"kind": "decision", "state": "sent", "automatic": False}
    members = {"decision": {"at": times[0], "outcome": "upheld"}, "promises": {}, "next_clock": None}
    for how, at, status, step in (
        ({}, 1, "decided", "answer"), ({}, 3, "decided", "closing"),
        ({}, 1, "closed", "answer"), ({}, 3, "closed", "none"),
        ({"needs_approval": True}, 1, "closed", "none"),
        ({"needs_approval": True, "approved": {"at": times[1]}}, 1, "closed", "answer"),
    ):  # fmt: skip
        case = invented.case(
            **members, status=status, offers={"o": {**offer, **how}}, messages={"m": {**told, "at": times[at]}}
        )
        assert steps.next_step(case) == step
