"""What if a calendar or a pack were as a draft says: a clock counted both ways. Pure; nothing comes into force by it.

Must not: check a draft (`kinds`), or know who asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clocks import ClockState
from rulebooks.books import by_ref, look_up
from rulebooks.forms import pack_of
from rulebooks.histories import Recorded, Terms, by_terms, terms_of
from rulebooks.state import Books, Rulebook, Version

KINDS = ("calendar", "pack")
"""What a clock is counted by."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that might be published."""

    kind: str
    name: str
    text: str

    @property
    def key(self) -> str:
        """As `Books` names it."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Moved:
    """One clock, as it is and as it would be. `gone`: the draft has no such policy, so the clock would not be."""

    old: ClockState
    new: ClockState | None
    gone: bool = False


def with_drafts(books: Books, drafts: Sequence[Draft], at: datetime) -> Books:
    """The rulebooks as if the drafts were their next versions."""
    found = dict(books)
    for draft in drafts:
        found[draft.key] = _with(found.get(draft.key, Rulebook()), draft, at)
    return found


def _with(book: Rulebook, draft: Draft, at: datetime) -> Rulebook:
    number = max((version.number for version in book.versions), default=0) + 1
    version = Version(number, draft.text, at, at, applies_to_running=True, by="draft", approved_by="draft")
    return replace(book, versions=(*book.versions, version))


def what_if(told: Sequence[Recorded], books: Books, drafts: Sequence[Draft], clock: str, at: datetime) -> Moved | None:
    """The clock both ways at `at`; None where the drafts do not concern it. Raises NotCounted, UnknownRulebook."""
    terms = terms_of(told, clock)
    drafted = with_drafts(books, drafts, at)
    try:
        new = _terms(terms, books, drafted, drafts, at)
    except _Gone:
        return Moved(by_terms(told, books, clock, terms, at), None, gone=True)
    if new == terms:
        return None
    return Moved(by_terms(told, books, clock, terms, at), by_terms(told, drafted, clock, new, at))


class _Gone(Exception):
    """The draft of the pack has no such policy."""


def _terms(terms: Terms, books: Books, drafted: Books, drafts: Sequence[Draft], at: datetime) -> Terms:
    """What the clock would be counted by."""
    names = {draft.key for draft in drafts}
    pack = by_ref(books, "pack", terms.pack)
    calendar = by_ref(books, "calendar", terms.calendar)
    used = calendar.name
    if f"pack/{pack.name}" in names:
        pack = look_up(drafted, "pack", pack.name, at=at)
        policy = pack_of(pack).named(terms.policy_name)
        if policy is None:
            raise _Gone
        used = pack_of(pack).calendar_of(policy)
    if used != calendar.name or f"calendar/{used}" in names:
        calendar = look_up(drafted, "calendar", used, at=at)
    return Terms(f"{pack.name}/{terms.policy_name}@{pack.number}", calendar.ref)
