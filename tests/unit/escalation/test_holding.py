"""Who holds a case: offers, acceptance, refusal, conflicts of interest. Given, when, then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anything import SEALED
from escalation.decider import DECIDER
from escalation.decider.commands import AcceptOwnership, CallCrisisTeam, OfferOwnership, RefuseOwnership
from events.accountability import ComplaintClosed, ComplaintReopened, FindingMade
from events.decider import Refused
from events.escalation import OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact
from events.intake import ComplaintLodged
from events.triage import ComplaintGraded, ComplaintRouted, ComplaintScreened
from given import Story, only, story
from unit.escalation.cases import BOOKS, changed

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LODGED = ComplaintLodged(at=NOON, channel="phone", subject_person="handler-9", taken_by="reception-9")
GRADED = ComplaintGraded(
    at=NOON, grade="grievance", severity=2, urgency=1, inputs=(), reason="r", rule="grading@1", by="rule"
)
HANDLER, RECEPTION, LEAD = frozenset({"handler"}), frozenset({"reception"}), frozenset({"teamlead"})


def minutes(after_noon: float) -> datetime:
    return NOON + timedelta(minutes=after_noon)


def routed(to: str = "handler", at: datetime = NOON) -> ComplaintRouted:
    return ComplaintRouted(at=at, queue="products", first_owner=to, reason="r", rule="routing@1", by="rule")


def screened(outcome: str, at: datetime = NOON) -> ComplaintScreened:
    return ComplaintScreened.model_validate(
        {"at": at, "outcome": outcome, "reason": "r", "rule": "screening@1", "by": "rule"}
    )


CLOSED = ComplaintClosed(at=minutes(9), ground="accepted", evidence="e", next_instance="n", by="handler-1")
REOPENED = ComplaintReopened(at=minutes(19), reason="not solved", cycle=2, by="handler-1")
ACCEPTED = OwnershipAccepted(at=minutes(2), owner="handler-1")


def told(*facts: Fact) -> Story[Any]:
    told = story(DECIDER, None, LODGED, books=BOOKS)
    for fact in facts:
        told = told.then(fact).settled(minutes(3))
    return told


def offers(told: Story[Any]) -> list[tuple[str, str]]:
    return [(fact.to, fact.by) for fact in told.history if isinstance(fact, OwnershipOffered)]


def accept(by: str = "handler-1", roles: frozenset[str] = HANDLER) -> AcceptOwnership:
    return AcceptOwnership(now=minutes(5), by=by, roles=roles)


def refuse(by: str = "handler-1", roles: frozenset[str] = HANDLER) -> RefuseOwnership:
    return RefuseOwnership(now=minutes(5), by=by, roles=roles, reason="on leave")


def offer(to: str, by: str = "handler-1", roles: frozenset[str] = HANDLER, *packet: str) -> OfferOwnership:
    return OfferOwnership(now=minutes(5), by=by, roles=roles, to=to, reason="knows it", packet=frozenset(packet))


def code(answer: Fact | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def test_an_offer_says_where_its_route_names_no_post() -> None:
    """R18: it is a person, or a post misspelt: who reads the timeline sees it, and whoever leads may take the case."""
    misspelt = told(routed("handlr"))
    (offered,) = only(misspelt.history, OwnershipOffered)
    assert isinstance(offered, OwnershipOffered)
    assert (offered.to, offered.reason) == ("handlr", "routed, to a person (no post is called so): default@1")
    assert isinstance(misspelt.when(accept("teamlead-1", LEAD)), OwnershipAccepted)


def test_a_routed_case_is_offered_to_its_first_owner() -> None:
    """R18, R117."""
    assert told(routed()).history[-1] == OwnershipOffered(
        at=NOON, to="handler", by="rule", reason="routed: default@1", packet_percent=0, organisation="default@1"
    )


def test_what_is_no_complaint_is_offered_to_reception() -> None:
    """R18: nothing is dropped in silence; and only once."""
    assert offers(told(screened("enquiry"), screened("out-of-scope", minutes(1)))) == [("reception", "rule")]
    assert offers(told(screened("complaint"))) == []
    assert offers(told(CLOSED, screened("enquiry"))) == []


def test_whom_it_is_offered_to_takes_it() -> None:
    accepted = told(routed()).when(accept())
    assert accepted == OwnershipAccepted(at=minutes(5), owner="handler-1", organisation="default@1")


def test_a_person_is_offered_a_case_by_name() -> None:
    named = told(routed("handler-2"))
    assert code(named.when(accept("handler-1"))) == "offered-to-somebody-else"
    assert isinstance(named.when(accept("handler-2")), OwnershipAccepted)
    assert isinstance(named.when(accept("teamlead-1", LEAD)), OwnershipAccepted)


def test_the_second_of_two_is_told_that_it_is_owned() -> None:
    """Two at once: the log admits one, and the other is answered by the newer state."""
    assert code(told(routed(), ACCEPTED).when(accept("handler-2"))) == "already-owned"
    assert code(told().when(accept())) == "no-open-offer"


def test_another_post_does_not_take_it() -> None:
    assert code(told(routed()).when(accept("reception-1", RECEPTION))) == "offered-to-somebody-else"


@pytest.mark.parametrize("person", ["handler-9", "reception-9"])
def test_whom_it_is_about_and_who_took_it_does_not_hold_it(person: str) -> None:
    """R24: a call about agent X taken by agent X forces a handoff."""
    assert code(told(routed()).when(accept(person))) == "conflict-of-interest"
    assert code(told(routed(), ACCEPTED).when(offer(person))) == "conflict-of-interest"
    assert offers(told(routed(person))) == [("reception", "rule")]
    assert isinstance(told(routed(person)).when(refuse("reception-1", RECEPTION)), OwnershipRefused)


def test_a_refusal_asks_the_next_post_and_after_three_the_one_for_such_cases() -> None:
    """R117: bounces are counted."""
    books = changed("organisation/default", 'after_refusals = "teamlead"', 'after_refusals = "cso"')
    asked = story(DECIDER, None, LODGED, routed(), books=books).settled(minutes(3))
    for _ in range(3):
        refused = asked.when(refuse("teamlead-1", LEAD))
        assert isinstance(refused, OwnershipRefused)
        asked = asked.then(refused).settled(minutes(6))
    assert [to for to, _ in offers(asked)] == ["handler", "reception", "teamlead", "cso"]


def test_a_refusal_by_a_person_asks_reception() -> None:
    named = told(routed("handler-2"))
    refused = named.when(refuse("handler-2"))
    assert isinstance(refused, OwnershipRefused)
    assert offers(named.then(refused).settled(minutes(6)))[-1] == ("reception", "rule")


def test_only_whom_it_is_offered_to_refuses() -> None:
    assert code(told(routed()).when(refuse("reception-1", RECEPTION))) == "offered-to-somebody-else"
    assert code(told(routed(), ACCEPTED).when(refuse())) == "already-owned"


def test_the_owner_hands_on_and_stays_the_owner_until_somebody_accepts() -> None:
    owned = told(routed(), ACCEPTED)
    offered = owned.when(offer("handler-2", "handler-1", HANDLER, "facts-confirmed", "motive"))
    assert isinstance(offered, OwnershipOffered)
    assert offered.packet_percent == 50
    whole = owned.when(offer("handler-2", "handler-1", HANDLER, "facts-confirmed", "motive", "promises", "authority"))
    assert isinstance(whole, OwnershipOffered)
    assert whole.packet_percent == 100
    refused = owned.then(offered).when(refuse("handler-2"))
    assert isinstance(refused, OwnershipRefused)
    assert only(owned.then(offered, refused).added(minutes(6)), OwnershipOffered) == []
    assert isinstance(owned.then(offered).when(accept("handler-2")), OwnershipAccepted)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (offer("handler-2", "handler-3"), "not-the-owner"),
        (offer("handler-1"), "already-owned"),
        (offer("handler-2", "handler-1", HANDLER, "cake"), "packet-unknown"),
    ],
)
def test_a_handoff_that_does_not_fit_is_refused(command: OfferOwnership, expected: str) -> None:
    assert code(told(routed(), ACCEPTED).when(command)) == expected


def test_an_open_offer_is_answered_first_unless_a_lead_redirects_it() -> None:
    assert code(told(routed()).when(offer("handler-2"))) == "offer-open"
    redirected = told(routed()).when(offer("handler-2", "teamlead-1", LEAD))
    assert isinstance(redirected, OwnershipOffered)
    assert isinstance(told().when(offer("handler-2")), OwnershipOffered)


def test_what_the_rules_offer_is_still_offered_after_a_person_did() -> None:
    """L14: as if it had been offered at its route, before that."""
    by_hand = OwnershipOffered(
        at=minutes(1), to="handler-2", by="teamlead-1", reason="r", packet_percent=0, organisation="default@1"
    )
    given = story(DECIDER, None, LODGED, routed(), by_hand, books=BOOKS).settled(minutes(3))
    assert offers(given) == [("handler-2", "teamlead-1"), ("handler", "rule")]


def test_a_new_route_offers_it_again() -> None:
    again = told(routed(), ACCEPTED, routed("teamlead", minutes(2)))
    assert offers(again) == [("handler", "rule"), ("teamlead", "rule")]
    assert isinstance(again.when(accept("teamlead-1", LEAD)), OwnershipAccepted)


def test_a_reopened_case_that_nobody_owns_is_offered_where_it_was_routed_last() -> None:
    """R18, R117: whoever refused it in the cycle before is asked anew. Its owner keeps it."""
    reopened = told(GRADED, routed(), CLOSED, REOPENED)
    assert offers(reopened) == [("handler", "rule"), ("handler", "rule")]
    assert isinstance(reopened.when(accept()), OwnershipAccepted)
    assert offers(told(GRADED, routed(), routed("teamlead", minutes(1)), CLOSED, REOPENED))[-1] == ("teamlead", "rule")
    refused = OwnershipRefused(at=minutes(2), by="handler-1", reason="on leave")
    assert offers(told(GRADED, routed(), refused, CLOSED, REOPENED))[-1] == ("handler", "rule")
    assert len(offers(told(GRADED, routed(), ACCEPTED, CLOSED, REOPENED))) == 1
    assert len(offers(told(routed(), CLOSED, REOPENED))) == 1


def test_who_decided_before_does_not_hold_it_again() -> None:
    """R24, R74: a second look is by another; until one accepts, who holds it answers. Who did not decide keeps it."""
    apart = REOPENED.model_copy(update={"apart_from": ("handler-1",)})
    second = told(GRADED, routed(), ACCEPTED, CLOSED, apart)
    assert offers(second) == [("handler", "rule")] * 2
    assert code(second.when(accept("handler-1"))) == "conflict-of-interest"
    taken = second.when(accept("handler-2"))
    assert isinstance(taken, OwnershipAccepted)
    assert code(second.then(taken).when(offer("handler-1", "handler-2"))) == "conflict-of-interest"
    refused = OwnershipRefused(at=minutes(20), by="handler-2", reason="on leave")
    assert offers(second.then(refused).settled(minutes(21)))[-1] == ("reception", "rule"), "it goes on"
    another = REOPENED.model_copy(update={"apart_from": ("teamlead-1",)})
    assert len(offers(told(GRADED, routed(), ACCEPTED, CLOSED, another))) == 1
    assert offers(told(GRADED, routed("handler-1"), CLOSED, apart))[-1] == ("reception", "rule")


@pytest.mark.parametrize("measure", ["sanction", "training", "none"])
def test_a_case_leaves_the_hands_of_whom_a_finding_is_about(measure: str) -> None:
    """R24: when the name surfaces later, the case goes to others. Praise, or a finding about another, moves nothing."""
    said = {"at": minutes(4), "responsible": "person", "person": "handler-1", "measure": measure, "reasons": SEALED}
    found = FindingMade.model_validate({**said, "by": "judge"})
    owned = told(GRADED, routed(), ACCEPTED)
    moved = owned.then(found).settled(minutes(4))
    assert offers(moved) == [("handler", "rule")] * 2
    assert code(moved.when(accept("handler-1"))) == "conflict-of-interest"
    assert isinstance(moved.when(accept("handler-2")), OwnershipAccepted)
    assert offers(owned.then(CLOSED, found, REOPENED).settled(minutes(20))) == offers(moved)
    assert offers(told(found)) == [], "before it is routed"
    named = told(GRADED, routed("handler-1")).then(found).settled(minutes(4))
    assert offers(named) == [("handler-1", "rule"), ("reception", "rule")], "who cannot take it is asked no longer"
    waits = told(GRADED, routed("handler-2")).then(found).settled(minutes(4))
    assert offers(waits) == [("handler-2", "rule")]
    for other in ({"person": "li"}, {"measure": "commendation"}, {"responsible": "process"}):
        assert len(offers(owned.then(found.model_copy(update=other)).settled(minutes(4)))) == 1


def test_refusals_of_the_cycle_before_count_no_more() -> None:
    """R18: a new cycle asks in the order of the table again, as its ladder begins anew."""
    books = changed("organisation/default", "refusals_max = 3", "refusals_max = 2")
    refused = OwnershipRefused(at=minutes(2), by="handler-1", reason="on leave")
    again = replace(told(GRADED, routed()), context=replace(told().context, books=books))
    for fact in (refused, CLOSED, REOPENED, refused.model_copy(update={"at": minutes(20)})):
        again = again.then(fact).settled(minutes(21))
    assert offers(again)[-1] == ("reception", "rule")


def test_a_reopened_case_does_not_go_back_to_whom_it_is_about() -> None:
    """R24."""
    assert offers(told(GRADED, routed("handler-9"), CLOSED, REOPENED))[-1] == ("reception", "rule")


def test_what_is_no_complaint_is_offered_again_when_it_is_reopened() -> None:
    """R18: no route follows that would ask for an owner, whenever it was screened."""
    routed_first = (GRADED, routed(), screened("enquiry", minutes(1)), CLOSED)
    for history in ((screened("enquiry"), CLOSED), (CLOSED, screened("enquiry")), routed_first):
        assert offers(told(*history, REOPENED))[-1] == ("reception", "rule")
        assert isinstance(told(*history, REOPENED).when(accept("reception-1", RECEPTION)), OwnershipAccepted)


CALL = CallCrisisTeam(minutes(5), "teamlead-1", "teamlead-1", "stop the sale", ("legal",), "a crew is here")


@pytest.mark.parametrize("command", [accept(), refuse(), offer("handler-2"), CALL])
def test_nothing_is_done_where_nothing_was_lodged_or_all_is_closed(command: object) -> None:
    assert code(story(DECIDER, None, books=BOOKS).when(command)) == "nothing-lodged"
    assert code(told(routed(), CLOSED).when(command)) == "case-closed"
    done = story(DECIDER, None, LODGED, CLOSED, books=BOOKS).settled(minutes(10))
    assert code(done.when(command)) == "case-closed"
