"""Questions to the views: one function a question, over `sql/read.sql` and the worklist's filters.

Values come out as plain JSON members; sealed text stays sealed (see `showing`). Must not: write.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from events.codec import decode
from events.ids import COMPLAINT
from events.intake import DataErased
from projections.filters import CaseFilter, Conditions, Sort, conditions
from projections.paging import Page
from projections.store import Tables, history
from projections.views import readers
from projections.views.chapters.page import Case
from projections.views.clocks import RESOLUTION
from projections.views.clusters import Cluster
from projections.views.timeline import cluster_as_of
from projections.views.told import Plain, content, stamp
from runtime.queries import read_queries

Listing = Literal["clusters", "budgets"]
"""What stands beside complaints in streams of its own, a page each."""
By = Literal["grade", "category", "product", "branch", "identity", "channel", "owner"]
"""What the board may be taken apart by."""
SQL = read_queries(Path(__file__).parent / "sql" / "read.sql")
FEW_JUDGED = 10
"""Under so many judged clocks a rate says nothing: it is left out (console, principle 8)."""


async def case(pool: Tables, complaint_id: str) -> Case | None:
    """The page of one complaint, and what of its record waits for repair."""
    rows = await pool.fetch(SQL["case"], complaint_id)
    if not rows:
        return None
    (page,) = await _with_conflicts(pool, await _with_unmended(pool, [_page(rows[0])]))
    return await with_erasures(pool, page)


async def with_erasures(pool: Tables, page: Case) -> Case:
    """The page, with when and why words of this person were erased, in whichever case of theirs it was asked."""
    rows = await pool.fetch(SQL["erasures"], page["stream"], page.get("party_ref") or page["stream"])
    told = [(row, decode(row["type"], row["at"], row["value"])) for row in rows]
    found = [
        {**content(fact, without=("key_ids", "party_ref")), "complaint_id": row["stream"].removeprefix(COMPLAINT)}
        for row, fact in told
        if isinstance(fact, DataErased)
    ]
    return {**page, "erasures": found} if found else page


def _page(row: Mapping[str, Any]) -> Case:
    """A page as it was folded, with what is due next as of now: a paused clock counts as if it were resumed now."""
    page: Case = orjson.loads(row["page"])
    page["next_due_at"] = None if row["next_due_at"] is None else stamp(row["next_due_at"])
    page["next_clock"] = row["next_clock"]
    clock = page.get("clocks", {}).get(row["next_clock"])
    if clock is not None:
        counted = clock["state"] == "paused"
        page["next_provisional"] = row["resumed_provisional"] if counted else clock.get("provisional", False)
    return page


async def _with_unmended(pool: Tables, pages: Sequence[Case]) -> list[Case]:
    """The pages, each with what of its record waits for repair in any service."""
    waiting: dict[str, list[Plain]] = {page["stream"]: [] for page in pages}
    for row in await pool.fetch(SQL["unmended"], list(waiting)):
        waiting[row["stream"]].append({name: value for name, value in _row(row).items() if name != "stream"})
    return [{**page, "unjudged": waiting[page["stream"]]} for page in pages]


async def _with_conflicts(pool: Tables, pages: Sequence[Case]) -> list[Case]:
    """The pages, each with what somebody did there whom a finding holds answerable."""
    judged = {page["stream"]: list[Plain]() for page in pages if page.get("findings")}
    for row in await pool.fetch(SQL["conflicts"], list(judged)) if judged else ():
        judged[row["stream"]].append({"act": row["type"].split(".")[2], "at": stamp(row["at"]), "by": row["person"]})
    return [{**page, "conflicts": judged[page["stream"]]} if judged.get(page["stream"]) else page for page in pages]


async def worklist(pool: Tables, wanted: CaseFilter, sort: Sort, after: tuple[str, str] | None, limit: int) -> Page:
    """Pages of complaints in order, those without a time last (first where the order is reversed)."""
    sql = conditions(wanted)
    column, way = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    key = f"coalesce({column}, 'infinity')"
    if after is not None:
        sql.add(f"({key}, id) {'<' if way == 'desc' else '>'} (?::text::timestamptz, ?)", *after)
    rows = await pool.fetch(
        f"select page, next_due_at, next_clock, resumed_provisional, {key}::text as key "  # noqa: S608 - names from the allow-list, values as arguments
        f"from cases join pages using (id) where {sql.where} "
        f"order by {key} {way}, id {way} limit {limit + 1}",
        *sql.arguments,
    )
    pages = await _with_conflicts(pool, await _with_unmended(pool, [_page(row) for row in rows[:limit]]))
    return Page(pages, (rows[limit - 1]["key"], pages[-1]["id"]) if len(rows) > limit else None)


async def count_cases(pool: Tables, wanted: CaseFilter) -> int:
    """How many complaints the filter leaves."""
    sql = conditions(wanted)
    rows = await pool.fetch(f"select count(*) as cases from cases where {sql.where}", *sql.arguments)  # noqa: S608 - as above
    return int(rows[0]["cases"])


async def clusters_of(
    pool: Tables, complaint_id: str, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> list[Cluster]:
    """The clusters that a complaint belongs to, now or as it was."""
    if as_of is known_at is None:
        return [orjson.loads(row["page"]) for row in await pool.fetch(SQL["clusters_of"], complaint_id)]
    streams = [row["stream"] for row in await pool.fetch(SQL["clusters_that_name"], complaint_id)]
    then = [cluster_as_of(await history(pool, one), as_of=as_of, known_at=known_at) for one in streams]
    return [one for one in then if one is not None and complaint_id in one["members"]]


async def clusters_without(pool: Tables, complaint_id: str, limit: int) -> list[Plain]:
    """The id and title of each cluster that a complaint does not belong to, the newest first."""
    return [dict(row) for row in await pool.fetch(SQL["clusters_without"], complaint_id, limit)]


async def budget_names(pool: Tables, limit: int) -> list[str]:
    """The names of the first budgets."""
    return [row["id"] for row in await pool.fetch(SQL["budget_names"], limit)]


async def one_of(pool: Tables, listing: Listing, name: str) -> Plain | None:
    """One cluster by its id; one budget by its name, `<department>:<period>`."""
    rows = await pool.fetch(SQL[f"one_of_{listing}"], name)
    return orjson.loads(rows[0]["page"]) if rows else None


async def all_of(pool: Tables, listing: Listing, after: str | None, limit: int) -> Page:
    """All clusters by id, or all budgets by name."""
    rows = await pool.fetch(SQL[listing], after, limit + 1)
    pages: list[Plain] = [orjson.loads(row["page"]) for row in rows[:limit]]
    return Page(pages, (pages[-1]["id"],) if len(rows) > limit else None)


async def sla_board(pool: Tables, *, source: str | None = None, by: By = "grade", clock: str = RESOLUTION) -> Plain:
    """The SLA board: every complaint once, by its first resolution clock; then each kind of clock, weeks, what is next.

    `met` + `late` + `open_past_due` + `no_deadline` + `running` + `at_risk` + `paused` + `stopped` + `unjudged` are all
    `cases`. Withdrawn and screened-out ones are counted in these and said (never left out). Beside them: how many due
    times were counted by a policy where a publisher states its own, how many of these are close to it, and how many
    cases asked for a clock and had no policy.
    """
    rows = [_row(row) for row in await pool.fetch(SQL["board"], source, clock, by)]
    total = next(row for row in rows if row["everything"])
    classes = [row for row in rows if not row["everything"]]
    for row in rows:
        del row["everything"]
        _add_rate(row)
    del total["class"]
    return {
        "source": source,
        "clock": clock,
        **total,
        "by": by,
        "classes": classes,
        "clocks": [_add_rate(_row(row)) for row in await pool.fetch(SQL["board_clocks"], source)],
        "weeks": [_row(row) for row in await pool.fetch(SQL["board_weeks"], source, clock)],
        "next": [_row(row) for row in await pool.fetch(SQL["board_next"], source)],
    }


def _row(row: Mapping[str, object]) -> Plain:
    """A row of the driver in plain form."""
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _add_rate(row: Plain) -> Plain:
    row["judged"] = row["met"] + row["late"] + row["open_past_due"]
    row["met_percent"] = round(100 * row["met"] / row["judged"], 1) if row["judged"] >= FEW_JUDGED else None
    return row


async def handoffs(pool: Tables, *, source: str | None = None) -> Plain:
    """How often cases changed hands, over all cases of a source (or all)."""
    rows = await pool.fetch(SQL["handoffs"], source)
    return {"source": source, **dict(rows[0])}


async def register(
    pool: Tables, wanted: Mapping[str, str | bool | datetime | None], after: tuple[str, int, int] | None, limit: int
) -> Page:
    """The accountability register, newest first. `wanted`: as in `_REGISTER`."""
    sql = Conditions()
    sql.add_wanted(wanted, _REGISTER)
    if after is not None:
        sql.add('(at, partition, "offset") < (?::text::timestamptz, ?::bigint, ?)', *after)
    rows = await pool.fetch(
        f"select *, {_CONFLICT} as conflict from register where {sql.where} "  # noqa: S608 - as above
        f'order by at desc, partition desc, "offset" desc limit {limit + 1}',
        *sql.arguments,
    )
    lines = [{**_row(row), "detail": orjson.loads(row["detail"])} for row in rows[:limit]]
    for line in lines:
        line["position"] = [line.pop("partition"), line.pop("offset")]
    last = (lines[-1]["at"], *lines[-1]["position"]) if len(rows) > limit else None
    return Page(lines, last)


_CONFLICT = """
exists (select from conflicts c where c.partition = register.partition and c."offset" = register."offset")"""
_REGISTER = {
    "by": "by = ?",
    "second_person": "second_person = ?",
    "conflict": f"{_CONFLICT} = ?",
    "kind": "kind = ?",
    "act": "act = ?",
    "rule": "rule = ?",
    "person": "person = ?",
    "complaint_id": "complaint_id = ?",
    "override": "coalesce(override, false) = ?",
    "since": "at >= ?",
    "until": "at < ?",
}


PromiseFilter = Mapping[str, str | datetime | None]
"""kind, state, owner, since, until; of a calendar these two bound the next time, else the due time."""


async def promises(
    pool: Tables,
    wanted: PromiseFilter,
    after: tuple[str, str, str] | None,
    limit: int,
    *,
    calendar: bool = False,
) -> Page:
    """The promise ledger by due time; `calendar`: the calls that are still to be made, by their next time."""
    sql = Conditions()
    column = "next_at" if calendar else "due"
    if calendar:
        sql.add("next_at is not null and kind in ('callback', 'closing')")
    else:
        sql.add("kind in ('action', 'callback', 'redress')")
    sql.add_wanted(wanted, {name: condition.format(column=column) for name, condition in _PROMISES.items()})
    if after is not None:
        sql.add(f"({column}, complaint_id, promise_id) > (?::text::timestamptz, ?, ?)", *after)
    rows = await pool.fetch(
        f"select complaint_id, promise_id, {column}::text as key, detail from promises where {sql.where} "  # noqa: S608 - as above
        f"order by {column}, complaint_id, promise_id limit {limit + 1}",
        *sql.arguments,
    )
    found = [{"complaint_id": row["complaint_id"], **orjson.loads(row["detail"])} for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(found, (last["key"], last["complaint_id"], last["promise_id"]) if last else None)


_PROMISES = {
    "kind": "kind = ?",
    "state": "state = ?",
    "owner": "owner = ?",
    "since": "{column} >= ?",
    "until": "{column} < ?",
}


def cut(items: Sequence[object], start: int, limit: int) -> Page:
    """A page of what is at hand already."""
    end = start + limit
    return Page(items[start:end], (end,) if end < len(items) else None)


async def reader_hashes(pool: Tables) -> Sequence[readers.Agreement]:
    """Whether the services' readers say the same of the log, partition by partition (L7)."""
    rows = await pool.fetch(SQL["reader_marks"])
    return readers.agreements([readers.Mark(**dict(row)) for row in rows])


async def rulebook_streams(pool: Tables) -> list[str]:
    """The streams of all rulebooks."""
    return [row["stream"] for row in await pool.fetch(SQL["rulebook_streams"])]


async def places(pool: Tables) -> dict[int, int]:
    """How far the views have read: partition to next offset."""
    return {row["partition"]: row["next_offset"] for row in await pool.fetch(SQL["places"])}
