"""What becomes of an offer in the state: made, approved, declined, given. Pure steps of `fold.py`."""

from typing import assert_never

from accountability.decider.state import Case, Offer
from events.accountability import OfferApproved, OfferDeclined, RedressGiven, RemedyOffered
from events.changed import changed

OfferFact = RemedyOffered | OfferApproved | OfferDeclined | RedressGiven


def moved(case: Case, fact: OfferFact) -> Case:
    """The case after one more word on an offer."""
    match fact:
        case RemedyOffered():
            return _made(case, fact)
        case OfferApproved():
            return _approved(case, fact)
        case OfferDeclined() | RedressGiven():
            return _done_with(case, fact)
    assert_never(fact)


def _made(case: Case, fact: RemedyOffered) -> Case:
    waits, kept = fact.needs_approval, fact.reservation
    offer = Offer(fact.offer_id, fact.amount_minor, fact.currency, fact.by, awaits_approval=waits, reservation=kept)
    spent = case.spent if kept is None else (*case.spent, kept)
    case = changed(case, offers=(*case.offers, offer), spent=spent)
    return case if waits else _stands(case, offer, fact.by)


def _approved(case: Case, fact: OfferApproved) -> Case:
    offer = next((one for one in case.offers if one.offer_id == fact.offer_id), None)
    if offer is None:
        return case
    offers = tuple(changed(one, awaits_approval=False) if one is offer else one for one in case.offers)
    return _stands(changed(case, offers=offers), offer, fact.by)


def _stands(case: Case, offer: Offer, by: str) -> Case:
    return changed(case, alone=(*case.alone, (by, offer.currency, offer.amount_minor)))


def _done_with(case: Case, fact: OfferDeclined | RedressGiven) -> Case:
    """What a declined offer would have used is free for another."""
    done = [one for one in case.offers if one.offer_id == fact.offer_id]
    freed = {one.reservation for one in done} if isinstance(fact, OfferDeclined) else ()
    spent = tuple(one for one in case.spent if one not in freed)
    return changed(case, offers=tuple(one for one in case.offers if one not in done), spent=spent)
