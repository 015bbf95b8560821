"""Taking a position and offering something: after the complainant was heard, and within one's limit (R03, R116)."""

from collections.abc import Mapping
from typing import Final, assert_never

from accountability.decider.budget import covered
from accountability.decider.commands import (
    ApproveOffer,
    Asked,
    AskForReply,
    AttemptCallback,
    CloseComplaint,
    Decide,
    DeclineOffer,
    GiveRedress,
    GiveUpReservation,
    KeepPromise,
    MakeFinding,
    MakePromise,
    NameBudget,
    OfferRemedy,
    OnCase,
    OnOffer,
    ReopenComplaint,
    WithdrawOffer,
)
from accountability.decider.offers import OfferFact
from accountability.decider.state import Case, Closed, Offer, Open
from accountability.rules import Rules
from events.accountability import (
    DecisionMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    RedressGiven,
    RemedyOffered,
)
from events.apart import ABOUT_ONESELF
from events.decider import Context, Refused
from events.roles import CONFIRMING
from events.triage import SCREENED_OUT
from rulebooks.authority import Act

ACTS: Final[Mapping[type[OnCase], Act]] = {
    Decide: "decide",
    **dict.fromkeys(
        (OfferRemedy, WithdrawOffer, GiveRedress, NameBudget, GiveUpReservation, MakePromise, KeepPromise), "offer"
    ),
    **dict.fromkeys((ApproveOffer, DeclineOffer), "approve"),
    AttemptCallback: "callback",
    **dict.fromkeys((CloseComplaint, ReopenComplaint), "close"),
    **dict.fromkeys((AskForReply, MakeFinding), "find"),
}
"""Which of the acts that the rules keep apart each command is; to reply is none, and open to whom it is about."""


def conflict(command: OnCase, case: Case, rules: Rules) -> Refused | None:
    """Whom the complaint or a finding is about, or who took it, stays out of the acts that the rules name (R24)."""
    act = ACTS.get(type(command))
    if act is None:
        return None
    subject = command.by if command.by in case.blamed else case.subject
    match rules.apart.bars(act, command.by, subject=subject, taker=case.taker):
        case "subject":
            return ABOUT_ONESELF
        case "taker":
            return Refused("conflict-of-interest", "this person took the complaint; another has to do this")
        case None:
            return None


def gate(case: Case) -> Refused | None:
    """No rejection, no offer, no closing before the complainant was heard (R02, R03, R116)."""
    if case.contact == "none":
        return Refused("contact-missing", "record a contact that reached the complainant, or why none is possible")
    if not case.motive:
        return Refused("motive-missing", "record why the complainant really complains")
    if case.contact == "reached" and case.facts == "not-discussed":
        return Refused("facts-not-discussed", "record a contact that confirmed, corrected or disputed the facts")
    return None


def make_decision(command: Decide, state: Open | Closed, rules: Rules) -> DecisionMade | Refused:
    """The company's position with its cause and reasons."""
    case = state.case
    if isinstance(state, Closed) or state.is_settled:
        return Refused("case-closed", "reopen the case before deciding anew")
    refused = gate(case) or _reasoned(command, case) or _settles(command, case)
    if refused is not None:
        return refused
    if rules.apart.second_stage_by_another and command.by in case.deciders:
        return Refused("same-decider", "this person decided in an earlier cycle; another has to decide now")
    return DecisionMade(
        at=command.now,
        outcome=command.outcome,
        root_cause=command.root_cause,
        waiver=command.waiver,
        reasons=command.reasons,
        settled=command.settled,
        by=command.by,
    )


def _reasoned(command: Decide, case: Case) -> Refused | None:
    if (command.root_cause is None) is (command.waiver is None):
        return Refused("cause-missing", "name the root cause, or waive it with a reason: one of the two (R32)")
    return screened_out(case) if command.outcome == "not-ours" else None


def screened_out(case: Case) -> Refused | None:
    """What is not ours was screened so, and the latest screening counts (R79)."""
    if case.screening in SCREENED_OUT:
        return None
    return Refused("screening-missing", "the latest screening says that the complaint is ours to answer")


def _settles(command: Decide, case: Case) -> Refused | None:
    if not command.settled:
        return None
    if case.spoken_in != case.cycle or case.facts != "agreed":
        return Refused("agreement-missing", "only a complainant reached in this cycle who agrees on the facts settles")
    if command.outcome == "not-ours":
        return Refused("not-ours", "what is not ours is told and closed as such, not settled")
    return awaited(case)


def awaited(case: Case) -> Refused | None:
    """Nothing is settled or closed while an offer waits for its approval."""
    if any(offer.awaits_approval for offer in case.offers):
        return Refused("offer-waits", "an offer waits for approval; approve or decline it first")
    return None


def on_offer(command: OnOffer, state: Open | Closed, rules: Rules, context: Context) -> OfferFact | Refused:
    """From the offer to what becomes of it."""
    match command:
        case OfferRemedy():
            return _offer_remedy(command, state, rules, context)
        case ApproveOffer():
            return _approve_offer(command, state, rules)
        case DeclineOffer():
            return _decline_offer(command, state)
        case WithdrawOffer():
            return _withdraw_offer(command, state)
        case GiveRedress():
            return _give_redress(command, state)
    assert_never(command)


def _offer_remedy(
    command: OfferRemedy, state: Open | Closed, rules: Rules, context: Context
) -> RemedyOffered | Refused:
    """An offer stands where it lies within the offerer's limit, and waits for approval above it (R119, R136)."""
    if isinstance(state, Closed) or state.is_settled:
        return Refused("case-closed", "reopen the case before offering anything")
    refused = gate(state.case) or _agreed(state)
    if refused is not None:
        return refused
    limit = rules.limit(command.roles, command.currency)
    if limit is None:
        return Refused("no-authority", f"none of this person's roles has a limit in {command.currency}")
    refused = covered(command, state.case, rules, context)
    if refused is not None:
        return refused
    return RemedyOffered(
        at=command.now,
        offer_id=command.offer_id,
        remedy=command.remedy,
        amount_minor=command.amount_minor,
        currency=command.currency,
        limit_minor=limit.minor,
        limit_rule=limit.rule,
        needs_approval=_above(limit.minor, command.amount_minor, command.by, command.currency, state.case),
        reservation=command.reservation,
        by=command.by,
    )


def _above(limit_minor: int, amount_minor: int, by: str, currency: str, case: Case) -> bool:
    """Whether it goes beyond what somebody may give alone, with what stands on their authority on this case already: a
    limit is not split into several offers.
    """
    stands = sum(amount for who, kept_in, amount in case.alone if (who, kept_in) == (by, currency))
    return amount_minor > 0 and stands + amount_minor > limit_minor


def _agreed(state: Open) -> Refused | None:
    """Solutions are talked about once the complainant agrees on the facts; what the company has decided it may offer
    without, and to whom nobody can reach (R116).
    """
    if state.case.contact != "reached" or state.case.facts == "agreed" or state.decision is not None:
        return None
    return Refused("agreement-missing", "record a contact that agreed on the facts, or decide before offering anything")


def _approve_offer(command: ApproveOffer, state: Open | Closed, rules: Rules) -> OfferApproved | Refused:
    """Another person, whose own limit is high enough."""
    offer = _awaiting(command, command.offer_id, state.case)
    if isinstance(offer, Refused):
        return offer
    limit = rules.limit(command.roles, offer.currency)
    if limit is None or _above(limit.minor, offer.amount_minor, command.by, offer.currency, state.case):
        own = f"{limit.minor} by {limit.rule}, for all that one gives on the case" if limit else "none"
        return Refused("limit-too-low", f"the offer is {offer.amount_minor} {offer.currency} minor; own limit: {own}")
    return OfferApproved(
        at=command.now, offer_id=offer.offer_id, limit_minor=limit.minor, limit_rule=limit.rule, by=command.by
    )


def _decline_offer(command: DeclineOffer, state: Open | Closed) -> OfferDeclined | Refused:
    """Another person turns the offer down."""
    offer = _awaiting(command, command.offer_id, state.case)
    if isinstance(offer, Refused):
        return offer
    return OfferDeclined(at=command.now, offer_id=offer.offer_id, reason=command.reason, by=command.by)


def _withdraw_offer(command: WithdrawOffer, state: Open | Closed) -> OfferWithdrawn | Refused:
    """Whoever made it or leads takes an offer back, until the complainant has accepted it or it was given."""
    offer = next((one for one in state.case.offers if one.offer_id == command.offer_id), None)
    if offer is None:
        return Refused("offer-done-with", "no such offer waits or stands: it is unknown, declined, taken back or given")
    if offer.accepted:
        return Refused("offer-accepted", "the complainant has accepted it: it is given, and not taken back")
    if offer.by != command.by and not command.roles & CONFIRMING:
        return Refused("not-yours-to-withdraw", "whoever made an offer takes it back, or a team lead or the CSO")
    told = _answered(state) and not offer.awaits_approval
    return OfferWithdrawn(at=command.now, offer_id=offer.offer_id, reason=command.reason, told=told, by=command.by)


def _answered(state: Open | Closed) -> bool:
    """Whether the complainant has had an answer of ours: nobody closes a case here without one."""
    if isinstance(state, Closed):
        return state.ground != "closed-at-source"
    return state.decision is not None and state.decision.answered


def _awaiting(asked: Asked, offer_id: str, case: Case) -> Offer | Refused:
    offer = next((offer for offer in case.offers if offer.offer_id == offer_id), None)
    if offer is None or not offer.awaits_approval:
        return Refused("offer-not-waiting", "no such offer waits for approval on this case")
    if offer.by == asked.by:
        return Refused("same-person", "an offer is approved or declined by another person than its offerer")
    return offer


def _give_redress(command: GiveRedress, state: Open | Closed) -> RedressGiven | Refused:
    """Only what stands can be given, and only once."""
    if not state.case.stands(command.offer_id):
        return Refused("offer-not-standing", "no such offer stands: it was never approved, or is done with")
    return RedressGiven(at=command.now, offer_id=command.offer_id, evidence=command.evidence, by=command.by)
