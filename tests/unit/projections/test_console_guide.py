"""The playbook beside a case: what to say in the complainant's language, all else in the reader's."""

import tomllib

import pytest

import console_pages as invented
from projections.console.guide import Guide, guide
from projections.console.reader import Text
from projections.console.words import LANGUAGES, Language
from shipped import text, texts


def shown(name: str, lang: str | None, language: Language) -> Guide:
    return guide(tomllib.loads(text("playbook", name)), lang, invented.reader(language=language))


PLAYBOOKS = sorted(key.partition("/")[2] for key in texts() if key.startswith("playbook/"))


@pytest.mark.parametrize("name", PLAYBOOKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_playbook_helps_in_the_reader_s_language(name: str, language: Language) -> None:
    """R86, R138: opening, what to find out, and a script per scene in plain words, for each type as shipped."""
    found = shown(name, None, language)
    said = [found.title, found.opening, *found.checklist, *(one for scene in found.scenes for one in scene.script)]
    assert {one.lang for one in said} == {language}
    assert found.checklist
    assert all(scene.script for scene in found.scenes)


def test_what_is_said_to_a_complainant_is_in_their_language() -> None:
    """R58, R131: the opening and the scripts; what only the handler reads is in the handler's (R149)."""
    found = shown("service-dispute", "zh-CN", "en")
    assert found.title == Text("A dispute about service", "en")
    assert found.opening.text.startswith("感谢您告诉我们")
    scene = found.scenes[0]
    assert [one.lang for one in (*scene.script, *scene.prompts, *found.checklist)] == ["zh", "en", "en", "en", "en"]


def test_a_language_that_the_playbook_lacks_is_the_reader_s_or_the_first_there_is() -> None:
    assert shown("crisis", "yue", "zh").opening.lang == "zh"
    only = {"title": {"en": "T"}, "opening": {"en": "O"}, "scene": []}
    assert guide(only, "zh", invented.reader(language="zh")).opening == Text("O", "en")
