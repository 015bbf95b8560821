"""The catalogues: every word of the console's own, in each language, as plain tables beside this file.

`words/<language>/*.toml` hold one table a group; an entry's key is `<group>.<name>`. Nothing is joined from parts: a
sentence is one entry, with `{names}` for what differs. Words of people and codes of other systems are in no catalogue
and stay as they are.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Words:
    """One language's catalogue. A key that it lacks is a fault of ours and raises KeyError: a test finds it first."""

    language: Language
    table: Mapping[str, str]

    def t(self, key: str, **values: object) -> str:
        """The entry with its `{names}` filled in."""
        entry = self.table[key]
        return entry.format(**values) if values else entry

    def told(self, key: str, values: Mapping[str, str]) -> str:
        """The entry filled in from what a record holds; what it does not hold is a dash."""
        return self.table[key].format_map(_Dashes(values))

    def n(self, key: str, count: int, **values: object) -> str:
        """The entry for so many: `<key>.one` where the language has one and `count` is 1, else `<key>.other`."""
        form = "one" if count == 1 and f"{key}.one" in self.table else "other"
        return self.t(f"{key}.{form}", n=f"{count:,}", **values)

    def of(self, group: str, name: str) -> str:
        """The word for a code of a closed list; a code that is not listed (a publisher's own) stays as it is."""
        return self.table.get(f"{group}.{name}", name)


class _Dashes(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return "–"


@cache
def catalogue(language: Language) -> Words:
    """The catalogue of a language, read once."""
    table: dict[str, str] = {}
    for path in sorted((WORDS / language).glob("*.toml")):
        table |= dict(_flat("", tomllib.loads(path.read_text(encoding="utf-8"))))
    return Words(language, table)


def _flat(prefix: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, entry in entries.items():
        if isinstance(entry, str):
            yield prefix + name, entry
        else:
            yield from _flat(f"{prefix}{name}.", entry)


def chosen(cookie: str | None, accept_language: str) -> Language:
    """The language a reader chose, else the first one they accept that we have, else English."""
    accepted = sorted(accept_language.split(","), key=_weight, reverse=True)
    for part in (cookie or "", *accepted):
        for language in LANGUAGES:
            if part.strip().lower().startswith(language):
                return language
    return "en"


def _weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
