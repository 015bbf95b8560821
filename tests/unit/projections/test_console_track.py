"""The complainant's page: how far it is and until when, our lateness too; nothing that is only for us."""

import pytest

import console_pages as invented
from projections.console import track
from projections.console.case import shown
from projections.console.rendering import Pages
from projections.console.words import Language

PAGES = Pages()
MISSED = "2026-09-24T07:30:00.000001Z"


def page(language: Language = "en", **members: object) -> track.TrackPage:
    case = {name: value for name, value in invented.case(**members).items() if name != "unjudged"}
    return track.shown(case, invented.reader(language=language, subject=""))


def test_how_far_it_is_until_when_and_who_answers_for_it() -> None:
    shown = page()
    assert (shown.title, shown.due, shown.late) == (
        "It is being looked at", "You will have an answer by today 15:30 at the latest, in 1 h 18 m.", False,
    )  # fmt: skip
    assert [(step.word, step.done, step.here) for step in shown.steps] == [
        ("Received", True, False), ("Looked at", False, True), ("Answered", False, False), ("Confirmed", False, False),
    ]  # fmt: skip
    assert shown.holder.startswith("lin.xt")
    assert shown.history[-1].what == "You complained (WeChat)."


def test_our_lateness_is_shown_to_the_complainant_too() -> None:
    """Principle 3: a missed reply stays, and so does a due time that has passed."""
    shown = page()
    assert [one.what.text for one in shown.kept if one.tone == "late"] == ["Loan car", "First reply"]
    assert "We did not answer in time. We are sorry." in [one.what for one in shown.history]
    again = page(clocks={"first-reply#2": invented.clock("first-reply#2", state="breached", breached_at=MISSED)})
    assert [one.what.text for one in again.kept if one.tone == "late"] == ["Loan car", "First reply"]
    late = page(clocks={"resolution": invented.clock(due="2026-09-24T06:00:00.000000Z")})
    assert (late.late, late.due) == (True, "We are late: you should have had an answer by today 14:00. We are sorry.")


def test_it_is_answered_only_once_they_were_told_what_holds_now() -> None:
    """R73: what was sent in an earlier cycle, or before an offer was taken back, is no answer any more."""

    def done(members: dict[str, object]) -> list[str]:
        return [step.word for step in track.shown(invented.case(**members), invented.reader()).steps if step.done]

    at = "2026-09-20T02:00:00.000000Z"
    decision = {"at": at, "outcome": "upheld", "by": "lin.xt"}
    sent = {"kind": "decision", "direction": "out", "state": "sent", "at": at, "sent_at": at, "channel": "mail"}
    told: dict[str, object] = {"decision": decision, "messages": {"m": sent}}
    assert done(told) == ["Received", "Looked at", "Answered"]
    again: dict[str, object] = {"cycle": 2, "reopenings": [{"at": "2026-09-21T02:00:00.000000Z"}]}
    assert done({**told, **again}) == ["Received", "Looked at", "Answered"]
    assert done({**told, **again, "decision": None}) == ["Received"]
    withdrawn = {
        "remedy": "refund",
        "at": at,
        "needs_approval": False,
        "withdrawn": {"at": "2026-09-22T02:00:00.000000Z"},
    }
    assert done({**told, "offers": {"o": {**withdrawn, "state": "withdrawn"}}}) == ["Received", "Looked at"]
    automatic: dict[str, object] = {"messages": {"m": {**sent, "automatic": True}}}
    assert done({**told, **automatic}) == ["Received", "Looked at"]


def test_an_answer_anew_that_came_too_late_is_said_to_them_too() -> None:
    """R73: principle 3 of the console."""
    late = page(clocks={"answer-anew": invented.clock("answer-anew", state="breached", breached_at=MISSED)})
    assert "Answer anew" in [one.what.text for one in late.kept if one.tone == "late"]
    assert "We did not answer in time. We are sorry." in [one.what for one in late.history]


def test_a_call_that_is_still_owed_is_shown_at_its_next_try() -> None:
    """As in the calendar of callbacks, to the complainant and to staff; a promise stays due when it was promised."""
    owed = {"made_at": "2026-09-22T02:00:00.000000Z", "due": "2026-09-23T02:00:00.000000Z", "state": "open"}
    again = {**owed, "next_at": "2026-09-25T02:00:00.000000Z"}
    promises = {
        "closing-1": {**again, "promise_id": "closing-1", "kind": "closing"},
        "p": {**again, "promise_id": "p", "kind": "callback", "text": "Call"},
    }
    assert [one.when for one in page(promises=promises).kept[:2]] == ["25 Sep 10:00", "23 Sep 10:00"]
    staff = shown(invented.case(promises=promises), invented.reader(), {}, invented.DESK)
    assert [one.when for one in staff.promises] == ["25 Sep 10:00", "23 Sep 10:00"]


def test_where_else_they_may_go_is_said_to_them() -> None:
    """R80: whoever closed the case, and on whatever ground."""
    reader = invented.reader(subject="")
    told = page(closing={"next_instance": "the ombudsman", "ground": "accepted"})
    html = PAGES.html("track.html", reader.words, page=told, problem="", back="/")
    assert reader.words.t("track.next_instance", name="the ombudsman") in html
    assert reader.words.t("track.free") in html


def test_whose_clock_the_times_are_by_is_said() -> None:
    """Who comes by a link has told no zone, and is shown that of nobody."""
    assert page().zone == "Asia/Shanghai, UTC+08:00"
    html = PAGES.html("track.html", invented.reader().words, page=page(), problem="", back="/")
    assert "Times are those of Asia/Shanghai, UTC+08:00." in html


def test_what_was_accepted_and_is_to_be_given_is_shown_to_both() -> None:
    """R96: as one of our promises, in their words; late where it is."""
    due = {"promise_id": "o", "kind": "redress", "made_at": MISSED, "due": "2026-09-25T02:00:00.000000Z"}
    offers = {
        "o": {
            "remedy": "New brakes",
            "at": MISSED,
            "state": "standing",
            "amount_minor": 0,
            "currency": "CNY",
            "by": "x",
        }
    }
    for state, tone in (("open", ""), ("broken", "late")):
        promises = {"o": {**due, "state": state, "next_at": due["due"]}}
        line = page(promises=promises, offers=offers).kept[0]
        assert (line.what.text, line.when, line.tone) == ("To be given to you: New brakes", "25 Sep 10:00", tone)
        staff = shown(invented.case(promises=promises, offers=offers), invented.reader(), {}, invented.DESK)
        assert [(one.text.text, one.tone) for one in staff.promises] == [("Giving what was accepted", tone)]


def test_a_clock_that_is_provisional_or_paused_says_so() -> None:
    assert page(clocks={"resolution": invented.clock(provisional=True)}).provisional
    stands = invented.clock(state="paused", paused_at="2026-09-24T01:00:00.000000Z")
    assert page(clocks={"resolution": stands}).due == "The time for it stands still since today 09:00."
    again = {
        "resolution": invented.clock(state="met"),
        "resolution#2": invented.clock("resolution#2", started="2026-09-23T01:00:00.000000Z"),
    }
    assert page(clocks=again).due.startswith("You will have an answer by")


def test_a_message_is_left_on_the_case_with_the_proof_that_it_is_theirs() -> None:
    """The form names the case, the code and the channel; whoever has no code has no form."""
    reader = invented.reader(subject="")
    shown = track.shown({**invented.case()}, reader, "CODE-1")
    html = PAGES.html("track.html", reader.words, page=shown, problem="", back="/track?code=x")
    assert f'action="/v1/complaints/{invented.CASE_ID}/messages/received"' in html
    assert 'data-code="CODE-1"' in html
    assert 'name="channel" value="website"' in html
    assert "messages/received" not in PAGES.html("track.html", reader.words, page=None, problem="", back="/track")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "best by WeChat · no calls 20:00-09:00 · Europe/London"),
        ("zh", "偏好微信 · 20:00-09:00 请勿来电 · Europe/London"),
    ],
)
def test_how_they_asked_to_be_reached_stands_on_both_pages(language: Language, said: str) -> None:
    stated = {
        "at": "2026-09-24T05:00:00.000000Z",
        "channel": "wechat",
        "quiet_hours": "20:00-09:00",
        "zone": "Europe/London",
        "by": "c",
    }
    assert page(language, contact_preferences=stated).preferences == said
    assert page(language).preferences == ""
    reader = invented.reader(language=language)
    assert said in [one.text.text for one in shown(invented.case(contact_preferences=stated), reader).person]
    html = PAGES.html("track.html", reader.words, page=page(language, contact_preferences=stated), problem="", back="/")
    assert said in html
    assert html.count(reader.words.t("track.told.preferred")) == 1


def test_what_the_complainant_did_stands_on_the_page() -> None:
    """Evidence without its name (staff may have named it), a view without its words; a withdrawal is the stage."""
    at = "2026-09-24T05:00:00.000000Z"
    view = {"at": at, "process_score": 4, "outcome_score": 2, "text": "too late"}
    shown = page(
        evidence=[{"name": "secret.png", "at": at}], withdrawn={"at": at},
        feedback=[view],
    )  # fmt: skip
    told = {one.what for one in shown.history}
    assert {"Evidence was put on record.", "What you think of it was put on record.", "You withdrew it."} <= told
    assert (shown.title, shown.withdrawal) == ("You have withdrawn it", None)
    decision = {"outcome": "upheld"}
    before, after = page(decision=decision).view, page(decision=decision, feedback=[view]).view
    assert (before and before.likely, after and after.likely) == (True, False)
    assert page(closed_at=at, status="closed", withdrawn={"at": at}).title == "It is closed"


def test_what_we_offered_stands_there_and_that_it_was_taken_back_or_given() -> None:
    """From when it stood; what never did was no offer to them, whether it waits, was declined or was taken back."""
    early, late, later = (f"2026-09-24T0{hour}:00:00.000000Z" for hour in (1, 2, 3))
    made = {"remedy": "loan car", "at": early, "amount_minor": 0, "currency": "CNY", "by": "lin.xt"}
    stands, back, given = {"needs_approval": False}, {"withdrawn": {"at": later}}, {"redressed": {"at": later}}
    approved = {"needs_approval": True, "approved": {"at": late}}
    offered, gone = "We offered you: loan car.", "We took our offer back: loan car."
    for offer, told in (
        ({"state": "waiting", "needs_approval": True}, []),
        ({"state": "declined", "needs_approval": True, "declined": {"at": late}}, []),
        ({"state": "withdrawn", "needs_approval": True, **back}, []),
        ({"state": "standing", **stands}, [(offered, early)]),
        ({"state": "standing", **approved}, [(offered, late)]),
        ({"state": "withdrawn", **stands, **back}, [(gone, later), (offered, early)]),
        ({"state": "withdrawn", **approved, **back}, [(gone, later), (offered, late)]),
        ({"state": "redressed", **stands, **given}, [("You were given: loan car.", later), (offered, early)]),
    ):
        history = page(offers={"o": made | offer}).history
        assert [(one.what, one.stamp) for one in history if "loan car" in one.what] == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_is_only_for_us_is_on_the_page(language: Language) -> None:
    """No grade, no category, no motive, no rating, no internal post; what people wrote stays text."""
    hostile = {
        "owner": invented.EVIL,
        "grade": "crisis",
        "motive": "nuisance",
        "queue": "secret-queue",
        "identity": "nuisance",
    }
    shown = page(language, **hostile)
    reader = invented.reader(language=language)
    html = PAGES.html("track.html", reader.words, page=shown, problem="", back="/track?code=x")
    for word in ("secret-queue", "nuisance", "department-head", "product/safety", "wants-improvement"):
        assert word not in html
    assert "<script>alert" not in html
    assert (html.count("<h1"), html.count('role="status"')) == (1, 1)
    form = PAGES.html("track.html", reader.words, page=None, problem=invented.EVIL, back="/track")
    assert 'name="code"' in form
    assert "<script>alert" not in form
