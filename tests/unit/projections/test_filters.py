"""What the worklist may be narrowed to: a word that is in no list is refused, and the lists are said."""

from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter, ValidationError

from events.triage import GRADES
from projections.filters import CaseFilter, Grades, Statuses, Words, conditions
from runtime.problems import problem_of_invalid


@pytest.mark.parametrize("text", ["complaint,crisis", "crisis"])
def test_words_of_the_list_are_taken_one_or_several(text: str) -> None:
    assert TypeAdapter(Grades).validate_python(text) == text


@pytest.mark.parametrize("text", ["", "nosuch", "crisis,", ",crisis", "crisis, complaint", "crisis\n", "Crisis"])
def test_what_is_refused_says_in_plain_words_what_there_is(text: str) -> None:
    """An error is an answer; nobody has to read a regular expression."""
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(Grades).validate_python(text)
    (error,) = problem_of_invalid([{**one, "loc": ("query", "grade")} for one in wrong.value.errors()]).errors
    assert (error.pointer, error.code) == ("query:grade", "not-in-list")
    assert error.detail == f"send one of {', '.join(GRADES)}, or several with commas between"


def test_the_list_stands_in_the_description_of_the_api() -> None:
    assert TypeAdapter(Statuses).json_schema()["pattern"].startswith("^(open|lodged|")


@dataclass(frozen=True)
class Wider(CaseFilter):
    """With a member that somebody adds."""

    region: Words = None


def test_a_member_that_is_added_narrows_without_being_named_elsewhere() -> None:
    """One that was forgotten would find everything, silently."""
    found = conditions(Wider(region=["north", "east"], grade="crisis,complaint"))
    assert (found.where, found.arguments) == (
        "(grade = any ($1::text[])) and (region = any ($2::text[]))", [["crisis", "complaint"], ["north", "east"]]
    )  # fmt: skip
