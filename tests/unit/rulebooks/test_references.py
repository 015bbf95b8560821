"""References, as facts and publishers write them, are taken apart in one place; what they name is found or missing."""

import pytest

from events.decider import UnknownRulebook
from published import OFFICE, PACK
from rulebooks.books import Ref, as_first, by_ref, parsed

BOOKS = as_first({"calendar/office": OFFICE, "pack/desk": PACK})


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("cn@3", Ref("cn", number=3)),
        ("desk/answer@12", Ref("desk", "answer", 12)),
        ("desk/answer", Ref("desk", "answer")),
        ("desk", Ref("desk")),
        ("given", Ref("given")),
        ("", Ref("")),
        ("cn@", Ref("cn")),
        ("cn@newest", Ref("cn")),
        ("cn@-1", Ref("cn")),
    ],
)
def test_a_reference_says_which_rulebook_which_policy_and_which_version(ref: str, found: Ref) -> None:
    """Total: what is no reference names no version."""
    assert parsed(ref) == found


def test_an_edition_writes_what_is_read_again() -> None:
    pack = by_ref(BOOKS, "pack", "desk/answer@1")
    assert (pack.ref, pack.policy("answer")) == ("desk@1", "desk/answer@1")
    assert parsed(pack.policy("answer")) == Ref("desk", "answer", 1)


@pytest.mark.parametrize("ref", ["office@2", "office", "office@x", "shop@1", ""])
def test_what_is_not_there_is_said_by_its_name(ref: str) -> None:
    with pytest.raises(UnknownRulebook, match=f"^calendar/{ref}$"):
        by_ref(BOOKS, "calendar", ref)
