"""What a person may correct of what the tables said. Given, when, then."""

from dataclasses import replace

import pytest

from events.accountability import ComplaintClosed
from events.decider import NOTHING, Refused
from events.triage import (
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    OneOrManyAnswered,
)
from given import story
from shipped import books
from triage.decider import DECIDER
from triage.decider.commands import (
    AnswerOneOrMany,
    Classify,
    Regrade,
    Reroute,
    Screen,
)
from unit.triage.cases import LATER, LODGED, NOON, RULES, TOLD, reported, steps, told

CLOSED = ComplaintClosed(at=NOON, ground="accepted", evidence="e", next_instance="n", by="handler-1")
DONE = told(LODGED).settled(NOON)
OUT = Screen(now=LATER, by="handler-1", outcome="enquiry", reason="asks for opening hours")
DOWN = Regrade(now=LATER, by="handler-1", grade="suggestion", reason="a misunderstanding")
UP = Regrade(now=LATER, by="handler-1", grade="crisis", reason="a television crew is here", severity=4, urgency=4)
AWAY = Reroute(now=LATER, by="handler-1", queue="products", first_owner="handler", reason="knows it")
ABOUT = Classify(now=LATER, by="handler-1", category="service/attitude", dispute="service", reason="read it")


@pytest.mark.parametrize("command", [OUT, DOWN, UP, AWAY, ABOUT])
def test_a_person_overrules_the_rule_with_a_reason(command: Screen | Regrade | Reroute | Classify) -> None:
    """R27, R140."""
    fact = DONE.when(command)
    assert isinstance(fact, ComplaintScreened | ComplaintGraded | ComplaintRouted | ComplaintClassified)
    assert (fact.rule, fact.by, fact.reason, fact.at) == ("person", "handler-1", command.reason, LATER)
    assert DONE.then(fact).owes(LATER) == NOTHING
    again = DONE.then(fact).when(command)
    assert isinstance(again, Refused)
    assert again.code == "nothing-changed"


def test_a_grade_goes_down_by_a_person_and_never_by_itself() -> None:
    """R16, 2-domain: only a person lowers it, with a reason."""
    graded = DONE.when(DOWN)
    assert isinstance(graded, ComplaintGraded)
    assert graded.grade == "suggestion"
    assert graded.inputs == ()


def test_screened_out_is_not_graded_or_routed_until_it_is_a_complaint_again() -> None:
    """R08: reversible."""
    out = told(LODGED, ComplaintScreened(at=NOON, outcome="enquiry", reason="asks", rule="person", by="handler-1"))
    assert out.owes(LATER) == NOTHING
    assert isinstance(out.when(UP), Refused)
    assert isinstance(out.when(AWAY), Refused)
    back = out.when(Screen(now=LATER, by="handler-1", outcome="complaint", reason="it is one after all"))
    assert isinstance(back, ComplaintScreened)
    added = out.then(back).added(LATER)
    assert steps(added) == ["classified", "graded", "routed"]
    assert {fact.at for fact in added} == {LATER}


PROJECT = replace(ABOUT, category="project/delay", dispute="project", reason="it is about the building site")


def test_what_is_reclassified_as_another_dispute_is_routed_anew() -> None:
    """R12: a project dispute goes above the project team, also where a person says so. What the person said of the
    category alone moves nothing, nor does what a table routes there anyway.
    """
    about = DONE.when(PROJECT)
    assert isinstance(about, ComplaintClassified)
    (routed,) = DONE.then(about).added(LATER)
    assert isinstance(routed, ComplaintRouted)
    assert (routed.queue, routed.first_owner, routed.at, routed.by) == ("projects", "teamlead", LATER, "rule")
    assert "dispute=project" in routed.inputs
    project = DONE.then(about).settled(LATER)
    assert project.added(LATER) == ()
    detail = project.when(replace(PROJECT, category="project/noise"))
    assert isinstance(detail, ComplaintClassified)
    assert project.then(detail).added(LATER) == ()
    back = project.when(ABOUT)
    assert isinstance(back, ComplaintClassified)
    (again,) = project.then(back).added(LATER)
    assert isinstance(again, ComplaintRouted)
    assert again.queue == "reception"


def test_what_a_person_routed_or_what_is_screened_out_stays_where_it_is() -> None:
    """R12, R08. That it is closed is no reason (L1): such an offer stands for nobody, and the record says so."""
    about, away = DONE.when(PROJECT), DONE.when(AWAY)
    assert isinstance(about, ComplaintClassified)
    assert isinstance(away, ComplaintRouted)
    assert DONE.then(away, about).added(LATER) == ()
    out = DONE.when(OUT)
    assert isinstance(out, ComplaintScreened)
    assert DONE.then(out, about).added(LATER) == ()
    assert steps(DONE.then(CLOSED, about).added(LATER)) == ["routed"]


def test_what_its_source_reclassifies_is_not_routed_anew() -> None:
    here = told(TOLD).settled(NOON)
    assert steps(here.then(reported("classified", category="project/delay")).added(LATER)) == ["classified"]


def test_a_route_names_a_playbook_that_is_published() -> None:
    """R138: as a table of routes has to; a misspelt one helps nobody."""
    published = story(DECIDER, RULES, *DONE.history, books=books())
    named = published.when(replace(AWAY, playbook="service-dispute"))
    assert isinstance(named, ComplaintRouted)
    assert (named.playbook, named.queue, named.first_owner) == ("service-dispute", "products", "handler")
    refused = published.when(replace(AWAY, playbook="servise-dispute"))
    assert isinstance(refused, Refused)
    assert refused.code == "no-such-playbook"


@pytest.mark.parametrize("command", [DOWN, UP, AWAY])
def test_what_was_graded_before_it_was_screened_out_stays_as_it_was(command: Regrade | Reroute) -> None:
    """R08: screen it as a complaint first."""
    out = DONE.when(OUT)
    assert isinstance(out, ComplaintScreened)
    refused = DONE.then(out).when(command)
    assert isinstance(refused, Refused)
    assert refused.code == "screened-out"


@pytest.mark.parametrize(("done", "command"), [(1, ABOUT), (2, UP)])
def test_what_the_rules_do_after_a_person_is_not_done_before(done: int, command: Classify | Regrade) -> None:
    """R13: each step has a time from which on it could be taken."""
    begun = told(LODGED, *DONE.history[1 : 1 + done])
    fact = begun.when(command)
    assert isinstance(fact, ComplaintClassified | ComplaintGraded)
    assert {step.at for step in begun.then(fact).added(LATER)} == {LATER}


def test_one_or_many_is_answered_once_for_each_cluster() -> None:
    """R111."""
    many = AnswerOneOrMany(now=LATER, by="handler-1", complaint="c1", cluster="k1", reason="same part")
    one, other = replace(many, cluster=None), replace(many, cluster="k2")
    answered = DONE.when(many)
    assert isinstance(answered, OneOrManyAnswered)
    assert (answered.answer, answered.cluster, answered.complaint) == ("many", "k1", "c1")
    known = DONE.then(answered)
    again = known.when(many)
    assert isinstance(again, Refused)
    assert again.code == "nothing-changed"
    alone = known.when(one)
    assert isinstance(alone, OneOrManyAnswered)
    assert (alone.answer, alone.cluster) == ("one", None)
    assert isinstance(known.when(other), OneOrManyAnswered)
    assert isinstance(known.then(alone).when(many), OneOrManyAnswered)


@pytest.mark.parametrize(("command", "code"), [(ABOUT, "not-screened"), (UP, "not-classified"), (AWAY, "not-graded")])
def test_no_step_is_taken_before_the_one_it_rests_on(command: object, code: str) -> None:
    """R13."""
    refused = told(LODGED).when(command)
    assert isinstance(refused, Refused)
    assert refused.code == code


@pytest.mark.parametrize("command", [OUT, DOWN, AWAY, ABOUT])
def test_nothing_is_corrected_where_nothing_was_lodged(command: object) -> None:
    refused = told().when(command)
    assert isinstance(refused, Refused)
    assert refused.code == "nothing-lodged"
