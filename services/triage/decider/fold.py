"""`evolve`: what each fact changes in what triage remembers. Total: a fact that fits nothing changes nothing."""

from dataclasses import replace
from typing import assert_never

from events.accountability import ComplaintReopened
from events.fact import Fact
from events.intake import ComplaintLodged, HistoryCompleted, ImportOpened, SourceReported
from events.triage import (
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
)
from triage.decider.state import Case, Cluster, Empty, ImportBatch, Report, State
from triage.rules import Said

READS: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        SourceReported,
        ImportOpened,
        HistoryCompleted,
        ComplaintReopened,
        ComplaintScreened,
        ComplaintClassified,
        ComplaintGraded,
        ComplaintRouted,
        ClusterProposed,
        ClusterMemberAdded,
        ClusterMemberRemoved,
    }
)


def evolve(state: State, fact: Fact) -> State:
    match state:
        case Empty():
            return _begin(fact)
        case Case():
            return _told(state, fact) if isinstance(fact, SourceReported) else _went_on(state, fact)
        case ImportBatch():
            return ImportBatch(fact.known_until) if isinstance(fact, HistoryCompleted) else state
        case Cluster(members=members):
            return _membership(members, fact)
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
        form=fact.form,
        nature=fact.nature,
        product=fact.product or "",
        category=fact.category or "",
        injury=fact.injury,
        told_people=fact.told_people,
    )
    return Case(said=said, since=fact.at, history=fact.history, reports=reports)


def _told(case: Case, fact: SourceReported) -> Case:
    match fact.fact:
        case "classified" if fact.category is not None:
            return replace(case, reports=(*case.reports, Report(fact.category, fact.at, fact.reported)))
        case "closed" | "reopened" if case.history is not None:
            return replace(case, closed_there=fact.fact == "closed")
        case _:
            return case


def _went_on(case: Case, fact: Fact) -> Case:
    match fact:
        case ComplaintReopened(at=at, reported=None) if case.closed_there:
            return replace(
                case, closed_there=False, since=max(case.since, at) if case.screening is None else case.since
            )
        case ComplaintScreened(at=at, outcome=outcome):
            return replace(case, screening=outcome, since=max(case.since, at))
        case ComplaintClassified(category=category, dispute=dispute, reported=None, at=at):
            return replace(case, category=category, dispute=dispute, since=max(case.since, at))
        case ComplaintClassified(category=category, dispute=dispute):
            return replace(case, category=category, dispute=dispute, reports=case.reports[1:])
        case ComplaintGraded(at=at, grade=grade):
            return replace(case, grade=grade, since=max(case.since, at))
        case ComplaintRouted(queue=queue, first_owner=first_owner):
            return replace(case, queue=queue, first_owner=first_owner)
        case _:
            return case


def _membership(members: tuple[str, ...], fact: Fact) -> Cluster:
    match fact:
        case ClusterMemberAdded(complaint_id=complaint_id) if complaint_id not in members:
            return Cluster((*members, complaint_id))
        case ClusterMemberRemoved(complaint_id=complaint_id):
            return Cluster(tuple(member for member in members if member != complaint_id))
        case _:
            return Cluster(members)
