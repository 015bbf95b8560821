"""Who is named for a post without the competence that it requires is a finding, with its place (R34, R142)."""

import pytest

from published import absence, delegation
from shipped import faults, texts

ORGANISATION = texts()["organisation/default"].replace(
    'name = "handler"\nroles = ["handler"]\n',
    'name = "handler"\nroles = ["handler"]\nrequires = ["mediation", "law"]\nmembers = ["ann", "ben"]\n',
)
ANN = '[[competence]]\nperson = "ann"\nskills = ["law", "mediation"]\n'
BEN = '[[competence]]\nperson = "ben"\nskills = ["mediation", "law", "figures"]\n'
AWAY = absence("ann", "carl")
DELEGATED = delegation("ann", "carl")


def found(text: str) -> list[tuple[str, str]]:
    return faults("organisation", "default", text)


def test_whoever_has_what_is_required_may_be_named() -> None:
    carl = ANN.replace("ann", "carl")
    assert found(ORGANISATION + ANN + BEN + carl + AWAY + DELEGATED) == []


def test_members_need_all_that_is_required() -> None:
    some = BEN.replace('"mediation", ', "")
    assert found(ORGANISATION + ANN + some) == [
        ("post.0.members.1", "handler requires what ben is not listed with: mediation")
    ]


@pytest.mark.parametrize(("way", "place"), [(AWAY, "absence.0.deputy"), (DELEGATED, "delegation.0.to")])
def test_who_stands_in_needs_it_too(way: str, place: str) -> None:
    assert found(ORGANISATION + ANN + BEN + way) == [
        (place, "handler requires what carl is not listed with: mediation, law")
    ]


def test_so_does_whoever_stands_in_for_a_delegate() -> None:
    carl, dora = ANN.replace("ann", "carl"), AWAY.replace("carl", "dora").replace("ann", "carl")
    assert found(ORGANISATION + ANN + BEN + carl + DELEGATED + dora) == [
        ("absence.0.deputy", "handler requires what dora is not listed with: mediation, law")
    ]


def test_a_post_that_nobody_could_hold_is_a_finding() -> None:
    """Also one that is held by role: nobody has the skills whom the table does not list with them."""
    text = ORGANISATION.replace('members = ["ann", "ben"]\n', "")
    nobody = ("post.0.requires", "nobody is listed with all of it: nobody could hold the post")
    assert found(text) == [nobody]
    assert found(text + ANN.replace("law", "x")) == [nobody]
    assert found(text + ANN) == []


def test_one_person_is_listed_once() -> None:
    assert found(ORGANISATION + ANN + BEN + ANN) == [("competence.2", "competence.0 is of the same person")]
