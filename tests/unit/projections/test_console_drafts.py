"""The page of rulebook drafts: what waits, for whom, and that nothing may be done there which the rules refuse."""

from datetime import timedelta

import pytest

import console_pages as invented
from console_html import PAGES, frame
from events.rulebook import EscalationApproved, EscalationDrafted
from projections.console import drafts
from projections.console.drafts import Draft
from projections.console.reader import Reader
from projections.console.words import Language
from projections.views.rulebooks import Shelved, shelved
from told import Log

STREAM = "rulebook/calendar/office"


def written(version: int, by: str = "ann", why: str = "a holiday") -> EscalationDrafted:
    at = invented.NOW - timedelta(days=9 - version)
    return EscalationDrafted(
        at=at, version=version, text=f"# {invented.EVIL}", effective_at=at, why=why, consulted=("legal", "care"), by=by
    )


def books(why: str = "a holiday") -> dict[str, Shelved]:
    log = Log()
    approved = EscalationApproved(at=invented.NOW - timedelta(days=8), version=1, by="ben")
    found = shelved(log.tell(STREAM, written(1), approved, written(2, why=why)))
    assert found is not None
    return {STREAM: found}


def page(reader: Reader, why: str = "a holiday") -> Draft:
    (found,) = drafts.shown(books(why), reader)
    return found


def html(reader: Reader, why: str = "a holiday") -> str:
    return PAGES.html("drafts.html", reader.words, **frame(reader, "drafts"), drafts=drafts.shown(books(why), reader))


def test_a_draft_says_what_stands_in_it_and_what_counts_until_then() -> None:
    found = page(invented.reader("manager"))
    assert (found.name, found.version, found.in_force) == ("calendar/office", 2, "Version 1 is in force now.")
    assert (found.why, found.consulted, found.about) == ("a holiday", "legal, care", "ann wrote it, 17 Sep 14:12.")


@pytest.mark.parametrize(
    ("roles", "subject", "may"),
    [
        (("manager",), "ben", ("approval", "refusal")),
        (("cso", "handler"), "ben", ("approval", "refusal")),
        (("manager",), "ann", ("refusal",)),
        (("handler",), "ben", ()),
        (("auditor",), "ann", ()),
    ],
)
def test_only_what_may_be_answered_to_a_draft_is_offered(
    roles: tuple[str, ...], subject: str, may: tuple[str, ...]
) -> None:
    """Principle 4 of the console: whoever wrote a draft does not approve it, and may take it back."""
    text = html(invented.reader(*roles, subject=subject))
    assert [word for word in ("approval", "refusal") if f'action="/v1/rulebooks/calendar/office/{word}"' in text] == [
        *may
    ]
    assert ("Take it back" in text) == (subject == "ann" and bool(may))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_draft_says_is_text(language: Language) -> None:
    text = html(invented.reader("manager", language=language), why=invented.EVIL)
    assert "<script>alert" not in text
    assert "1337" not in text
    assert (text.count("<h1"), text.count('role="status"')) == (1, 1)
    none = PAGES.html("drafts.html", invented.reader().words, **frame(invented.reader()), drafts=[])
    assert "No draft waits" in none
