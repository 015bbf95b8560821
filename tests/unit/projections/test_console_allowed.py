"""Principle 4 of the console: a command that its service would refuse this person for who they are is absent."""

from dataclasses import replace
from typing import Any

import pytest

import console_pages as invented
from projections.console.allowed import NOBODY, Hands, Matter, hands_of, may
from projections.console.asking import NO_THING
from projections.console.desk import Desk
from projections.console.forms import forms

ME, OTHER = "lin.xt", "wu.hao"
PROPOSED = {"step": "grade", "grade": "dispute", "reason": "x", "by": OTHER}
DECIDED = {"outcome": "upheld", "by": OTHER}


def offered(*roles: str, hands: Hands = NOBODY, desk: Desk = invented.DESK, **members: object) -> set[str]:
    """The commands that I am offered on the invented case, which is changed so."""
    reader = invented.reader(*roles, subject=ME)
    return {form.id.removeprefix("do-") for form in forms(invented.case(**members), reader, desk, hands)}


def waiting(by: str, amount_minor: int = 680_000) -> dict[str, Any]:
    return {"o": {**invented.case()["offers"]["o-1"], "by": by, "amount_minor": amount_minor}}


@pytest.mark.parametrize(("by", "amount_minor", "there"), [
    (OTHER, 2_000_000, {"approve-o", "decline-o"}),
    (OTHER, 2_000_001, {"decline-o"}),
    (ME, 1, set()),
])  # fmt: skip
def test_an_offer_is_approved_by_another_within_their_limit(by: str, amount_minor: int, there: set[str]) -> None:
    """R119, R136: its author neither approves nor declines it; who may not give so much can only decline."""
    assert offered("approver", offers=waiting(by, amount_minor)) == there


def test_what_stands_on_ones_authority_counts_to_ones_limit() -> None:
    """R119: as accountability counts it, offered or approved, in the same currency."""
    offers = waiting(OTHER, 1_000_000)
    own = {"currency": "CNY", "amount_minor": 1_000_001, "by": OTHER, "state": "redressed", "approved": {"by": ME}}
    assert "approve-o" in offered("approver", offers={**offers, "p": {**own, "amount_minor": 1_000_000}})
    assert "approve-o" not in offered("approver", offers={**offers, "p": own})
    alone = {**own, "by": ME, "state": "standing", "needs_approval": False}
    del alone["approved"]
    assert "approve-o" not in offered("approver", offers={**offers, "p": alone})
    for other in ({**own, "currency": "EUR"}, {**own, "approved": {"by": OTHER}}):
        assert "approve-o" in offered("approver", offers={**offers, "p": other})


def test_whoever_made_an_offer_or_leads_is_offered_to_take_it_back() -> None:
    """R119: what waits and what stands, until the complainant has accepted it; then it counts to nobody's limit."""
    for state in ("waiting", "standing"):
        own, other = ({"o": {**waiting(by)["o"], "state": state}} for by in (ME, OTHER))
        assert "take-back-o" in offered("handler", offers=own)
        assert "take-back-o" not in offered("handler", offers=other)
        assert "take-back-o" in offered("teamlead", offers=other)
        assert "take-back-o" not in offered("teamlead", offers=other, subject_person=ME)
    for done in ({"state": "declined"}, {"state": "redressed"}, {"state": "standing", "accepted": True}):
        assert "take-back-o" not in offered("teamlead", offers={"o": {**waiting(ME)["o"], **done}})
    back = {**waiting(ME, 2_000_000)["o"], "state": "withdrawn", "needs_approval": False}
    assert "approve-o" in offered("approver", offers={**waiting(OTHER, 1_000_000), "p": back})


def test_a_correction_is_confirmed_by_another_than_its_proposer() -> None:
    """And turned down by whoever leads, or by the proposer."""
    own = {**PROPOSED, "by": ME}
    assert {"confirm", "turn-down"} <= offered("teamlead", proposed=PROPOSED)
    assert {"confirm", "turn-down"} & offered("teamlead", proposed=own) == {"turn-down"}
    assert {"confirm", "turn-down"} & offered("teamlead", proposed=PROPOSED, subject_person=ME) == set()
    assert "turn-down" in offered("handler", proposed=own)
    assert "turn-down" not in offered("handler", proposed=PROPOSED)


def test_whom_it_is_about_neither_speaks_for_the_complainant_nor_handles_it() -> None:
    """R24: evidence they may add, as both sides are heard; a cluster that is proposed names no case."""
    theirs = {
        "contact", "prefer", "motive", "message", "amend", "withdraw", "screen", "classify", "grade", "route",
        "one-or-many", "join", "start-cluster", "promise", "budget", "hand-on", "escalate",
    }  # fmt: skip
    assert theirs | {"evidence"} <= offered("teamlead", "handler")
    assert (theirs | {"evidence"}) & offered("teamlead", "handler", subject_person=ME) == {"evidence", "start-cluster"}
    assert "reopen" in offered("handler", status="closed")
    assert "reopen" not in offered("handler", status="closed", subject_person=ME)
    assert "crisis-team" in offered("teamlead")
    assert "crisis-team" not in offered("teamlead", subject_person=ME)
    found = {"responsible": "person", "person": "wu.hao", "measure": "sanction"}
    led: dict[str, Any] = {"crisis": {"coordinator": "wu.hao"}}
    assert "crisis-team" not in offered("teamlead", **led)
    assert "crisis-team" in offered("teamlead", **led, findings=[found]), "it needs another coordinator"
    assert "reply" not in offered("handler", findings=[found])
    assert "reply" in offered("handler", findings=[{**found, "person": ME}])
    assert "feedback" in offered("handler", decision=DECIDED)
    assert "feedback" not in offered("handler", decision=DECIDED, subject_person=ME)


def test_a_command_that_is_named_nowhere_is_kept_from_whom_it_is_about() -> None:
    """R24: what somebody adds tomorrow is not theirs by oversight."""

    def mine(subject: str) -> bool:
        case = invented.case(subject_person=subject)
        return may("thought-of-tomorrow", Matter(case, NO_THING, invented.reader(subject=ME), invented.DESK, NOBODY))

    assert (mine(OTHER), mine(ME)) == (True, False)


def test_whom_it_is_about_and_who_took_it_stay_out_of_what_the_rules_name() -> None:
    """R24, by the table in force: here the taker decides and closes, and neither approves nor finds."""
    acts = {"decide", "offer", "close", "approve-o"}
    roles = ("cso",)
    decided: dict[str, Any] = {"status": "decided", "decision": DECIDED, "offers": waiting(OTHER)}
    assert acts & offered(*roles, **decided) == acts
    assert acts & offered(*roles, **decided, subject_person=ME) == set()
    assert acts & offered(*roles, **decided, taken_by=ME) == acts - {"approve-o"}
    assert offered("judge", decision=DECIDED) == {"ask-reply", "find"}
    assert offered("judge", decision=DECIDED, taken_by=ME) == set()
    assert offered("judge", decision=DECIDED, subject_person=ME) == {"reply"}
    nobody_knows = replace(invented.DESK, authority=None)
    assert acts & offered(*roles, **decided, desk=nobody_knows) == set()


def test_whom_it_is_about_and_who_was_asked_give_their_side() -> None:
    """R60, R106: of all staff nobody else, whatever their role."""
    assert "reply" in offered("inspector", subject_person=ME)
    assert "reply" in offered("inspector", asked=[{"of": OTHER}, {"of": ME}])
    assert "reply" not in offered("inspector", "cso", asked=[{"of": OTHER}])
    assert "reply" not in offered("auditor", subject_person=ME)
    assert "find" in offered("judge", decision=DECIDED, asked=[{"of": OTHER}])
    assert "find" not in offered("judge", decision=DECIDED, asked=[{"of": ME}])


def test_a_case_is_handed_on_by_its_owner_or_whoever_leads() -> None:
    """One open offer at a time; who leads gets on with it all the same."""
    assert "hand-on" in offered("handler")
    assert "hand-on" in offered("handler", owner=None)
    assert "hand-on" not in offered("handler", owner=OTHER)
    assert "hand-on" not in offered("handler", offered_to="reception")
    assert "hand-on" in offered("teamlead", owner=OTHER, offered_to="reception")


def test_a_case_is_taken_by_nobody_who_may_not_hold_it() -> None:
    """R24, R34: whom it is about or who took it answers the offer with no; so does who may not own its category."""
    both = {"accept", "refuse"}
    assert both <= offered("handler", offered_to="handler", owner=None)
    for member in ("subject_person", "taken_by"):
        case: dict[str, Any] = {"offered_to": "handler", "owner": None, member: ME}
        assert both & offered("handler", **case) == {"refuse"}


def test_who_had_a_hand_in_a_case_does_not_judge_it_and_decides_no_second_time() -> None:
    """R92 and the second stage: by what the record admitted, not by what was attempted or reported."""

    def told(fact: str, by: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return invented.entry(fact, "accountability", 1, **{"data": {"by": by}, **more})

    decided = [told("decided", ME), told("closed", OTHER)]
    assert hands_of(decided) == Hands(frozenset({ME, OTHER}), frozenset({ME}))
    assert hands_of(decided[:1]) == Hands(frozenset({ME}))
    twice = [told("decided", "li"), *decided]
    assert hands_of(twice).deciders == {"li", ME}, "who decided first is no other person either"
    owned = invented.entry("ownership-accepted", "escalation", 1, data={"owner": ME})
    assert hands_of([owned]).anybody == {ME}
    refused = told("decided", ME, verdict="refused")
    reported = told("closed", "feed", data={"by": "feed", "reported": {"source": "city"}})
    assert hands_of([refused, reported, told("spoken", ME, data=None)]) == NOBODY
    assert "find" not in offered("judge", decision=DECIDED, hands=hands_of([owned]))
    assert "decide" in offered("handler", hands=hands_of([owned]))
    assert "decide" not in offered("handler", hands=hands_of(decided))
