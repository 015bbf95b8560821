"""One rulebook as its stream tells it: versions, the open draft, and what may be said next.

`evolve` and `decide` of every stream `rulebook/<kind>/<name>`, whichever service writes it. Pure. Must not: know what
stands in a rulebook (`forms`), or look one up by name (`books`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from events.decider import Refused
from events.fact import EARLIEST, Fact
from events.rulebook import Approved, Drafted, DraftRefused
from events.table import Finding


@dataclass(frozen=True, slots=True)
class Version:
    """A text that was approved. `known_at`: when; `effective_at`: from when on it is in force (L24). Who wrote and who
    approved it is in the log.
    """

    number: int
    text: str
    effective_at: datetime
    known_at: datetime
    applies_to_running: bool

    @property
    def since(self) -> datetime:
        """From when on it counts for what happens: in force, and known. What ships counts from the first."""
        return EARLIEST if self.effective_at == EARLIEST else max(self.effective_at, self.known_at)


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that waits for a second person."""

    number: int
    text: str
    effective_at: datetime
    applies_to_running: bool
    by: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that was approved, in order, and what is drafted."""

    versions: tuple[Version, ...] = ()
    draft: Draft | None = None
    drafts: int = 0
    """How many drafts there have been: the next one has the next number."""
    kind: Literal["rulebook"] = "rulebook"


Books = Mapping[str, Rulebook]
"""Rulebooks by `<kind>/<name>`, as `Context.books` holds them."""
Check = Callable[[str, str, Books], tuple[Finding, ...]]
"""What is wrong with a text of one kind: (name, text, the rulebooks beside it) -> findings."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One chapter's facts about rulebooks, and the kinds that it writes with the check of each."""

    drafted: type[Drafted]
    approved: type[Approved]
    refused: type[DraftRefused]
    checks: Mapping[str, Check]


@dataclass(frozen=True, slots=True)
class DraftRulebook:
    """Write a new version. `effective_at` None: from now on."""

    now: datetime
    by: str
    kind: str
    name: str
    text: str
    why: str
    consulted: tuple[str, ...]
    effective_at: datetime | None = None
    applies_to_running: bool = False


@dataclass(frozen=True, slots=True)
class ApproveRulebook:
    """Bring the draft into force. `shipped`: the product publishes its own defaults, and there is no second person."""

    now: datetime
    by: str
    kind: str
    name: str
    version: int
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class RefuseRulebook:
    """Turn the draft down; its author may do so as well."""

    now: datetime
    by: str
    version: int
    why: str


RulebookCommand = DraftRulebook | ApproveRulebook | RefuseRulebook
RulebookFact = Drafted | Approved | DraftRefused


def in_force(book: Rulebook, *, at: datetime, known_at: datetime | None = None) -> Version | None:
    """The highest version of those effective at `at`; with `known_at`, of those that were known by then (L24)."""
    for version in reversed(book.versions):
        if version.effective_at <= at and (known_at is None or version.known_at <= known_at):
            return version
    return None


def comes_next(book: Rulebook, *, after: datetime) -> datetime | None:
    """When a version that is approved already comes into force, the first after this moment."""
    return min((version.effective_at for version in book.versions if version.effective_at > after), default=None)


def numbered(book: Rulebook, number: int) -> Version | None:
    """The approved version of this number."""
    return next((version for version in book.versions if version.number == number), None)


def evolve(book: Rulebook, fact: RulebookFact) -> Rulebook:
    """Total: what names no open draft changes nothing."""
    draft = book.draft
    match fact:
        case Drafted():
            drafted = Draft(fact.version, fact.text, fact.effective_at, fact.applies_to_running, fact.by)
            return replace(book, draft=drafted, drafts=max(fact.version, book.drafts))
        case Approved() if draft is not None and draft.number == fact.version:
            version = Version(draft.number, draft.text, draft.effective_at, fact.at, draft.applies_to_running)
            return replace(book, versions=(*book.versions, version), draft=None)
        case DraftRefused() if draft is not None and draft.number == fact.version:
            return replace(book, draft=None)
        case _:
            return book


def decide(command: RulebookCommand, book: Rulebook, books: Books, writing: Writing) -> Fact | Refused:
    """What may be said about a rulebook: a draft that validates, approved by another person than its author."""
    match command:
        case DraftRulebook():
            return _draft(command, book, books, writing)
        case ApproveRulebook():
            return _approve(command, book, books, writing)
        case RefuseRulebook(now=now, by=by, version=version, why=why):
            draft = _drafted(book, version)
            return draft if isinstance(draft, Refused) else writing.refused(at=now, version=version, why=why, by=by)
    assert_never(command)


def _draft(command: DraftRulebook, book: Rulebook, books: Books, writing: Writing) -> Fact | Refused:
    if command.kind not in writing.checks:
        return Refused("rulebook-kind-unknown", f"kinds of rulebooks here are: {', '.join(sorted(writing.checks))}")
    if book.draft is not None:
        return Refused("draft-open", f"version {book.draft.number} waits for its approval or refusal; settle it first")
    if not command.consulted:
        return Refused("nobody-consulted", "name the departments that were consulted")
    return _invalid(command.kind, command.name, command.text, books, writing) or writing.drafted(
        at=command.now,
        version=book.drafts + 1,
        text=command.text,
        effective_at=command.effective_at or command.now,
        why=command.why,
        consulted=command.consulted,
        applies_to_running=command.applies_to_running,
        by=command.by,
    )


def _approve(command: ApproveRulebook, book: Rulebook, books: Books, writing: Writing) -> Fact | Refused:
    """What a draft leans on may have changed since it was written: it is checked again."""
    draft = _drafted(book, command.version)
    if isinstance(draft, Refused):
        return draft
    if command.by == draft.by and not command.shipped:
        return Refused("second-person-needed", "whoever wrote a draft does not approve it: ask somebody else")
    return _invalid(command.kind, command.name, draft.text, books, writing) or writing.approved(
        at=command.now, version=command.version, by=command.by
    )


def _drafted(book: Rulebook, version: int) -> Draft | Refused:
    """The draft of this number."""
    if book.draft is None:
        return Refused("no-draft", "nothing is drafted: it was approved or refused already, or never written")
    if book.draft.number != version:
        return Refused("another-draft", f"the draft that is open has the number {book.draft.number}")
    return book.draft


FINDINGS_MAX = 10_000
"""So many findings are told of one text over HTTP, and how many more there are: an answer has an end, too."""


def _invalid(kind: str, name: str, text: str, books: Books, writing: Writing) -> Refused | None:
    findings = writing.checks[kind](name, text, books)
    if not findings:
        return None
    more = len(findings) - FINDINGS_MAX
    found = f"{len(findings)} things are wrong with this {kind}; none took effect"
    if more > 0:
        found += f"; {more} more are not told here: `complaints rules check` tells them all"
    return Refused("rulebook-invalid", found, findings[:FINDINGS_MAX])
