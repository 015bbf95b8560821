"""What the complainant sees of how far it is (R68). Given, when, then."""

from datetime import UTC, datetime, timedelta

import pytest

from events.accountability import ComplaintClosed, ComplaintReopened
from events.escalation import ClockExtended, ClockRecalculated, ClockResumed, ClockStarted, OwnershipAccepted
from events.fact import Fact
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactRecorded,
    MessageReceived,
    MessageRequested,
    MessageSent,
)
from events.triage import ComplaintScreened
from given import Story, story
from intake.channels import Channels
from intake.decider import DECIDER, State
from intake.decider.state import Case
from intake.track import progress
from rulebooks.state import Rulebook

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHANNELS = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"
LODGED = ComplaintLodged(at=NOON, channel="phone")
ASKED = MessageRequested(at=NOON, message_id="m1", kind="reply", channel="app", text=SEALED, by="li.na")
REACHED = ContactRecorded(at=NOON, channel="phone", outcome="reached", by="li.na")
SCREENED = ComplaintScreened(at=NOON, outcome="complaint", reason="r", rule="screening@1", by="triage")
ACCEPTED = OwnershipAccepted(at=NOON, owner="li.na")
DUE = ClockStarted(at=NOON, clock="resolution", due=NOON + timedelta(days=5), warn_at=None, policy="p@1")
UNREACHED = REACHED.model_copy(update={"outcome": "not-reached"})
SENT = MessageSent(at=NOON, message_id="m1", kind="reply", channel="app", report="r")
WROTE = MessageReceived(at=NOON, message_id="x", channel="app")
CLOSED = ComplaintClosed(at=NOON, ground="accepted", evidence="call", next_instance="12315", by="li.na")
REOPENED = ComplaintReopened(at=NOON, reason="again", cycle=2, by="li.na")


def given(*facts: Fact) -> Story[State | Rulebook]:
    return story(DECIDER, CHANNELS, *facts)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ((), "received"),
        ((SCREENED,), "being looked at"),
        ((ACCEPTED,), "being looked at"),
        ((ACCEPTED, UNREACHED), "waiting for you"),
        ((UNREACHED, REACHED), "being looked at"),
        ((REACHED,), "being looked at"),
        ((UNREACHED, WROTE), "being looked at"),
        ((WROTE,), "received"),
        ((ASKED, SENT, REACHED), "answered"),
        ((ASKED, SENT, WROTE), "being looked at"),
        ((ASKED, SENT.model_copy(update={"kind": "decision"})), "answered"),
        ((CLOSED, REOPENED, SCREENED, WROTE), "reopened"),
        ((ASKED,), "received"),
        ((ASKED, SENT), "answered"),
        ((ASKED, SENT, ACCEPTED), "answered"),
        ((ASKED, SENT.model_copy(update={"kind": "acknowledgement"})), "received"),
        ((CLOSED,), "closed"),
        ((CLOSED, ACCEPTED, UNREACHED), "closed"),
        ((CLOSED, REOPENED), "reopened"),
        ((CLOSED, REOPENED, ASKED, SENT), "answered"),
    ],
)
def test_the_complainant_sees_how_far_it_is(facts: tuple[Fact, ...], stage: str) -> None:
    """R68."""
    state = given(LODGED, *facts).state
    assert isinstance(state, Case)
    assert progress(state)["status"] == stage


def test_the_complainant_sees_who_holds_it_and_what_comes_next() -> None:
    state = given(LODGED, ACCEPTED, DUE, ASKED, SENT.model_copy(update={"kind": "progress"})).state
    assert isinstance(state, Case)
    seen = progress(state)
    assert (seen["holder"], seen["next_due"]) == ("li.na", "2026-03-07T12:00:00.000000Z")
    assert seen["messages"] == ["2026-03-02T12:00:00.000000Z"]
    closed = given(LODGED, DUE, CLOSED).state
    assert isinstance(closed, Case)
    assert progress(closed)["next_due"] is None


def test_the_complainant_sees_the_due_time_as_it_moves() -> None:
    """Resumed, extended, counted again, in a new cycle; provisional where that is not sure. No other clock's."""
    due = NOON + timedelta(days=9)
    moved: list[Fact] = [
        ClockResumed(at=NOON, clock="resolution", due=due, by="li"),
        ClockExtended(at=NOON, clock="resolution", reason="x", amount=4, unit="calendar-days", due=due, by="li"),
        ClockRecalculated(at=NOON, clock="resolution", new_due=due, cause="x", policy="p@1", provisional=True),
        ClockResumed(at=NOON, clock="resolution", due=due, provisional=True, by="li"),
        DUE.model_copy(update={"clock": "resolution#2", "due": due}),
    ]
    for fact in moved:
        moves = "new_due" if isinstance(fact, ClockRecalculated) else "due"
        state = given(LODGED, DUE, fact, fact.model_copy(update={"clock": "first-reply", moves: NOON})).state
        assert isinstance(state, Case)
        seen = progress(state)
        assert seen["next_due"] == "2026-03-11T12:00:00.000000Z", fact.type
        assert seen["provisional"] is getattr(fact, "provisional", False)


def test_the_complainant_sees_what_a_limit_is_worth() -> None:
    """What nobody has confirmed (M) is no law for them either; a publisher's due time has no standing."""
    unconfirmed = DUE.model_copy(update={"standing": "M"})
    newer = ClockRecalculated(at=NOON, clock="resolution", new_due=NOON, cause="x", policy="p@2", standing="V")
    for facts, standing in (((DUE,), None), ((unconfirmed,), "M"), ((unconfirmed, newer), "V")):
        state = given(LODGED, *facts).state
        assert isinstance(state, Case)
        assert progress(state)["standing"] == standing


def test_what_was_sent_is_on_its_way_no_more_and_the_rest_is() -> None:
    state = given(LODGED, ASKED, ASKED.model_copy(update={"message_id": "m2"}), SENT).state
    assert isinstance(state, Case)
    assert [one.message_id for one in state.on_its_way] == ["m2"]


def test_a_withdrawal_said_again_counts_from_the_first_and_not_beyond_its_cycle() -> None:
    """R30."""
    withdrawn = ComplaintWithdrawn(at=NOON, reason=SEALED, by="complainant")
    again = withdrawn.model_copy(update={"at": NOON + timedelta(days=1)})
    for facts, since in (((withdrawn, again), NOON), ((withdrawn, CLOSED, REOPENED, again), again.at)):
        state = given(LODGED, *facts).state
        assert isinstance(state, Case)
        assert state.withdrawn_at == since
