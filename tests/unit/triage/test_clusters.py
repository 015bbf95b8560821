"""What a cluster holds, and what it refuses. Given, when, then."""

from dataclasses import replace

import pytest

from events.decider import Owed, Refused
from events.fact import Fact
from events.triage import (
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
)
from triage.decider.commands import (
    AddMember,
    ProposeCluster,
    RemoveMember,
)
from triage.decider.state import Case, Cluster
from unit.triage.cases import (
    LATER,
    LODGED,
    NOON,
    told,
)

PROPOSE = ProposeCluster(now=NOON, by="handler-1", title="brakes of one batch", reason="same part")
ADD = AddMember(NOON, "handler-1", complaint_id="c1", evidence="same part number", confidence_percent=80, about=())
REMOVE = RemoveMember(now=LATER, by="handler-1", complaint_id="c1", reason="another part after all", about=())
ONE = Cluster(("c1",), (NOON,), (("c1", NOON),))


def test_a_cluster_is_proposed_gains_members_and_loses_them() -> None:
    """R111: membership stands in the cluster's own stream."""
    proposed = told().when(PROPOSE)
    assert isinstance(proposed, ClusterProposed)
    added = told(proposed).when(ADD)
    assert isinstance(added, ClusterMemberAdded)
    assert told(proposed, added, added).state == ONE
    removed = told(proposed, added).when(REMOVE)
    assert isinstance(removed, ClusterMemberRemoved)
    assert told(proposed, added, removed).state == Cluster((), (NOON,))
    assert told(proposed, added, LODGED).state == ONE
    assert told(proposed).owes(LATER) == Owed()


def test_a_cluster_remembers_when_it_first_had_each_size() -> None:
    """R17: who leaves changes nothing of what has been."""
    first, again = ADD, replace(ADD, now=LATER)
    grown = told(*_done(PROPOSE, first, REMOVE, again, replace(again, complaint_id="c2"))).state
    assert grown == Cluster(("c1", "c2"), (NOON, LATER), (("c1", LATER), ("c2", LATER)))


def test_a_cluster_names_its_members_and_nobody_else_names_anybody() -> None:
    """L15: so that they are asked again when it changes, whatever they know of it."""
    given = told(*_done(PROPOSE, ADD, replace(ADD, complaint_id="c2"), replace(REMOVE, complaint_id="c1")))
    assert given.decider.names(given.state) == ("complaint/c2",)
    assert given.decider.names(told(LODGED).state) == ()
    assert given.decider.names(given.decider.initial) == ()


def _done(*commands: object) -> tuple[Fact, ...]:
    """The facts of these commands, one after the other, each let through."""
    given = told()
    for command in commands:
        fact = given.when(command)
        assert not isinstance(fact, Refused)
        given = given.then(fact)
    return given.history


@pytest.mark.parametrize(
    ("command", "members", "code"),
    [
        (PROPOSE, (), "cluster-exists"),
        (ADD, ("c1",), "already-a-member"),
        (REMOVE, ("c2",), "not-a-member"),
        (ADD, None, "no-such-cluster"),
        (REMOVE, None, "no-such-cluster"),
    ],
)
def test_a_cluster_refuses_what_does_not_fit(command: object, members: tuple[str, ...] | None, code: str) -> None:
    given = told() if members is None else replace(told(), state=Cluster(members))
    refused = given.when(command)
    assert isinstance(refused, Refused)
    assert refused.code == code


def test_a_complaint_is_never_taken_for_a_cluster() -> None:
    assert isinstance(told(LODGED).when(PROPOSE), Refused)
    assert isinstance(told(LODGED).when(ADD), Refused)
    assert isinstance(told(LODGED).state, Case)
