"""`evolve`: what each fact changes in the state. Total on every history, and lean: it is asked for every record."""

from datetime import datetime
from typing import assert_never

from accountability.decider.budget import paid_out_of, with_budget
from accountability.decider.calls import and_tried, calls_end, due_again, tried
from accountability.decider.hearing import heard
from accountability.decider.offers import accepted, moved
from accountability.decider.promised import kept, promised
from accountability.decider.reports import known_since, left, reported
from accountability.decider.state import (
    Budget,
    Call,
    Case,
    Closed,
    Decision,
    Empty,
    ImportBatch,
    Open,
    State,
)
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
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.changed import changed
from events.escalation import OwnershipAccepted
from events.fact import Fact
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    HistoryCompleted,
    ImportOpened,
    MessageRequested,
    MessageSent,
    MotiveRecorded,
    SourceReported,
)
from events.triage import ComplaintScreened

READS: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        ContactPreferencesStated,
        ContactRecorded,
        MotiveRecorded,
        MessageRequested,
        MessageSent,
        ComplaintWithdrawn,
        DataErased,
        SourceReported,
        ImportOpened,
        HistoryCompleted,
        ComplaintScreened,
        OwnershipAccepted,
        DecisionMade,
        RemedyOffered,
        OfferApproved,
        OfferDeclined,
        OfferWithdrawn,
        RedressGiven,
        RedressDue,
        PromiseMade,
        PromiseKept,
        PromiseBroken,
        CallbackAttempted,
        CallbackScheduled,
        CallbackMissed,
        CallbackPutOff,
        BudgetNamed,
        BudgetSet,
        BudgetReserved,
        BudgetReleased,
        ComplaintClosed,
        ComplaintReopened,
        ReplyAsked,
        ReplyGiven,
        FindingMade,
        ReservationGivenUp,
    }
)
"""Every type that `evolve` looks at."""


def evolve(state: State, fact: Fact, recorded_at: datetime) -> State:
    """The state after one more fact."""
    match state:
        case Open():
            return _opened(state, fact, recorded_at)
        case Closed():
            return _closed(state, fact, recorded_at)
        case Budget():
            return with_budget(state, fact)
        case Empty() | ImportBatch():
            return _begun(state, fact)


def _begun(state: Empty | ImportBatch, fact: Fact) -> State:
    match fact:
        case ComplaintLodged():
            return Open(case=_lodged(fact))
        case ImportOpened():
            return state if isinstance(state, ImportBatch) else ImportBatch()
        case HistoryCompleted():
            return ImportBatch(known_until=fact.known_until)
        case BudgetSet() if isinstance(state, Empty):
            return Budget(fact.amount_minor, fact.currency)
        case _:
            return state


def _lodged(fact: ComplaintLodged) -> Case:
    return Case(
        key_id=fact.key_id,
        party_ref=fact.party_ref,
        history=fact.history,
        subject=fact.subject_person,
        taker=fact.taken_by,
        branch=fact.branch or "",
    )


def _opened(state: Open, fact: Fact, recorded_at: datetime) -> State:
    decision = state.decision
    match fact:
        case DecisionMade():
            ours, settled = fact.outcome != "not-ours", fact.settled
            on_its_way = state.case.on_its_way
            before = _and(decision.before, decision.by) if decision is not None else ()
            made = Decision(
                fact.at, fact.by, ours=ours, settled=settled, answered=settled, outdated=on_its_way, before=before
            )
            case = changed(_by_hand(state.case, fact.by), pending=left(state.case.pending, is_closed=settled))
            return Open(case=accepted(case, fact.at) if settled else case, decision=made)
        case MessageSent(kind="decision", message_id=sent) if decision is not None:
            answered = decision.answered or not (fact.automatic or sent in decision.outdated)
            return changed(state, case=heard(state.case, fact), decision=changed(decision, answered=answered))
        case OfferWithdrawn() if decision is not None and state.case.stands(fact.offer_id):
            told_anew = changed(decision, answered=False, outdated=state.case.on_its_way)
            return Open(case=moved(state.case, fact), decision=told_anew)
        case CallbackAttempted():
            case = _called(state.case, fact)
            if decision is not None and fact.outcome == "not-reached":
                decision = changed(decision, tries=and_tried(decision.tries, fact.at))
            elif decision is not None:
                decision = changed(decision, confirmed=fact.outcome == "satisfied", tries=())
            return Open(case=case, decision=decision)
        case ContactRecorded(outcome="reached") if decision is not None:
            return Open(case=heard(state.case, fact), decision=changed(decision, tries=()))
        case ComplaintClosed():
            return _close(state, fact)
        case _:
            is_closed = state.case.history is None and state.is_settled
            case = _told(state.case, fact, recorded_at, is_closed=is_closed)
            return state if case is state.case else changed(state, case=case)


def _closed(state: Closed, fact: Fact, recorded_at: datetime) -> State:
    match fact:
        case ComplaintReopened():
            withdrawn = state.case.withdrawn and _reopens(state)
            pending = left(state.case.pending, is_closed=False)
            case = calls_end(state.case, known_since(state.case, fact))
            return Open(case=changed(case, cycle=fact.cycle, withdrawn=withdrawn, pending=pending))
        case CallbackScheduled():
            case = changed(state.case, calls=(*state.case.calls, Call(fact.due)))
            return changed(state, case=case, callback="scheduled")
        case CallbackAttempted():
            case = tried(_called(state.case, fact), fact)
            if fact.outcome == "not-reached":
                return changed(state, case=case, tries=and_tried(state.tries, fact.at))
            if fact.outcome == "satisfied":
                return changed(state, case=case)
            return changed(state, case=case, unsatisfied_at=fact.at, unsatisfied_by=fact.by)
        case ContactRecorded() if _reopens(state):
            then = heard(changed(state.case, cycle=state.case.cycle + 1), fact)
            return changed(state, case=changed(then, cycle=state.case.cycle))
        case _:
            case = _told(state.case, fact, recorded_at, is_closed=state.unsatisfied_at is None)
            return state if case is state.case else changed(state, case=case)


def _reopens(state: Closed) -> bool:
    """It is only a matter of looking that it is open again: what is told since counts for the next cycle (L14)."""
    return state.unsatisfied_at is not None or any(report.fact == "reopened" for report in state.case.pending)


def _close(state: Open, fact: ComplaintClosed) -> Closed:
    case, decision = state.case, state.decision
    case = changed(
        case,
        pending=left(case.pending, is_closed=True),
        hands=case.hands if fact.reported else _and(case.hands, fact.by),
        deciders=_and(case.deciders, *decision.before, decision.by) if decision else case.deciders,
    )
    confirmed = fact.ground == "closed-at-source" or (decision is not None and decision.confirmed)
    return Closed(fact.at, fact.ground, case=case, callback="none" if confirmed else "owed")


def _judged(case: Case, fact: ReplyAsked | ReplyGiven | FindingMade) -> Case:
    match fact:
        case ReplyAsked(of=of):
            return changed(case, asked=_and(case.asked, of))
        case ReplyGiven(by=by):
            return changed(case, replied=_and(case.replied, by))
        case FindingMade(against=person):
            return case if person is None else changed(case, blamed=_and(case.blamed, person))
    assert_never(fact)


def _told(case: Case, fact: Fact, recorded_at: datetime, *, is_closed: bool) -> Case:
    """What any chapter says that matters in open and closed cases alike; the same value where nothing changes."""
    match fact:
        case DataErased():
            return changed(case, key_id=None)  # what is said from now on has another key
        case SourceReported(fact="closed" | "reopened"):
            return reported(case, fact, recorded_at, is_closed=is_closed)
        case ContactRecorded() | MotiveRecorded() | ComplaintWithdrawn() | MessageRequested() | MessageSent():
            return heard(case, fact)
        case ComplaintScreened():
            return changed(case, screening=fact.outcome)
        case OwnershipAccepted():
            return _by_hand(case, fact.owner)
        case RemedyOffered() | OfferApproved():
            return moved(_by_hand(case, fact.by), fact)
        case BudgetNamed() | ReservationGivenUp():
            return paid_out_of(case, fact)
        case OfferDeclined() | OfferWithdrawn() | RedressGiven():
            return moved(case, fact)
        case ReplyAsked() | ReplyGiven() | FindingMade():
            return _judged(case, fact)
        case PromiseMade() | PromiseKept() | PromiseBroken() | RedressDue():
            return promised(case, fact)
        case CallbackMissed() | CallbackPutOff() | ContactPreferencesStated():
            return due_again(case, fact, recorded_at)
        case _:
            return case


def _called(case: Case, fact: CallbackAttempted) -> Case:
    """Whoever is reached has been called back: the promise that the call names is kept. Who is satisfied accepts; who
    is not wants it solved, whatever they took back before (R30).
    """
    case = accepted(case, fact.at) if fact.outcome == "satisfied" else case
    case = changed(case, withdrawn=False) if fact.outcome == "not-satisfied" and case.withdrawn else case
    if fact.promise_id is None or fact.outcome == "not-reached":
        return case
    return kept(case, fact.promise_id, fact.at)


def _by_hand(case: Case, who: str) -> Case:
    return case if who in case.hands else changed(case, hands=(*case.hands, who))


def _and(people: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*people, *more)))
