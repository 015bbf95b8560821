"""The crisis team: who is called, by whom it is led, and when it is called again. Given, when, then."""

from dataclasses import replace
from typing import Any

from anything import SEALED
from escalation.decider.commands import CallCrisisTeam
from events.accountability import FindingMade
from events.escalation import CrisisTeamCalled
from unit.escalation.test_holding import CLOSED, REOPENED, code, minutes, told

CALLED: dict[str, Any] = {
    "coordinator": "teamlead-1", "containment": "stop the sale", "functions": ("legal",), "reason": "a crew is here",
}  # fmt: skip
CALL = CallCrisisTeam(now=minutes(5), by="teamlead-1", **CALLED)


def test_the_crisis_team_is_called_once_at_any_grade() -> None:
    """R93, R114."""
    called = told().when(CALL)
    assert called == CrisisTeamCalled(at=minutes(5), by="teamlead-1", **CALLED)
    assert isinstance(called, CrisisTeamCalled)
    assert code(told(called).when(CALL)) == "crisis-team-already-called"


def test_a_case_that_breaks_out_again_has_a_crisis_team_again() -> None:
    """R114: each outburst has its coordinator and its first step."""
    called = told().when(CALL)
    assert isinstance(called, CrisisTeamCalled)
    assert isinstance(told(called, CLOSED, REOPENED).when(CALL), CrisisTeamCalled)


def test_a_crisis_is_coordinated_by_nobody_whom_the_complaint_is_about() -> None:
    """R24: who only took the complaint may."""
    assert code(told().when(replace(CALL, coordinator="handler-9"))) == "conflict-of-interest"
    assert isinstance(told().when(replace(CALL, coordinator="reception-9")), CrisisTeamCalled)


def test_a_crisis_has_another_coordinator_once_a_finding_holds_the_first_answerable() -> None:
    """R24, R114: who is named later leads it no longer; with a finding on anybody else the team stays as it was."""
    called = told().when(replace(CALL, coordinator="handler-1"))
    assert isinstance(called, CrisisTeamCalled)
    found = FindingMade(
        at=minutes(6), responsible="person", person="handler-1", measure="sanction", reasons=SEALED, by="judge"
    )
    named = told(called, found)
    assert code(named.when(replace(CALL, coordinator="handler-1"))) == "conflict-of-interest"
    anew = named.when(CALL)
    assert isinstance(anew, CrisisTeamCalled)
    assert code(named.then(anew).when(CALL)) == "crisis-team-already-called"
    for other in ({"person": "li"}, {"measure": "commendation"}, {"responsible": "process"}):
        assert code(told(called, found.model_copy(update=other)).when(CALL)) == "crisis-team-already-called"
