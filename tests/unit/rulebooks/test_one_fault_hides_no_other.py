"""Where the form of a text is broken, all else that is wrong is said as well, and nothing that is not (R142)."""

import re
from itertools import cycle

import pytest

from accountability.rules import Rules
from local.rules.files import CHECKS
from rulebooks.reading import read_on
from shipped import books, faults, texts

BOOKS = books()
ODD = ("{ a = 1 }", "[[]]", "-5")
VALUE = re.compile(r'(?<== )("[^"\n]*"|\d+|\[.*\]|\{.*\})$', re.MULTILINE)


def found(kind: str, name: str, text: str) -> list[str]:
    return [place for place, _ in faults(kind, name, text, BOOKS)]


def changed(key: str, *words: str) -> list[str]:
    """What is wrong with a shipped text that has other words: old, new, old, new."""
    (kind, _, name), text = key.partition("/"), texts()[key]
    for old, new in zip(words[::2], words[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return found(kind, name, text)


def test_what_stands_in_for_what_is_broken_in_one_place_is_not_filled_for_another() -> None:
    """A form whose fields are tables: each gets one of its own, and the next text begins with empty ones."""
    whole = 'name = "authority"\ncallbacks = 1\nclosing = 1\nbudgets = 1\napart = 1\nlimits = 1\n'
    first = read_on(Rules, "authority", whole).findings
    assert len(first) == 5
    assert read_on(Rules, "authority", whole).findings == first


def test_of_a_ladder() -> None:
    """A number beyond all measure, in a level for a post that there is not; a level for nobody new; a crisis beyond."""
    assert changed(
        "ladder/default",
        'post = "teamlead"\nafter_minutes = 60', 'post = "king"\nafter_minutes = 99999999999999999999',
        'post = "cso"', 'post = "reception"', "crisis_level = 4", "crisis_level = 7",
    ) == ["level.1.after_minutes", "level.3.post", "crisis_level", "level.1.post"]  # fmt: skip


def test_of_an_organisation() -> None:
    assert changed(
        "organisation/default",
        "refusals_max = 3", "refusals_max = 0", 'roles = ["teamlead"]', 'roles = "teamlead"',
        'fallback = "reception"', 'fallback = "nobody"', 'name = "cso"', 'name = "cso"\ndeputy = "cso"\ncake = 1',
    ) == ["post.2.roles", "post.4.cake", "refusals_max", "fallback", "post.4.deputy"]  # fmt: skip


def test_of_a_pack() -> None:
    """Also a policy that comes twice."""
    text = texts()["pack/cn-12315"].replace('unit = "business-days"', 'unit = "moons"', 1)
    text = text.replace('calendar = "cn"', 'calendar = "mars"')
    last = text.count("[[policy]]")
    wrong = found("pack", "cn-12315", text + "\n" + text[text.rindex("[[policy]]") :])
    assert wrong[:2] == ["policy.0.budget.unit", "calendar"]
    assert f"policy.{last}.name" in wrong


def test_of_a_table_of_triage() -> None:
    wrong = changed(
        "routing/routing", 'first_owner = "teamlead"', "first_owner = 7", 'playbook = "crisis"', 'playbook = "x"'
    )
    assert len(wrong) == 2
    assert {place.rpartition(".")[2] for place in wrong} == {"first_owner", "playbook"}


@pytest.mark.parametrize("key", sorted(texts()))
def test_nothing_is_said_of_what_is_sound(key: str) -> None:
    """One value is of a wrong sort, each in its turn: every finding is of its line."""
    (kind, _, name), text = key.partition("/"), texts()[key]
    for value, odd in zip(VALUE.finditer(text), cycle(ODD)):
        line = text.count("\n", 0, value.start()) + 1
        for one in CHECKS[kind](name, text[: value.start()] + odd + text[value.end() :], BOOKS):
            assert f"(line {line})" in one.place, str(one)


@pytest.mark.timeout(60)
def test_a_text_of_the_largest_size_with_faults_everywhere_is_answered() -> None:
    level = '[[level]]\npost = 1\nafter_minutes = "x"\n'
    head = 'name = "default"\ncrisis_level = 1\n'
    for count in (20, 240, 7_000):
        assert len(found("ladder", "default", head + level * count)) >= min(2 * count, 40)
