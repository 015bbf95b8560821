"""Which version of which rulebook counts for a case. Pure. Must not: decide anything about the case.

What happened at a moment is judged by what was in force and known then; where nothing was known yet, by the first
version that covers the moment. So a version that is published later changes nothing that was begun before: only what
says that it applies to running clocks does, and that is a fact of its own (`recalculating`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from clocks import Calendar
from escalation.decider.state import Running
from events.decider import UnknownRulebook
from rulebooks.books import Edition, by_ref, edition, names
from rulebooks.forms import EDITIONS_MAX, calendar_of, ladder_of, organisation_of, pack_of, regimes_of
from rulebooks.pack import Pack, PackPolicy, Regimes
from rulebooks.posts import Ladder, Organisation
from rulebooks.state import Books, Rulebook, in_force


class NotReadYet(UnknownRulebook):
    """A rulebook that others name, and which was checked when they were published, is not here: it has not been read
    yet (partitions are read side by side), or waits for repair. Either way it will be there again.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The policy and the calendar that a clock is judged by; one value for each pair of versions."""

    policy: PackPolicy
    calendar: Calendar


def covering(books: Books, kind: str, name: str, at: datetime) -> Edition | None:
    """The version for what happened at `at`; None where none covers it. Raises NotReadYet."""
    book = _book(books, kind, name)
    version = in_force(book, at=at, known_at=at)
    if version is None:
        version = next((one for one in book.versions if one.effective_at <= at), None)
    return None if version is None else edition(kind, name, version)


def latest(books: Books, kind: str, name: str, at: datetime) -> Edition | None:
    """The newest version that covers `at`, whenever it became known: for old history. Raises NotReadYet."""
    version = in_force(_book(books, kind, name), at=at)
    return None if version is None else edition(kind, name, version)


def is_published(books: Books, kind: str, name: str) -> bool:
    book = books.get(f"{kind}/{name}")
    return book is not None and bool(book.versions)


def _book(books: Books, kind: str, name: str) -> Rulebook:
    if not is_published(books, kind, name):
        raise NotReadYet(f"{kind}/{name}")
    return books[f"{kind}/{name}"]


def regimes(books: Books, at: datetime) -> Regimes | None:
    """The company's regimes; None where none covers the moment."""
    name = next(iter(names(books, "regimes")), None)
    found = None if name is None else covering(books, "regimes", name, at)
    return None if found is None else regimes_of(found)


def packs(
    books: Books, at: datetime, asked: tuple[str, ...], *, only_asked: bool
) -> Iterator[tuple[Pack, Edition, bool]]:
    """The packs that time a case, and whether each is the company's own. Packs that are asked for by name are among
    them only where a case has asked.
    """
    company = regimes(books, at)
    in_use = () if company is None or only_asked else company.packs
    for name in dict.fromkeys((*in_use, *asked)):
        found = latest(books, "pack", name, at) if only_asked else covering(books, "pack", name, at)
        if found is None:
            continue
        pack = pack_of(found)
        if not pack.on_request or name in asked:
            yield pack, found, company is not None and name == company.packs[0]


def judge(books: Books, clock: Running) -> Judge:
    """What a running clock is judged by: the versions that it was started with. Raises UnknownRulebook."""
    ref, _, version = clock.policy.rpartition("@")
    pack_name, _, policy_name = ref.rpartition("/")
    pack = by_ref(books, "pack", f"{pack_name}@{version}")
    found = _judge(pack, policy_name, by_ref(books, "calendar", clock.calendar or ""))
    if found is None:
        raise UnknownRulebook(clock.policy)
    return found


@lru_cache(EDITIONS_MAX)
def _judge(pack: Edition, policy_name: str, calendar: Edition) -> Judge | None:
    policy = pack_of(pack).named(policy_name)
    return None if policy is None else Judge(policy, calendar_of(calendar))


def ladder(books: Books, at: datetime) -> tuple[Ladder, str] | None:
    """The ladder for a moment, and its reference."""
    company = regimes(books, at)
    found = None if company is None else covering(books, "ladder", company.ladder, at)
    return None if found is None else (ladder_of(found), found.ref)


def organisation(books: Books, at: datetime) -> tuple[Organisation, str] | None:
    """The organisation for a moment, and its reference."""
    company = regimes(books, at)
    found = None if company is None else covering(books, "organisation", company.organisation, at)
    return None if found is None else (organisation_of(found), found.ref)
