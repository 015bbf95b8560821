"""Rulebooks in files: `<folder>/<kind>/<name>.toml`, and what is wrong with them, with nothing running.

Must not: ask a service.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accountability.rulebooks import CHECKS as LIMITS
from events.table import Finding
from intake.channels import CHECKS as CHANNELS
from local.errors import LocalError
from local.places import RULES
from rulebooks.books import as_first
from rulebooks.kinds import ESCALATION
from rulebooks.state import Books, Check
from triage.rulebooks import CHECKS as TRIAGE

CHECKS: Final[Mapping[str, Check]] = {**ESCALATION, **TRIAGE, **LIMITS, **CHANNELS}
"""Every kind with its check, in the order in which one may lean on another."""


class NoRulebook(LocalError):
    """A path names no rulebook: it must be `<kind>/<name>.toml`, or a folder with such files in it."""


@dataclass(frozen=True)
class File:
    """One rulebook in a file."""

    path: Path
    kind: str
    name: str
    text: str

    @property
    def key(self) -> str:
        """`<kind>/<name>`."""
        return f"{self.kind}/{self.name}"


def files_at(paths: Iterable[Path]) -> list[File]:
    """All rulebooks that these paths name, what others lean on first. Raises NoRulebook."""
    found = {file.path.resolve(): file for path in paths for file in _at(path)}
    order = list(CHECKS)
    return sorted(found.values(), key=lambda file: (order.index(file.kind), file.name))


def findings(files: Sequence[File], beside: Books | None = None) -> list[tuple[File, Finding]]:
    """Everything that is wrong with these files. What they name is looked for among them, and `beside` them: in what
    the product ships, unless given.
    """
    books = {**(shipped() if beside is None else beside), **as_first({file.key: file.text for file in files})}
    return [(file, one) for file in files for one in CHECKS[file.kind](file.name, file.text, books)]


def shipped() -> Books:
    """The rulebooks of this checkout."""
    return as_first({file.key: file.text for file in files_at([RULES / kind for kind in CHECKS])})


def _at(path: Path) -> list[File]:
    if path.is_dir():
        inside = [one for kind in CHECKS for one in sorted(path.glob(f"**/{kind}/*.toml"))]
        return [_read(one) for one in ([*path.glob("*.toml")] if path.name in CHECKS else inside)]
    if not path.is_file():
        raise NoRulebook(f"there is no file {path}")
    if path.parent.resolve().name not in CHECKS or path.suffix != ".toml":
        raise NoRulebook(f"{path}: a rulebook lies in a folder with the name of its kind: {', '.join(CHECKS)}")
    return [_read(path)]


def _read(path: Path) -> File:
    try:
        return File(path, path.resolve().parent.name, path.stem, path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise NoRulebook(f"{path}: no UTF-8 at byte {error.start}; save it as UTF-8") from None
    except OSError as error:
        raise NoRulebook(f"{path}: it cannot be read: {error.strerror}") from None
