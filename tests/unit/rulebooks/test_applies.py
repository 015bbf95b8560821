"""Which cases a policy is for, and what two policies say of each other without any case."""

from typing import Any

import pytest

from rulebooks.pack import Applies, Traits

CASE = Traits("crisis", "phone", "harbour", "fire", "handler")
LISTS = {
    "grades": ("crisis", "complaint"), "channels": ("phone", "web"), "branches": ("harbour", "hill"),
    "categories": ("fire", "water"), "posts": ("handler", "cso"),
}  # fmt: skip


def applies(**lists: tuple[str, ...]) -> Applies:
    said: dict[str, Any] = lists
    return Applies(**said)


@pytest.mark.parametrize("name", LISTS)
def test_each_list_must_fit_and_one_that_is_empty_asks_for_nothing(name: str) -> None:
    fits, other = LISTS[name]
    assert applies().fits(CASE)
    assert applies(**{one: (fitting,) for one, (fitting, _) in LISTS.items()}).fits(CASE)
    assert applies(**{name: (other, fits)}).fits(CASE)
    assert not applies(**{one: (fitting,) for one, (fitting, _) in LISTS.items()} | {name: (other,)}).fits(CASE)


@pytest.mark.parametrize(
    ("mine", "theirs", "within", "apart"),
    [
        ({}, {}, True, False),
        ({"branches": ("a",)}, {}, True, False),
        ({}, {"branches": ("a",)}, False, False),
        ({"branches": ("a",)}, {"branches": ("a",)}, True, False),
        ({"branches": ("a",)}, {"branches": ("a", "b")}, True, False),
        ({"branches": ("a", "b")}, {"branches": ("a",)}, False, False),
        ({"branches": ("a",)}, {"branches": ("b",)}, False, True),
        ({"branches": ("a*",)}, {"branches": ("b",)}, False, False),
        ({"branches": ("a",)}, {"branches": ("b", "c*")}, False, False),
        ({"branches": ("a",), "posts": ("p",)}, {"branches": ("a",)}, True, False),
        ({"branches": ("a",)}, {"branches": ("a",), "posts": ("p",)}, False, False),
        ({"branches": ("a",), "posts": ("p",)}, {"branches": ("a",), "posts": ("q",)}, False, True),
    ],
)
def test_one_may_lie_within_another_or_apart_from_it(
    mine: dict[str, tuple[str, ...]], theirs: dict[str, tuple[str, ...]], within: bool, apart: bool
) -> None:
    """As far as the lists show: a pattern may mean anything."""
    one, other = applies(**mine), applies(**theirs)
    assert one.within(other) is within
    assert one.apart(other) is other.apart(one) is apart
