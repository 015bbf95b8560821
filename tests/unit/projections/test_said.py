"""What facts leave on the page of a case: each one in its place, in order, and none in the place of another."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anything import SEALED, any_of
from events.accountability import (
    CallbackAttempted,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    PromiseKept,
    ReplyAsked,
    ReplyGiven,
)
from events.escalation import CaseEscalated, CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact, Origin
from events.intake import (
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    EvidenceAdded,
    FeedbackGiven,
    HoldLifted,
    HoldPlaced,
    MessageFailed,
    MessageReceived,
    MessageRequested,
    MessageSent,
    SourceReported,
)
from events.triage import (
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    CorrectionProposed,
    CorrectionRefused,
    OneOrManyAnswered,
    OpportunityHandedOn,
    OpportunityTakenBack,
    Step,
)
from examples import examples
from paged import page_of
from projections.showing import case_line
from projections.views.told import content, stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LODGED = ComplaintLodged(at=NOON, channel="phone")
INPUTS = ("inputs",)
"""What a table read stands in the timeline only."""
LISTS: dict[type[Fact], str] = {
    EvidenceAdded: "evidence", ContactRecorded: "contacts", FeedbackGiven: "feedback", ComplaintScreened: "screenings",
    CaseEscalated: "escalations", FindingMade: "findings", ComplaintReopened: "reopenings",
    CallbackAttempted: "callbacks", ReplyAsked: "asked", ReplyGiven: "replies",
}  # fmt: skip
LATEST: dict[type[Fact], str] = {
    ContactPreferencesStated: "contact_preferences", ComplaintWithdrawn: "withdrawn", ComplaintGraded: "grading",
    ComplaintClassified: "classification", ComplaintRouted: "route", OneOrManyAnswered: "one_or_many",
    CorrectionProposed: "proposed", OwnershipOffered: "offer", CrisisTeamCalled: "crisis", DecisionMade: "decision",
    ComplaintClosed: "closing", OpportunityHandedOn: "opportunity",
}  # fmt: skip


def said(fact: Fact) -> dict[str, object]:
    return content(fact, without=() if isinstance(fact, ComplaintGraded) else INPUTS)


@pytest.mark.parametrize("kind", LISTS, ids=LISTS.values())
@settings(max_examples=examples(5))
@given(st.data())
def test_what_is_said_again_stands_beside_what_was_said_before(kind: type[Fact], data: st.DataObject) -> None:
    first = data.draw(any_of(kind))
    then = first.model_copy(update={"at": first.at + timedelta(minutes=1)})
    assert dict(page_of(LODGED, first, then))[LISTS[kind]] == [said(first), said(then)]


@pytest.mark.parametrize("kind", LATEST, ids=LATEST.values())
@settings(max_examples=examples(5))
@given(st.data())
def test_of_what_is_judged_or_stated_anew_the_latest_counts(kind: type[Fact], data: st.DataObject) -> None:
    first = data.draw(any_of(kind))
    then = first.model_copy(update={"at": first.at + timedelta(minutes=1)})
    assert dict(page_of(LODGED, first, then))[LATEST[kind]] == said(then)


@settings(max_examples=examples(5))
@given(any_of(OpportunityHandedOn), any_of(OpportunityTakenBack))
def test_an_opportunity_is_shown_while_it_is_one(handed: OpportunityHandedOn, back: OpportunityTakenBack) -> None:
    """R09."""
    assert page_of(LODGED, handed, back)["opportunity"] is None
    assert page_of(LODGED, handed, back, handed)["opportunity"] == content(handed)


@settings(max_examples=examples(10))
@given(any_of(ComplaintLodged))
def test_a_page_begins_with_what_was_lodged(lodged: ComplaintLodged) -> None:
    """What is not so is left out; what another system asked of clocks stands with the clocks."""
    page = dict(page_of(lodged))
    told = {name: value for name, value in content(lodged, without=("reported", "dues")).items() if value is not False}
    told["lodged_at"] = told.pop("at")
    assert told.items() <= page.items()
    assert not {"at", "reported", "dues"} & page.keys()
    assert not any(page[name] is False for name in told)


@settings(max_examples=examples(10))
@given(any_of(MessageRequested), any_of(MessageSent), any_of(MessageFailed), any_of(MessageReceived))
def test_each_message_says_how_far_it_came_and_changes_no_other(
    asked: MessageRequested, sent: MessageSent, failed: MessageFailed, came: MessageReceived
) -> None:
    asked, came = asked.model_copy(update={"message_id": "out"}), came.model_copy(update={"message_id": "in"})
    of_it = {"message_id": "out"}
    sent, failed = sent.model_copy(update=of_it), failed.model_copy(update=of_it)
    requested, received = {**content(asked), "direction": "out", "state": "requested"}, content(came)
    page = page_of(LODGED, came, asked)
    assert page["messages"] == {"in": {**received, "direction": "in", "state": "received"}, "out": requested}
    assert (page["last_contact_at"], page["last_contact_channel"]) == (stamp(came.at), came.channel)
    page = page_of(LODGED, came, asked, failed)
    why = {} if failed.reason is None else {"failed_because": failed.reason}
    assert page["messages"]["out"] == {**requested, "state": "failed", "failed_at": stamp(failed.at), **why}
    page = page_of(LODGED, came, asked, sent)
    gone = {**requested, **content(sent), "at": requested["at"], "state": "sent", "sent_at": stamp(sent.at)}
    assert page["messages"]["out"] == gone
    assert page["messages"]["in"]["state"] == "received"
    assert (page["last_contact_at"], page["last_contact_channel"]) == (stamp(sent.at), sent.channel)


@settings(max_examples=examples(10))
@given(any_of(ContactRecorded), any_of(CallbackAttempted))
def test_the_last_contact_is_the_last_in_which_somebody_was_spoken_to(
    contact: ContactRecorded, call: CallbackAttempted
) -> None:
    """R96: a call that reached nobody is none."""
    page = page_of(LODGED, contact, call)
    last = (contact.at, contact.channel) if call.outcome == "not-reached" else (call.at, "callback")
    assert (page["last_contact_at"], page["last_contact_channel"]) == (stamp(last[0]), last[1])


def test_what_another_system_brought_is_named_and_what_it_says_stands_as_its_word() -> None:
    there = Origin(source="city", reference="case-1")
    lodged = LODGED.model_copy(update={"reported": there})
    closed = SourceReported(at=NOON, fact="closed", reported=there, status="done")
    page = page_of(lodged, closed)
    assert (page["source"], page["source_ref"], page["status"]) == ("city", "case-1", "lodged")
    assert page["closed_at_source"] == {"at": stamp(NOON), "status": "done"}
    assert page_of(lodged, closed, closed.model_copy(update={"fact": "classified"})) | {"head": [], "position": []} == {
        **page, "head": [], "position": [],
    }  # fmt: skip


def test_what_is_corrected_twice_counts_twice_and_what_is_refused_again_bounces_again() -> None:
    amended = ComplaintAmended(at=NOON, field="product", before="E6", after="E3", reason="typing error", by="h")
    offered = OwnershipOffered(at=NOON, to="post:reception", by="x", reason="r", packet_percent=9)
    refused = OwnershipRefused(at=NOON, by="a", reason="conflict")
    page = page_of(LODGED, amended, amended, offered, refused, offered, refused)
    assert (page["amendments"], page["bounces"]) == (2, 2)
    assert page["offer"] == {**content(offered), "refused": content(refused)}


def test_the_holds_that_stand_are_those_that_nobody_lifted() -> None:
    """S28: whom they are about is said where the key is, and not here."""
    placed = HoldPlaced(
        at=NOON, hold_id="h1", party_ref="p1", purpose="audit", authority="court", reference="CIV-1", by="h"
    )
    other = placed.model_copy(update={"hold_id": "h2"})
    page = page_of(LODGED, placed, other)
    assert page["holds"] == {one.hold_id: content(one, without=("party_ref",)) for one in (placed, other)}
    for gone, stands in (("h1", "h2"), ("h2", "h1")):
        lifted = HoldLifted(at=NOON, hold_id=gone, reason="r", by="h")
        assert page_of(LODGED, placed, other, lifted)["holds"] == {stands: page["holds"][stands]}


def test_a_newer_judgement_or_a_refusal_leaves_nothing_to_confirm() -> None:
    """R08: of the same step; what waits for another step waits on."""
    judged = {"at": NOON, "reason": "r", "rule": "person", "by": "li"}
    steps: dict[Step, Fact] = {
        "screening": ComplaintScreened.model_validate({**judged, "outcome": "complaint"}),
        "classification": ComplaintClassified.model_validate(
            {**judged, "category": "cabin", "dispute": "product", "confidence_percent": 9}
        ),
        "grade": ComplaintGraded.model_validate(
            {**judged, "grade": "grievance", "severity": 1, "urgency": 1, "inputs": ()}
        ),
    }
    assert set(steps) == set(get_args(Step))
    for step in steps:
        proposed = CorrectionProposed(at=NOON, step=step, reason="r", by="ma")
        for other, fact in steps.items():
            assert page_of(LODGED, proposed, fact)["proposed"] == (None if other == step else content(proposed))
        assert page_of(LODGED, proposed, CorrectionRefused(at=NOON, reason="r", by="li"))["proposed"] is None


def test_a_grade_that_changes_says_what_it_was() -> None:
    """R08."""
    low = ComplaintGraded(
        at=NOON, grade="complaint", severity=1, urgency=1, inputs=(), reason="r", rule="grade@1", by="triage"
    )
    high = low.model_copy(update={"grade": "crisis"})
    assert "grade_before" not in page_of(LODGED, low, low)
    assert (page_of(LODGED, low, high)["grade"], page_of(LODGED, low, high, high)["grade_before"]) == (
        "crisis", "complaint",
    )  # fmt: skip


def test_how_far_a_case_is_follows_from_what_stands_on_it() -> None:
    decided = DecisionMade(at=NOON, outcome="upheld", root_cause="parts", reasons=SEALED, by="h")
    story: list[tuple[Fact, str]] = [
        (LODGED, "lodged"),
        (OwnershipOffered(at=NOON, to="reception", by="x", reason="r", packet_percent=9), "offered"),
        (OwnershipAccepted(at=NOON, owner="h"), "owned"),
        (decided, "decided"),
        (PromiseKept(at=NOON + timedelta(minutes=1), promise_id="p", evidence="e", by="h"), "decided"),
        (ComplaintClosed(at=NOON, ground="accepted", evidence="e", next_instance="n", by="h"), "closed"),
        (ComplaintReopened(at=NOON, reason="r", cycle=2, by="h"), "owned"),
    ]
    facts = [fact for fact, _ in story]
    assert [page_of(*facts[: number + 1])["status"] for number in range(len(facts))] == [word for _, word in story]


def test_a_case_of_old_history_says_in_the_list_which_batch_it_waits_for() -> None:
    """Whoever mistypes the name of a batch finds the cases that wait for it: nothing is owed on them."""
    waiting = page_of(LODGED.model_copy(update={"history": "import/city-2O25"}))
    assert case_line(waiting, None)["history"] == "import/city-2O25"
    assert case_line(page_of(LODGED), None)["history"] is None
