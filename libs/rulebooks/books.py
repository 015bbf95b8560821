"""Finding a rulebook by its name or by the reference in a fact. Pure.

`<kind>/<name>` names a rulebook, `<name>@<version>` one version of it, `<pack>/<policy>@<version>` a policy in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from events.decider import UnknownRulebook
from events.fact import EARLIEST
from rulebooks.state import Books, Rulebook, Version, in_force, numbered

STREAMS = "rulebook/"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one rulebook, with its name: what is read and what facts refer to."""

    kind: str
    name: str
    number: int
    text: str
    applies_to_running: bool = False

    @property
    def ref(self) -> str:
        """How facts name it: `<name>@<version>`."""
        return f"{self.name}@{self.number}"


def stream_of(kind: str, name: str) -> str:
    """The stream of a rulebook; for `leans_on`, too."""
    return f"{STREAMS}{kind}/{name}"


def names(books: Books, kind: str) -> tuple[str, ...]:
    """The names of all rulebooks of this kind that have a version, in order."""
    inside = f"{kind}/"
    return tuple(sorted(key.removeprefix(inside) for key, b in books.items() if key.startswith(inside) and b.versions))


def look_up(books: Books, kind: str, name: str, *, at: datetime, known_at: datetime | None = None) -> Edition:
    """The version in force at `at`. Raises UnknownRulebook."""
    version = in_force(books.get(f"{kind}/{name}", Rulebook()), at=at, known_at=known_at)
    if version is None:
        raise UnknownRulebook(f"{kind}/{name}")
    return edition(kind, name, version)


def by_ref(books: Books, kind: str, ref: str) -> Edition:
    """The version that a fact names, in force or not: `cn@3`. Raises UnknownRulebook."""
    name, _, number = ref.rpartition("@")
    version = numbered(books.get(f"{kind}/{name}", Rulebook()), int(number)) if number.isdecimal() else None
    if version is None:
        raise UnknownRulebook(f"{kind}/{ref}")
    return edition(kind, name, version)


def edition(kind: str, name: str, version: Version) -> Edition:
    """A version with the name of its rulebook."""
    return Edition(kind, name, version.number, version.text, version.applies_to_running)


def as_first(texts: Mapping[str, str]) -> dict[str, Rulebook]:
    """Rulebooks as if these texts, by `<kind>/<name>`, were their first versions and always in force: for a look at
    texts that nobody has published.
    """
    return {
        key: Rulebook((Version(1, text, EARLIEST, EARLIEST, False, "author", "approver"),), drafts=1)
        for key, text in texts.items()
    }
