"""Positions, offers, approval and redress: not before the complainant was heard, and within limits."""

from dataclasses import replace

import pytest

from events.accountability import ComplaintReopened, DecisionMade, OfferApproved, RemedyOffered
from events.fact import Fact
from events.intake import ContactRecorded
from events.triage import ComplaintScreened
from given import only
from unit.accountability.cases import (
    CONTACT,
    HEARD,
    LODGED,
    MOTIVE,
    NOON,
    RULES,
    approval,
    callback,
    closing,
    decision,
    did,
    offer,
    redress,
    refusal,
    refused,
    reopening,
    told,
)

IMPOSSIBLE = ContactRecorded(at=NOON, channel="phone", outcome="impossible", reason="anonymous letter", by="handler")
UNEXPLAINED = ContactRecorded(at=NOON, channel="phone", outcome="impossible", by="handler")
NO_ANSWER = ContactRecorded(at=NOON, channel="phone", outcome="not-reached", reason="nobody answered", by="handler")
MISSED = ContactRecorded(at=NOON, channel="phone", outcome="not-reached", by="handler")
SMALL_TALK = ContactRecorded(at=NOON, channel="phone", outcome="reached", by="handler")
DISPUTED = ContactRecorded(at=NOON, channel="phone", outcome="reached", facts="disputed", by="handler")


@pytest.mark.parametrize("command", [replace(decision(), outcome="rejected"), offer(), closing()])
@pytest.mark.parametrize(
    ("heard", "code"),
    [
        ((), "contact-missing"),
        ((MISSED, MOTIVE), "contact-missing"),
        ((UNEXPLAINED, MOTIVE), "contact-missing"),
        ((NO_ANSWER, MOTIVE), "contact-missing"),
        ((CONTACT,), "motive-missing"),
        ((SMALL_TALK, MOTIVE), "facts-not-discussed"),
    ],
)
def test_nobody_is_rejected_offered_or_closed_unheard(command: object, heard: tuple[Fact, ...], code: str) -> None:
    """R02, R03, R116: contact, motive and agreement on the facts come first."""
    assert refused(told(LODGED, *heard), command) == code


@pytest.mark.parametrize("told_by", [MISSED, NO_ANSWER, IMPOSSIBLE])
def test_nothing_is_agreed_with_whom_nobody_reached(told_by: ContactRecorded) -> None:
    """R03, R116: what a try in vain says of the facts is nobody's word, also once somebody was reached."""
    claimed = told_by.model_copy(update={"facts": "confirmed", "agreed": True})
    given = told(LODGED, claimed, SMALL_TALK, MOTIVE)
    assert refused(given, decision()) == "facts-not-discussed"
    assert refused(told(LODGED, claimed, DISPUTED, MOTIVE), offer()) == "agreement-missing"
    assert isinstance(given.then(CONTACT).when(offer()), RemedyOffered)


@pytest.mark.parametrize("contact", [CONTACT, IMPOSSIBLE, DISPUTED])
def test_contact_may_be_impossible_with_a_reason_and_facts_may_stay_disputed(contact: ContactRecorded) -> None:
    """R03, R116: agreement is sought, not extorted."""
    assert isinstance(told(LODGED, contact, MOTIVE).when(replace(decision(), outcome="rejected")), DecisionMade)


@pytest.mark.parametrize("contact", [DISPUTED, CONTACT.model_copy(update={"agreed": False})])
def test_no_remedy_is_offered_before_the_complainant_agrees_on_the_facts(contact: ContactRecorded) -> None:
    """R116: or they cannot be reached, or the company has taken its position, which an offer may follow from."""
    given = told(LODGED, contact, MOTIVE)
    assert refused(given, offer()) == "agreement-missing"
    for more in (CONTACT, given.when(decision())):
        assert isinstance(more, Fact)
        assert isinstance(given.then(more).when(offer()), RemedyOffered)
    assert isinstance(told(LODGED, IMPOSSIBLE, MOTIVE).when(offer()), RemedyOffered)


def test_a_story_once_told_is_not_to_be_told_again() -> None:
    """R115: a later call takes nothing back, neither that they were reached nor on what they agreed."""
    assert isinstance(told(*HEARD, SMALL_TALK, MISSED).when(decision()), DecisionMade)
    for later_call in (SMALL_TALK, IMPOSSIBLE, DISPUTED):
        assert isinstance(told(*HEARD, later_call).when(replace(decision(), settled=True)), DecisionMade)


def test_a_decision_names_its_cause_or_who_waives_it() -> None:
    """R32."""
    assert refused(told(*HEARD), replace(decision(), root_cause=None)) == "cause-missing"
    assert refused(told(*HEARD), replace(decision(), waiver="no trace left")) == "cause-missing"
    named = told(*HEARD).when(decision())
    assert isinstance(named, DecisionMade)
    assert (named.root_cause, named.waiver) == ("late-parts", None)
    waived = told(*HEARD).when(replace(decision(), root_cause=None, waiver="no trace left"))
    assert isinstance(waived, DecisionMade)
    assert waived.waiver == "no trace left"


def test_what_is_not_ours_was_screened_so() -> None:
    """R79: the latest screening counts."""
    outside = ComplaintScreened(at=NOON, outcome="out-of-scope", reason="employment", rule="person", by="triager")
    inside = ComplaintScreened(at=NOON, outcome="complaint", reason="ours after all", rule="person", by="triager")
    assert isinstance(told(*HEARD, outside).when(replace(decision(), outcome="not-ours")), DecisionMade)
    assert refused(told(*HEARD), replace(decision(), outcome="not-ours")) == "screening-missing"
    assert refused(told(*HEARD, outside, inside), replace(decision(), outcome="not-ours")) == "screening-missing"


def test_nobody_decides_about_themselves() -> None:
    """R24."""
    satisfied = replace(callback("satisfied", NOON), by="agent-x")
    for command in (decision("agent-x"), offer("agent-x"), satisfied, closing(by="agent-x")):
        assert refused(told(*HEARD), command) == "conflict-of-interest"


def test_the_rules_say_which_acts_whoever_it_is_about_stays_out_of() -> None:
    """R24."""
    apart = RULES.apart.model_copy(update={"subject": ("close",)})
    given = told(*HEARD).ruled(RULES.model_copy(update={"apart": apart}))
    assert isinstance(given.when(decision("agent-x")), DecisionMade)
    assert refused(given, closing(by="agent-x")) == "conflict-of-interest"


def test_whoever_took_the_call_may_settle_it_but_not_approve_its_price() -> None:
    """R24, R145."""
    assert isinstance(told(*HEARD).when(replace(decision("taker"), settled=True)), DecisionMade)
    waiting = did(told(*HEARD), offer(amount_minor=60_000))
    assert refused(waiting, approval("taker")) == "conflict-of-interest"


def test_whether_another_person_decides_after_a_reopening_is_the_rules_word() -> None:
    """R74: as shipped, another has to; where the rules do not ask for it, the same person may."""
    first = did(told(*HEARD), replace(decision(), settled=True)).settled(NOON)
    again = did(first, reopening())
    assert refused(again, decision()) == "same-decider"
    (open_again,) = only(again.history, ComplaintReopened)
    assert isinstance(open_again, ComplaintReopened)
    assert open_again.apart_from == ("handler",)
    alone = RULES.model_copy(update={"apart": RULES.apart.model_copy(update={"second_stage_by_another": False})})
    assert isinstance(again.ruled(alone).when(decision()), DecisionMade)
    by_one = first.ruled(alone).when(reopening())
    assert isinstance(by_one, ComplaintReopened)
    assert by_one.apart_from == ()


def test_settling_in_one_call_takes_a_reached_complainant_who_agrees() -> None:
    """R46, R116."""
    unheard = IMPOSSIBLE.model_copy(update={"facts": "confirmed", "agreed": True})
    for contact in (IMPOSSIBLE, DISPUTED, unheard):
        assert refused(told(LODGED, contact, MOTIVE), replace(decision(), settled=True)) == "agreement-missing"
    waiting = did(told(*HEARD), offer(amount_minor=60_000))
    assert refused(waiting, replace(decision(), settled=True)) == "offer-waits"
    outside = ComplaintScreened(at=NOON, outcome="enquiry", reason="a question", rule="person", by="triager")
    assert refused(told(*HEARD, outside), replace(decision(), outcome="not-ours", settled=True)) == "not-ours"


def test_what_was_settled_is_over_also_before_somebody_looks() -> None:
    """R46, R119: an offer that came in between was accepted by nobody, and another position is for the next cycle."""
    settled = did(told(*HEARD), replace(decision(), settled=True))
    for late in (offer(), offer(amount_minor=60_000), decision("teamlead")):
        assert refused(settled, late) == refused(settled.settled(NOON), late) == "case-closed"


def test_what_was_said_before_a_reopening_settles_nothing_after_it() -> None:
    """R46, R74: somebody speaks with them again first; they need not tell it again (R115)."""
    settled = replace(decision("handler-2"), settled=True)
    again = did(did(told(*HEARD), replace(decision(), settled=True)).settled(NOON), reopening())
    for unspoken in (again, again.then(MISSED), again.then(IMPOSSIBLE)):
        assert refused(unspoken, settled) == "agreement-missing"
    assert isinstance(again.then(SMALL_TALK).when(settled), DecisionMade)
    unhappy = did(did(told(*HEARD), replace(decision(), settled=True)).settled(NOON), callback("not-satisfied", NOON))
    for looked in (unhappy.then(SMALL_TALK).settled(NOON), unhappy.settled(NOON).then(SMALL_TALK)):
        assert isinstance(looked.when(settled), DecisionMade)
    assert isinstance(again.when(replace(settled, settled=False)), DecisionMade)


def test_an_offer_within_the_limit_stands() -> None:
    """R119, R136: the limit and the rule are in the fact."""
    made = told(*HEARD).when(offer(amount_minor=50_000))
    assert isinstance(made, RemedyOffered)
    assert (made.needs_approval, made.limit_minor, made.limit_rule) == (False, 50_000, "authority@1/handler")


def test_an_offer_above_the_limit_waits_for_another_person_with_a_higher_one() -> None:
    """R119: delegation first, act second."""
    waiting = did(told(*HEARD), offer(amount_minor=50_001))
    assert refused(waiting, redress()) == "offer-not-standing"
    assert refused(waiting, approval("handler")) == "same-person"
    assert refused(waiting, approval("reception")) == "limit-too-low"
    assert refused(waiting, approval("judge")) == "limit-too-low"
    approved = waiting.when(approval("teamlead"))
    assert isinstance(approved, OfferApproved)
    assert (approved.limit_minor, approved.limit_rule) == (200_000, "authority@1/teamlead")
    assert refused(did(waiting, approval()), approval()) == "offer-not-waiting"
    did(waiting, approval(), redress())


def test_a_limit_that_is_as_high_as_the_offer_is_high_enough() -> None:
    """R119, R136: for whoever offers, and for whoever approves."""
    assert isinstance(did(told(*HEARD), offer(amount_minor=200_000)).when(approval()), OfferApproved)
    assert refused(did(told(*HEARD), offer(amount_minor=200_001)), approval()) == "limit-too-low"


def test_of_several_offers_each_is_answered_for_itself() -> None:
    """R119: a small one that stands, and a large one that waits, on the same case."""
    large = replace(offer(amount_minor=60_000, offer_id="o2"), by="handler-2")
    both = did(told(*HEARD), offer(), large)
    assert refused(both, approval(offer_id="o1")) == "offer-not-waiting"
    assert refused(both, redress("o2")) == "offer-not-standing"
    approved = did(both, replace(large, offer_id="o3"), approval(offer_id="o2"))
    assert refused(approved, redress("o3")) == "offer-not-standing"
    did(approved, redress("o1"), redress("o2"))
    declined = did(both, refusal(offer_id="o2"))
    assert refused(declined, redress("o2")) == "offer-not-standing"
    did(declined, redress("o1"))


def test_a_limit_is_not_split_into_several_offers() -> None:
    """R119: what one person gives on a case on their own authority counts together, by offering or by approving; what
    another stands for does not, nor what is no money or in another currency.
    """
    first = did(told(*HEARD), offer(amount_minor=30_000))
    for more, waits in ((20_000, False), (20_001, True)):
        second = first.when(offer(amount_minor=more, offer_id="o2"))
        assert isinstance(second, RemedyOffered)
        assert second.needs_approval is waits
    given = did(first, redress(), offer(amount_minor=20_000, offer_id="o2"))
    for free in (
        offer(amount_minor=0),
        offer(currency="EUR", amount_minor=6_000),
        replace(offer(), by="handler-2", roles=frozenset({"handler"})),
    ):
        answer = given.when(replace(free, offer_id="o3"))
        assert isinstance(answer, RemedyOffered)
        assert not answer.needs_approval
    large = did(first, offer(amount_minor=150_000, offer_id="o2"), approval(offer_id="o2"))
    assert isinstance(large.when(offer(amount_minor=20_000, offer_id="o3")), RemedyOffered)
    again = did(large, offer(amount_minor=60_000, offer_id="o3"))
    assert refused(again, approval(offer_id="o3")) == "limit-too-low"
    did(again, approval("approver", offer_id="o3"))


def test_several_roles_give_the_highest_limit_and_no_second_person() -> None:
    """R102: one person with two posts is still one person."""
    command = replace(offer(amount_minor=150_000), roles=frozenset({"handler", "teamlead"}))
    made = told(*HEARD).when(command)
    assert isinstance(made, RemedyOffered)
    assert made.limit_rule == "authority@1/teamlead"
    waiting = did(told(*HEARD), offer("cso", amount_minor=30_000_000))
    assert refused(waiting, approval("cso")) == "same-person"


def test_without_a_limit_in_that_currency_there_is_no_offer() -> None:
    assert refused(told(*HEARD), offer(currency="XAU")) == "no-authority"
    assert refused(told(*HEARD), offer("judge")) == "no-authority"


def test_a_declined_offer_does_not_stand() -> None:
    waiting = did(told(*HEARD), offer(amount_minor=50_001))
    assert refused(waiting, refusal("handler")) == "same-person"
    declined = did(waiting, refusal())
    assert refused(declined, redress()) == "offer-not-standing"
    assert refused(declined, approval()) == "offer-not-waiting"


def test_redress_is_given_once_and_only_for_what_stands() -> None:
    assert refused(told(*HEARD), redress()) == "offer-not-standing"
    assert refused(did(told(*HEARD), offer(), redress()), redress()) == "offer-not-standing"


def test_nothing_is_done_about_what_was_never_lodged() -> None:
    assert refused(told(), decision()) == "nothing-lodged"
