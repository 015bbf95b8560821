"""Who acts for a post at an instant, and who may own a case: what an organisation says as a value (R34, R117, R119)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rulebooks.posts import Absence, Competence, Delegation, Organisation, Post

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ONE = NOON + timedelta(hours=1)
JUST = timedelta(microseconds=1)
HANDLER, LEAD, NOBODY = frozenset({"handler"}), frozenset({"teamlead"}), frozenset[str]()


def post(name: str = "desk", **said: Any) -> Post:  # noqa: ANN401
    return Post(**{"name": name, "roles": ("handler",), "after_refusal": "desk", **said})


def company(*posts: Post, **said: Any) -> Organisation:  # noqa: ANN401
    return Organisation(
        name="o",
        post=posts,
        fallback="desk",
        refusals_max=3,
        after_refusals="desk",
        may_take_any=("teamlead",),
        packet=("facts",),
        **said,
    )


def away(person: str, deputy: str | None = None) -> Absence:
    return Absence(person=person, since=NOON, until=ONE, deputy=deputy)


def holders(of: Organisation, at: datetime = NOON, roles: frozenset[str] = NOBODY) -> set[str]:
    """Who of three people holds the desk."""
    return {person for person in ("ann", "ben", "eve") if of.holds("desk", person, roles, at)}


ANN = post(members=("ann",))
MOMENTS = pytest.mark.parametrize(
    ("at", "inside"), [(NOON - JUST, False), (NOON, True), (ONE - JUST, True), (ONE, False)]
)


@MOMENTS
def test_somebody_is_away_from_the_first_instant_on_until_before_the_last(at: datetime, *, inside: bool) -> None:
    assert holders(company(ANN, absence=(away("ann", "ben"),)), at) == ({"ben"} if inside else {"ann"})


@MOMENTS
def test_a_delegate_acts_from_the_first_instant_on_until_before_the_last(at: datetime, *, inside: bool) -> None:
    """R119: beside who holds the post, and for this post alone."""
    handed = Delegation(by="ann", to="ben", post="desk", since=NOON, until=ONE, why="a fair")
    assert holders(company(ANN, delegation=(handed,)), at) == ({"ann", "ben"} if inside else {"ann"})
    other = handed.model_copy(update={"post": "hall"})
    assert holders(company(ANN, post("hall"), delegation=(other,)), at) == {"ann"}


def test_deputies_of_people_are_asked_in_turn_and_where_all_are_away_nobody_is_there() -> None:
    assert holders(company(ANN, absence=(away("ann", "ben"), away("ben", "eve")))) == {"eve"}
    for nobody in (away("ben"), away("ben", "ann")):
        gone = company(ANN, absence=(away("ann", "ben"), nobody))
        assert holders(gone) == set()
        assert gone.is_empty("desk", NOON)
        assert not gone.is_empty("desk", ONE)


def test_who_has_the_role_holds_a_post_only_where_nobody_is_named() -> None:
    assert holders(company(post()), roles=HANDLER) == {"ann", "ben", "eve"}
    assert holders(company(post()), roles=LEAD) == set()
    assert holders(company(ANN), roles=HANDLER) == {"ann"}
    assert holders(company(ANN, absence=(away("ann"),)), roles=HANDLER) == set()


def test_the_deputys_post_acts_where_nobody_of_the_post_is_there() -> None:
    vacant = post(members=(), vacant=True, deputy="hall")
    assert holders(company(vacant, post("hall", members=("ben",)))) == {"ben"}
    assert holders(company(vacant, post("hall", roles=("teamlead",))), roles=LEAD) == {"ann", "ben", "eve"}
    assert holders(company(vacant, post("hall", roles=("teamlead",))), roles=HANDLER) == set()
    assert holders(company(post(members=("ann",), deputy="hall"), post("hall", members=("ben",)))) == {"ann"}
    circle = company(vacant, post("hall", vacant=True, deputy="desk"))
    assert circle.is_empty("desk", NOON)


def test_a_post_that_nobody_knows_is_empty_and_a_name_is_a_persons() -> None:
    known = company(ANN)
    assert known.is_empty("hall", NOON)
    assert not known.holds("hall", "ann", HANDLER, NOON)
    assert known.may_answer("eve", "eve", NOBODY, NOON)
    assert not known.may_answer("eve", "ann", HANDLER, NOON)
    assert known.may_answer("eve", "ann", LEAD, NOON)
    assert not known.may_answer("desk", "eve", HANDLER, NOON)
    assert known.may_answer("desk", "eve", LEAD, NOON)


def test_what_is_not_yet_known_of_a_case_or_a_person_speaks_against_nobody() -> None:
    """R34."""
    able = company(ANN, competence=(Competence(person="ann", categories=("goods",), grades=("grievance",)),))
    assert able.may_own("ben", "housing", "crisis")
    assert able.may_own("ann", None, None)
    assert able.may_own("ann", "goods", "grievance")
    assert able.may_own("ann", None, "grievance")
    assert not able.may_own("ann", "housing", "grievance")
    assert not able.may_own("ann", "goods", "crisis")
    every = company(ANN, competence=(Competence(person="ann", skills=("law",)),))
    assert every.may_own("ann", "housing", "crisis")


def test_a_skill_is_asked_of_whoever_acts_and_of_no_persons_name() -> None:
    """R34."""
    strict = company(
        post(members=("ann", "ben"), requires=("law", "mediation")),
        competence=(
            Competence(person="ann", skills=("law", "mediation")),
            Competence(person="ben", skills=("law",)),
        ),
    )
    assert holders(strict) == {"ann"}
    assert (strict.lacks("desk", "ben"), strict.lacks("desk", "eve")) == (("mediation",), ("law", "mediation"))
    assert strict.lacks("ben", "ben") == ()
    assert not strict.may_answer("desk", "ben", LEAD, NOON)


def test_a_skill_is_asked_of_whoever_has_the_role_where_nobody_is_named() -> None:
    """R34."""
    strict = company(post(requires=("law",)), competence=(Competence(person="ann", skills=("law",)),))
    assert holders(strict, roles=HANDLER) == {"ann"}


def test_whoever_stands_in_with_another_post_has_the_skills_of_both() -> None:
    """R34; where nobody has them, nobody is there, though the other post is not empty."""
    hall = post("hall", members=("ann", "ben", "eve"), requires=("figures",))
    skills = {"ann": ("law", "figures"), "ben": ("law",), "eve": ("figures",)}
    listed = tuple(Competence(person=person, skills=has) for person, has in skills.items())
    desk = post(vacant=True, deputy="hall", requires=("law",))
    assert holders(company(desk, hall, competence=listed)) == {"ann"}
    role = company(desk, post("hall"), competence=listed[2:])
    assert (role.is_empty("desk", NOON), role.is_empty("hall", NOON)) == (True, False)
