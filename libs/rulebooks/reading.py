"""Reading a rulebook's text by its form: the value, or everything that is wrong with it and where (R142). Pure.

Lives here: TOML, forms and places. Must not: know what one kind means beyond its form (`check_*`).
"""

import json
import re
import tomllib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from events.table import Finding
from rulebooks.mending import mended

M = TypeVar("M", bound=BaseModel)
B = TypeVar("B")
Path = Sequence[str | int]
"""Where something stands: `("day", 3, "date")`."""

_NESTED = "it is nested deeper than any rulebook"
WHOLE = "the whole text"
"""The place of what has no place of its own."""
_HEAD = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*(?:\.\s*[^=]+)?=""")
_TOO_DEEP = re.compile(r"(?:^|[\s\[{,])(?:[^\s.=]{1,80}+[ \t]*+\.[ \t]*+){32}", re.MULTILINE)
"""A dotted name of more parts than any form has: the time that the parser takes grows with their square."""
_AT = re.compile(r"\s*\(at line (\d+), column \d+\)$")
UNREADABLE = (ValueError, RecursionError)
"""What a text that is no TOML raises: bad syntax, a number of thousands of digits, brackets thousands deep."""
_TODO = {
    "missing": "write it",
    "extra_forbidden": "take it out, or spell it as the form does",
    "string_pattern_mismatch": "write it with the characters that the form allows",
    "literal_error": "choose one of those",
    "too_short": "write at least one",
}


def content(text: str) -> str:
    """A TOML text as JSON, where strict forms read arrays as tuples, and dates and times as their texts.

    Raises tomllib.TOMLDecodeError, also where it is nested too deeply or has a number that is too long to be read.
    """
    if _TOO_DEEP.search(text):
        raise tomllib.TOMLDecodeError(_NESTED)
    try:
        return json.dumps(tomllib.loads(text), default=lambda moment: moment.isoformat(), ensure_ascii=False)
    except RecursionError:
        raise tomllib.TOMLDecodeError(_NESTED) from None
    except ValueError as error:
        raise tomllib.TOMLDecodeError(str(error)) from None


def read(form: type[M], name: str, text: str) -> tuple[M | None, list[Finding]]:
    """The text as its form, or None and what is wrong. `name`: what it is published as."""
    try:
        raw = json.loads(content(text))
    except UNREADABLE as error:
        return None, [_unreadable(error)]
    findings = [] if raw.get("name") == name else [_misnamed(text, raw, name)]
    if raw.pop("version", None) is not None:
        findings.append(Finding(place(text, ("version",)), "a text has no version", "take it out: the log counts them"))
    try:
        return form.model_validate_json(json.dumps(raw, ensure_ascii=False)), findings
    except ValidationError as error:
        return None, findings + [_of_form(text, one) for one in _faults(error)]


@dataclass(frozen=True, slots=True)
class Reading(Generic[M]):
    """A text as far as it can be read, and what is wrong with its form."""

    value: M | None
    """With something sound where the form is broken: only to look for what else is wrong."""
    findings: tuple[Finding, ...] = ()
    broken: tuple[tuple[str | int, ...], ...] = ()

    def and_also(self, further: Iterable[Finding]) -> tuple[Finding, ...]:
        """Everything: what the form says, and what else is wrong, but for what may come of a broken place: what is
        said of it or by it, and, where a name is broken, what is said not to be there.
        """
        unnamed = any(where[-1:] == ("name",) for where in self.broken)
        sure = (one for one in further if not (unnamed and one.wrong.startswith(_NO_SUCH)))
        return (*self.findings, *(one for one in sure if not any(_concerns(one, where) for where in self.broken)))

    def is_broken(self, *inside: str | int) -> bool:
        """Whether the form is broken anywhere inside: what leans on all of that cannot be said."""
        return any(where[: len(inside)] == inside for where in self.broken)


def _concerns(finding: Finding, broken: Path) -> bool:
    """Whether a finding is of a place around or inside a broken one, or names its entry."""
    said_of, where = finding.place.partition(" (")[0].split("."), [str(step) for step in broken]
    common = min(len(said_of), len(where))
    if said_of[:common] == where[:common]:
        return True
    return len(where) > 1 and re.search(rf"\b{re.escape('.'.join(where[:2]))}(?!\d)", finding.wrong) is not None


def read_on(form: type[M], name: str, text: str) -> Reading[M]:
    """As `read`, and what can be read all the same where the form is broken: one fault is not to hide another."""
    value, findings = read(form, name, text)
    if value is not None or not (raw := raw_of(text)):
        return Reading(value, tuple(findings))
    raw.pop("version", None)
    try:
        form.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        broken = tuple(one["loc"] for one in _faults(error))
        return Reading(mended(form, raw, error), tuple(findings), broken)
    return Reading(value, tuple(findings))


_NO_SUCH = "there is no "


def no_such(where: str, kind: str, name: str, todo: str) -> Finding:
    """A text names something that is not there; where a name is broken in it, that may be why (`Reading.and_also`)."""
    return Finding(where, f"{_NO_SUCH}{kind} {name!r}", todo)


def repeated(names: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """What comes again: the number of the first of each name, and of this one."""
    first: dict[Hashable, int] = {}
    for number, name in enumerate(names):
        if first.setdefault(name, number) != number:
            yield first[name], number


def check_form(form: type[BaseModel]) -> Callable[[str, str, object], tuple[Finding, ...]]:
    """The check of a kind whose form says all that can be wrong."""

    def check(name: str, text: str, _books: object) -> tuple[Finding, ...]:
        return tuple(read(form, name, text)[1])

    return check


def only_as(
    wanted: str, check: Callable[[str, str, B], tuple[Finding, ...]]
) -> Callable[[str, str, B], tuple[Finding, ...]]:
    """The check of a kind of which one rulebook is read, `wanted`: one of another name would be in force for nobody."""

    def checked(name: str, text: str, books: B) -> tuple[Finding, ...]:
        found = check(name, text, books)
        if name == wanted or not raw_of(text):
            return found
        wrong = f"of this kind only {wanted!r} is read"
        return (*found, Finding(place(text, ("name",)), wrong, "write a new version of that"))

    return checked


def raw_of(text: str) -> dict[str, Any]:
    """The text's tables as they are, for a look at what its form cannot take; empty where it is no TOML."""
    try:
        found: dict[str, Any] = json.loads(content(text))
    except UNREADABLE:
        return {}
    return found


def _faults(error: ValidationError) -> list[Any]:
    """What pydantic says, but that a list is too short because its entries are broken: they are there."""
    said: list[Any] = list(error.errors(include_url=False, include_input=False))
    around = {one["loc"][:length] for one in said for length in range(len(one["loc"]))}
    return [one for one in said if not (one["type"] == "too_short" and one["loc"] in around)]


def _unreadable(error: Exception) -> Finding:
    at = _AT.search(str(error))
    where = f"line {at[1]}" if at else "the end of the text" if isinstance(error, tomllib.TOMLDecodeError) else WHOLE
    return Finding(where, f"no TOML: {_AT.sub('', str(error))}", "mend it; see toml.io")


def _misnamed(text: str, raw: dict[str, Any], name: str) -> Finding:
    wrong = "the text has no name" if "name" not in raw else f"the text names itself {raw['name']!r}"
    return Finding(place(text, ("name",)), wrong, f"it is published as {name!r}: give it that name")


def _of_form(text: str, error: Any) -> Finding:  # noqa: ANN401 - pydantic's own dictionary
    where: tuple[str | int, ...] = error["loc"]
    wrong = error["msg"].removeprefix("Value error, ")
    todo = _TODO.get(error["type"], "see the form of this kind in docs/rulebooks.md")
    return Finding(place(text, where), wrong, todo)


def place(text: str, path: Path) -> str:
    """The dotted path of an entry, with its line, or the line of the nearest thing around it that has one."""
    dotted = ".".join(map(str, path)) or WHOLE
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return f"{dotted} (line {line})"
    return dotted


@lru_cache(4)
def _lines(text: str) -> Mapping[tuple[str | int, ...], int]:
    """The line of every table, array entry and key that stands at the beginning of a line. Kept: each finding asks."""
    found: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    inside: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        head = _HEAD.match(line)
        if head is not None:
            inside = _resolved(head[2], counts)
            if head[1] == "[[":
                counts[inside] = counts.get(inside, -1) + 1
                inside = (*inside, counts[inside])
            found.setdefault(inside, number)
            continue
        entry = _ENTRY.match(line)
        if entry is not None:
            found.setdefault((*inside, entry[1].strip("\"'")), number)
    return found


def _resolved(name: str, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """A header's name as a path: what lies under an array lies in its newest entry."""
    path: tuple[str | int, ...] = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return (*path, parts[-1])
