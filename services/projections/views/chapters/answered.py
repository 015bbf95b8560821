"""Chapter accountability on the page of a case: what was done, and who answers."""

from events.accountability import (
    BudgetNamed,
    CallbackAttempted,
    CallbackMissed,
    CallbackPutOff,
    CallbackScheduled,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RedressDue,
    RedressGiven,
    RemedyOffered,
    ReplyAsked,
    ReplyGiven,
    ReservationGivenUp,
)
from events.fact import Fact
from projections.views import promises
from projections.views.chapters.page import Case, Changes, How, after_source, counted
from projections.views.told import Plain, content, stamp


def _decided(case: Case, fact: DecisionMade) -> Changes:
    return {"decision": content(fact), **(_accepted(case) if fact.settled else {})}


def _accepted(case: Case) -> Changes:
    """The complainant is satisfied: what stands is theirs."""
    offers = case.get("offers", {})
    standing = {name: {**one, "accepted": True} for name, one in offers.items() if one.get("state") == "standing"}
    return {"offers": {**offers, **standing}} if standing else {}


def _offer(case: Case, offer_id: str, change: Plain) -> Changes:
    offers = case.get("offers", {})
    return {"offers": {**offers, offer_id: {**offers.get(offer_id, {}), **change}}}


def _offered(case: Case, fact: RemedyOffered) -> Changes:
    return _offer(case, fact.offer_id, {"state": "waiting" if fact.needs_approval else "standing", **content(fact)})


def _paid(_: Case, fact: BudgetNamed) -> Changes:
    return {"budget": fact.budget}


def _given_up(case: Case, fact: ReservationGivenUp) -> Changes:
    return {"given_up": [*case.get("given_up", []), fact.reservation]}


def _approved(case: Case, fact: OfferApproved) -> Changes:
    return _offer(case, fact.offer_id, {"state": "standing", "approved": content(fact, without=("offer_id",))})


def _declined(case: Case, fact: OfferDeclined) -> Changes:
    return _offer(case, fact.offer_id, {"state": "declined", "declined": content(fact, without=("offer_id",))})


def _taken_back(case: Case, fact: OfferWithdrawn) -> Changes:
    return _offer(case, fact.offer_id, {"state": "withdrawn", "withdrawn": content(fact, without=("offer_id",))})


def _redressed(case: Case, fact: RedressGiven) -> Changes:
    kept = promises.given(case.get("promises", {}), fact.offer_id, stamp(fact.at), fact.evidence)
    given = _offer(case, fact.offer_id, {"state": "redressed", "redressed": content(fact, without=("offer_id",))})
    return {**given, "promises": kept} if kept else given


def _redress_due(case: Case, fact: RedressDue) -> Changes:
    """Written late, it may have been given before."""
    owed = promises.fold(case.get("promises", {}), fact)
    given = case.get("offers", {}).get(fact.offer_id, {}).get("redressed")
    return {"promises": owed if given is None else promises.given(owed, fact.offer_id, given["at"], given["evidence"])}


def _promise(case: Case, fact: promises.PromiseFact) -> Changes:
    changes: Changes = {"promises": promises.fold(case.get("promises", {}), fact)}
    if isinstance(fact, CallbackAttempted):
        changes["callbacks"] = [*case.get("callbacks", []), content(fact)]
        if fact.outcome != "not-reached":
            changes["last_contact_at"], changes["last_contact_channel"] = stamp(fact.at), "callback"
        if fact.outcome == "satisfied":
            changes |= _accepted(case)
        if fact.outcome == "not-satisfied" and "withdrawn" in case:
            changes["withdrawn"] = None  # they want it solved, whatever they took back before
    return changes


def _closed(case: Case, fact: ComplaintClosed) -> Changes:
    """What was offered before a closing does not stand after it; what its source has opened again since was offered
    after it, and the record of the closing came late.
    """
    changes: Changes = {"closing": content(fact), "closed_at": stamp(fact.at)}
    if fact.reported is not None and case.get("open_at_source"):
        return changes
    return {**changes, "offered_to": None, **after_source(case)}


def _reopened(case: Case, fact: ComplaintReopened) -> Changes:
    """A new cycle: closing, decision, withdrawal and crisis team of the first stay in the record, not on the page."""
    reopenings = [*case.get("reopenings", []), content(fact)]
    changes: Changes = {"closed_at": None, "decision": None, "reopenings": reopenings, **counted(case, fact)}
    changes["cycle"] = max(case["cycle"], fact.cycle)
    if fact.reported is None:
        changes |= after_source(case)
    if "promises" in case:
        changes["promises"] = promises.fold(case["promises"], fact)
    for name in ("withdrawn", "crisis"):
        if name in case:
            changes[name] = None
    return changes


def _asked(case: Case, fact: ReplyAsked) -> Changes:
    return {"asked": [*case.get("asked", []), content(fact)]}


def _replied(case: Case, fact: ReplyGiven) -> Changes:
    return {"replies": [*case.get("replies", []), content(fact)]}


def _found(case: Case, fact: FindingMade) -> Changes:
    return {"findings": [*case.get("findings", []), content(fact)]}


HOW: dict[type[Fact], How] = {
    DecisionMade: _decided,
    RemedyOffered: _offered,
    BudgetNamed: _paid,
    ReservationGivenUp: _given_up,
    OfferApproved: _approved,
    OfferDeclined: _declined,
    OfferWithdrawn: _taken_back,
    RedressGiven: _redressed,
    RedressDue: _redress_due,
    PromiseMade: _promise,
    PromiseKept: _promise,
    PromiseBroken: _promise,
    CallbackScheduled: _promise,
    CallbackAttempted: _promise,
    CallbackMissed: _promise,
    CallbackPutOff: _promise,
    ComplaintClosed: _closed,
    ComplaintReopened: _reopened,
    ReplyAsked: _asked,
    ReplyGiven: _replied,
    FindingMade: _found,
}
