"""Whatever stands in a rulebook's text: the check ends, and each finding has a place and says what to do (R142)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.rules.files import CHECKS
from shipped import books, texts

BOOKS = books()
PIECES = (
    "",
    "[",
    "]]",
    '"',
    "=",
    "\n",
    "[[day]]\n",
    "name",
    "2025-02-30",
    "9" * 5000,
    "[" * 3000,
    "nan",
    "= []",
    "{}",
    "é",
    "\u0007",
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """A shipped text, some of it cut out, doubled or replaced."""
    key = draw(st.sampled_from(sorted(texts())))
    text = texts()[key]
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 60)))
        text = text[:begin] + draw(st.sampled_from((*PIECES, text[begin:end] * 2))) + text[end:]
    return key, text


@given(damaged())
def test_a_damaged_text_is_sound_or_says_what_is_wrong(one: tuple[str, str]) -> None:
    key, text = one
    kind, _, name = key.partition("/")
    for finding in CHECKS[kind](name, text, BOOKS):
        assert finding.place
        assert finding.wrong
        assert finding.todo


@pytest.mark.parametrize("text", ["", "[" * 100_000, "a = " + "9" * 100_000, "name = 1", "name = [1979-05-27]", "\x00"])
@pytest.mark.parametrize("kind", sorted(CHECKS))
def test_a_text_of_nonsense_is_refused(kind: str, text: str) -> None:
    assert CHECKS[kind]("x", text, BOOKS)
