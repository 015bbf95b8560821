"""Clusters: several cases with one cause. The cluster's own stream is the only place of membership (R111).

Pure fold of triage's cluster facts.
"""

from typing import Any, Required, cast

from events.ids import CLUSTER, COMPLAINT
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed
from projections.views.standing import Standing, standing
from projections.views.told import Plain, Told, content


class Cluster(Standing, total=False):
    """Members by complaint id; who was removed stays, with the reason."""

    title: str
    proposed: Plain
    members: Required[dict[str, dict[str, Any]]]
    removed: Required[dict[str, dict[str, Any]]]


def fold(cluster: Cluster | None, told: Told) -> Cluster:
    """The cluster after one admitted record of its stream, with what that changes."""
    return _folded(moved(cluster, told), told)


def moved(cluster: Cluster | None, told: Told) -> Cluster:
    """The cluster as it was, at the head and place of this record."""
    before = cluster or cast("Cluster", {"members": {}, "removed": {}})
    return {**before, **standing(told, CLUSTER)}


def _folded(now: Cluster, told: Told) -> Cluster:
    after: Cluster = {**now}
    match told.fact:
        case ClusterProposed(title=title) as fact:
            after["title"], after["proposed"] = title, content(fact)
        case ClusterMemberAdded(complaint_id=member) as fact:
            member = member.removeprefix(COMPLAINT)
            after["members"] = {**now["members"], member: content(fact)}
            after["removed"] = {name: one for name, one in now["removed"].items() if name != member}
        case ClusterMemberRemoved(complaint_id=member) as fact:
            member = member.removeprefix(COMPLAINT)
            after["members"] = {name: one for name, one in now["members"].items() if name != member}
            after["removed"] = {**now["removed"], member: content(fact)}
        case _:
            pass
    return after
