"""An offer that nobody has answered yet is taken back, and what it held is free for another. Given, when, then."""

from dataclasses import replace
from typing import Any

import pytest

from accountability.decider.commands import WithdrawOffer
from accountability.decider.state import Open
from events.accountability import OfferWithdrawn, RemedyOffered
from given import Story
from unit.accountability.cases import (
    ANSWER,
    HEARD,
    NOON,
    approval,
    asked,
    callback,
    closing,
    decision,
    did,
    later,
    offer,
    redress,
    refusal,
    refused,
    reopening,
    told,
)
from unit.accountability.test_budget import CASE, paid, with_budget


def taking_back(by: str = "handler", *roles: str, offer_id: str = "o1") -> WithdrawOffer:
    return WithdrawOffer(**asked(by, *roles), offer_id=offer_id, reason="another one instead")


STANDS = did(told(*HEARD), offer(amount_minor=40_000))
WAITS = did(told(*HEARD), offer(amount_minor=60_000))


@pytest.mark.parametrize("given", [STANDS, WAITS, did(WAITS, approval())], ids=["stands", "waits", "approved"])
def test_whoever_made_an_offer_or_leads_takes_it_back(given: Story[Any]) -> None:
    """R119: with the reason, as a fact; what was taken back is neither approved nor given, nor taken back again."""
    assert given.when(taking_back()) == OfferWithdrawn(
        at=NOON, offer_id="o1", reason="another one instead", by="handler"
    )
    for lead in ("teamlead", "cso"):
        assert isinstance(given.when(taking_back(lead)), OfferWithdrawn)
    for other in (taking_back("handler-2", "handler"), taking_back("approver"), taking_back("reception")):
        assert refused(given, other) == "not-yours-to-withdraw"
    gone = did(given, taking_back())
    assert refused(gone, redress()) == "offer-not-standing"
    assert refused(gone, approval()) == "offer-not-waiting"
    assert refused(gone, taking_back()) == "offer-done-with"
    assert refused(given, taking_back(offer_id="o9")) == "offer-done-with"


def test_what_was_declined_or_given_is_not_taken_back() -> None:
    for answered in (did(WAITS, refusal()), did(STANDS, redress())):
        assert refused(answered, taking_back()) == "offer-done-with"


def test_in_place_of_an_offer_taken_back_another_needs_no_approval() -> None:
    """R119: it counts to the limit of whoever stood for it no longer, by offering or by approving; a remedy that was
    given does.
    """
    second = offer(amount_minor=40_000, offer_id="o2")
    for given, waits in ((STANDS, True), (did(STANDS, redress()), True), (did(STANDS, taking_back()), False)):
        made = given.when(second)
        assert isinstance(made, RemedyOffered)
        assert made.needs_approval is waits
    large = did(told(*HEARD), offer(amount_minor=150_000), approval())
    more = offer(amount_minor=100_000, offer_id="o2")
    assert refused(did(large, more), approval(offer_id="o2")) == "limit-too-low"
    did(large, taking_back(), more, approval(offer_id="o2"))


def test_of_two_equal_offers_one_is_taken_back() -> None:
    """R119: the other still counts."""
    both = did(told(*HEARD), offer(amount_minor=20_000), offer(amount_minor=20_000, offer_id="o2"))
    for more, waits in ((30_000, False), (30_001, True)):
        made = did(both, taking_back()).when(offer(amount_minor=more, offer_id="o3"))
        assert isinstance(made, RemedyOffered)
        assert made.needs_approval is waits
    did(both, taking_back(), redress("o2"))


def test_what_was_reserved_for_it_is_free_again() -> None:
    """L17: for another offer, or to be released."""
    given = did(with_budget(CASE), paid(), taking_back())
    assert isinstance(given.state, Open)
    assert given.state.case.spent == ()
    assert isinstance(given.when(paid(offer_id="o2")), RemedyOffered)


def test_a_case_no_longer_waits_for_what_was_taken_back() -> None:
    waiting = did(WAITS, decision()).then(ANSWER)
    satisfied = did(waiting, callback("satisfied", later(days=2)))
    assert refused(satisfied, closing()) == "offer-waits"
    did(satisfied, taking_back(), closing())


def test_what_the_complainant_has_accepted_is_theirs() -> None:
    """R73: settled in the call or at a callback, open or closed, and in the next cycle too; not what still waited then,
    nor what was offered since.
    """
    settled = did(STANDS, replace(decision(), settled=True))
    called = did(STANDS, callback("satisfied", later(days=1)))
    closed = settled.settled(NOON)
    for given in (settled, called, closed, did(closed, reopening())):
        for by in ("handler", "teamlead"):
            assert refused(given, taking_back(by)) == "offer-accepted"
    spoken = did(WAITS, callback("satisfied", later(days=1)), offer(amount_minor=1, offer_id="o2"))
    did(spoken, taking_back(), taking_back(offer_id="o2"))
    both = did(STANDS, offer(amount_minor=60_000, offer_id="o2"), callback("satisfied", later(days=1)))
    assert refused(both, taking_back()) == "offer-accepted"
    did(both, taking_back(offer_id="o2"))
    unhappy = did(STANDS, callback("not-satisfied", later(days=1)))
    did(unhappy, taking_back())


def test_satisfied_after_the_closing_they_accept_what_still_stands() -> None:
    tries = [callback("not-reached", later(days=day)) for day in (2, 3, 4)]
    closed = did(did(STANDS, decision()).then(ANSWER), *tries, closing("callbacks-spent"))
    did(closed, taking_back())
    assert refused(did(closed, callback("satisfied", later(days=9))), taking_back()) == "offer-accepted"


def test_an_offer_taken_back_says_whether_the_complainant_had_their_answer() -> None:
    """R73: only who had one, and was told of what stood, is owed another in time; once, and also where it is closed."""
    answered = did(STANDS, decision()).then(ANSWER)
    two = did(answered, offer(amount_minor=1, offer_id="o2"))
    tries = [callback("not-reached", later(days=day)) for day in (2, 3, 4)]
    for given, had in (
        (STANDS, False),
        (did(STANDS, decision()), False),
        (answered, True),
        (did(did(WAITS, decision()).then(ANSWER)), False),
        (did(two, taking_back(offer_id="o2")), False),
        (did(answered, *tries, closing("callbacks-spent")), True),
    ):
        fact = given.when(taking_back())
        assert isinstance(fact, OfferWithdrawn)
        assert fact.told is had
