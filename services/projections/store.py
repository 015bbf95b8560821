"""Folding and writing: one batch of the log becomes rows of the views, in the transaction that moves positions (L23).

Lives here: the cache of pages, and the writes of `sql/fold.sql`. Must not: decide what a fact means (that is `views/`),
say which rows a page makes (`rows`), or answer a question (`queries`).
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import orjson

from events.admission import Head, Verdict
from events.fact import CHAPTERS
from events.ids import BUDGET, CLUSTER, COMPLAINT, RULEBOOK
from projections.rows import case_rows, clock_rows, handoff_rows, promise_rows
from projections.views import budgets, cases, clusters, ledger, register, standing
from projections.views.budgets import Budget
from projections.views.chapters.page import Case
from projections.views.clusters import Cluster
from projections.views.rulebooks import shelved
from projections.views.standing import Fold
from projections.views.timeline import Retold, retell
from projections.views.told import Told
from runtime.queries import columns, read_queries

TABLES = Path(__file__).parent / "sql" / "schema.sql"
"""The tables of the views, to be created in the schema of this service."""
CACHED_PAGES_MAX = 10_000
READER_MARKS_KEPT = 50
_SQL = read_queries(Path(__file__).parent / "sql" / "fold.sql")


class Tables(Protocol):
    """What a question needs of an asyncpg connection or pool; asyncpg carries no types."""

    async def fetch(self, query: str, *arguments: object) -> list[Any]: ...


class Connection(Tables, Protocol):
    """What a fold needs of one."""

    async def execute(self, query: str, *arguments: object) -> str: ...
    async def copy_records_to_table(
        self, table: str, *, records: Iterable[tuple[Any, ...]], columns: Sequence[str]
    ) -> str: ...


class ViewsDiffer(Exception):
    """A stored page has not the head that the log says it has: the views were not folded by this log. Rebuild them."""


PageT = TypeVar("PageT", Case, Cluster, Budget)


@dataclass(slots=True)
class Shelf(Generic[PageT]):
    """The pages of one kind of stream, as they stand in the table, some of them at hand.

    A page at hand is used only where its head is the one that the next record follows: so a rolled-back transaction or
    another owner in between cannot be built upon, and nobody has to clear anything (L19).
    """

    prefix: str
    fold: Fold[PageT]
    moved: Fold[PageT]
    table: str
    at_hand: OrderedDict[str, PageT] = field(default_factory=OrderedDict)

    async def before(self, connection: Connection, admitted: Sequence[Told]) -> dict[str, PageT]:
        """The pages that these records change, as they stand before; a stream's first record has none."""
        heads = self._heads_before(admitted)
        found: dict[str, PageT] = {}
        missing: list[str] = []
        for stream, head in heads.items():
            page = self.at_hand.get(stream)
            if page is not None and page["head"] == head:
                found[stream] = page
            elif any(head):
                missing.append(stream)
        if missing:
            rows = await connection.fetch(
                _SQL[f"load_{self.table}"], [stream.removeprefix(self.prefix) for stream in missing]
            )
            found |= {page["stream"]: page for page in (orjson.loads(row["page"]) for row in rows)}
        for stream in missing:
            if stream not in found or found[stream]["head"] != heads[stream]:
                raise ViewsDiffer(f"{stream} should stand at {heads[stream]}")
        return found

    def _heads_before(self, admitted: Sequence[Told]) -> dict[str, list[int]]:
        heads: dict[str, list[int]] = {}
        for told in admitted:
            assert told.envelope is not None
            stream = told.envelope.stream
            if stream not in heads and stream.startswith(self.prefix):
                heads[stream] = head_before(told)
        return heads

    def keep(self, pages: Mapping[str, PageT], most: int) -> None:
        """Have these at hand for the next batch, and the least used no more."""
        for stream, page in pages.items():
            if "parked" in page:
                self.at_hand.pop(stream, None)  # a redrive may change it without moving its head
                continue
            self.at_hand[stream] = page
            self.at_hand.move_to_end(stream)
        while len(self.at_hand) > most:
            self.at_hand.popitem(last=False)


def head_before(told: Told) -> list[int]:
    """The stream's head before an admitted record."""
    assert told.envelope is not None
    head = list(told.head or Head())
    head[CHAPTERS.index(told.envelope.chapter)] -= 1
    return head


@dataclass(slots=True)
class Views:
    """All views of one process. `fold` is the runtime's commit hook."""

    pages_at_hand_max: int = CACHED_PAGES_MAX
    cases: Shelf[Case] = field(default_factory=lambda: Shelf(COMPLAINT, cases.fold, cases.moved, "cases"))
    clusters: Shelf[Cluster] = field(default_factory=lambda: Shelf(CLUSTER, clusters.fold, clusters.moved, "clusters"))
    budgets: Shelf[Budget] = field(default_factory=lambda: Shelf(BUDGET, budgets.fold, budgets.moved, "budgets"))

    async def fold(self, connection: Connection, judged: Sequence[Told]) -> None:
        """Fold one batch into all views, inside the caller's transaction. An empty batch is a tick: then redrives."""
        if not judged:
            for row in await connection.fetch(_SQL["redrives"]):
                await self.refold(connection, row["stream"])
            return
        await connection.copy_records_to_table(
            "ledger", records=[ledger.line(told) for told in judged], columns=ledger.Line._fields
        )
        admitted = [told for told in judged if told.verdict is Verdict.ADMITTED]
        await self._write_cases(connection, await self.cases.before(connection, admitted), admitted)
        beside = [told for told in admitted if not (told.envelope and told.envelope.stream.startswith(COMPLAINT))]
        await self._write_plain(self.clusters, connection, await self.clusters.before(connection, beside), beside)
        await self._write_plain(self.budgets, connection, await self.budgets.before(connection, beside), beside)
        await _write(connection, "write_register", await _on_rulebooks(connection, beside))

    async def refold(self, connection: Connection, stream: str) -> None:
        """Fold a parked stream anew from the ledger (L22): nothing else needs to be read again."""
        for shelf in (self.cases, self.clusters, self.budgets):
            if stream.startswith(shelf.prefix):
                # Taking the row first makes whoever folds it at this moment finish before the ledger is read.
                await connection.fetch(_SQL[f"load_{shelf.table}"], [stream.removeprefix(shelf.prefix)])
        admitted = [told for told in await history(connection, stream) if told.verdict is Verdict.ADMITTED]
        parked = await self._write_cases(connection, {}, admitted)
        parked += await self._write_plain(self.clusters, connection, {}, admitted)
        parked += await self._write_plain(self.budgets, connection, {}, admitted)
        if not parked:
            await connection.execute(_SQL["unpark"], stream)

    async def _write_cases(self, connection: Connection, before: Mapping[str, Case], admitted: Sequence[Told]) -> int:
        """Gives how many pages parked."""
        entries: list[register.Entry] = []
        after, parked = _folded(self.cases, entries, before, admitted)
        self.cases.keep(after, self.pages_at_hand_max)
        if after:
            pages = [orjson.dumps(page).decode() for page in after.values()]
            await connection.execute(_SQL["write_pages"], [page["id"] for page in after.values()], pages)
        await _write(connection, "write_cases", list(case_rows(before, after)))
        await _write(connection, "write_register", entries)
        await _write(connection, "write_clocks", list(clock_rows(before, after)))
        await _write(connection, "write_promises", list(promise_rows(before, after)))
        await _write(connection, "write_handoffs", list(handoff_rows(before, after)))
        await _park(connection, parked)
        return len(parked)

    async def _write_plain(
        self, shelf: Shelf[PageT], connection: Connection, before: Mapping[str, PageT], admitted: Sequence[Told]
    ) -> int:
        """Pages that are their table's row and nothing more. Gives how many parked."""
        entries: list[register.Entry] = []
        after, parked = _folded(shelf, entries, before, admitted)
        shelf.keep(after, self.pages_at_hand_max)
        await _write(connection, f"write_{shelf.table}", list(after.values()))
        await _write(connection, "write_register", entries)
        await _park(connection, parked)
        return len(parked)


async def history(connection: Tables, stream: str) -> list[Retold]:
    """Every record of a stream that the ledger keeps, in the stream's order."""
    return retell(await connection.fetch(_SQL["history"], stream))


async def _on_rulebooks(connection: Connection, admitted: Sequence[Told]) -> list[register.Entry]:
    """Their lines of the register. They have no pages: who wrote a draft is told again from the ledger."""
    entries = []
    for told in admitted:
        assert told.envelope is not None
        if told.envelope.stream.startswith(RULEBOOK):
            so_far = [one for one in await history(connection, told.envelope.stream) if one.offset <= told.offset]
            entries.append(register.entry(shelved(so_far), told))
    return [line for line in entries if line is not None]


def _folded(
    shelf: Shelf[PageT], entries: list[register.Entry], before: Mapping[str, PageT], admitted: Sequence[Told]
) -> tuple[dict[str, PageT], list[PageT]]:
    """The pages after a batch, and those that parked in it; lines of the register are added to `entries`. A page that
    cannot be folded holds up no other.
    """

    def enter(page: PageT | None, told: Told) -> None:
        line = register.entry(page, told)
        if line is not None:
            entries.append(line)

    after: dict[str, PageT] = {}
    parked: list[PageT] = []
    for told in admitted:
        assert told.envelope is not None
        stream = told.envelope.stream
        if not stream.startswith(shelf.prefix):
            continue
        page = after[stream] if stream in after else before.get(stream)
        after[stream] = standing.folded(shelf.fold, shelf.moved, page, told, enter)
        if "parked" in after[stream] and (page is None or "parked" not in page):
            parked.append(after[stream])
    return after, parked


async def _write(connection: Connection, name: str, rows: Sequence[Any]) -> None:
    """One statement a view and batch; the rows travel as one JSON array, so that PostgreSQL takes them apart."""
    if rows:
        await connection.execute(_SQL[name], orjson.dumps(rows).decode())


async def _park(connection: Connection, pages: Sequence[Case | Cluster | Budget]) -> None:
    """Say so in the runtime's own table, where ops look and from where a redrive starts."""
    if pages:
        rows = [(p["stream"], "content", *p["parked"]["position"], p["parked"]["why"]) for p in pages]
        await connection.execute(_SQL["write_parked"], *columns(rows, 5))


async def record_reader(
    connection: Connection, *, service: str, partition: int, mark: int, digest: str, reported_at: datetime
) -> None:
    """What a service's reader says of the log at one of its marks (L7); only the last marks are kept."""
    await connection.execute(_SQL["write_reader"], service, partition, mark, digest, reported_at)
    await connection.execute(_SQL["trim_readers"], service, partition, READER_MARKS_KEPT)
