"""Who holds the case: how offers and acceptances change the state. Pure steps of `fold.py`."""

from datetime import datetime
from typing import Literal, assert_never

from escalation.decider.heard import End
from escalation.decider.hearing import ended
from escalation.decider.state import Case, Wanted
from events.changed import changed
from events.escalation import OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import BY_RULE

HoldingFact = OwnershipOffered | OwnershipAccepted | OwnershipRefused


def held(case: Case, fact: HoldingFact) -> Case:
    """What this chapter itself said of who holds the case."""
    holding = case.rest.holding
    match fact:
        case OwnershipOffered(to=to, by=by):
            is_ours = by == BY_RULE and bool(case.wanted)
            stands = case.wanted[0].stands if is_ours else not case.rest.closed
            wanted = case.wanted[1:] if is_ours else case.wanted
            holding = changed(holding, offered_to=to if stands else None)
            return changed(case, rest=changed(case.rest, holding=holding), wanted=wanted)
        case OwnershipAccepted(at=at, owner=owner):
            holding = changed(holding, owner=owner, owned_since=holding.owned_since or at, offered_to=None, refusals=0)
            return changed(case, rest=changed(case.rest, holding=holding))
        case OwnershipRefused(at=at):
            refused, refusals = holding.offered_to, holding.refusals + 1
            case = changed(case, rest=changed(case.rest, holding=changed(holding, offered_to=None, refusals=refusals)))
            return wants_owner(case, at, "refused", refused)
    assert_never(fact)


def wants_owner(
    case: Case,
    at: datetime,
    because: Literal["routed", "refused", "screened-out", "reopened", "named"],
    post: str | None = None,
    *,
    known_at: datetime | None = None,
) -> Case:
    """The case is to be offered: after a route always, else where nobody holds it who may, and no offer stands or is to
    come. Who holds it answers for it until another accepts. What was offered or to be offered before a closing does not
    stand after it. It ends clocks as offered from now on, since it is only a matter of looking (L14).
    """
    holding = case.rest.holding
    is_offered = holding.offered_to not in (None, *case.rest.barred) or any(one.stands for one in case.wanted)
    is_held = holding.owner not in (None, *case.rest.barred)
    if because != "routed" and (is_held or is_offered):
        return case
    grade, category, stands = case.rest.grade, case.rest.classified, not case.rest.closed
    wanted = Wanted(at, because, post, holding.refusals, grade, category, case.rest.barred, known_at, stands)
    return ended(changed(case, wanted=(*case.wanted, wanted)), End(at, "offered", known_at))


def kept_apart(case: Case, people: tuple[str, ...]) -> Case:
    """These do not own the case from now on."""
    barred = tuple(dict.fromkeys((*case.rest.barred, *people)))
    return case if barred == case.rest.barred else changed(case, rest=changed(case.rest, barred=barred))


def offered_no_longer(case: Case) -> Case:
    """The case is closed: what is still to be offered from before cannot be taken."""
    return changed(case, wanted=tuple(changed(one, stands=False) for one in case.wanted)) if case.wanted else case
