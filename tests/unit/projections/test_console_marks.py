"""What is not sure says so wherever it is shown: a due time that is provisional, a limit that nobody has confirmed; and
what runs on after a closing is seen. Pure, from invented views.
"""

from typing import Any

import pytest

import console_pages as invented
from console_html import board_html, case_html, track_html, worklist_html
from projections.console import board, case, track, worklist
from projections.console.faster import faster
from projections.console.life import life
from projections.console.questions import tabs
from projections.console.timeline import lines
from projections.console.words import LANGUAGES, Language

DUE = "2026-09-24T07:30:00.000000Z"


def told(clock: str, *, standing: str | None = None, **members: object) -> list[dict[str, Any]]:
    """How a clock was started, extended and breached."""
    return [
        invented.entry("clock-started", "escalation", 1, data={"clock": clock, "due": DUE, "standing": standing}),
        invented.entry("clock-extended", "escalation", 2, data={"clock": clock, "due": DUE, **members}),
        invented.entry("clock-breached", "escalation", 3, data={"clock": clock}),
    ]


def test_a_limit_that_nobody_confirmed_is_marked_in_each_row_that_shows_it() -> None:
    """K24 and its like (M) are never shown as law; V, S and what a publisher gave bear no mark."""
    reader = invented.reader()
    for standing, marked in (("M", True), ("S", False), ("V", False), (None, False)):
        clock = invented.clock(standing=standing)
        found = invented.case(clocks={"resolution": clock})
        upcoming = {**invented.board()["next"][0], "standing": standing}
        shown = board.shown({**invented.board(), "next": [upcoming]}, {}, reader)
        assert worklist.row(found, reader).due.unconfirmed is marked
        assert case.shown(found, reader).clocks[0].due.unconfirmed is marked
        assert track.shown(found, reader).unconfirmed is marked
        assert shown.next[0].due.unconfirmed is marked
        assert any("Unconfirmed" in line for line in life(clock, reader)) is marked


def test_figures_among_which_there_are_such_limits_are_marked() -> None:
    rows = [{"clock": "a", "clocks": 2, **invented.board_row(unconfirmed=count)} for count in (0, 1)]
    shown = board.shown({**invented.board(), "clocks": rows}, {}, invented.reader())
    assert [one.unconfirmed for one in shown.clocks] == [False, True]


def test_the_timeline_marks_what_is_not_sure() -> None:
    """Each line of an unconfirmed limit; a due time that an extension made provisional."""
    reader = invented.reader()
    assert [one.unconfirmed for one in lines(told("a", standing="M"), reader, None)] == [True, True, True]
    assert [one.unconfirmed for one in lines(told("a", standing="V"), reader, None)] == [False, False, False]
    later = invented.entry("clock-recalculated", "escalation", 4, data={"clock": "a", "standing": "V"})
    assert not lines([*told("a", standing="M"), later], reader, None)[-1].unconfirmed
    both = [*told("a", standing="M"), *told("b")]
    assert [one.unconfirmed for one in lines(both, reader, None)] == [True] * 3 + [False] * 3
    assert [one.provisional for one in lines(told("a", provisional=True), reader, None)] == [False, True, False]
    between = faster(told("a", standing="M"), invented.case(), "escalation=2", reader)
    assert [one.unconfirmed for one in between.recorded] == [True]


def test_each_step_of_a_clock_says_whether_its_due_time_was_provisional() -> None:
    extended = {"at": DUE, "due": DUE, "reason": "x", "by": "li", "provisional": True}
    moved = {"at": DUE, "old_due": DUE, "new_due": DUE, "cause": "y", "provisional": False}
    said = list(life(invented.clock(extended=[extended], recalculated=[moved]), invented.reader()))
    assert sum("(provisional)" in line for line in said) == 1


def test_a_paused_clock_in_the_worklist_is_as_sure_as_the_due_time_that_is_shown() -> None:
    """Counted as if it were resumed now; what was recorded when it was paused is another due time."""
    stands = invented.clock(state="paused", paused_at="2026-09-24T01:00:00.000000Z")
    for recorded, counted in ((False, True), (True, False)):
        clocks = {"resolution": {**stands, "provisional": recorded}}
        found = invented.case(clocks=clocks, next_provisional=counted)
        assert worklist.row(found, invented.reader()).due.provisional is counted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marks_are_words_on_each_page(language: Language) -> None:
    """Worklist, case with its timeline, board, tracking: never a colour alone."""
    reader = invented.reader(language=language)
    words = {"en": ("unconfirmed", "provisional"), "zh": ("未证实", "暂定")}[language]

    def marks(html: str) -> list[int]:
        return [html.count(f" {word}</span>") for word in words]

    for sure, clock in ((True, invented.clock()), (False, invented.clock(standing="M", provisional=True))):
        found = invented.case(clocks={"resolution": clock})
        upcoming = {**invented.board()["next"][0], "standing": clock.get("standing"), "provisional": not sure}
        once = [0, 0] if sure else [1, 1]
        assert marks(worklist_html(reader, found)) == once
        assert marks(case_html(reader, found)) == once
        assert marks(board_html(reader, {**invented.board(), "next": [upcoming]})) == once
        assert marks(track_html(reader, found)) == once
    assert marks(case_html(reader, invented.case(clocks={}), told("a", standing="M", provisional=True))) == [3, 1]


def test_what_is_still_due_on_a_closed_case_stands_among_what_is_due() -> None:
    """A breached reply to a message that came after the closing is late, and its row says that the case is closed."""
    reader = invented.reader()
    late = {"reply:m": invented.clock("reply:m", state="breached", due="2026-09-24T06:06:00.000000Z")}
    owed = invented.case(
        status="closed", closed_at="2026-09-24T05:00:00.000000Z", clocks=late, next_clock="reply:m",
        next_due_at="2026-09-24T06:06:00.000000Z", promises={},
    )  # fmt: skip
    done = invented.case(status="closed", closed_at="2026-09-24T05:00:00.000000Z", clocks={}, next_clock=None)
    groups = worklist.grouped([owed, done], reader)
    assert [(one.group, len(one.rows)) for one in groups] == [("late", 1), ("closed", 1)]
    (row,) = groups[0].rows
    assert (row.due.text, row.tags[0].text, row.step) == ("6 m late", "Closed", "Do what is still due")
    assert case.shown(owed, reader).clocks[0].due.text == "6 m late"


def test_whom_the_complaint_entrance_brought_is_marked_until_a_person_has_spoken_with_them() -> None:
    """R19, R20."""
    reader, missed = invented.reader(), {"outcome": "not-reached"}
    for contacts, marked in (((), True), ((missed,), True), ((missed, {"outcome": "reached"}), False)):
        found = invented.case(entrance=True, contacts=list(contacts))
        assert ("Complaint entrance: call first" in [one.text for one in worklist.tags(found, reader)]) is marked
    told = [
        worklist.tags(invented.case(contacts=[], **one), reader) for one in ({}, {"entrance": True, "status": "closed"})
    ]
    assert "Complaint entrance: call first" not in [one.text for tags in told for one in tags]


def test_a_post_where_nobody_is_and_a_rulebook_that_could_not_be_read_are_said() -> None:
    """2-domain: an empty post escalates further and says so; nothing waits in silence."""
    reader = invented.reader()
    fired = {"level": 2, "post": "teamlead", "clock": "a", "reason": "r", "empty": True}
    entries = [
        invented.entry("escalated", "escalation", 1, data=fired),
        invented.entry("clock-breached", "escalation", 2, data={"clock": "a", "unread": "pack/desk"}),
    ]
    empty, unread = (one.title for one in lines(entries, reader, None))
    assert empty.endswith("; nobody is at this post")
    assert "pack/desk could not be read yet" in unread
    held = "\n".join(case.shown(invented.case(escalations=[fired]), reader).holding)
    assert "nobody is at this post" in held


def test_a_clock_that_was_not_started_names_the_version_that_was_asked() -> None:
    none = {**invented.clock(state="not-started"), "reason": "no-policy", "rulebook": "city@3"}
    assert "Asked of pack city@3" in list(life(none, invented.reader()))


def test_what_somebody_did_whom_a_finding_names_is_marked_on_the_case_and_on_each_list() -> None:
    """R24, 2-domain: earlier acts are flagged, later ones too, and the worklist of the CSO shows the case; praise flags
    nothing, nor is what they said for themselves, or tried in vain, an act.
    """
    reader = invented.reader()
    entries = [
        invented.entry("decided", "accountability", 1),
        invented.entry("reply-given", "accountability", 2),
        invented.entry("closed", "accountability", None, verdict="refused"),
        invented.entry("closed", "accountability", 3, actor={"id": "li.na", "type": "user"}),
    ]
    found = {"responsible": "person", "person": "wu.hao", "measure": "sanction"}
    for data, marked in ((found, True), ({**found, "measure": "commendation"}, False)):
        judge = {"id": "judge", "type": "user"}
        told = [*entries, invented.entry("finding-made", "accountability", 4, data=data, actor=judge)]
        again = invented.entry("feedback-given", "intake", 5)
        assert [one.conflict for one in lines([*told, again], reader, None)] == [marked, *[False] * 4, marked]
    flagged = invented.case(conflicts=[{"act": "decided", "by": "wu.hao"}])
    assert "By whom a finding names" in [one.text for one in worklist.tags(flagged, reader)]
    assert "By whom a finding names" not in [one.text for one in worklist.tags(invented.case(), reader)]


def test_each_reader_has_the_lists_that_mean_something_to_them() -> None:
    """R24, R119: who may hold a case, who approves, and who looks at a case again; what is open is everybody's."""
    own, all_of_us = ("mine", "offered", "duty"), ("unowned", "open", "all")
    assert tabs(invented.reader("handler")) == (*own, *all_of_us)
    assert tabs(invented.reader("teamlead")) == (*own, "approval", *all_of_us)
    assert tabs(invented.reader("approver")) == ("approval", *all_of_us)
    assert tabs(invented.reader("cso")) == (*own, "approval", "unowned", "conflict", "open", "all")
    assert tabs(invented.reader("auditor")) == all_of_us


def test_the_page_says_who_coordinates_a_crisis_and_what_comes_first() -> None:
    """R114: whoever opens the case knows whom to ask, without the timeline; in the next cycle nobody does any more."""
    called = {"coordinator": "wu.hao", "containment": "stop the lift", "functions": ["legal"], "by": "lin.xt"}
    for crisis, said in ((called, True), (None, False)):
        held = case.shown(invented.case(crisis=crisis), invented.reader()).holding
        assert ("Crisis team, coordinated by wu.hao: stop the lift" in held) is said
