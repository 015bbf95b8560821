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
from rulebooks.books import Edition, by_ref, covering, latest, names, parsed
from rulebooks.forms import EDITIONS_MAX, calendar_of, ladder_of, organisation_of, pack_of, regimes_of
from rulebooks.pack import Pack, PackPolicy, Regimes
from rulebooks.posts import Ladder, Organisation
from rulebooks.shelf import Shelf, shelf_of
from rulebooks.state import Books


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The policy and the calendar that a clock is judged by; one value for each pair of versions."""

    policy: PackPolicy
    calendar: Calendar


def has_regimes(books: Books) -> bool:
    """Whether the company's regimes are published, which say what is in use here."""
    return _company(shelf_of(books)) is not None


def regimes(books: Books, at: datetime) -> Regimes | None:
    """The company's regimes; None where none covers the moment."""
    shelf = shelf_of(books)
    return _regimes(shelf, shelf.since(at))


@lru_cache(EDITIONS_MAX)
def _company(shelf: Shelf) -> str | None:
    return next(iter(names(shelf.books, "regimes")), None)


@lru_cache(EDITIONS_MAX)
def _regimes(shelf: Shelf, since: datetime) -> Regimes | None:
    name = _company(shelf)
    found = None if name is None else covering(shelf.books, "regimes", name, since)
    return None if found is None else regimes_of(found)


def packs(
    books: Books, at: datetime, asked: tuple[str, ...], *, only_asked: bool, only: str | None
) -> Iterator[tuple[Pack, Edition, bool]]:
    """The packs that time a case, and whether each is the company's own. Packs that are asked for by name are among
    them only where a case has asked. `only`: no other than this one.
    """
    company = regimes(books, at)
    in_use = () if company is None or only_asked else company.packs
    for name in dict.fromkeys((*in_use, *asked)):
        if only not in (None, name):
            continue
        found = latest(books, "pack", name, at) if only_asked else covering(books, "pack", name, at)
        if found is None:
            continue
        pack = pack_of(found)
        if not pack.on_request or name in asked:
            yield pack, found, company is not None and name == company.packs[0]


def judge(books: Books, clock: Running) -> Judge:
    """What a running clock is judged by: the versions that it was started with. Raises UnknownRulebook."""
    return _named(shelf_of(books), clock.policy, clock.calendar or "")


@lru_cache(EDITIONS_MAX)
def _named(shelf: Shelf, policy: str, calendar: str) -> Judge:
    found = judge_of(
        by_ref(shelf.books, "pack", policy), parsed(policy).policy, by_ref(shelf.books, "calendar", calendar)
    )
    if found is None:
        raise UnknownRulebook(policy)
    return found


@lru_cache(EDITIONS_MAX)
def judge_of(pack: Edition, policy_name: str, calendar: Edition) -> Judge | None:
    """The policy of this name in a pack, on a calendar; None where the pack has none."""
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
