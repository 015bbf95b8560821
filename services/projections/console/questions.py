"""What the pages ask the views for: tabs with their counts, a page of the worklist, a case with its story, the board.

Lives here: from a reader's question to the views' queries, and opening personal text. Must not: words or HTML.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal
from uuid import UUID

from clocks import Proof
from clocks.given import GivenProof
from events.decider import UnknownRulebook
from events.roles import APPROVING, HOLDING
from projections import queries
from projections.console.board import BUCKETS
from projections.console.desk import Desk, desk_of, playbook_of, queues_of
from projections.console.reader import SHORT_ID_CHARS, Reader
from projections.deviations import due_deviations
from projections.filters import CaseFilter, Sort
from projections.freshness import Freshness
from projections.paging import Page, read_cursor, write_cursor
from projections.parkings import parked
from projections.queries import By, Listing
from projections.reckoning import NOW, Moments, Place, counted, left_of
from projections.showing import Unseal, opened
from projections.sources import STAFF, Sources
from projections.store import history
from projections.views.chapters.page import Case
from projections.views.clocks import RESOLUTION
from projections.views.timeline import entries, page_as_of
from projections.views.told import Plain
from rulebooks.histories import NotCounted
from runtime.caller import parse_position
from runtime.problems import Problem

View = Literal["mine", "offered", "duty", "approval", "unowned", "conflict", "open", "all"]
VIEWS: tuple[View, ...] = ("mine", "offered", "duty", "approval", "unowned", "conflict", "open", "all")
ROWS, WAITING, OTHERS = 50, 10, 5
BESIDE_MAX = 200
"""How many clusters or budgets a form offers; an older one is named by the API, a budget by its name."""
_SORT: Sort = "next_due_at"
_NUMBER = re.compile(rf"[0-9a-fA-F]{{{SHORT_ID_CHARS}}}[0-9a-fA-F-]*")
"""Of a case: what a page calls it, or more of it."""


@dataclass(frozen=True)
class Asked:
    """What a reader wants to see of the worklist."""

    view: View
    grade: str | None = None
    channel: str | None = None
    queue: str | None = None
    q: str | None = None
    person: str | None = None
    """The keyed hash of their contact."""
    cursor: str | None = None


def tabs(reader: Reader) -> tuple[View, ...]:
    """The views that mean something to a reader."""
    return tuple(view for view in VIEWS if reader.roles & _WHOSE.get(view, reader.roles))


_WHOSE: Mapping[View, frozenset[str]] = {
    **dict.fromkeys(("mine", "offered", "duty"), HOLDING),
    "approval": APPROVING,
    "conflict": frozenset({"cso"}),
}
"""Who has a use for a view; all others are everybody's."""


def first_view(reader: Reader) -> View:
    """What a reader sees first: their own cases where they can hold any, else all open ones."""
    return "mine" if reader.roles & HOLDING else "open"


@dataclass(frozen=True)
class Story:
    """A case and its timeline, opened for its reader."""

    case: Plain
    entries: Sequence[Plain]
    clocks: Mapping[str, Plain]
    """By name, as they are counted."""


@dataclass(frozen=True)
class Questions:
    """The queries of the views, as a reader may see them."""

    sources: Sources
    freshness: Freshness

    async def desk(self) -> Desk:
        """Who acts for which post now."""
        return await desk_of(self.sources.pool)

    async def queues(self) -> list[str]:
        """The queues that cases are sent to now."""
        return await queues_of(self.sources.pool)

    async def counts(self, reader: Reader) -> Mapping[View, int]:
        """How many cases each view holds; of `all` nobody needs to know."""
        views = [view for view in tabs(reader) if view != "all"]
        wanted = [await self._filter(Asked(view), reader) for view in views]
        counted = await asyncio.gather(*(queries.count_cases(self.sources.pool, one) for one in wanted))
        return dict(zip(views, counted, strict=True))

    async def numbered(self, asked: str) -> str | None:
        """The case that a search names: by its whole id, or by as much of it as pages show where no other begins so."""
        if (whole := found_id(asked)) is not None or not _NUMBER.fullmatch(asked):
            return whole
        rows = await self.sources.pool.fetch(queries.SQL["numbered"], asked.lower())
        return rows[0]["id"] if len(rows) == 1 else None

    async def worklist(self, asked: Asked, reader: Reader) -> tuple[list[Plain], str | None]:
        """A page of cases, each with its words opened and what is left of its next clock (`next_left`), and the cursor
        of the next page. Raises Problem 400.
        """
        wanted = await self._filter(asked, reader)
        filters = {"sort": _SORT, **asdict(wanted)}
        after = read_cursor(asked.cursor, filters, ("time", "text"))
        page = await queries.worklist(self.sources.pool, wanted, _SORT, after, ROWS)
        unseal = self._unseal(reader)
        cases = [{**case, "text": opened(case.get("text"), case["stream"], unseal)} for case in page.items]
        left = await self._left(((case["id"], case["next_clock"]) for case in cases if case["next_clock"]), reader)
        for case in cases:
            case["next_left"] = left.get((case["id"], case["next_clock"]), {})
        return cases, write_cursor(page.last, filters) if page.last is not None else None

    async def _filter(self, asked: Asked, reader: Reader) -> CaseFilter:
        channel, queue, person = ([one] if one else None for one in (asked.channel, asked.queue, asked.person))
        wanted = CaseFilter(grade=asked.grade, channel=channel, queue=queue, source_ref=asked.q, party_ref=person)
        match asked.view:
            case "mine":
                return replace(wanted, owed=True, owner=[reader.subject])
            case "offered":
                offered = [reader.subject, *(await self.desk()).posts_of(reader.subject, reader.roles)]
                return replace(wanted, status="open", offered_to=offered)
            case "duty":
                return replace(wanted, duty_of=(await self.desk()).posts_of(reader.subject, reader.roles))
            case "approval":
                return replace(wanted, approval=True)
            case "unowned":
                return replace(wanted, unowned=True)
            case "conflict":
                return replace(wanted, conflict=True)
            case "open":
                return replace(wanted, owed=True)
            case "all":
                return wanted

    async def story(self, complaint_id: str, reader: Reader, moments: Moments = NOW) -> Story | None:
        """A case and all its records, now or as it was; None where there is none for this reader: it reads the same."""
        now = await self._case(complaint_id, reader)
        if now is None:
            return None
        pool, unseal, stream = self.sources.pool, self._unseal(reader), now["stream"]
        whole = moments.of(await history(pool, stream))
        case = now if moments.now else page_as_of(whole)
        if case is None:
            return None
        clocks = await counted(pool, case, whole, moments)
        shown: Plain = {"erasures": now.get("erasures", []), **opened(case, stream, unseal)}
        clusters = await queries.clusters_of(pool, case["id"], as_of=moments.as_of, known_at=moments.known_at)
        shown["clusters"] = [{"id": one["id"], "title": one.get("title", one["id"])} for one in clusters]
        shown["clocks"] = {
            name: {**clock, "allows": clocks.allows(name)} for name, clock in shown.get("clocks", {}).items()
        }
        shown["others"] = await self._others(case["id"]) if moments.now else []
        shown["beside"] = await self._beside(case) if moments.now else None
        told = [opened(one, stream, unseal) for one in entries(whole)]
        return Story(shown, told, {name: clocks.line(name) for name in case.get("clocks", {})})

    async def playbook(self, case: Plain) -> Plain | None:
        """What helps with a case while it is open: the playbook of its route."""
        name = case.get("route", {}).get("playbook")
        return await playbook_of(self.sources.pool, name) if name and case["status"] != "closed" else None

    async def _others(self, complaint_id: str) -> Sequence[Case]:
        """The newest of what else this person lodged."""
        wanted = CaseFilter(same_person_as=UUID(complaint_id))
        found = await queries.worklist(self.sources.pool, wanted, "-lodged_at", None, OTHERS + 1)
        return [one for one in found.items if one["id"] != complaint_id][:OTHERS]

    async def _beside(self, case: Case) -> Plain:
        """What a command on this case may name: the newest clusters that it is not in, budgets, and its own budget."""
        pool, budget = self.sources.pool, case.get("budget")
        return {
            "clusters": await queries.clusters_without(pool, case["id"], BESIDE_MAX),
            "budgets": await queries.budget_names(pool, BESIDE_MAX),
            "queues": await self.queues(),
            "budget": await queries.one_of(pool, "budgets", budget) if budget else None,
        }

    async def listed(self, listing: Listing, after: str | None, seen: str | None) -> Page:
        """A page of all clusters by id, or of all budgets by name, not older than what a reader has `seen`."""
        await self.sources.reached(parse_position(seen or ""))
        return await queries.all_of(self.sources.pool, listing, after, ROWS)

    async def cluster(self, cluster_id: str) -> Plain:
        """One cluster with its members. Raises Problem 404."""
        found = await queries.one_of(self.sources.pool, "clusters", found_id(cluster_id) or "")
        if found is None:
            raise Problem(404, "not-found", "there is no such cluster")
        return found

    async def proof(
        self, complaint_id: str, clock: str, reader: Reader, moments: Moments = NOW
    ) -> Proof | GivenProof | None:
        """How a clock came to its due time; None where there is no such case or clock, or no proof of it."""
        now = await self._case(complaint_id, reader)
        if now is None:
            return None
        pool = self.sources.pool
        whole = moments.of(await history(pool, now["stream"]))
        case = now if moments.now else page_as_of(whole)
        try:
            return (await counted(pool, case, whole, moments)).proof(clock) if case is not None else None
        except (NotCounted, UnknownRulebook):
            return None

    async def glance(self, complaint_id: str, reader: Reader) -> tuple[Case, Mapping[str, Plain]] | None:
        """A case, and what is left of its next clock, by name; None where there is none for this reader."""
        case = await self._case(complaint_id, reader)
        if case is None:
            return None
        left = await self._left([(case["id"], case["next_clock"])] if case["next_clock"] else [], reader)
        return case, {clock: one for (_, clock), one in left.items()}

    async def _case(self, complaint_id: str, reader: Reader) -> Case | None:
        if not reader.roles & set(STAFF):
            return None
        try:
            name = str(UUID(complaint_id))
        except ValueError:
            return None
        return await queries.case(self.sources.pool, name)

    async def waiting(self) -> Sequence[Plain]:
        """What waits for repair, the longest first."""
        return (await parked(self.sources.pool, {}, None, WAITING)).items

    async def board(self, source: str | None, reader: Reader, by: By = "grade") -> tuple[Plain, Mapping[str, int]]:
        """The SLA board with what is left of each clock that breaks next, and the open clocks by time to breach."""
        board = await queries.sla_board(self.sources.pool, source=source, by=by)
        left = await self._left(((one["complaint_id"], one["clock"]) for one in board["next"]), reader)
        board["next"] = [one | left.get((one["complaint_id"], one["clock"]), {}) for one in board["next"]]
        rows = await self.sources.pool.fetch(queries.SQL["board_buckets"], source, RESOLUTION)
        return board, {BUCKETS[row["bucket"]]: row["clocks"] for row in rows}

    async def compared(self, board: Plain) -> Plain | None:
        """How the due times of the board's source compare with ours; None where there is nothing to compare."""
        if not board["due_compared"] and not board["no_policy"]:
            return None
        return await due_deviations(self.sources.pool, source=board["source"], clock=board["clock"])

    async def behind_seconds(self) -> float | None:
        """How old the views are."""
        return self.freshness.behind_seconds(await queries.places(self.sources.pool))

    async def _left(self, places: Iterable[Place], reader: Reader) -> Mapping[Place, Plain]:
        """What is used and left of these clocks now, in business time; of those that can be counted."""
        return await left_of(self.sources.pool, places, reader.now)

    def _unseal(self, reader: Reader) -> Unseal | None:
        return self.sources.unseal if reader.roles & set(STAFF) else None


def found_id(asked: str) -> str | None:
    """The id in a search, where it is one."""
    try:
        return str(UUID(asked.strip()))
    except ValueError:
        return None
