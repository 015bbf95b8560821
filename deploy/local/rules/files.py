"""Rulebooks in files: `<folder>/<kind>/<name>.toml`, and what is wrong with them, with nothing running.

Must not: ask a service.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accountability.rulebooks import CHECKS as LIMITS
from events.rulebook import TEXT_CHARACTERS_MAX
from events.table import Finding
from intake.channels import CHECKS as CHANNELS
from local.errors import LocalError
from local.places import RULES
from rulebooks.books import Text, as_first
from rulebooks.kinds import ESCALATION
from rulebooks.reading import WHOLE, raw_of
from rulebooks.state import Books, Check
from triage.rulebooks import CHECKS as TRIAGE

WRITTEN_BY: Final[Mapping[str, Mapping[str, Check]]] = {
    "escalation": ESCALATION,
    "triage": TRIAGE,
    "accountability": LIMITS,
    "intake": CHANNELS,
}
"""Which service writes which kinds."""
CHECKS: Final[Mapping[str, Check]] = {kind: check for checks in WRITTEN_BY.values() for kind, check in checks.items()}
"""Every kind with its check, in the order in which one may lean on another."""
TEXT_BYTES_MAX = 4 * TEXT_CHARACTERS_MAX
"""No text within its limit has more; of a larger file no more is read."""


class NoRulebook(LocalError):
    """A path names no rulebook: it must be `<kind>/<name>.toml`, or a folder with such files in it."""


@dataclass(frozen=True)
class File(Text):
    """One rulebook in a file; its text is empty where it cannot be read."""

    path: Path
    unreadable: Finding | None = None


def files_at(paths: Iterable[Path]) -> list[File]:
    """All rulebooks that these paths name, what others lean on first; also those that cannot be read. Raises
    NoRulebook, also where two files are of one rulebook.
    """
    found = {path.resolve(): path for given in paths for path in _at(given)}
    order = list(CHECKS)
    files = sorted((_read(path) for path in found.values()), key=lambda file: (order.index(file.kind), file.name))
    seen: dict[str, File] = {}
    for file in files:
        other = seen.setdefault(file.key, file)
        if other is not file:
            raise NoRulebook(f"{other.path} and {file.path} are both {file.key}: name one of them")
    return files


def readable_at(paths: Iterable[Path]) -> list[File]:
    """As `files_at`, where every text is needed. Raises NoRulebook, also where a file cannot be read."""
    files = files_at(paths)
    for file in files:
        if file.unreadable is not None:
            raise NoRulebook(f"{file.path}: {file.unreadable}")
    return files


def findings(files: Sequence[File]) -> list[tuple[File, Finding]]:
    """Everything that is wrong with these files. What they name is looked for among them, among the files that stand
    beside them, and in what the product ships.
    """
    texts = _beside(files)
    read = {key: text for key, text in texts.items() if raw_of(text)}
    books = {**as_first(texts), **shipped(), **as_first(read)}
    return [(file, one) for file in files for one in _wrong(file, books)]


def shipped() -> Books:
    """The rulebooks of this checkout."""
    return as_first({file.key: file.text for file in files_at([RULES / kind for kind in CHECKS])})


def _wrong(file: File, books: Books) -> Sequence[Finding]:
    return CHECKS[file.kind](file.name, file.text, books) if file.unreadable is None else (file.unreadable,)


def _beside(files: Sequence[File]) -> dict[str, str]:
    """The texts of these files, and of all rulebooks in the folders that theirs stand in, the nearest first."""
    around = [_read(path) for folder in _around(files) for path in _of_kinds(folder)]
    found: dict[str, str] = {}
    for file in (*files, *around):
        found.setdefault(file.key, file.text)
    return found


def _around(files: Sequence[File]) -> list[Path]:
    """The folders that hold the folders of kinds, from those that the files are in outwards."""
    found: dict[Path, None] = {}
    for file in files:
        folder = file.path.parent.resolve().parent
        while folder not in found and _of_kinds(folder):
            found[folder] = None
            folder = folder.parent
    return sorted(found, key=lambda folder: -len(folder.parts))


def _of_kinds(folder: Path, under: str = "") -> list[Path]:
    return [path for kind in CHECKS for path in sorted(folder.glob(f"{under}{kind}/*.toml"))]


def _at(path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = sorted(path.glob("*.toml")) if path.resolve().name in CHECKS else _of_kinds(path, "**/")
        if not inside:
            raise NoRulebook(f"{path}: there is no rulebook in it; {_WHERE}")
        yield from inside
    elif not path.is_file():
        raise NoRulebook(f"there is no file {path}")
    elif path.parent.resolve().name not in CHECKS or path.suffix != ".toml":
        raise NoRulebook(f"{path}: {_WHERE}")
    else:
        yield path


_WHERE = f"a rulebook is a file <kind>/<name>.toml, in a folder with the name of its kind: {', '.join(CHECKS)}"


def _read(path: Path) -> File:
    """As text, with the line ends of TOML; where that does not go, what is wrong and where."""
    text, wrong = "", None
    try:
        with path.open("rb") as file:
            content = file.read(TEXT_BYTES_MAX + 1)
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if len(content) > TEXT_BYTES_MAX:
            wrong = _too_long(content.decode(errors="replace"))
        else:
            line = content[: error.start].count(b"\n") + 1
            wrong = Finding(f"line {line}", f"byte {error.start} of the file is no UTF-8", "save it as UTF-8")
    except OSError as error:
        wrong = Finding(WHOLE, f"the file cannot be read: {error.strerror}", "mend it, or take it out")
    if len(text) > TEXT_CHARACTERS_MAX:
        wrong = _too_long(text)
    return File(path.parent.resolve().name, path.stem, text if wrong is None else "", path, wrong)


def _too_long(text: str) -> Finding:
    line = text[:TEXT_CHARACTERS_MAX].count("\n") + 1
    wrong = f"here end the {TEXT_CHARACTERS_MAX} characters that a rulebook has at most"
    return Finding(f"line {line}", wrong, "make two rulebooks of it, or take something out")
