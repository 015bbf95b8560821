"""The body of an amendment: what is wrong with its new value is said at the value itself."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from intake.bodies import WORD_CHARS_MAX, AmendBody
from runtime.problems import problem_of_invalid


def written(field: str, after: str) -> bytes:
    return json.dumps({"field": field, "after": after, "reason": "misheard"}).encode()


def wrong(field: str, after: str) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        AmendBody.model_validate_json(written(field, after))
    found: list[dict[str, Any]] = [{**error, "loc": ("body", *error["loc"])} for error in refused.value.errors()]
    return [(error.pointer, error.code) for error in problem_of_invalid(found).errors]


@pytest.mark.parametrize("field", ["product", "branch", "channel", "identity"])
def test_a_name_is_short_and_on_one_line(field: str) -> None:
    """As everywhere: the place is that of what is to be written anew, and the code is that of any word."""
    assert wrong(field, "E" * (WORD_CHARS_MAX + 1)) == [("#/after", "string-too-long")]
    assert wrong(field, "E5\n2025") == [("#/after", "word-unfit")]
    assert wrong(field, "E5\u202e2025") == [("#/after", "word-unfit")]


@pytest.mark.parametrize(
    "after", ["E" * WORD_CHARS_MAX, "极氪\u3000001", "\U0001f469\u200d\U0001f527", "می\u200cخواهم"]
)
def test_a_name_may_be_in_any_script(after: str) -> None:
    assert AmendBody.model_validate_json(written("product", after)).after == after


@pytest.mark.parametrize("field", ["text", "demand", "contact"])
def test_what_a_person_said_is_long_and_of_many_lines(field: str) -> None:
    after = "line\n" * WORD_CHARS_MAX
    assert AmendBody.model_validate_json(written(field, after)).after == after


def test_a_field_that_cannot_be_amended_is_the_only_thing_wrong() -> None:
    assert wrong("colour", "red\nblue") == [("#/field", "literal-error")]
