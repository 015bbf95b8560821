"""Nobody answers for a post, or owns a case, without the competence for it (R34). Given, when, then."""

from collections.abc import Mapping
from typing import Any

import pytest

from escalation.decider import DECIDER
from escalation.decider.commands import AcceptOwnership, OfferOwnership, RefuseOwnership
from events.decider import Refused
from events.escalation import CaseEscalated, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact
from events.triage import ComplaintClassified, ComplaintRouted
from given import Story, story
from published import absence, delegation
from rulebooks.books import as_first
from rulebooks.state import Rulebook
from unit.escalation.cases import BOOKS, LODGED, NOON, days, graded, minutes, published_later, told

ORGANISATION = BOOKS["organisation/default"].versions[0].text
BY_ROLE = 'name = "handler"\nroles = ["handler"]\n'
REQUIRES = 'requires = ["mediation"]\n'
LISTED = '[[competence]]\nperson = "old-hand"\nskills = ["mediation", "law"]\n'
HANDLER, LEAD = frozenset({"handler"}), frozenset({"teamlead"})


def company(post: str = "", more: str = LISTED) -> dict[str, Rulebook]:
    """The shipped rulebooks, where the post `handler` says more, and the organisation, too."""
    assert BY_ROLE in ORGANISATION
    text = ORGANISATION.replace(BY_ROLE, BY_ROLE + REQUIRES + post) + "\n" + more
    return {**BOOKS, **as_first({"organisation/default": text})}


def routed(to: str) -> ComplaintRouted:
    return ComplaintRouted(at=NOON, queue="q", first_owner=to, reason="r", rule="routing@1", by="rule")


def offered(books: Mapping[str, Rulebook]) -> Story[Any]:
    return story(DECIDER, None, LODGED, books=books).then(routed("handler")).settled(minutes(3))


def classified(category: str) -> ComplaintClassified:
    return ComplaintClassified.model_validate(
        {
            "at": NOON,
            "category": category,
            "dispute": "product",
            "confidence_percent": 80,
            "reason": "r",
            "rule": "c@1",
            "by": "rule",
        }
    )


def accept(by: str, roles: frozenset[str] = HANDLER) -> AcceptOwnership:
    return AcceptOwnership(now=minutes(5), by=by, roles=roles)


def refuse(by: str, roles: frozenset[str] = HANDLER) -> RefuseOwnership:
    return RefuseOwnership(now=minutes(5), by=by, roles=roles, reason="on leave")


def hand_on(to: str, by: str = "lead", roles: frozenset[str] = LEAD) -> OfferOwnership:
    return OfferOwnership(now=minutes(5), by=by, roles=roles, to=to, reason="knows it")


def code(answer: Fact | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def test_whoever_holds_a_post_by_role_needs_what_it_requires() -> None:
    """R34; the fact names the version by which they may (L15)."""
    case = offered(company())
    assert code(case.when(accept("newcomer"))) == "competence-missing"
    assert code(case.when(refuse("newcomer"))) == "competence-missing"
    assert case.when(accept("old-hand")) == OwnershipAccepted(at=minutes(5), owner="old-hand", organisation="default@1")
    assert case.when(refuse("old-hand")) == OwnershipRefused(
        at=minutes(5), by="old-hand", reason="on leave", organisation="default@1"
    )
    assert code(case.when(accept("old-hand", frozenset({"reception"})))) == "offered-to-somebody-else"


def test_what_is_missing_is_named() -> None:
    lacking = offered(company('deputy = "cso"\n', LISTED.replace("mediation", "x"))).when(accept("newcomer", LEAD))
    assert isinstance(lacking, Refused)
    assert "handler requires what the organisation does not list of you: mediation" in lacking.why


@pytest.mark.parametrize("role", ["teamlead", "cso"])
def test_who_may_take_any_may_not_take_what_needs_a_skill_that_they_have_not(role: str) -> None:
    """R34: a lead hands it on instead; a person is offered it by name, and then holds no post."""
    case, roles = offered(company()), frozenset({role})
    assert code(case.when(accept("lead", roles))) == "competence-missing"
    assert code(case.when(refuse("lead", roles))) == "competence-missing"
    handed = case.when(hand_on("newcomer", "lead", roles))
    assert isinstance(handed, OwnershipOffered)
    assert handed.organisation == "default@1"
    assert isinstance(case.then(handed).when(accept("newcomer")), OwnershipAccepted)


ABSENT = absence("old-hand", "stand-in")
DELEGATED = delegation("old-hand", "stand-in")
ABLE = '[[competence]]\nperson = "stand-in"\nskills = ["mediation"]\n'


@pytest.mark.parametrize("way", [ABSENT, DELEGATED], ids=["deputy", "delegate"])
def test_who_stands_in_needs_it_too(way: str) -> None:
    """R34: publishing refuses such a version; where one is in force all the same, nobody holds the post by it."""
    case = offered(company('members = ["old-hand"]\n', LISTED + way))
    assert code(case.when(accept("stand-in"))) == "offered-to-somebody-else"
    able = offered(company('members = ["old-hand"]\n', LISTED + way + ABLE))
    assert isinstance(able.when(accept("stand-in")), OwnershipAccepted)


def test_a_delegate_who_is_away_does_not_act() -> None:
    """R119: the deputy of a delegate does, with what the post requires."""
    away = ABSENT.replace("stand-in", "second").replace("old-hand", "stand-in")
    case = offered(
        company('members = ["gone"]\n', LISTED + ABLE + DELEGATED + away + ABLE.replace("stand-in", "second"))
    )
    assert code(case.when(accept("stand-in"))) == "offered-to-somebody-else"
    assert isinstance(case.when(accept("second")), OwnershipAccepted)


VACANT = 'vacant = true\ndeputy = "reception"\n'


def test_the_deputys_post_needs_what_the_post_requires() -> None:
    """R34: whoever has a role of the deputy's post, not of the vacant one, and the skills of the vacant one."""
    case = offered(company(VACANT))
    reception = frozenset({"reception"})
    assert isinstance(case.when(accept("old-hand", reception)), OwnershipAccepted)
    assert code(case.when(accept("newcomer", reception))) == "competence-missing"
    assert code(case.when(accept("old-hand", frozenset({"cso-office"})))) == "offered-to-somebody-else"
    requires_itself = ORGANISATION.replace(BY_ROLE, BY_ROLE + VACANT) + LISTED
    requires_itself = requires_itself.replace('name = "reception"\n', f'name = "reception"\n{REQUIRES}')
    own = offered({**BOOKS, **as_first({"organisation/default": requires_itself})})
    assert code(own.when(accept("newcomer", reception))) == "offered-to-somebody-else"
    assert isinstance(own.when(accept("old-hand", reception)), OwnershipAccepted)


@pytest.mark.parametrize(
    ("post", "more", "empty"),
    [("", LISTED, False), ("", "", True), ('members = ["newcomer"]\n', LISTED, True), (VACANT, LISTED, False)],
)
def test_a_post_that_nobody_has_the_competence_for_is_empty(post: str, more: str, *, empty: bool) -> None:
    """R23, R34: the ladder says so, and goes on to the next level at once."""
    ladder = BOOKS["ladder/default"].versions[0].text.replace('post = "reception"', 'post = "handler"')
    books = {**company(post, more), **as_first({"ladder/default": ladder})}
    first, second = [fact for fact in told(LODGED, books=books).added(days(30)) if isinstance(fact, CaseEscalated)][:2]
    assert (first.post, first.empty) == ("handler", empty)
    assert (second.at == first.at) == empty


def test_a_person_owns_only_what_they_may() -> None:
    """R34: by grade and category; it is neither offered to them by name, nor theirs to take through a post."""
    limits = LISTED + 'grades = ["grievance", "complaint"]\ncategories = ["goods"]\n'
    fine = offered(company("", limits)).then(graded("complaint"), classified("goods"))
    assert isinstance(fine.when(accept("old-hand")), OwnershipAccepted)
    assert isinstance(fine.when(hand_on("old-hand")), OwnershipOffered)
    for beyond in (graded("crisis"), classified("housing")):
        case = fine.then(beyond)
        assert code(case.when(accept("old-hand"))) == "competence-missing"
        assert code(case.when(hand_on("old-hand"))) == "competence-missing"
        assert isinstance(case.when(refuse("old-hand")), OwnershipRefused)
    by_rule = story(DECIDER, None, LODGED, graded("crisis"), books=company("", limits)).then(routed("old-hand"))
    by_rule = by_rule.settled(minutes(3))
    assert [fact.to for fact in by_rule.history if isinstance(fact, OwnershipOffered)] == ["reception"]
    unlisted = offered(BOOKS).then(graded("crisis"), classified("housing"))
    assert isinstance(unlisted.when(accept("newcomer")), OwnershipAccepted)


def test_what_counts_is_the_version_in_force_when_somebody_answers() -> None:
    """R34: a skill that is asked for later is asked for from then on."""
    later = company()["organisation/default"].versions[0].text
    for known_at, expected in ((minutes(4), "competence-missing"), (minutes(6), "")):
        books = published_later(BOOKS, "organisation/default", later, known_at=known_at)
        assert code(offered(books).when(accept("newcomer"))) == expected
