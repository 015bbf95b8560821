"""Which of several causes raises a grade, and when: the one that was known first, to the highest grade (R16, R17)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from events.intake import MessageReceived, MotiveRecorded
from events.triage import ComplaintGraded, ComplaintScreened
from given import Story, Told
from triage.decider.state import Cluster
from triage.rules import DriftRule
from unit.triage.cases import KNOWN_UNTIL, LATER, LODGED, NOON, RULES, breached, raises, told

GRIEVANCE = told(LODGED).settled(NOON)


def minutes(after_noon: int) -> datetime:
    return NOON + timedelta(minutes=after_noon)


def loss(at: datetime) -> MotiveRecorded:
    return MotiveRecorded(at=at, motive="compensation", by="handler-1")


def in_cluster(given: Story[Any]) -> Story[Any]:
    """It joins first; the cluster is large eleven minutes after noon."""
    members = tuple(f"c{n}" for n in range(1, 13))
    return given.beside(**{"cluster/k1": Cluster(members, tuple(minutes(n) for n in range(12)), (("c1", NOON),))})


def overruled(at: datetime) -> ComplaintGraded:
    return ComplaintGraded(
        at=at, grade="grievance", severity=0, urgency=0, inputs=(), reason="r", rule="person", by="cso"
    )


GROWN, LOST = ("crisis", "cluster:k1"), ("complaint", "motive:compensation")


@pytest.mark.parametrize(
    ("told_of", "expected"),
    [
        (Told(loss(minutes(5)), minutes(5)), [LOST, GROWN]),
        (Told(loss(minutes(15)), minutes(15)), [GROWN]),
        (Told(loss(minutes(5)), LATER), [GROWN]),
    ],
    ids=["before the cluster grew", "after", "told late"],
)
def test_what_was_known_first_raises_first(told_of: Told, expected: list[tuple[str, str]]) -> None:
    """L14, L24: whoever looks when."""
    assert raises(in_cluster(GRIEVANCE.then(told_of))) == expected


def test_of_several_rules_that_one_cause_completes_the_highest_grade_counts() -> None:
    """R16."""
    grave = DriftRule(name="grave", grade=("grievance",), to="crisis", because="motive", reason="r")
    for drift in ((*RULES.grading.drift, grave), (grave, *RULES.grading.drift)):
        rules = replace(RULES, grading=RULES.grading.model_copy(update={"drift": drift}))
        assert raises(GRIEVANCE.ruled(rules).then(loss(minutes(5)))) == [("crisis", "motive:compensation")]


def test_what_counted_towards_one_raise_counts_towards_no_other() -> None:
    """R16: nor does what was told before the cause that completed it."""
    suggestion = told(LODGED.model_copy(update={"nature": "signal"})).settled(NOON)
    first, second = breached("first-reply", minutes(5)), breached("reply:m1", minutes(6))
    assert raises(suggestion.then(first, second)) == [("grievance", "breached:first-reply")]
    wrote = [MessageReceived(at=minutes(n), message_id=f"m{n}", channel="phone") for n in range(1, 12)]
    given = GRIEVANCE.then(*wrote[:10], loss(minutes(10)), wrote[10])
    assert raises(given) == [LOST]


def test_a_raise_by_a_cluster_names_it_and_how_many_it_had() -> None:
    """R17."""
    (raised,) = in_cluster(GRIEVANCE).added(LATER)
    assert isinstance(raised, ComplaintGraded)
    assert raised.inputs == ("grade=grievance", "cluster=k1", "members=12")
    assert (raised.at, raised.rule) == (minutes(11), "grading@1/accumulation")


def test_a_cluster_counts_that_was_large_before_the_case_was_lodged() -> None:
    """R17: only a person who looked has seen how large it is."""
    late = LODGED.model_copy(update={"at": LATER})
    assert raises(in_cluster(told(late).settled(LATER))) == [GROWN]


def test_a_cluster_counts_that_grew_after_a_person_looked() -> None:
    assert raises(in_cluster(GRIEVANCE.then(overruled(minutes(5))))) == [GROWN]
    assert raises(in_cluster(GRIEVANCE.then(overruled(minutes(11)))), KNOWN_UNTIL) == []


def test_what_counted_before_it_was_no_complaint_counts_no_more() -> None:
    out = ComplaintScreened(at=minutes(30), outcome="enquiry", reason="asks", rule="person", by="handler-1")
    back = out.model_copy(update={"at": minutes(40), "outcome": "complaint"})
    first, second = breached("first-reply", minutes(20)), breached("reply:m1", minutes(50))
    assert raises(GRIEVANCE.then(first, out, back, second)) == []
    assert raises(GRIEVANCE.then(first, second)) == [("complaint", "breached:reply:m1")]


def test_a_motive_that_was_told_before_counts_once_whatever_else_was_told_since() -> None:
    other = MotiveRecorded(at=minutes(6), motive="venting", by="handler-1")
    given = GRIEVANCE.then(loss(minutes(5)), other).settled(minutes(7)).then(overruled(minutes(8)))
    assert raises(given.then(loss(minutes(9)))) == []
