"""The accountability register: who decided what, by which authority, under which rule, with which second person.

Pure: the page before and one record give an entry or none; a rulebook has no page, but its stream told again. Kept out:
what other systems decided (it stands in the ledger), and what a rule judged without a person, unless it puts a duty on
somebody.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Required

from typing_extensions import TypedDict

from events.accountability import (
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    PromiseBroken,
    PromiseMade,
    RedressGiven,
    RemedyOffered,
)
from events.budgets import BudgetSet
from events.escalation import CaseEscalated, ClockExtended, ClockPaused, CrisisTeamCalled
from events.fact import BY_RULE, Fact
from events.ids import COMPLAINT, RULEBOOK
from events.intake import DataErased, HoldLifted, HoldPlaced
from events.rulebook import Approved, Drafted, DraftRefused
from events.triage import (
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    OneOrManyAnswered,
)
from projections.views.budgets import Budget
from projections.views.chapters.page import Case, blank
from projections.views.clusters import Cluster
from projections.views.rulebooks import Shelved
from projections.views.told import Plain, Told, content, stamp

Kind = Literal["money", "words", "people", "judgement", "duty", "rules", "record"]
"""`rules`: a rulebook, by which everybody is judged; `record`: what of the record may be read, and for how long."""
PERSON = "person"
"""The `rule` of a triage fact that a person decided."""


class Entry(TypedDict, total=False):
    """One line of the register. `override`: a person set aside what had been judged. `person`: whom a finding names."""

    partition: Required[int]
    offset: Required[int]
    stream: Required[str]
    at: Required[str]
    act: Required[str]
    kind: Required[Kind]
    by: str
    authority: str
    rule: str
    second_person: str
    person: str
    against: bool
    complaint_id: str
    override: bool
    amount_minor: int
    currency: str
    before: str
    after: str
    detail: Required[dict[str, Any]]


def entry(before: Case | Cluster | Budget | Shelved | None, told: Told) -> Entry | None:
    """The line that this record adds to the register, if any."""
    fact = told.fact
    if fact is None or told.envelope is None:
        return None
    stream = told.envelope.stream
    found: _Found = None
    if type(fact) in _HOW:
        found = _HOW[type(fact)](before or blank(stream), fact)
    elif isinstance(fact, Drafted | Approved | DraftRefused) and isinstance(before, Shelved):
        found = _on_rules(before, fact, stream.removeprefix(RULEBOOK))
    if found is None:
        return None
    kind, members = found
    line: Entry = {
        "partition": told.partition,
        "offset": told.offset,
        "stream": stream,
        "at": stamp(fact.at),
        "act": fact.type.split(".")[2],
        "kind": kind,
        "detail": content(fact),
    }
    if stream.startswith(COMPLAINT):
        line["complaint_id"] = stream.removeprefix(COMPLAINT)
    return {**line, **members}


_Found = tuple[Kind, Any] | None


def _limit(limit_minor: int) -> str:
    return f"limit {limit_minor}"


def _offer_of(before: Case, offer_id: str) -> dict[str, Any]:
    return before.get("offers", {}).get(offer_id, {})


def _offered(_: Case, fact: RemedyOffered) -> _Found:
    return "money", {
        "by": fact.by,
        "authority": _limit(fact.limit_minor),
        "rule": fact.limit_rule,
        "amount_minor": fact.amount_minor,
        "currency": fact.currency,
    }


def _of_an_offer(before: Case, fact: OfferApproved | OfferDeclined | OfferWithdrawn | RedressGiven) -> _Found:
    offer = _offer_of(before, fact.offer_id)
    members = {name: offer[name] for name in ("amount_minor", "currency") if name in offer} | {"by": fact.by}
    asked_by = offer.get("by")
    if isinstance(fact, OfferApproved):
        members |= {"authority": _limit(fact.limit_minor), "rule": fact.limit_rule}
    second = offer.get("approved", {}).get("by") if isinstance(fact, RedressGiven) else asked_by
    if isinstance(fact, OfferWithdrawn) and second == fact.by:
        second = None
    return "money", members | ({"second_person": second} if second else {})


def _worded(_: Case, fact: DecisionMade | PromiseMade) -> _Found:
    return "words", {"by": fact.by}


def _broken(before: Case, fact: PromiseBroken) -> _Found:
    promise = before.get("promises", {}).get(fact.promise_id)
    return "duty", {"by": promise["owner"]} if promise and "owner" in promise else {}


def _closed(_: Case, fact: ComplaintClosed) -> _Found:
    return None if fact.reported else ("words", {"by": fact.by, "rule": fact.ground})


def _reopened(_: Case, fact: ComplaintReopened) -> _Found:
    return None if fact.reported else ("words", {"by": fact.by})


def _found(_: Case, fact: FindingMade) -> _Found:
    whom = {} if fact.person is None else {"person": fact.person, "against": fact.against is not None}
    return "people", {"by": fact.by, "after": fact.measure, **whom}


def _escalated(_: Case, fact: CaseEscalated) -> _Found:
    rule = f"level {fact.level}" if fact.ladder is None else f"{fact.ladder}/{fact.level}"
    who = {"authority": "rule only"} if fact.by == BY_RULE else {"by": fact.by}
    return "duty", {**who, "rule": rule, "after": fact.post}


def _extended(before: Case, fact: ClockExtended) -> _Found:
    return "judgement", _on_a_clock(before, fact, before="due") | {"after": stamp(fact.due)}


def _paused(before: Case, fact: ClockPaused) -> _Found:
    """Lawful or not: an unlawful one stops nothing, and somebody asked for it."""
    return None if fact.reported else ("judgement", _on_a_clock(before, fact))


def _on_a_clock(case: Case, fact: ClockExtended | ClockPaused, **members: str) -> dict[str, str]:
    """Who, under which policy, and members that the clock has under names of its own."""
    clock: Mapping[str, Any] = case.get("clocks", {}).get(fact.clock) or {}
    named = {"rule": "policy", **members}
    return {"by": fact.by} | {name: clock[own] for name, own in named.items() if own in clock}


def _crisis(_: Case, fact: CrisisTeamCalled) -> _Found:
    return "people", {"by": fact.by, "after": fact.coordinator}


_Judgement = ComplaintScreened | ComplaintClassified | ComplaintGraded | ComplaintRouted


def _judged(before: Case, fact: _Judgement) -> _Found:
    if fact.rule != PERSON:
        return None
    match fact:
        case ComplaintScreened():
            old, new = before.get("screening"), str(fact.outcome)
        case ComplaintClassified():
            old, new = before.get("category"), fact.category
        case ComplaintGraded():
            old, new = before.get("grade"), str(fact.grade)
        case ComplaintRouted():
            old, new = before.get("queue"), fact.queue
    members = {"by": fact.by, "rule": fact.rule, "override": old is not None and old != new, "after": new}
    others = {"before": old, "second_person": None if isinstance(fact, ComplaintRouted) else fact.confirmed_by}
    return "judgement", members | {name: one for name, one in others.items() if one is not None}


def _one_or_many(before: Case, fact: OneOrManyAnswered) -> _Found:
    """Overruled is an answer that was another."""
    old, new = before.get("one_or_many"), fact.cluster or fact.answer
    was = None if old is None else str(old.get("cluster", old["answer"]))
    members = {"by": fact.by, "rule": PERSON, "override": was is not None and was != new, "after": new}
    return "judgement", members if was is None else {**members, "before": was}


def _clustered(before: Cluster, fact: ClusterProposed | ClusterMemberAdded | ClusterMemberRemoved) -> _Found:
    """Which cases have one cause; of one that is removed, who had added it."""
    if isinstance(fact, ClusterProposed):
        return "judgement", {"by": fact.by, "rule": PERSON, "after": fact.title}
    case = fact.complaint_id.removeprefix(COMPLAINT)
    if isinstance(fact, ClusterMemberAdded):
        return "judgement", {"by": fact.by, "rule": PERSON, "after": case, "complaint_id": case}
    added_by = before.get("members", {}).get(case, {}).get("by", fact.by)
    members: Plain = {"by": fact.by, "rule": PERSON, "override": added_by != fact.by, "before": case}
    second = {} if added_by == fact.by else {"second_person": added_by}
    return "judgement", {**members, **second, "complaint_id": case}


def _on_rules(before: Shelved, fact: Drafted | Approved | DraftRefused, name: str) -> _Found:
    """Who wrote them, and who let them take effect or not: the text stands with the rulebook."""
    draft = before.version(fact.version) or {}
    members: Plain = {"by": fact.by, "rule": f"{name}@{fact.version}", "detail": content(fact, without=("text",))}
    if not isinstance(fact, DraftRefused) and "effective_at" in draft:
        members["after"] = draft["effective_at"]
    if not isinstance(fact, Drafted) and draft.get("by", fact.by) != fact.by:
        members["second_person"] = draft["by"]
    return "rules", members


def _budgeted(before: Budget, fact: BudgetSet) -> _Found:
    old = {"before": str(before["amount_minor"])} if "amount_minor" in before else {}
    after = {"after": str(fact.amount_minor), "amount_minor": fact.amount_minor, "currency": fact.currency}
    return "money", {"by": fact.by, **old, **after}


def _erased(_: Case, fact: DataErased) -> _Found:
    return "record", {"by": fact.by, "rule": fact.basis, "detail": content(fact, without=_WHOSE)}


def _held(_: Case, fact: HoldPlaced) -> _Found:
    return "record", {
        "by": fact.by,
        "authority": fact.authority,
        "rule": fact.purpose,
        "detail": content(fact, without=_WHOSE),
    }


def _let_go(before: Case, fact: HoldLifted) -> _Found:
    """By whose order it had stood, and who had placed it."""
    hold: Plain = before.get("holds", {}).get(fact.hold_id, {})
    named = {"authority": "authority", "rule": "purpose"}
    members = {"by": fact.by} | {name: hold[own] for name, own in named.items() if own in hold}
    other = hold.get("by", fact.by)
    return "record", members | ({} if other == fact.by else {"second_person": other})


_WHOSE = ("party_ref", "key_ids")
_HOW: dict[type[Fact], Callable[[Any, Any], _Found]] = {
    RemedyOffered: _offered,
    OfferApproved: _of_an_offer,
    OfferDeclined: _of_an_offer,
    OfferWithdrawn: _of_an_offer,
    RedressGiven: _of_an_offer,
    DecisionMade: _worded,
    PromiseMade: _worded,
    PromiseBroken: _broken,
    ComplaintClosed: _closed,
    ComplaintReopened: _reopened,
    FindingMade: _found,
    CaseEscalated: _escalated,
    ClockExtended: _extended,
    ClockPaused: _paused,
    CrisisTeamCalled: _crisis,
    ComplaintScreened: _judged,
    ComplaintClassified: _judged,
    ComplaintGraded: _judged,
    ComplaintRouted: _judged,
    OneOrManyAnswered: _one_or_many,
    ClusterProposed: _clustered,
    ClusterMemberAdded: _clustered,
    ClusterMemberRemoved: _clustered,
    BudgetSet: _budgeted,
    DataErased: _erased,
    HoldPlaced: _held,
    HoldLifted: _let_go,
}
