"""The ladder that a breach climbs. Given, when, then."""

from datetime import datetime

from escalation.decider.commands import EscalateByHand
from events.decider import Refused
from events.escalation import (
    CaseEscalated,
    OwnershipAccepted,
)
from events.fact import Fact
from rulebooks.books import as_first
from unit.escalation.cases import BOOKS, LODGED, OWN, changed, days, graded, minutes, received, sent, told


def levels(*facts: Fact, until: datetime) -> list[tuple[int, str, datetime]]:
    return [(fact.level, fact.post, fact.at) for fact in told(*facts).added(until) if isinstance(fact, CaseEscalated)]


def test_a_breach_escalates_level_by_level_each_with_its_own_time() -> None:
    """R23, 2-domain: unassigned cases too."""
    assert levels(LODGED, until=days(30)) == [
        (1, "reception", minutes(20)),
        (2, "teamlead", minutes(80)),
        (3, "department-head", minutes(320)),
        (4, "cso", minutes(1760)),
    ]


def test_the_ladder_ends_where_somebody_answers() -> None:
    assert levels(LODGED, sent(minutes(90)), until=days(30)) == [
        (1, "reception", minutes(20)),
        (2, "teamlead", minutes(80)),
    ]


def test_a_second_breach_goes_on_where_the_ladder_stood() -> None:
    """Each level fires once, in order."""
    again = (LODGED, sent(minutes(30)), received(minutes(600)))
    assert levels(*again, until=minutes(621)) == [(1, "reception", minutes(20)), (2, "teamlead", minutes(620))]


def test_a_crisis_goes_to_the_top_at_once_and_the_ladder_has_nothing_to_add() -> None:
    """R23, R93."""
    assert levels(LODGED, graded("crisis", minutes(30)), graded("crisis", minutes(31)), until=days(30)) == [
        (1, "reception", minutes(20)),
        (4, "cso", minutes(30)),
    ]


def test_an_escalation_says_whether_anybody_owned_the_case_then() -> None:
    accepted = OwnershipAccepted(at=minutes(50), owner="handler-1")
    unowned = [fact.unowned for fact in told(LODGED, accepted).added(minutes(100)) if isinstance(fact, CaseEscalated)]
    assert unowned == [True, False]


def test_a_post_without_anybody_says_so_and_the_next_level_follows_at_once() -> None:
    """2-domain: an empty post escalates further and says so; each level once, in order."""
    nobody = changed(
        "organisation/default",
        'name = "teamlead"\nroles = ["teamlead"]',
        'name = "teamlead"\nroles = []\nvacant = true',
    )
    fired = [fact for fact in told(LODGED, books=nobody).added(days(30)) if isinstance(fact, CaseEscalated)]
    assert [(fact.level, fact.post, fact.at, fact.empty) for fact in fired] == [
        (1, "reception", minutes(20), False),
        (2, "teamlead", minutes(80), True),
        (3, "department-head", minutes(80), False),
        (4, "cso", minutes(1520), False),
    ]


def test_a_post_whose_members_are_away_is_empty_unless_somebody_stands_in() -> None:
    away = """name = "teamlead"
roles = ["teamlead"]
members = ["lead-1"]"""
    absent = """
[[absence]]
person = "lead-1"
since = 2026-03-01T00:00:00Z
until = 2026-04-01T00:00:00Z
"""
    old = 'name = "teamlead"\nroles = ["teamlead"]'
    text = BOOKS["organisation/default"].versions[0].text
    for deputy, empty in (("", True), ('deputy = "lead-2"\n', False)):
        books = {**BOOKS, **as_first({"organisation/default": text.replace(old, away) + absent + deputy})}
        fired = [fact for fact in told(LODGED, books=books).added(days(30)) if isinstance(fact, CaseEscalated)]
        assert [fact.level for fact in fired if fact.empty] == ([2] if empty else [])


def test_a_person_sends_a_case_up_and_each_level_still_fires_once() -> None:
    """By hand, with a reason; the ladder goes on from there."""
    case = told(LODGED).settled(minutes(1))
    sent_up = case.when(EscalateByHand(minutes(1), "handler-1", "the press is calling", 2))
    assert sent_up == CaseEscalated(
        at=minutes(1),
        level=2,
        post="teamlead",
        clock="by-hand",
        reason="the press is calling",
        unowned=True,
        by="handler-1",
    )
    assert isinstance(sent_up, CaseEscalated)
    up = case.then(sent_up)
    fired = [fact for fact in up.added(days(30)) if isinstance(fact, CaseEscalated)]
    assert [(fact.level, fact.at) for fact in fired] == [(3, minutes(241)), (4, minutes(1681))]
    again, top = up.when(EscalateByHand(minutes(2), "h", "r", 2)), up.when(EscalateByHand(minutes(2), "h", "r", 9))
    assert isinstance(again, Refused)
    assert isinstance(top, Refused)
    assert (again.code, top.code) == ("level-fired", "ladder-at-top")


def test_a_policy_may_keep_its_breach_off_the_ladder() -> None:
    quiet = changed(f"pack/{OWN}", "warn_percent = [75]", "warn_percent = [75]\nescalates = false")
    assert not [fact for fact in told(LODGED, books=quiet).added(days(30)) if isinstance(fact, CaseEscalated)]
