"""What a cluster may hold: proposed once, then members come and go, with evidence (R111)."""

from typing import assert_never

from events.apart import about_oneself
from events.decider import Refused
from events.fact import Fact
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed
from triage.decider.commands import AddMember, OnCluster, ProposeCluster, RemoveMember
from triage.decider.state import Cluster, Empty, State

NO_SUCH_CLUSTER = Refused("no-such-cluster", "no cluster has been proposed here")


def propose(command: ProposeCluster, state: State) -> ClusterProposed | Refused:
    """On a stream of its own."""
    if isinstance(state, Empty):
        return ClusterProposed(at=command.now, title=command.title, reason=command.reason, by=command.by)
    return Refused("cluster-exists", "a cluster stands here already; add members to it instead")


def change_membership(command: OnCluster, cluster: Cluster) -> Fact | Refused:
    """A case is a member once, and leaves without anything being moved; whom it is about does neither (R24)."""
    refused = about_oneself(command.by, command.about)
    if refused is not None:
        return refused
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
