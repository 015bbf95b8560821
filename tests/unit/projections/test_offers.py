"""What becomes of an offer on the page of a case."""

from events.accountability import CallbackAttempted, DecisionMade, OfferApproved, OfferWithdrawn, RemedyOffered
from events.fact import Fact
from events.intake import ComplaintLodged
from projections.views import cases
from projections.views.chapters.page import Case
from told import Log
from unit.accountability.cases import NOON, SEALED, later

STREAM = "complaint/11111111-1111-5111-8111-111111111111"
OFFER = RemedyOffered(
    at=NOON, offer_id="o1", remedy="refund", amount_minor=680, currency="CNY", limit_minor=900,
    limit_rule="limits@14/handler", needs_approval=False, by="handler",
)  # fmt: skip
WAITING = OFFER.model_copy(update={"offer_id": "o2", "needs_approval": True})
SETTLED = DecisionMade(at=later(minutes=5), outcome="upheld", root_cause="c", reasons=SEALED, settled=True, by="h")
SATISFIED = CallbackAttempted(at=later(minutes=5), outcome="satisfied", by="h")


def page_of(*facts: Fact) -> Case:
    page: Case | None = None
    for told in Log().tell(STREAM, ComplaintLodged(at=NOON, channel="phone"), *facts):
        page = cases.fold(page, told)
    assert page is not None
    return page


def test_an_offer_taken_back_says_so_with_its_reason() -> None:
    back = OfferWithdrawn(at=later(minutes=5), offer_id="o1", reason="a better one", by="lead")
    offer = page_of(OFFER, back)["offers"]["o1"]
    assert (offer["state"], offer["remedy"], offer["by"]) == ("withdrawn", "refund", "handler")
    assert (offer["withdrawn"]["reason"], offer["withdrawn"]["by"]) == ("a better one", "lead")


def test_what_stands_when_the_complainant_is_satisfied_is_accepted() -> None:
    """As accountability counts it: by a settling decision or a callback; not what waits then, nor what comes later."""
    for yes in (SETTLED, SATISFIED):
        offers = page_of(OFFER, WAITING, yes)["offers"]
        assert [one for one, offer in offers.items() if offer.get("accepted")] == ["o1"]
    approved = OfferApproved(at=NOON, offer_id="o2", limit_minor=9, limit_rule="limits@14/lead", by="lead")
    offers = page_of(OFFER, WAITING, approved, SATISFIED)["offers"]
    assert all(offer["accepted"] for offer in offers.values())
    for no in (
        SETTLED.model_copy(update={"settled": False}),
        SATISFIED.model_copy(update={"outcome": "not-satisfied"}),
    ):
        assert "accepted" not in page_of(OFFER, no)["offers"]["o1"]
    assert "accepted" not in page_of(SETTLED, OFFER)["offers"]["o1"]
