"""How streams are called (L3): `<kind>/<id>`, and `rulebook/<kind>/<name>` for rulebooks alone."""

import pytest

from events.ids import STREAM
from rulebooks.books import rulebook_stream


@pytest.mark.parametrize("name", ["complaint/1", "import/boston:2024", rulebook_stream("calendar", "cn"), "rulebook/x"])
def test_a_stream_has_a_kind_and_an_id(name: str) -> None:
    assert STREAM.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        "complaint",
        "complaint/",
        "complaint/a/b",
        "rulebook/calendar/",
        "rulebook/Calendar/cn",
        "rulebook/a/b/c",
        "/a",
        "a b/c",
    ],
)
def test_nothing_else_names_one(name: str) -> None:
    assert not STREAM.fullmatch(name)
