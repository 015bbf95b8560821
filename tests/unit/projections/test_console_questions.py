"""From what a reader asks to what the views are asked."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import pytest

import console_pages as invented
from projections import console
from projections.console.questions import Asked, Questions

NOTHING = cast("Any", None)
"""No table is looked at."""
FORM = Path(console.__file__).parent / "templates" / "worklist.html"


@pytest.mark.parametrize("name", sorted({one.name for one in fields(Asked)} - {"view", "cursor"}))
async def test_whatever_narrows_the_worklist_does_and_stands_in_its_form(name: str) -> None:
    """What is passed on nowhere would find everything, silently."""
    questions, reader, whole = Questions(NOTHING, NOTHING), invented.reader(), Asked("all")
    word: dict[str, Any] = {name: "a"}
    assert await questions._filter(replace(whole, **word), reader) != await questions._filter(whole, reader)
    assert f'name="{name}"' in FORM.read_text(encoding="utf-8")
