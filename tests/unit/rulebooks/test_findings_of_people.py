"""Of an organisation: whose post it is, who is away, and who stands in, as far as its text says it (R117, R142)."""

import pytest

from published import absence
from shipped import faults, texts

ORGANISATION = texts()["organisation/default"]
DAY = "2026-10-{:02}T00:00:00+08:00"


def found(*parts: str, of: str = ORGANISATION) -> list[tuple[str, str]]:
    return faults("organisation", "default", "\n".join((of, *parts)))


def away(person: str, since: int, until: int, deputy: str = "") -> str:
    stands_in = f'\ndeputy = "{deputy}"' if deputy else ""
    return f'[[absence]]\nperson = "{person}"\nsince = {DAY.format(since)}\nuntil = {DAY.format(until)}{stands_in}'


def post(name: str, rest: str = "") -> str:
    return f'[[post]]\nname = "{name}"\nroles = ["handler"]\nafter_refusal = "reception"\n{rest}'


def test_two_posts_of_one_name_are_found() -> None:
    (one,) = found(post("handler"))
    assert one == ("post.5.name", "post.0 is called so as well")


@pytest.mark.parametrize(
    ("rest", "wrong"),
    [
        ("vacant = true", []),
        ('members = ["ann"]', []),
        ('vacant = true\nmembers = ["ann"]', [("post.5.vacant", "it is vacant and has members")]),
    ],
)
def test_a_vacant_post_has_no_members(rest: str, wrong: list[tuple[str, str]]) -> None:
    assert found(post("night", rest)) == wrong


def test_nobody_is_their_own_deputy() -> None:
    assert ("absence.0.deputy", "nobody is their own deputy") in found(away("ann", 1, 3, "ann"))
    assert found(away("ann", 1, 3, "ben")) == []


@pytest.mark.parametrize(
    ("absences", "places"),
    [
        ([("ann", 1, 3), ("ann", 3, 5)], []),
        ([("ann", 3, 5), ("ann", 1, 3)], []),
        ([("ann", 1, 3), ("ben", 2, 4)], []),
        ([("ann", 1, 4), ("ann", 3, 5)], ["absence.1"]),
        ([("ann", 3, 5), ("ann", 1, 4)], ["absence.1"]),
        ([("ann", 1, 9), ("ann", 3, 5)], ["absence.1"]),
        ([("ann", 3, 3)], ["absence.0.until"]),
        ([("ann", 4, 3)], ["absence.0.until"]),
        ([("ann", 1, 9), ("ann", 3, 3)], ["absence.1.until"]),
    ],
)
def test_times_away_of_one_person_lie_apart_and_end_after_they_begin(
    absences: list[tuple[str, int, int]], places: list[str]
) -> None:
    assert [place for place, _ in found(*(away(*one) for one in absences))] == places


@pytest.mark.parametrize(
    ("absences", "places"),
    [
        ([("ann", 1, 4, "ben"), ("ben", 4, 6, "ann")], []),
        ([("ann", 4, 6, "ben"), ("ben", 1, 4, "ann")], []),
        ([("ann", 1, 4, "ben"), ("ben", 3, 6, "ann")], ["absence.0.deputy", "absence.1.deputy"]),
        ([("ann", 1, 4, "ben"), ("ben", 3, 6, "")], []),
        ([("ben", 3, 6, ""), ("ann", 1, 4, "carl"), ("carl", 2, 3, "ann")], ["absence.1.deputy", "absence.2.deputy"]),
        ([("ann", 1, 4, "ben"), ("ben", 1, 4, "carl"), ("carl", 1, 4, "dan")], []),
    ],
)
def test_whoever_stands_in_is_there(absences: list[tuple[str, int, int, str]], places: list[str]) -> None:
    """A circle counts only in the time that all of them are away."""
    assert [place for place, _ in found(*(away(*one) for one in absences))] == places


@pytest.mark.parametrize(("posts", "told"), [(2, "p1 → p0"), (3, "p1 → p2 → p0")])
def test_deputies_of_posts_that_end_where_they_began_are_told(posts: int, told: str) -> None:
    text = [post(f"p{n}", f'deputy = "p{(n + 1) % posts}"') for n in range(posts)]
    wrong = found(*text, post("apart", 'deputy = "p0"'))
    assert wrong[0] == ("post.5.deputy", f"its deputies stand in for one another in a circle: {told}")
    assert [place for place, _ in wrong] == [f"post.{5 + n}.deputy" for n in range(posts)]


def test_only_a_deputy_of_somebody_who_holds_the_post_needs_what_it_requires() -> None:
    """R34: ann is in no post, so that whoever stands in for her needs nothing."""
    text = ORGANISATION.replace(
        'name = "handler"\nroles = ["handler"]\n',
        'name = "handler"\nroles = ["handler"]\nrequires = ["law"]\nmembers = ["ben"]\n',
    )
    ben = '[[competence]]\nperson = "ben"\nskills = ["law"]\n'
    assert found(ben, absence("ann", "carl"), away("ben", 20, 21), of=text) == []


def test_a_role_that_nobody_can_have_is_found() -> None:
    """A token's other roles count for nothing: whoever is asked so could never answer."""
    misspelt = ORGANISATION.replace('may_take_any = ["teamlead", "cso"]', 'may_take_any = ["teamled", "cso"]')
    wrong = found(of=misspelt.replace('roles = ["reception", "handler"]', 'roles = ["reception", "handlr"]'))
    assert wrong == [
        ("may_take_any", "there is no role 'teamled'"),
        ("post.1.roles", "there is no role 'handlr'"),
    ]
