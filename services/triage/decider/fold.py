"""`evolve`: what each fact changes in what triage remembers. Total: a fact that fits nothing changes nothing."""

from datetime import datetime
from typing import assert_never

from events.accountability import ComplaintClosed, ComplaintReopened, FindingMade
from events.changed import changed
from events.escalation import ClockBreached, ClockExtended, ClockMet, ClockRecalculated, ClockStopped, ClockWarned
from events.fact import BY_PERSON, Fact
from events.intake import (
    ComplaintLodged,
    HistoryCompleted,
    ImportOpened,
    MessageReceived,
    MotiveRecorded,
    SourceReported,
)
from events.triage import (
    SCREENED_OUT,
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    CorrectionProposed,
    CorrectionRefused,
    OneOrManyAnswered,
    OpportunityHandedOn,
    OpportunityTakenBack,
    Step,
)
from triage.decider.drift import noted, regraded
from triage.decider.state import Case, Cause, Cluster, Empty, ImportBatch, Proposal, Report, State
from triage.rules import Said

READS: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        SourceReported,
        ImportOpened,
        HistoryCompleted,
        MessageReceived,
        MotiveRecorded,
        ClockWarned,
        ClockBreached,
        ClockMet,
        ClockStopped,
        ClockExtended,
        ClockRecalculated,
        ComplaintClosed,
        ComplaintReopened,
        FindingMade,
        ComplaintScreened,
        ComplaintClassified,
        ComplaintGraded,
        ComplaintRouted,
        CorrectionProposed,
        CorrectionRefused,
        OneOrManyAnswered,
        OpportunityHandedOn,
        OpportunityTakenBack,
        ClusterProposed,
        ClusterMemberAdded,
        ClusterMemberRemoved,
    }
)


def evolve(state: State, fact: Fact, recorded_at: datetime) -> State:
    match state:
        case Empty():
            return _begin(fact)
        case Case():
            return _told(state, fact) if isinstance(fact, SourceReported) else _went_on(state, fact, recorded_at)
        case ImportBatch():
            return ImportBatch(fact.known_until) if isinstance(fact, HistoryCompleted) else state
        case Cluster():
            return _membership(state, fact)
    assert_never(state)


def _begin(fact: Fact) -> State:
    match fact:
        case ComplaintLodged():
            return _lodged(fact)
        case ImportOpened():
            return ImportBatch()
        case HistoryCompleted(known_until=known_until):
            return ImportBatch(known_until)
        case ClusterProposed():
            return Cluster()
        case _:
            return Empty()


def _lodged(fact: ComplaintLodged) -> Case:
    reports: tuple[Report, ...] = ()
    if fact.reported is not None and fact.category is not None:
        reports = (Report(fact.category, fact.at, fact.reported, at_lodging=True),)
    said = Said(
        channel=fact.channel,
        identity=fact.identity,
        nature=fact.nature,
        product=fact.product or "",
        category=fact.category or "",
        injury=fact.injury,
        told_people=fact.told_people,
        calls_before=fact.calls_before or 0,
        complaints_before=fact.complaints_before or 0,
        names_staff=fact.subject_person is not None,
    )
    return Case(said=said, since=fact.at, history=fact.history, reports=reports, subject=fact.subject_person)


def _told(case: Case, fact: SourceReported) -> Case:
    match fact.fact:
        case "classified" if fact.category is not None:
            return changed(case, reports=(*case.reports, Report(fact.category, fact.at, fact.reported)))
        case "closed" | "reopened" if case.history is not None:
            return changed(case, closed_there=fact.fact == "closed")
        case _:
            return case


def _went_on(case: Case, fact: Fact, recorded_at: datetime) -> Case:
    match fact:
        case ComplaintScreened() | ComplaintClassified() | ComplaintGraded():
            return _judged(case, fact)
        case ComplaintRouted(queue=queue, first_owner=first_owner, rule=rule):
            routed_as = None if rule == BY_PERSON else case.dispute
            return changed(case, queue=queue, first_owner=first_owner, routed_as=routed_as)
        case OpportunityHandedOn() | OpportunityTakenBack():
            return changed(case, opportunity_at=None, with_sales=isinstance(fact, OpportunityHandedOn))
        case CorrectionProposed():
            return changed(case, proposed=_proposal(fact))
        case CorrectionRefused():
            return changed(case, proposed=None)
        case OneOrManyAnswered(cluster=cluster):
            return changed(case, one_of=cluster, alone=cluster is None)
        case ComplaintClosed(at=at):
            # What raised it before anybody knew of the closing did so; of old history all was known (L14).
            return changed(case, closed_at=max(at, recorded_at) if case.history is None else at)
        case ComplaintReopened():
            return _reopened(changed(case, closed_at=None), fact)
        case FindingMade(against=str(person)):
            return changed(case, blamed=(*case.blamed, person))
        case _:
            return _happened(case, fact, fact.known_late(recorded_at) if case.history is None else None)


def _reopened(case: Case, fact: ComplaintReopened) -> Case:
    if fact.reported is not None or not case.closed_there:
        return case
    return changed(case, closed_there=False, since=max(case.since, fact.at) if case.screening is None else case.since)


def _judged(case: Case, fact: ComplaintScreened | ComplaintClassified | ComplaintGraded) -> Case:
    since = max(case.since, fact.at)
    match fact:
        case ComplaintScreened(outcome=outcome):
            causes = () if outcome in SCREENED_OUT else case.causes
            sells = _opportunity(case, fact)
            return _answered(
                changed(case, screening=outcome, since=since, causes=causes, opportunity_at=sells), "screening"
            )
        case ComplaintClassified(category=category, dispute=dispute, reported=None):
            return _answered(changed(case, category=category, dispute=dispute, since=since), "classification")
        case ComplaintClassified(category=category, dispute=dispute):
            # What its source calls it moves no route.
            routed_as = case.routed_as and dispute
            classified = changed(
                case, category=category, dispute=dispute, routed_as=routed_as, reports=case.reports[1:]
            )
            return _answered(classified, "classification")
        case ComplaintGraded(grade=grade, rule=rule):
            counted = regraded(case, fact, by_person=rule == BY_PERSON)
            return _answered(changed(counted, grade=grade, since=since), "grade")
    assert_never(fact)


def _opportunity(case: Case, fact: ComplaintScreened) -> datetime | None:
    """Since when sales is to be told that it is one, or is none any more; said again it is the same."""
    if (fact.outcome == "sales-opportunity") is case.with_sales:
        return None
    return case.opportunity_at or fact.at


def _answered(case: Case, step: Step) -> Case:
    """A newer judgement of the same step leaves nothing to confirm."""
    return changed(case, proposed=None) if case.proposed is not None and case.proposed.step == step else case


def _proposal(fact: CorrectionProposed) -> Proposal:
    return Proposal(
        step=fact.step,
        by=fact.by,
        reason=fact.reason,
        outcome=fact.outcome,
        category=fact.category,
        dispute=fact.dispute,
        grade=fact.grade,
        severity=fact.severity,
        urgency=fact.urgency,
    )


def _happened(case: Case, fact: Fact, known_at: datetime | None) -> Case:
    """What may raise the grade, and what puts a clock at risk."""
    match fact:
        case ClockBreached(clock=clock, at=at):
            return changed(noted(case, Cause("breached", clock, at, known_at)), breached=True)
        case MessageReceived(message_id=message_id, at=at):
            return noted(case, Cause("message", message_id, at, known_at))
        case MotiveRecorded(motive=motive, at=at) if motive not in case.motives:
            return changed(noted(case, Cause("motive", motive, at, known_at)), motives=(*case.motives, motive))
        case ClockWarned(clock=clock) if clock not in case.at_risk:
            return changed(case, at_risk=(*case.at_risk, clock))
        case ClockMet(clock=clock) | ClockStopped(clock=clock) | ClockExtended(clock=clock):
            return _safe(case, clock)
        case ClockRecalculated(clock=clock):
            return _safe(case, clock)
        case _:
            return case


def _safe(case: Case, clock: str) -> Case:
    if clock not in case.at_risk:
        return case
    return changed(case, at_risk=tuple(name for name in case.at_risk if name != clock))


def _membership(cluster: Cluster, fact: Fact) -> Cluster:
    members = cluster.members
    match fact:
        case ClusterMemberAdded(complaint_id=complaint_id, at=at) if complaint_id not in members:
            grown = cluster.grown if len(cluster.grown) > len(members) else (*cluster.grown, at)
            return Cluster((*members, complaint_id), grown, (*cluster.joined, (complaint_id, at)))
        case ClusterMemberRemoved(complaint_id=complaint_id):
            left = tuple(member for member in members if member != complaint_id)
            return Cluster(left, cluster.grown, tuple(one for one in cluster.joined if one[0] != complaint_id))
        case _:
            return cluster
