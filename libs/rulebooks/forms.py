"""Rulebooks made ready for use, each edition once: calendars compiled, packs, regimes, ladders, organisations read, and
who may give what.

Lives here: from an `Edition` to a value. What was published has been checked, so nothing here is refused.
"""

from functools import lru_cache
from typing import TypeVar

from clocks import Calendar, CalendarSpec, compiled
from events.table import Table
from rulebooks.authority import Authority, People
from rulebooks.books import Edition
from rulebooks.pack import Pack, Regimes
from rulebooks.posts import Ladder, Organisation
from rulebooks.reading import content

T = TypeVar("T", bound=Table)
EDITIONS_MAX = 512
"""So many texts are kept ready; each at most as large as a rulebook may be."""


@lru_cache(EDITIONS_MAX)
def calendar_of(edition: Edition) -> Calendar:
    """The calendar of this edition, compiled."""
    return compiled(CalendarSpec.model_validate_json(content(edition.text)))


@lru_cache(EDITIONS_MAX)
def pack_of(edition: Edition) -> Pack:
    """The pack of this edition."""
    return Pack.model_validate_json(content(edition.text))


@lru_cache(EDITIONS_MAX)
def regimes_of(edition: Edition) -> Regimes:
    """The regimes of this edition."""
    return Regimes.model_validate_json(content(edition.text))


@lru_cache(EDITIONS_MAX)
def ladder_of(edition: Edition) -> Ladder:
    """The ladder of this edition."""
    return Ladder.model_validate_json(content(edition.text))


@lru_cache(EDITIONS_MAX)
def organisation_of(edition: Edition) -> Organisation:
    """The organisation of this edition."""
    return Organisation.model_validate_json(content(edition.text))


@lru_cache(EDITIONS_MAX)
def authority_of(edition: Edition) -> Authority:
    """What the table of limits in this edition says of people."""
    return table_of(People, edition)


def table_of(form: type[T], edition: Edition) -> T:
    """The table of this edition, which counts under its number and since then. Whoever needs it often keeps it."""
    return form.model_validate_json(content(edition.text)).model_copy(
        update={"version": edition.number, "since": edition.since}
    )
