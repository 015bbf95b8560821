"""The page of rulebook drafts: what waits for a second person, what stands in it, and the two answers to it.

Pure but for reading the rulebooks' own streams. Must not: say which version counts (`rulebooks`), or judge a draft (the
service that writes the rulebook does).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.ids import RULEBOOK
from events.roles import RULING
from projections import queries
from projections.console.reader import Reader
from projections.sources import Sources
from projections.store import history
from projections.views.rulebooks import Shelved, shelved


@dataclass(frozen=True)
class Draft:
    """One draft. `may_approve`: by somebody else only (R119); `may_refuse`: by its author too, who withdraws it."""

    id: str
    name: str
    version: int
    action: str
    about: str
    in_force: str
    why: str
    consulted: str
    since: str
    running: bool
    text: str
    own: bool
    may_approve: bool
    may_refuse: bool


async def waiting(sources: Sources) -> Mapping[str, Shelved]:
    """Every rulebook with a draft that waits, by its stream."""
    streams = await queries.rulebook_streams(sources.pool)
    found = [(stream, shelved(await history(sources.pool, stream))) for stream in streams]
    return {stream: book for stream, book in found if book is not None and book.draft() is not None}


def shown(books: Mapping[str, Shelved], reader: Reader) -> Sequence[Draft]:
    """The drafts for this reader."""
    return list(_drafts(books, reader))


def _drafts(books: Mapping[str, Shelved], reader: Reader) -> Iterator[Draft]:
    words, may = reader.words, bool(reader.roles & RULING)
    for stream, book in books.items():
        draft: Mapping[str, Any] = book.draft() or {}
        name, current, own = stream.removeprefix(RULEBOOK), book.at(reader.now, None), draft["by"] == reader.subject
        yield Draft(
            id=name.replace("/", "-"),
            name=name,
            version=draft["version"],
            action=f"/v1/rulebooks/{name}",
            about=words.t("draft.about", by=draft["by"], at=reader.moment(draft["drafted_at"])),
            in_force=words.t("draft.in_force", version=current["version"]) if current else words.t("draft.nothing"),
            why=draft["why"],
            consulted=words.t("page.and").join(draft["consulted"]),
            since=reader.moment(draft["effective_at"]),
            running=draft["applies_to_running"],
            text=draft["text"],
            own=own,
            may_approve=may and not own,
            may_refuse=may,
        )
