"""The ladder that a breach climbs. Given, when, then."""

from datetime import datetime

from events.escalation import (
    CaseEscalated,
    OwnershipAccepted,
)
from events.fact import Fact
from unit.escalation.cases import LODGED, days, graded, minutes, received, sent, told


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
