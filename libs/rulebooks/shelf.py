"""Rulebooks as one value that stays the same as long as they do, so that what is made of them may be kept by it.

Pure. Must not: choose a version (`books`), or know what stands in one (`forms`).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rulebooks.state import Books, Rulebook

_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What is on it never changes, and it is equal to itself alone: so it may stand in the key of a cache."""

    books: Books
    moments: tuple[datetime, ...]
    """When a version of any of them comes into force or becomes known, in order."""

    def since(self, at: datetime) -> datetime:
        """Since when the same versions are in force and known as at `at`: which of them count is the same then."""
        before = bisect_right(self.moments, at)
        return self.moments[before - 1] if before else _FIRST


_last: Shelf | None = None


def shelf_of(books: Books) -> Shelf:
    """The same shelf as long as the rulebooks are the same: each look finds them in a mapping of its own, and mostly
    unchanged.
    """
    global _last  # noqa: PLW0603 - the last one is compared with, never trusted
    shelf = _last
    if shelf is None or shelf.books != books:
        mine = dict(books)
        beside: Iterable[object] = mine.values()  # of other chapters' a service knows only that they are there
        versions = [version for book in beside if isinstance(book, Rulebook) for version in book.versions]
        moments = {at for version in versions for at in (version.effective_at, version.known_at)}
        _last = shelf = Shelf(mine, tuple(sorted(moments)))
    return shelf
