"""The form for a new case: for those who talk with complainants, in the reader's language, with nothing pinned."""

import pytest

import console_pages as invented
from events.roles import TAKING
from intake.bodies import LodgeBody
from projections.console.case import shown
from projections.console.forms import Form
from projections.console.lodging import LODGE, lodging
from projections.console.words import Language
from projections.sources import WATCHERS


def form(*roles: str, language: Language = "en") -> Form:
    found = lodging(invented.reader(*roles, language=language))
    assert found is not None
    return found


@pytest.mark.parametrize("role", WATCHERS)
def test_it_is_there_for_whoever_takes_down_what_others_say(role: str) -> None:
    assert (lodging(invented.reader(role)) is not None) == (role in TAKING)


def test_it_asks_for_what_a_body_may_hold_and_needs_what_a_body_needs() -> None:
    """Whatever the form sends, intake knows; what intake needs, the form asks for."""
    assert {ask.name for ask in LODGE.asks} == set(LodgeBody.model_fields)
    needed = {name for name, field in LodgeBody.model_fields.items() if field.is_required()}
    assert needed <= {ask.name for ask in LODGE.asks if ask.required}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_are_most_likely_in_the_reader_s_language(language: Language) -> None:
    found = form("reception", language=language)
    values = {field.name: field.value for field in found.fields}
    assert (values["language"], values["channel"], values["form"]) == (language, "phone", "oral")
    assert (found.action, found.pin) == ("/v1/complaints", "")


def test_what_they_say_of_earlier_calls_and_complaints_stands_on_the_page() -> None:
    """R84: each where it was said."""

    def person(**said: int) -> list[str]:
        return [line.text.text for line in shown(invented.case(**said), invented.reader()).person]

    assert "calls about it: 3 · complaints: 2" in person(calls_before=3, complaints_before=2)
    assert "complaints: 2" in person(complaints_before=2, calls_before=0)
    assert not [line for line in person() if "complaints:" in line]
