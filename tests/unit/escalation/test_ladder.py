"""The ladder that a breach climbs. Given, when, then."""

from datetime import datetime, timedelta

from escalation.decider.commands import EscalateByHand
from events.decider import Refused
from events.escalation import (
    CaseEscalated,
    OwnershipAccepted,
)
from events.fact import Fact
from rulebooks.books import as_first
from unit.escalation.cases import (
    BOOKS,
    LODGED,
    OWN,
    changed,
    closed,
    days,
    graded,
    minutes,
    published_later,
    received,
    reopened,
    sent,
    told,
)


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


def test_a_crisis_after_the_ladder_was_climbed_has_its_duty_there_already() -> None:
    assert [level for level, _, _ in levels(LODGED, graded("crisis", minutes(1800)), until=days(30))] == [1, 2, 3, 4]


def test_an_escalation_says_whether_anybody_owned_the_case_then() -> None:
    accepted = OwnershipAccepted(at=minutes(50), owner="handler-1")
    handed_on = OwnershipAccepted(at=minutes(90), owner="handler-2")
    for given in (told(LODGED, accepted), told(LODGED, accepted, handed_on)):
        unowned = [fact.unowned for fact in given.added(minutes(100)) if isinstance(fact, CaseEscalated)]
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


def test_who_is_at_a_post_is_judged_when_its_level_fires_by_what_is_known_then() -> None:
    """L14: a post that is vacant since the breach is empty; one that is found vacant after its level is not."""
    text = BOOKS["organisation/default"].versions[0].text
    held = 'name = "teamlead"\nroles = ["teamlead"]'
    vacant = text.replace(held, 'name = "teamlead"\nroles = []\nvacant = true')
    assert held in text
    for known_at, empty, version in ((minutes(50), True, 2), (minutes(81), False, 1)):
        books = published_later(BOOKS, "organisation/default", vacant, known_at=known_at)
        fired = [fact for fact in told(LODGED, books=books).added(days(30)) if isinstance(fact, CaseEscalated)]
        assert [fact.level for fact in fired if fact.empty] == ([2] if empty else [])
        assert fired[1].organisation == f"default@{version}"
        assert fired[2].at == minutes(80 if empty else 320)


def test_a_level_names_the_versions_of_the_ladder_and_of_the_organisation() -> None:
    (first, *_) = [fact for fact in told(LODGED).added(days(30)) if isinstance(fact, CaseEscalated)]
    assert (first.ladder, first.organisation) == ("default@1", "default@1")


# A first cycle that goes to the top, and a second one.
CYCLES = (LODGED, graded(at=minutes(1)), sent(days(3)), closed(days(4)), reopened(days(5)))
TOP = [1, 2, 3, 4]


def test_a_reopened_case_has_a_ladder_of_its_own() -> None:
    """2-domain: a new cycle; each level once in it, in order."""
    fired = levels(*CYCLES, until=days(60))
    assert [level for level, _, _ in fired] == TOP + TOP
    (second, *_) = [at for _, _, at in fired[4:]]
    assert second > days(5)
    assert fired[4] == (1, "reception", second)


def test_it_begins_anew_also_where_the_first_was_answered_half_way_up() -> None:
    halfway = (LODGED, graded(at=minutes(1)), sent(minutes(90)), closed(days(2)), reopened(days(3)))
    assert [level for level, _, _ in levels(*halfway, until=days(60))] == [1, 2, *TOP]


def test_it_does_not_matter_whether_anybody_looked_before_a_case_was_reopened() -> None:
    """L14: levels of the first cycle that were not yet told are told with its own ladder."""
    late = told(*CYCLES).settled(days(60))
    early = told(*CYCLES[:2]).settled(minutes(100)).then(*CYCLES[2:]).settled(days(60))
    assert [fact for fact in early.history if isinstance(fact, CaseEscalated)] == [
        fact for fact in late.history if isinstance(fact, CaseEscalated)
    ]


def test_after_a_reopening_a_person_sends_a_case_up_from_the_first_level() -> None:
    case = told(*CYCLES).settled(days(5))
    up = case.when(EscalateByHand(days(5), "handler-1", "again"))
    assert isinstance(up, CaseEscalated)
    assert (up.level, up.reason, up.ladder, up.organisation) == (1, "again", "default@1", "default@1")
    after = [fact.level for fact in case.then(up).added(days(60)) if isinstance(fact, CaseEscalated)]
    assert after == TOP[1:]


def test_a_crisis_in_a_new_cycle_goes_to_the_top_again() -> None:
    """R93: also where the case was one when it was reopened."""
    again = (*CYCLES, graded("crisis", days(5) + timedelta(hours=1)))
    assert levels(*again, until=days(60))[4:] == [(4, "cso", days(5) + timedelta(hours=1))]
    still = (LODGED, graded("crisis", minutes(1)), sent(minutes(2)), closed(days(4)), reopened(days(5)))
    assert levels(*still, until=days(60)) == [(4, "cso", minutes(1)), (4, "cso", days(5))]


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
        ladder="default@1",
        organisation="default@1",
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
