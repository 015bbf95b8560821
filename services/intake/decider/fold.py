"""`evolve`: how each fact moves what intake remembers. Total: what fits nothing changes nothing.

Intake's own chapter is the reason for its rules, and beside it two things: a reopening or a callback that did not
satisfy, after which nothing is withdrawn any more, and a finding, which holds somebody answerable. All else that other
chapters say is folded for one purpose: to tell the complainant how far it is (`stage`, `holder`, `resolution_due`).
"""

from datetime import datetime

from events.accountability import CallbackAttempted, ComplaintClosed, ComplaintReopened, FindingMade
from events.changed import changed
from events.escalation import ClockExtended, ClockRecalculated, ClockResumed, ClockStarted, OwnershipAccepted
from events.fact import Fact
from events.intake import (
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    HistoryCompleted,
    HoldLifted,
    HoldPlaced,
    ImportOpened,
    MessageReceived,
    MessageRequested,
    MessageSent,
    MotiveRecorded,
)
from events.triage import ComplaintScreened, OpportunityHandedOn, OpportunityTakenBack
from intake.decider.state import Case, Empty, Hold, ImportBatch, OnItsWay, Preferences, Said, Stage, State

MESSAGES_SHOWN_MAX = 20

READS: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        ComplaintAmended,
        ContactPreferencesStated,
        ContactRecorded,
        MotiveRecorded,
        MessageReceived,
        MessageRequested,
        MessageSent,
        ComplaintWithdrawn,
        DataErased,
        HoldPlaced,
        HoldLifted,
        ImportOpened,
        HistoryCompleted,
        ComplaintScreened,
        OpportunityHandedOn,
        OpportunityTakenBack,
        OwnershipAccepted,
        ClockStarted,
        ClockResumed,
        ClockExtended,
        ClockRecalculated,
        CallbackAttempted,
        ComplaintClosed,
        ComplaintReopened,
        FindingMade,
    }
)
"""The event types that `evolve` looks at, and what leaves for sales (`outbound`)."""


def evolve(state: State, fact: Fact, _recorded_at: datetime) -> State:
    """Total: whatever stands in the log, in whatever order, gives a state."""
    match state, fact:
        case Empty(), ComplaintLodged():
            return _lodged(fact)
        case Empty(), ImportOpened(source=source):
            return ImportBatch(source)
        case ImportBatch(), HistoryCompleted(known_until=known_until):
            return changed(state, known_until=known_until)
        case Case(), _:
            return _after_word(state, fact)
    return state


def _lodged(fact: ComplaintLodged) -> Case:
    said = Said(
        channel=fact.channel,
        identity=fact.identity,
        product=fact.product,
        branch=fact.branch,
        text=fact.text,
        demand=fact.demand,
        contact=fact.contact,
    )
    return Case(
        lodged_at=fact.at,
        said=said,
        key_id=fact.key_id,
        entrance=fact.entrance,
        party_ref=fact.party_ref,
        subject=fact.subject_person,
    )


def _after_word(case: Case, fact: Fact) -> Case:
    """What people said and did."""
    match fact:
        case ComplaintAmended(field=name, after=after):
            return changed(case, said=changed(case.said, **{name: after}))
        case ContactRecorded(outcome="not-reached"):
            return _at_stage(case, "waiting for you")
        case ContactRecorded():
            return _at_stage(changed(case, spoken=True), "being looked at", after=("received", "waiting for you"))
        case ContactPreferencesStated():
            return changed(case, preferences=preferences_of(fact))
        case MotiveRecorded(motive=motive):
            return changed(case, motive=motive)
        case ComplaintWithdrawn(at=at):
            return changed(case, withdrawn_at=case.withdrawn_at or at)
        case DataErased(at=at):
            return changed(case, erased_at=at, key_id=None)
        case HoldPlaced(hold_id=hold_id, reference=reference):
            return changed(case, holds=(*case.holds, Hold(hold_id, reference)))
        case HoldLifted(hold_id=hold_id):
            return changed(case, holds=tuple(one for one in case.holds if one.hold_id != hold_id))
    return _after_message(case, fact)


def preferences_of(fact: ContactPreferencesStated) -> Preferences:
    """What is stated, without when and by whom."""
    return Preferences(fact.channel, fact.quiet_hours, fact.zone)


def _after_message(case: Case, fact: Fact) -> Case:
    """What passed between us and the complainant in writing."""
    match fact:
        case MessageReceived():
            return _at_stage(case, "being looked at", after=("waiting for you", "answered"))
        case MessageRequested(message_id=message_id, kind=kind, automatic=automatic):
            return changed(case, on_its_way=(*case.on_its_way, OnItsWay(message_id, kind, automatic)))
        case MessageSent(at=at, message_id=message_id, kind=kind):
            waiting = tuple(one for one in case.on_its_way if one.message_id != message_id)
            case = changed(case, on_its_way=waiting, messages=(*case.messages, at)[-MESSAGES_SHOWN_MAX:])
            return _at_stage(case, "answered") if kind in ("reply", "decision") else case
    return _after_progress(case, fact)


def _after_progress(case: Case, fact: Fact) -> Case:
    """What the other chapters did; shown to the complainant, a reason for a rule only where it reopens or blames."""
    match fact:
        case ComplaintScreened():
            return _at_stage(case, "being looked at", after=("received",))
        case OwnershipAccepted(owner=owner):
            return _at_stage(changed(case, holder=owner), "being looked at", after=("received",))
        case ClockStarted() | ClockResumed() | ClockExtended() | ClockRecalculated():
            return _resolution(case, fact) if fact.clock.partition("#")[0] == "resolution" else case
        case ComplaintClosed():
            return changed(case, stage="closed")
        case ComplaintReopened():
            return changed(case, stage="reopened", withdrawn_at=None)
        case CallbackAttempted(outcome="not-satisfied"):
            return changed(case, withdrawn_at=None)
        case FindingMade(against=str(person)):
            return changed(case, blamed=(*case.blamed, person))
    return case


def _resolution(case: Case, fact: ClockStarted | ClockResumed | ClockExtended | ClockRecalculated) -> Case:
    """Until when it is to be resolved; of the newest cycle."""
    match fact:
        case ClockStarted(due=due, provisional=provisional) | ClockRecalculated(new_due=due, provisional=provisional):
            return changed(
                case, resolution_due=due, resolution_provisional=provisional, resolution_standing=fact.standing
            )
        case ClockResumed(due=due, provisional=provisional) | ClockExtended(due=due, provisional=provisional):
            return changed(case, resolution_due=due or case.resolution_due, resolution_provisional=provisional)


def _at_stage(case: Case, stage: Stage, *, after: tuple[Stage, ...] = ()) -> Case:
    """The next stage, where the case stands at one of `after` (empty: at any but closed)."""
    if case.stage == "closed" or (after and case.stage not in after):
        return case
    return changed(case, stage=stage)
