"""Nobody reclassifies a clock away alone: at risk or breached, a correction needs a second person (R08)."""

from dataclasses import replace

import pytest

from events.decider import Refused
from events.escalation import ClockExtended, ClockMet, ClockRecalculated, ClockStopped, ClockWarned
from events.fact import Chapter, Fact
from events.triage import (
    ComplaintClassified,
    ComplaintGraded,
    ComplaintScreened,
    CorrectionProposed,
    CorrectionRefused,
)
from given import Story
from rulebooks.state import Rulebook
from triage.decider.commands import AnswerOneOrMany, Classify, Confirm, Regrade, Reroute, Screen, TurnDown
from triage.decider.state import State
from unit.triage.cases import LATER, LODGED, NOON, breached, told

WARNED = ClockWarned(at=NOON, clock="resolution")
DONE = told(LODGED.model_copy(update={"subject_person": "agent-x"})).settled(NOON)
AT_RISK = DONE.then(WARNED)
OUT = Screen(now=LATER, by="handler-1", outcome="enquiry", reason="asks for opening hours")
DOWN = Regrade(now=LATER, by="handler-1", grade="suggestion", reason="a misunderstanding", severity=1, urgency=2)
ABOUT = Classify(now=LATER, by="handler-1", category="service/attitude", dispute="service", reason="read it")
UP = Regrade(now=LATER, by="handler-1", grade="crisis", reason="a television crew is here")
AWAY = Reroute(now=LATER, by="handler-1", queue="products", first_owner="handler", reason="knows it")
YES = Confirm(now=LATER, by="teamlead-1")
NO = TurnDown(now=LATER, by="teamlead-1", roles=frozenset({"teamlead"}), reason="it is a complaint")
ALONE = AnswerOneOrMany(now=LATER, by="handler-1", complaint="c", cluster=None, reason="nobody else")
CORRECTIONS = pytest.mark.parametrize("command", [OUT, DOWN, ABOUT])


def code(given: Story[State | Rulebook], command: object) -> str:
    answer = given.when(command)
    assert isinstance(answer, Refused), f"let through: {answer}"
    return answer.code


def proposed(command: Screen | Regrade | Classify) -> Story[State | Rulebook]:
    fact = AT_RISK.when(replace(command, propose=True))
    assert isinstance(fact, CorrectionProposed)
    return AT_RISK.then(fact)


@CORRECTIONS
@pytest.mark.parametrize("clock", [WARNED, breached("resolution", NOON)])
def test_a_correction_is_refused_while_a_clock_is_at_risk_or_breached(
    command: Screen | Regrade | Classify, clock: Fact
) -> None:
    assert code(DONE.then(clock), command) == "second-person-needed"
    assert not isinstance(DONE.when(command), Refused)


@CORRECTIONS
def test_another_person_confirms_what_was_proposed(command: Screen | Regrade | Classify) -> None:
    """Both names stand in the correction; what was proposed counts for nothing before."""
    waiting = proposed(command)
    assert waiting.added(LATER) == ()
    fact = waiting.when(YES)
    assert isinstance(fact, ComplaintScreened | ComplaintGraded | ComplaintClassified)
    assert (fact.by, fact.confirmed_by, fact.rule, fact.reason) == (
        "handler-1", "teamlead-1", "person", command.reason
    )  # fmt: skip
    alone = DONE.when(command)
    assert fact == alone.model_copy(update={"confirmed_by": "teamlead-1"})  # type: ignore[union-attr]
    assert code(waiting.then(fact), YES) == "nothing-proposed"


def test_nobody_confirms_their_own_correction_and_nobody_one_about_themselves() -> None:
    assert code(proposed(OUT), replace(YES, by="handler-1")) == "same-person"
    assert code(proposed(OUT), replace(YES, by="agent-x")) == "conflict-of-interest"
    assert code(AT_RISK, YES) == "nothing-proposed"


@pytest.mark.parametrize("command", [OUT, DOWN, ABOUT, UP, AWAY, ALONE, replace(OUT, propose=True)])
def test_nobody_says_what_a_complaint_about_themselves_is(
    command: Screen | Regrade | Classify | Reroute | AnswerOneOrMany,
) -> None:
    """R24: it would be dealt with quietly."""
    assert not isinstance(DONE.when(command), Refused)
    assert code(DONE, replace(command, by="agent-x")) == "conflict-of-interest"
    assert code(proposed(OUT), replace(NO, by="agent-x")) == "conflict-of-interest"


def test_a_proposal_is_turned_down_by_a_second_person_or_taken_back() -> None:
    waiting = proposed(OUT)
    for command in (NO, replace(NO, by="handler-1", roles=frozenset({"handler"}))):
        fact = waiting.when(command)
        assert isinstance(fact, CorrectionRefused)
        assert code(waiting.then(fact), YES) == "nothing-proposed"
        assert not isinstance(waiting.then(fact).when(replace(OUT, propose=True)), Refused)
    assert code(waiting, replace(NO, by="handler-2", roles=frozenset({"handler"}))) == "not-yours-to-refuse"
    assert code(AT_RISK, NO) == "nothing-proposed"


def test_only_what_could_be_made_is_proposed_and_one_thing_at_a_time() -> None:
    assert code(proposed(OUT), replace(DOWN, propose=True)) == "correction-waits"
    assert code(AT_RISK, replace(OUT, outcome="complaint", propose=True)) == "nothing-changed"
    assert code(told(LODGED), replace(DOWN, propose=True)) == "not-classified"


def test_a_newer_judgement_of_the_same_step_leaves_nothing_to_confirm() -> None:
    raised = ComplaintGraded(
        at=LATER, grade="complaint", severity=0, urgency=0, inputs=(), cause="breached:resolution", reason="r",
        rule="grading@2/unsolved-grievance", by="rule",
    )  # fmt: skip
    assert code(proposed(DOWN).then(raised), YES) == "nothing-proposed"
    assert isinstance(proposed(OUT).then(raised).when(YES), ComplaintScreened)


@pytest.mark.parametrize(
    "ended",
    [
        ClockMet(at=LATER, clock="resolution", answered_by="closed"),
        ClockStopped(at=LATER, clock="resolution", reason="closed"),
        ClockExtended(
            at=LATER, clock="resolution", reason="parts", amount=1, unit="weeks", due=LATER, notice="m1",
            noticed_at=NOON, by="handler-1",
        ),
        ClockRecalculated(at=LATER, clock="resolution", new_due=LATER, cause="a holiday", policy="p@2"),
    ],
)  # fmt: skip
def test_a_warned_clock_that_ended_in_time_or_was_extended_is_no_risk_any_more(ended: Fact) -> None:
    assert isinstance(AT_RISK.then(ended).when(OUT), ComplaintScreened)
    assert code(AT_RISK.then(breached("resolution", LATER), ended), OUT) == "second-person-needed"


def test_a_clock_that_ended_makes_no_other_one_safe() -> None:
    both = AT_RISK.then(ClockWarned(at=NOON, clock="first-reply"))
    met = [both.then(ClockMet(at=LATER, clock=clock, answered_by="closed")) for clock in ("resolution", "first-reply")]
    assert [code(given, OUT) for given in met] == ["second-person-needed"] * 2


def test_one_person_is_enough_to_raise_a_grade_and_to_find_another_queue() -> None:
    assert isinstance(AT_RISK.when(UP), ComplaintGraded)
    assert not isinstance(AT_RISK.when(AWAY), Refused)


def test_the_first_judgement_corrects_nothing() -> None:
    assert isinstance(told(LODGED, WARNED).when(OUT), ComplaintScreened)


def test_a_person_s_decision_relies_on_the_clocks_and_a_rule_s_does_not() -> None:
    """L1: a clock that was breached meanwhile makes the correction ask again."""
    alone = DONE.when(OUT)
    assert isinstance(alone, ComplaintScreened)
    assert Chapter.ESCALATION in alone.relied_on()
    assert all(Chapter.ESCALATION not in fact.relied_on() for fact in DONE.history)
