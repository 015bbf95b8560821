"""What helps whoever handles a case: the playbook that its route names, to be read beside the forms.

Pure. What is to be said comes in the complainant's language where the playbook has it, all else in the reader's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projections.console.reader import Reader, Text

Said = Mapping[str, str]
"""The same words by language."""


@dataclass(frozen=True)
class Scene:
    """One situation: what to say, and where errors are made."""

    title: Text
    script: Sequence[Text]
    prompts: Sequence[Text]


@dataclass(frozen=True)
class Guide:
    """One playbook as it is shown."""

    title: Text
    opening: Text
    checklist: Sequence[Text]
    scenes: Sequence[Scene]


def guide(playbook: Mapping[str, Any], lang: str | None, reader: Reader) -> Guide:
    """`lang`: the complainant's language, where it is known."""
    own, theirs = reader.words.language, (lang or "").partition("-")[0]

    def read(said: Said) -> Text:
        return _in(own, said)

    def told(said: Said) -> Text:
        return _in(theirs if theirs in said else own, said)

    return Guide(
        read(playbook["title"]),
        told(playbook["opening"]),
        [read(one) for one in playbook.get("checklist", ())],
        [
            Scene(read(one["title"]), [told(said) for said in one["script"]], [read(p) for p in one.get("prompts", ())])
            for one in playbook["scene"]
        ],
    )


def _in(language: str, said: Said) -> Text:
    """These words in a language, else in the first that there is."""
    code = language if language in said else next(iter(said))
    return Text(said[code], code)
