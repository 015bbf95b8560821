"""What forms offer and the timeline tells stands in the reader's words; a code that has no word is shown as it is."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

import console_pages as invented
from events.codec import TYPES
from events.fact import Fact
from projections.console import timeline
from projections.console.beside_commands import SET_BUDGET
from projections.console.commands import COMMANDS
from projections.console.lodging import LODGE
from projections.console.saying import OWN
from projections.console.words import LANGUAGES, Language, catalogue

EVERY_ASK = [ask for command in (*COMMANDS, LODGE, SET_BUDGET, *OWN) for ask in command.asks]


def codes(annotation: object) -> Iterator[str]:
    """The words of the closed lists in it."""
    for one in get_args(annotation):
        if isinstance(one, str):
            yield one
        else:
            yield from codes(one)


def named(fact: type[Fact]) -> dict[str, Any]:
    """The members that its title in the timeline is filled in from, each with its type."""
    title = catalogue("en").table.get(f"fact.{fact.type.split('.')[2]}", "")
    return {name: fact.model_fields[name].annotation for name in re.findall(r"{([a-z_]+)}", title)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_form_lets_somebody_choose_has_its_word(language: Language) -> None:
    wanted = {f"{ask.group}.{choice}" for ask in EVERY_ASK for choice in ask.choices}
    assert wanted - set(catalogue(language).table) == set(), f"say them in words/{language}/lists.toml"


@pytest.mark.parametrize("fact", TYPES.values(), ids=lambda fact: fact.type)
def test_whatever_a_title_tells_from_a_closed_list_has_its_word(fact: type[Fact]) -> None:
    """In Chinese no code is its own word."""
    reader, name = invented.reader(language="zh"), fact.type.split(".")[2]
    told = {(field, code) for field, annotation in named(fact).items() for code in codes(annotation)}
    unsaid = {(field, code) for field, code in told if timeline._value(name, field, code, {}, reader) == code}
    assert unsaid == set(), "name its words in _GROUPS of console/timeline.py"


@pytest.mark.parametrize("fact", TYPES.values(), ids=lambda fact: fact.type)
def test_no_title_tells_a_truth_value(fact: type[Fact]) -> None:
    """`True` is no word of any language: what it means is said by a list of two words."""
    assert [name for name, annotation in named(fact).items() if bool in (annotation, *get_args(annotation))] == []
