"""Finding a rulebook by its name or by the reference in a fact. Pure.

`<kind>/<name>` names a rulebook, `<name>@<version>` one version of it, `<pack>/<policy>@<version>` a policy in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from events.decider import UnknownRulebook
from events.fact import EARLIEST
from events.ids import RULEBOOK
from rulebooks.state import Books, Rulebook, Version, in_force, numbered


class NotReadYet(UnknownRulebook):
    """A rulebook that others name, and which was checked when they were published, is not here: it has not been read
    yet (partitions are read side by side), or waits for repair. Either way it will be there again.
    """


@dataclass(frozen=True, slots=True)
class Ref:
    """What a reference says: which rulebook, which policy of it, which version of it, as far as it names them."""

    name: str
    policy: str = ""
    number: int | None = None


@lru_cache(1024)
def parsed(ref: str) -> Ref:
    """A reference taken apart: `cn@3`, `<pack>/<policy>@3`; and as a publisher asks, `<pack>/<policy>` or `<pack>`."""
    path, _, number = ref.partition("@")
    name, _, policy = path.partition("/")
    return Ref(name, policy, int(number) if number.isdecimal() else None)


@dataclass(frozen=True, slots=True)
class Text:
    """A rulebook as somebody wrote it, published or not."""

    kind: str
    name: str
    text: str

    @property
    def key(self) -> str:
        """As `Books` names it: `<kind>/<name>`."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one rulebook, with its name: what is read and what facts refer to."""

    kind: str
    name: str
    number: int
    text: str
    applies_to_running: bool = False
    since: datetime = EARLIEST
    """From when on it counts for what happens."""

    @property
    def ref(self) -> str:
        """How facts name it: `<name>@<version>`."""
        return f"{self.name}@{self.number}"

    def policy(self, name: str) -> str:
        """How facts name a policy in it: `<pack>/<policy>@<version>`."""
        return f"{self.name}/{name}@{self.number}"


def rulebook_stream(kind: str, name: str) -> str:
    """The stream of a rulebook; for `leans_on`, too."""
    return f"{RULEBOOK}{kind}/{name}"


def names(books: Books, kind: str) -> tuple[str, ...]:
    """The names of all rulebooks of this kind that have a version, in order."""
    inside = f"{kind}/"
    return tuple(sorted(key.removeprefix(inside) for key, b in books.items() if key.startswith(inside) and b.versions))


def look_up(books: Books, kind: str, name: str, *, at: datetime) -> Edition:
    """The version in force at `at`. Raises UnknownRulebook."""
    version = in_force(books.get(f"{kind}/{name}", Rulebook()), at=at)
    if version is None:
        raise UnknownRulebook(f"{kind}/{name}")
    return edition(kind, name, version)


def by_ref(books: Books, kind: str, ref: str) -> Edition:
    """The version that a fact names, in force or not: `cn@3`; of a policy its pack's. Raises UnknownRulebook."""
    found = parsed(ref)
    book = books.get(f"{kind}/{found.name}", Rulebook())
    version = None if found.number is None else numbered(book, found.number)
    if version is None:
        raise UnknownRulebook(f"{kind}/{ref}")
    return edition(kind, found.name, version)


def covering(books: Books, kind: str, name: str, at: datetime) -> Edition | None:
    """The version for what happened at `at`: in force and known then; where none was known yet, the first that covers
    the moment. None where none does. Raises NotReadYet.
    """
    book = _published(books, kind, name)
    version = in_force(book, at=at, known_at=at)
    if version is None:
        version = next((one for one in book.versions if one.effective_at <= at), None)
    return None if version is None else edition(kind, name, version)


def latest(books: Books, kind: str, name: str, at: datetime) -> Edition | None:
    """The newest version that covers `at`, whenever it became known: for old history. Raises NotReadYet."""
    version = in_force(_published(books, kind, name), at=at)
    return None if version is None else edition(kind, name, version)


def is_published(books: Books, kind: str, name: str) -> bool:
    """Whether it has a version."""
    book = books.get(f"{kind}/{name}")
    return book is not None and bool(book.versions)


def _published(books: Books, kind: str, name: str) -> Rulebook:
    if not is_published(books, kind, name):
        raise NotReadYet(f"{kind}/{name}")
    return books[f"{kind}/{name}"]


def edition(kind: str, name: str, version: Version) -> Edition:
    """A version with the name of its rulebook."""
    return Edition(kind, name, version.number, version.text, version.applies_to_running, version.since)


def as_first(texts: Mapping[str, str]) -> dict[str, Rulebook]:
    """Rulebooks as if these texts, by `<kind>/<name>`, were their first versions and always in force: for a look at
    texts that nobody has published.
    """
    return {key: Rulebook((Version(1, text, EARLIEST, EARLIEST, False),), drafts=1) for key, text in texts.items()}
