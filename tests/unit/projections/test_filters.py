"""What the worklist may be narrowed to: a word that is in no list is refused, and the lists are said."""

import re
from dataclasses import dataclass, fields
from typing import get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

from events.triage import GRADES
from projections import filters
from projections.answers import CaseLine
from projections.filters import CaseFilter, Grades, Statuses, Words, conditions
from projections.rows import LISTED
from projections.showing import SUMMARY
from projections.store import TABLES
from runtime.problems import problem_of_invalid
from runtime.queries import read_queries


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


def test_what_lists_filter_by_is_written_to_the_table_of_cases() -> None:
    """A column that is missing in one place would be found by whoever asks for it, as a fault of the server."""
    asked = {one.name for one in fields(CaseFilter)} - set(filters._CONDITIONS) - {"owed"}
    assert asked - set(LISTED) == set(), "name it in LISTED of rows.py"
    schema = TABLES.read_text(encoding="utf-8")
    table = schema.split("create table if not exists cases (")[1].split("\n) with")[0]
    later = "".join(re.findall(r"^alter table cases .*?;", schema, re.MULTILINE | re.DOTALL))
    named = r"(?:^ +|add column if not exists )([a-z_]+) +(?:text|bigint|boolean|timestamptz)"
    columns = set(re.findall(named, table + later, re.MULTILINE))
    assert set(LISTED) - columns == set(), "give the table `cases` of sql/schema.sql a column"
    written = columns - {"next_due_at", "next_clock"}
    write = read_queries(TABLES.with_name("fold.sql"))["write_cases"]
    insert, select, update = re.split(r"\nselect |\non conflict", write)
    stale = {name for name in written - {"id"} if f"{name} = " not in update}
    stale |= written - set(re.findall(r"[a-z_]+", insert))
    stale |= written - {"running_due_at", "running_clock"} - set(re.findall(r"[a-z_]+", select))
    assert stale == set(), "insert it, select it and set it in write_cases of sql/fold.sql"


def test_a_filter_that_is_no_list_of_words_has_a_condition_of_its_own() -> None:
    """A truth value and a time are no words of which a column could hold one."""
    words = (str | None, list[str] | None)
    others = {name for name, kind in get_type_hints(CaseFilter).items() if kind not in words}
    assert others - set(filters._CONDITIONS) - {"owed"} == set(), "say it in _CONDITIONS of filters.py"


def test_the_form_of_a_line_names_what_is_in_it() -> None:
    assert set(SUMMARY) - set(CaseLine.__annotations__) == set(), "name it in CaseLine of answers.py"
