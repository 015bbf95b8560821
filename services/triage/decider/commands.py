"""`decide`: what a person may correct, and what a cluster may hold. Machines suggest, a person overrules (R140)."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from events.decider import Context, Refused
from events.fact import Fact
from events.triage import (
    SCREENED_OUT,
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    Dispute,
    Grade,
    Screening,
)
from triage.decider.state import Case, Cluster, Empty, State

BY_PERSON = "person"
"""The `rule` of a decision that a person took."""


@dataclass(frozen=True, slots=True)
class Screen:
    now: datetime
    by: str
    outcome: Screening
    reason: str


@dataclass(frozen=True, slots=True)
class Classify:
    now: datetime
    by: str
    category: str
    dispute: Dispute
    reason: str


@dataclass(frozen=True, slots=True)
class Regrade:
    """Up or down; only a person, with a reason, takes a grade down. 0: severity or urgency not stated."""

    now: datetime
    by: str
    grade: Grade
    reason: str
    severity: int = 0
    urgency: int = 0


@dataclass(frozen=True, slots=True)
class Reroute:
    now: datetime
    by: str
    queue: str
    first_owner: str
    reason: str
    skills: tuple[str, ...] = ()
    playbook: str | None = None


@dataclass(frozen=True, slots=True)
class ProposeCluster:
    now: datetime
    by: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddMember:
    now: datetime
    by: str
    complaint_id: str
    evidence: str
    confidence_percent: int


@dataclass(frozen=True, slots=True)
class RemoveMember:
    now: datetime
    by: str
    complaint_id: str
    reason: str


Correction = Screen | Classify | Regrade | Reroute
Command = Correction | ProposeCluster | AddMember | RemoveMember


def decide(command: Command, state: State, context: Context) -> Fact | Refused:  # noqa: ARG001 - people need no rule
    match command:
        case Screen() | Classify() | Regrade() | Reroute():
            if isinstance(state, Case):
                return _correct(command, state)
            return Refused("nothing-lodged", "no complaint has been lodged here")
        case ProposeCluster(now=now, by=by, title=title, reason=reason):
            if isinstance(state, Empty):
                return ClusterProposed(at=now, title=title, reason=reason, by=by)
            return Refused("cluster-exists", "a cluster stands here already; add members to it instead")
        case AddMember() | RemoveMember():
            if isinstance(state, Cluster):
                return _change_membership(command, state)
            return Refused("no-such-cluster", "no cluster has been proposed here")
    assert_never(command)


def _correct(command: Correction, case: Case) -> Fact | Refused:
    """Each step corrects what stands; none is taken before the one that it rests on (R13)."""
    match command:
        case Screen(now=now, by=by, outcome=outcome, reason=reason):
            if outcome == case.screening:
                return Refused("nothing-changed", f"it is screened as {outcome} already")
            return ComplaintScreened(at=now, outcome=outcome, reason=reason, rule=BY_PERSON, by=by)
        case Classify():
            return _classify(command, case)
        case Regrade():
            return _out_of_turn(case, needs=case.category, step="classified") or _regrade(command, case)
        case Reroute():
            return _out_of_turn(case, needs=case.grade, step="graded") or _reroute(command, case)
    assert_never(command)


def _out_of_turn(case: Case, *, needs: str | None, step: str) -> Refused | None:
    if case.screening in SCREENED_OUT:
        return Refused("screened-out", f"it is screened as {case.screening}; screen it as a complaint first")
    return Refused(f"not-{step}", f"it has not been {step} yet") if needs is None else None


def _classify(command: Classify, case: Case) -> Fact | Refused:
    if case.screening is None:
        return Refused("not-screened", "it has not been screened yet")
    if (command.category, command.dispute) == (case.category, case.dispute):
        return Refused("nothing-changed", "it is classified like this already")
    return ComplaintClassified(
        at=command.now,
        category=command.category,
        dispute=command.dispute,
        confidence_percent=100,
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
    )


def _regrade(command: Regrade, case: Case) -> Fact | Refused:
    if command.grade == case.grade:
        return Refused("nothing-changed", f"it is graded as {command.grade} already")
    return ComplaintGraded(
        at=command.now,
        grade=command.grade,
        severity=command.severity,
        urgency=command.urgency,
        inputs=(),
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
    )


def _reroute(command: Reroute, case: Case) -> Fact | Refused:
    if (command.queue, command.first_owner) == (case.queue, case.first_owner):
        return Refused("nothing-changed", "it is routed there already")
    return ComplaintRouted(
        at=command.now,
        queue=command.queue,
        first_owner=command.first_owner,
        skills=command.skills,
        playbook=command.playbook,
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
    )


def _change_membership(command: AddMember | RemoveMember, cluster: Cluster) -> Fact | Refused:
    is_member = command.complaint_id in cluster.members
    match command:
        case AddMember(now=now, by=by, complaint_id=complaint_id, evidence=evidence, confidence_percent=confidence):
            if is_member:
                return Refused("already-a-member", "this complaint belongs to the cluster already")
            return ClusterMemberAdded(
                at=now, complaint_id=complaint_id, evidence=evidence, confidence_percent=confidence, by=by
            )
        case RemoveMember(now=now, by=by, complaint_id=complaint_id, reason=reason):
            if not is_member:
                return Refused("not-a-member", "this complaint does not belong to the cluster")
            return ClusterMemberRemoved(at=now, complaint_id=complaint_id, reason=reason, by=by)
    assert_never(command)
