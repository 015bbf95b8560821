"""What becomes of an offer in the state: made, approved, declined, taken back, given. Pure steps of `fold.py`."""

from datetime import datetime
from typing import assert_never

from accountability.decider.promised import given
from accountability.decider.state import Accepted, Case, Offer
from events.accountability import OfferApproved, OfferDeclined, OfferWithdrawn, RedressGiven, RemedyOffered
from events.changed import changed

OfferFact = RemedyOffered | OfferApproved | OfferDeclined | OfferWithdrawn | RedressGiven


def moved(case: Case, fact: OfferFact) -> Case:
    """The case after one more word on an offer."""
    match fact:
        case RemedyOffered():
            return _made(case, fact)
        case OfferApproved():
            return _approved(case, fact)
        case OfferDeclined() | OfferWithdrawn() | RedressGiven():
            return _done_with(case, fact)
    assert_never(fact)


def accepted(case: Case, at: datetime) -> Case:
    """The complainant is satisfied: what stands is theirs, is to be given, and nobody takes it back."""
    new = tuple(Accepted(one.offer_id, one.by, at) for one in case.offers if one.stands_on and not one.accepted)
    if not new:
        return case
    offers = tuple(changed(one, accepted=True) if one.stands_on else one for one in case.offers)
    return changed(case, offers=offers, accepted=(*case.accepted, *new))


def _made(case: Case, fact: RemedyOffered) -> Case:
    by, kept = None if fact.needs_approval else fact.by, fact.reservation
    offer = Offer(fact.offer_id, fact.amount_minor, fact.currency, fact.by, stands_on=by, reservation=kept)
    spent = case.spent if kept is None else (*case.spent, kept)
    case = changed(case, offers=(*case.offers, offer), spent=spent)
    return case if by is None else changed(case, alone=(*case.alone, _share(offer, by)))


def _approved(case: Case, fact: OfferApproved) -> Case:
    offer = next((one for one in case.offers if one.offer_id == fact.offer_id), None)
    if offer is None:
        return case
    offers = tuple(changed(one, stands_on=fact.by) if one is offer else one for one in case.offers)
    return changed(case, offers=offers, alone=(*case.alone, _share(offer, fact.by)))


def _share(offer: Offer, by: str) -> tuple[str, str, int]:
    return by, offer.currency, offer.amount_minor


def _done_with(case: Case, fact: OfferDeclined | OfferWithdrawn | RedressGiven) -> Case:
    """What an offer would have used that nobody is given is free for another: its reservation, and its share of the
    limit on which it stood.
    """
    done = [one for one in case.offers if one.offer_id == fact.offer_id]
    offers = tuple(one for one in case.offers if one not in done)
    if isinstance(fact, RedressGiven):
        return given(changed(case, offers=offers), fact)
    freed = {one.reservation for one in done}
    alone = list(case.alone)
    for one in done:
        if one.stands_on is not None:
            alone.remove(_share(one, one.stands_on))
    return changed(
        case,
        offers=offers,
        spent=tuple(one for one in case.spent if one not in freed),
        alone=tuple(alone),
    )
