"""What the page says of an offer is what accountability judges by: whether it waits, stands or is the complainant's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from accountability.decider import DECIDER
from accountability.decider.state import Open
from anything import SEALED, histories
from events.accountability import (
    BudgetNamed,
    CallbackAttempted,
    DecisionMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    PromiseBroken,
    RedressDue,
    RedressGiven,
    RemedyOffered,
)
from events.fact import Fact
from events.intake import ComplaintLodged
from examples import examples
from paged import page_of
from projections.views.told import content, stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LODGED = ComplaintLodged(at=NOON, channel="phone")
OFFER = RemedyOffered(
    at=NOON, offer_id="o1", remedy="refund", amount_minor=680, currency="CNY", limit_minor=100,
    limit_rule="limits@14", needs_approval=True, by="handler",
)  # fmt: skip
OTHER = OFFER.model_copy(update={"offer_id": "o2", "needs_approval": False})
AFTER = (OfferApproved, OfferDeclined, OfferWithdrawn, RedressGiven)


@settings(max_examples=examples(60))
@given(histories((RemedyOffered, *AFTER, DecisionMade, CallbackAttempted)))
def test_what_is_seen_of_offers_is_what_accountability_goes_by(history: list[Fact]) -> None:
    """R119: in any order of what may be said of offers that are made once, and not done with yet."""
    ruled, made = DECIDER.evolve(DECIDER.initial, LODGED, NOON), set[str]()
    told: list[Fact] = [LODGED]
    for fact in history:
        assert isinstance(ruled, Open)
        if isinstance(fact, RemedyOffered) and fact.offer_id in made:
            continue
        if isinstance(fact, AFTER) and all(one.offer_id != fact.offer_id for one in ruled.case.offers):
            continue
        made |= {fact.offer_id} if isinstance(fact, RemedyOffered) else set()
        ruled = DECIDER.evolve(ruled, fact, fact.at)
        told.append(fact)
    assert isinstance(ruled, Open)
    offers = page_of(*told).get("offers", {})
    assert set(offers) == made
    assert {
        name: (one["state"], one.get("accepted", False))
        for name, one in offers.items()
        if one["state"] in ("waiting", "standing")
    } == {one.offer_id: ("waiting" if one.awaits_approval else "standing", one.accepted) for one in ruled.case.offers}


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        (OfferApproved(at=NOON, offer_id="o1", limit_minor=900, limit_rule="limits@14", by="lead"), "approved"),
        (OfferDeclined(at=NOON, offer_id="o1", reason="too much", by="lead"), "declined"),
        (OfferWithdrawn(at=NOON, offer_id="o1", reason="another", by="handler"), "withdrawn"),
        (RedressGiven(at=NOON, offer_id="o1", evidence="transfer 7", by="cashier"), "redressed"),
    ],
)
def test_each_word_on_an_offer_stands_with_it_and_changes_no_other(fact: Fact, state: str) -> None:
    page = page_of(LODGED, OFFER, OTHER, fact)
    said = {**content(OFFER), state: content(fact, without=("offer_id",))}
    assert page["offers"]["o1"] == {**said, "state": "standing" if state == "approved" else state}
    assert page["offers"]["o2"] == {**content(OTHER), "state": "standing"}


SATISFIED = CallbackAttempted(at=NOON, outcome="satisfied", by="handler")
DECIDED = DecisionMade(at=NOON, outcome="upheld", root_cause="parts", reasons=SEALED, by="handler")


@pytest.mark.parametrize(
    ("fact", "says_yes"),
    [
        (DECIDED.model_copy(update={"settled": True}), True),
        (DECIDED, False),
        (SATISFIED, True),
        (SATISFIED.model_copy(update={"outcome": "not-satisfied"}), False),
    ],
)
def test_whoever_is_satisfied_accepts_what_stands_and_not_what_waits(fact: Fact, *, says_yes: bool) -> None:
    """R119: nobody takes back what was accepted."""
    before = page_of(LODGED, OFFER, OTHER)["offers"]
    after = page_of(LODGED, OFFER, OTHER, fact)["offers"]
    assert after == {"o1": before["o1"], "o2": {**before["o2"], "accepted": True} if says_yes else before["o2"]}


def test_the_budget_that_pays_is_named() -> None:
    assert (
        page_of(LODGED, BudgetNamed(at=NOON, budget="harbour:2026-Q4", reason="r", by="lead"))["budget"]
        == "harbour:2026-Q4"
    )


DUE = RedressDue(at=NOON, offer_id="o2", due=NOON + timedelta(days=14), owner="handler", rule="authority@1")
GIVEN = RedressGiven(at=NOON + timedelta(days=1), offer_id="o2", evidence="transfer 7", by="cashier")
LATE = GIVEN.model_copy(update={"at": NOON + timedelta(days=15)})
BROKEN = PromiseBroken(at=DUE.due, promise_id="o2")


def test_an_accepted_offer_stands_in_the_ledger_until_it_is_given() -> None:
    """R74, R96: open with its due time, kept by giving it, broken by none; in whichever order it was written down."""
    promise = page_of(LODGED, OTHER, DUE)["promises"]["o2"]
    assert promise == {
        "promise_id": "o2", "kind": "redress", "state": "open", "made_at": stamp(NOON), "due": stamp(DUE.due),
        "next_at": stamp(DUE.due), "owner": "handler", "rule": "authority@1",
    }  # fmt: skip
    for story, state in (((DUE, GIVEN), "kept"), ((GIVEN, DUE), "kept"), ((DUE, BROKEN, LATE), "broken"),
                         ((LATE, DUE, BROKEN), "broken")):  # fmt: skip
        one = page_of(LODGED, OTHER, *story)["promises"]["o2"]
        given = next(fact for fact in story if isinstance(fact, RedressGiven))
        assert (one["state"], one["next_at"], one["settled_at"], one["evidence"]) == (
            state, None, stamp(given.at), "transfer 7",
        )  # fmt: skip
    unmoved = page_of(LODGED, OTHER, DUE, BROKEN)["promises"]["o2"]
    assert (unmoved["state"], unmoved["next_at"]) == ("broken", stamp(DUE.due)), "it is owed all the same"
    assert page_of(LODGED, OTHER, GIVEN).get("promises", {}) == {}, "what nobody accepted was no promise"
