"""What the pages say and how: pure, from invented views. Nothing a person wrote becomes markup."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import Request
from markupsafe import escape

import console_pages as invented
from console_html import (
    PAGES,
    board_html,
    budgets_html,
    case_html,
    cluster_html,
    clusters_html,
    faster_html,
    frame,
    new_html,
    proof_html,
    worklist_html,
)
from events.admission import parse_expectation
from projections.console import board, worklist
from projections.console.answers import answer_of, failed, fresh_of
from projections.console.faster import faster
from projections.console.forms import forms
from projections.console.reader import Text
from projections.console.timeline import lines
from projections.console.words import Language, catalogue
from runtime.problems import Problem

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def all_pages(language: Language) -> dict[str, str]:
    """Every page, with hostile words in every place that people fill."""
    reader = invented.reader("teamlead", "judge", "approver", "manager", language=language, subject=invented.EVIL)
    hostile = invented.case(
        text=invented.EVIL, product=invented.EVIL, owner=invented.EVIL, demand=invented.EVIL, source=invented.EVIL,
        queue=invented.EVIL, motive_by=invented.EVIL, category=invented.EVIL,
        unjudged=[invented.waiting(service=invented.EVIL)],
    )  # fmt: skip
    settings = {**frame(reader), "zones": ["UTC", "Asia/Shanghai"]}
    return {
        "worklist": worklist_html(
            reader, hostile, invented.case(id="2", status="closed", closed_at="2026-09-24T01:00:00Z")
        ),
        "case": case_html(reader, hostile),
        "board": board_html(reader),
        "new": new_html(reader),
        "proof": proof_html(reader),
        "faster": faster_html(reader),
        "clusters": clusters_html(reader),
        "cluster": cluster_html(reader),
        "budgets": budgets_html(reader),
        "settings": PAGES.html("settings.html", reader.words, **settings),
        "sign-in": PAGES.html("sign_in.html", reader.words, back=invented.EVIL, problem=invented.EVIL),
        "answer": PAGES.html("answer.html", reader.words, **vars(answer_of(409, "motive-missing", reader.words))),
        "problem": PAGES.html(
            "problem.html", reader.words, sign="late", title="x", why=invented.EVIL, asking=True, trace="ab"
        ),
    }


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_is_text(language: Language) -> None:
    """Complaint text with markup, handlers or template braces stays text, everywhere (console, security)."""
    for name, html in all_pages(language).items():
        assert "<script>alert" not in html, name
        assert "<img src=x" not in html, name
        assert "1337" not in html, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_load_under_the_policy(language: Language) -> None:
    """No inline script, style or handler; every script and sheet from our own origin."""
    for name, html in all_pages(language).items():
        tags = Tags()
        tags.feed(html)
        assert "style" not in {tag for tag, _ in tags.found}, name
        names = {attribute for _, attributes in tags.found for attribute in attributes}
        assert [one for one in names if one.startswith("on") or one == "style"] == [], name
        sources = [attributes.get("src") or "" for tag, attributes in tags.found if tag == "script"]
        assert all(re.match("/console/static/[0-9a-f]{12}/", source) for source in sources), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_has_one_status_one_heading_and_unique_ids(language: Language) -> None:
    """One `role=status` a page; ids are unique; labels name fields that exist (console, access)."""
    pages = all_pages(language)
    for name in ("worklist", "case", "board", "new", "proof", "clusters", "cluster", "budgets"):
        html = pages[name]
        assert html.count('role="status"') == 1, name
        assert len(re.findall("<h1", html)) == 1, name
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert sorted(set(ids)) == sorted(ids), name
        assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= set(ids), name
        assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids), name


def test_rows_stand_in_groups_of_what_is_at_stake() -> None:
    """Late, due today, later, none, unjudged: by the clock's due time and the reader's day."""

    def due(at: str, **members: object) -> dict[str, Any]:
        found = invented.clock(due=at)
        return invented.case(clocks={"resolution": found}, next_due_at=at, **members)

    reader = invented.reader()
    cases = [
        due("2026-09-24T06:06:00.000000Z"), due("2026-09-24T15:59:00.000000Z"), due("2026-09-24T16:01:00.000000Z"),
        invented.case(next_clock=None), due("2026-09-24T06:06:00.000000Z", unjudged=[invented.waiting()]),
    ]  # fmt: skip
    groups = worklist.grouped(cases, reader)
    assert [(one.group, len(one.rows)) for one in groups] == [
        ("late", 1), ("today", 1), ("later", 1), ("none", 1), ("unjudged", 1),
    ]  # fmt: skip
    assert groups[0].rows[0].due.text == "6 m late"
    assert groups[0].rows[0].due.sub == "was due today 14:06"
    assert groups[2].rows[0].due.sub == "due 25 Sep 00:01"
    assert worklist.status_line(groups, reader).startswith("5 cases shown, earliest due first. 1 late, 1 due today")


def test_times_are_said_by_locale_in_the_reader_s_zone() -> None:
    """`29 Sep`, `9 月 29 日`; always 24 hours; a year only where it is another one."""
    english, chinese = invented.reader(), invented.reader(language="zh", zone="Europe/Berlin")
    stamp = "2026-09-29T04:05:00.000000Z"
    assert english.moment(stamp) == "29 Sep 12:05"
    assert chinese.moment(stamp) == "9 月 29 日 06:05"
    assert english.weekday(stamp) == "Tuesday, 29 Sep"
    assert chinese.weekday("2025-09-29T04:05:00.000000Z") == "2025 年 9 月 29 日 星期一"
    assert english.moment("2026-09-24T06:00:00.000000Z") == "today 14:00"
    assert english.span(timedelta(days=4, hours=3, minutes=10)) == "4 d 3 h"
    assert chinese.span(timedelta(minutes=78)) == "1 小时 18 分"
    assert english.zone_name() == "Asia/Shanghai, UTC+08:00"


def test_only_what_may_be_done_is_offered() -> None:
    """Principle 4: by role and by where the case stands; nothing is grey."""

    def names(*roles: str, **members: object) -> set[str]:
        reader = invented.reader(*roles)
        return {form.id for form in forms(invented.case(**members), reader, invented.DESK)}

    assert names("auditor") == set()
    assert names("judge") == {"do-ask-reply"}
    assert names("judge", decision={"outcome": "upheld"}) == {"do-ask-reply", "do-find"}
    waits = {**invented.case()["offers"]["o-1"], "by": "wu.hao"}
    assert {"do-approve-o-1", "do-decline-o-1"} == names("approver", offers={"o-1": waits})
    assert "do-redress-o-2" in names("handler")
    assert "do-keep-p-1" in names("handler")
    assert "do-accept" not in names("handler", offered_to="teamlead")
    assert {"do-accept", "do-refuse"} <= names("handler", offered_to="reception")
    assert "do-accept" in names("cso", offered_to="teamlead")
    closed = names("handler", status="closed")
    assert "do-reopen" in closed
    assert not {"do-close", "do-decide", "do-motive"} & closed
    assert "do-crisis-team" in names("teamlead", grade="suggestion")
    assert "do-crisis-team" not in names("teamlead", grade="crisis", crisis={"coordinator": "wu.hao"})
    assert "do-crisis-team" in names("teamlead", grade="crisis", crisis=None)


def test_a_form_pins_what_its_command_is_judged_by() -> None:
    """If-Match names the chapter that is written and those that its fact relies on (L1). What is written into a stream
    that was not seen pins nothing: clusters and budgets.
    """
    reader = invented.reader("teamlead")
    for form in forms(invented.case(offered_to="handler", owner=None), reader, invented.DESK):
        if not form.action.startswith(f"/v1/complaints/{invented.CASE_ID}/"):
            assert (form.pin, form.faster) == ("", "")
            continue
        pin = parse_expectation(form.pin.strip('"'))
        assert pin is not None
        assert form.pin.startswith('"')
    pins = {form.id: form.pin for form in forms(invented.case(), reader, invented.DESK)}
    assert pins["do-contact"] == '"intake=9"'
    assert pins["do-decide"] == '"intake=9,triage=4,accountability=6"'


def test_the_timeline_shows_edits_and_refused_attempts() -> None:
    """Before and after of each edit; an attempt that came too late is marked and says on what it was decided."""
    lodged, breached, amended, offered, refused = lines(invented.timeline(), invented.reader(), "zh")
    assert (lodged.by, lodged.quote) == ("by the complainant", Text(invented.EVIL, "zh"))
    assert (breached.title, breached.by, breached.tone) == ("First reply missed its due time", "by rule", "late")
    assert [(one.field, one.before.text) for one in amended.changes] == [("Product", "E5")]
    assert (offered.title, offered.by, offered.ref) == ("Offered: money, ¥6,800.00", "by wu.hao", "accountability 6")
    assert refused.title == "Refused attempt: Offered: service credit, ¥2,000.00"
    assert "intake 9, accountability 5" in refused.refused


@pytest.mark.parametrize(
    ("reason", "shown"),
    [("solved by a friend", "solved by a friend"), ({"sealed": "withheld"}, "Not shown to your post")],
)
def test_why_somebody_withdrew_is_shown_or_the_word_for_why_not(reason: object, shown: str) -> None:
    """Section 6: the reason is the complainant's own words, sealed."""
    told = {**invented.entry("withdrawn", "intake", 5), "data": {"reason": reason, "by": "li.na"}}
    (line,) = lines([told], invented.reader(), None)
    assert line.why == shown


def test_a_record_of_an_unknown_type_is_shown_as_such() -> None:
    told = invented.entry("painted", "triage", 5)
    (line,) = lines([told], invented.reader(), None)
    assert line.title == "A record of type complaints.triage.painted.v1"


def test_who_was_faster_is_shown_with_what_each_saw() -> None:
    """The records that the pin did not know of, and where the case stands now."""
    found = faster(invented.timeline(), invented.case(), "intake=9,accountability=5", invented.reader())
    assert [one.title for one in found.recorded] == ["Offered: money, ¥6,800.00"]
    assert found.seen == "intake 9, accountability 5"
    assert found.head == "intake=9,accountability=6"


def test_a_filter_keeps_what_was_searched_for() -> None:
    """Else a list that was narrowed twice would be wider than before."""
    _, _, after = worklist_html(invented.reader()).partition('class="filters"')
    filters, _, _ = after.partition("</form>")
    assert f'name="q" value="{escape(invented.EVIL)}"' in filters


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Pacific/Auckland"])
def test_a_week_is_called_by_its_monday_wherever_its_reader_is(zone: str) -> None:
    """Its figures are those of a week in UTC; on the clock of New York that begins on a Sunday."""
    shown = board.shown(invented.board(), {}, invented.reader(zone=zone))
    assert [one.label for one in shown.points] == ["14 Sep", "21 Sep"]


def test_without_a_script_a_page_says_so_before_anything_is_written() -> None:
    html = case_html(invented.reader(), invented.case())
    assert html.index("<noscript>") < html.index("data-command")
    assert "<noscript>" not in case_html(invented.reader("auditor"), invented.case())


def test_a_group_that_may_go_on_elsewhere_says_how_many_are_here() -> None:
    """A page of fifty is no count of all that are late."""
    assert "<span>2 on this page</span>" in worklist_html(invented.reader(), invented.case(), invented.case(id="x"))


@pytest.mark.parametrize(("query", "says"), [("", False), ("as_of=2020-01-01T00:00", True), ("known_at=x", True)])
def test_a_case_that_was_not_there_yet_may_be_why_none_is_shown(query: str, *, says: bool) -> None:
    asked = Request({"type": "http", "headers": [], "query_string": query.encode(), "state": {"trace_id": "t"}})
    answer = failed(PAGES, asked, Problem(404, "not-found", "no such case"))
    assert ("no such case yet at that time" in bytes(answer.body).decode()) is says


def test_figures_carry_denominators() -> None:
    """Principle 8: under ten judged a fraction, never a rate; the parts of a bar fill it."""
    shown = board.shown(invented.board(), {"hour": 2}, invented.reader())
    assert shown.met_sub == "76.2 % of 21 judged"
    assert shown.classes[1].share == "2 of 3"
    assert shown.total == {"met": 16, "late": 5, "at_risk": 2, "paused": 1, "unjudged": 1, "on_track": 4}
    pieces = shown.classes[0].pieces
    assert round(pieces[-1].x + pieces[-1].width) == board.BAR
    assert [point.share for point in shown.points] == ["4 of 10", "9 of 10"]


def test_answers_are_plain_words() -> None:
    """A refusal by its code; what has no words of ours is left to the service's own; 5xx may be sent again."""
    words = catalogue("en")
    assert answer_of(409, "motive-missing", words).why.startswith("First say what")
    assert answer_of(409, "something-new", words).why == ""
    assert answer_of(422, "body-invalid", words).title == answer_of(400, "json-invalid", words).title
    assert answer_of(503, "contended", words).again
    assert answer_of(502, "", words).again
    assert answer_of(401, "token-expired", words).door
    assert "earlier attempt" in answer_of(422, "idempotency-key-reused", words).title
    assert "waits for repair" in answer_of(503, "stream-parked", words).title


def test_a_page_says_how_old_it_is() -> None:
    """Words always, a banner from 30 s on (console, states)."""
    reader = invented.reader()
    assert fresh_of(0.4, reader).text.startswith("Live")
    assert not fresh_of(29, reader).stale
    assert fresh_of(30, reader).stale
    assert fresh_of(48.2, reader).text == "This view is 49 s behind the record."
    assert "not known" in fresh_of(None, reader).text


def test_withheld_words_leave_no_trace() -> None:
    """A reader without the right sees why, and nothing else."""
    reader = invented.reader("ops")
    row = worklist.row(invented.case(text={"sealed": "withheld"}), reader)
    assert row.title == Text("Not shown to your post", closed=True)
