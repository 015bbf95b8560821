"""The JSON API of the views: cases, clocks, boards, register, calendar, statistics. All of it is GET.

Lives here: from a request to a query to an answer. Must not: SQL, or a rule of the domain.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from events.fact import Moment, Word
from events.ids import COMPLAINT
from projections import answers, beside_answers, beside_routes, feeds, preview, queries, rulebook_routes, timing
from projections.deviations import due_deviations
from projections.filters import CaseFilter, Sort
from projections.paging import read_cursor
from projections.queries import By
from projections.showing import case_line, case_page, opened, placed
from projections.sources import LIMIT, STAFF, WATCHERS, Cursor, Limit, Sources, listed
from projections.store import history
from projections.views.clocks import RESOLUTION
from projections.views.register import Kind
from projections.views.timeline import entries, page_as_of
from runtime.http import Caller, ComplaintId, Json, reading, says
from runtime.openapi import Responses
from runtime.problems import Problem
from runtime.witness import counted

Staff = Annotated[Caller, reading(*STAFF)]
Watcher = Annotated[Caller, reading(*WATCHERS, figures=True)]
ClockName = Annotated[
    Word,
    Query(description="Policies and publishers name clocks as they like: what no case has, no case has a deadline for"),
]
NOT_MODIFIED: Responses = {304: {"description": "It is still as If-None-Match says"}}


def build_routes(sources: Sources) -> Sequence[APIRouter]:
    """All routes of the views."""
    own = [_worklist(sources), _cases(sources), _boards(sources), _register(sources), _promises(sources)]
    beside = (timing, preview, rulebook_routes, beside_routes, feeds)
    return [*own, *(module.build_routes(sources) for module in beside)]


def _worklist(sources: Sources) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["complaints"])

    @router.get(
        "/complaints",
        responses=says(answers.Listed[answers.CaseLine], "Complaint-Count"),
        summary="The worklist: complaints by what is due first",
    )
    async def worklist(
        *,
        request: Request,
        caller: Annotated[Caller, reading(*WATCHERS, "publisher")],
        wanted: Annotated[CaseFilter, Depends(CaseFilter)],
        sort: Sort = "next_due_at",
        cursor: Cursor = None,
        limit: Limit = LIMIT,
        count: Literal["exact"] | None = None,
    ) -> Response:
        wanted = _allowed(caller, wanted)
        await sources.reached(caller.position)
        filters = {"sort": sort, **asdict(wanted)}
        page = await queries.worklist(sources.pool, wanted, sort, read_cursor(cursor, filters, ("time", "text")), limit)
        unseal = sources.unseal_for(caller)
        answer = listed(request, page, [case_line(one, unseal) for one in page.items], filters)
        if count is not None:
            answer.headers["complaint-count"] = str(await queries.count_cases(sources.pool, wanted))
        return answer

    return router


def _cases(sources: Sources) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["complaints"])

    @router.get(
        "/complaints/{complaint_id}",
        responses=says(answers.CasePage, "ETag", "Complaint-Position") | NOT_MODIFIED,
        summary="The page of one complaint, now or as it was",
    )
    async def case(
        complaint_id: ComplaintId,
        caller: Staff,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        await sources.reached(caller.position)
        if as_of is None and known_at is None:
            page = await queries.case(sources.pool, str(complaint_id))
        else:
            told = await history(sources.pool, f"{COMPLAINT}{complaint_id}")
            page = page_as_of(told, as_of=as_of, known_at=known_at)
            page = page and await queries.with_erasures(sources.pool, page)
        if page is None:
            raise _unknown()
        clusters = await queries.clusters_of(sources.pool, str(complaint_id), as_of=as_of, known_at=known_at)
        headers = sources.standing(page)
        beside = clusters or page.get("erasures")  # what moves without the head
        if if_none_match == headers["etag"] and as_of is known_at is None and not beside:
            return Response(status_code=304, headers=headers)
        content = case_page(page, sources.unseal_for(caller), sources.epoch)
        content["clusters"] = [{"id": one["id"], "title": one.get("title")} for one in clusters]
        return Json(content, headers=headers)

    @router.get(
        "/complaints/{complaint_id}/timeline",
        responses=says(answers.Listed[answers.TimelineEntry]),
        summary="Every record, refused ones too, with before and after",
    )
    async def timeline(
        request: Request, complaint_id: ComplaintId, caller: Staff, cursor: Cursor = None, limit: Limit = LIMIT
    ) -> Response:
        await sources.reached(caller.position)
        stream = f"{COMPLAINT}{complaint_id}"
        told = entries(await history(sources.pool, stream))
        if not told:
            raise _unknown()
        after = read_cursor(cursor, stream, ("number",))
        page = queries.cut(told, after[0] if after else 0, limit)
        unseal = sources.unseal_for(caller)
        items = [opened(placed(one, sources.epoch), stream, unseal) for one in page.items]
        return listed(request, page, items, stream)

    return router


def _boards(sources: Sources) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["boards"])

    @router.get(
        "/sla-board",
        responses=says(answers.SlaBoard),
        summary="Met, late, open past due, at risk, unjudged: over cases, clocks, classes, weeks",
    )
    async def sla_board(
        *,
        request: Request,
        caller: Annotated[Caller, reading(*WATCHERS)],
        source: Word | None = None,
        by: By = "grade",
        clock: ClockName = RESOLUTION,
    ) -> Response:
        await sources.reached(caller.position)
        board = await queries.sla_board(sources.pool, source=source, by=by, clock=clock)
        counted(request.scope, len(board["next"]))
        return Json(board)

    @router.get(
        "/statistics/handoffs",
        responses=says(beside_answers.HandoffStatistics),
        summary="How often cases changed hands, came back, were reopened, waited",
    )
    async def handoffs(caller: Watcher, source: Word | None = None) -> Response:
        await sources.reached(caller.position)
        return Json(await queries.handoffs(sources.pool, source=source))

    @router.get(
        "/statistics/due-deviations",
        responses=says(beside_answers.DueDeviations),
        summary="Due times that a publisher states beside ours, by category: how many differ, and likely why",
    )
    async def deviations(caller: Watcher, source: Word | None = None, clock: Word = RESOLUTION) -> Response:
        await sources.reached(caller.position)
        return Json(await due_deviations(sources.pool, source=source, clock=clock))

    return router


def _register(sources: Sources) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["accountability"])

    @router.get(
        "/register",
        responses=says(answers.Listed[answers.RegisterLine]),
        summary="Who decided what, by which authority, under which rule, with whom",
    )
    async def register(
        *,
        request: Request,
        caller: Staff,
        by: Word | None = None,
        second_person: Word | None = None,
        person: Word | None = None,
        kind: Kind | None = None,
        act: Word | None = None,
        rule: Word | None = None,
        complaint_id: UUID | None = None,
        override: bool | None = None,
        conflict: bool | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        await sources.reached(caller.position)
        case = str(complaint_id) if complaint_id else None
        wanted = {
            "by": by, "second_person": second_person, "person": person, "kind": kind, "act": act, "rule": rule,
            "complaint_id": case, "override": override, "conflict": conflict, "since": since, "until": until,
        }  # fmt: skip
        after = read_cursor(cursor, wanted, ("time", "number", "number"))
        page = await queries.register(sources.pool, wanted, after, limit)
        unseal = sources.unseal_for(caller)
        lines = [opened(placed(one, sources.epoch), one["stream"], unseal) for one in page.items]
        return listed(request, page, lines, wanted)

    return router


def _promises(sources: Sources) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["accountability"])

    @router.get(
        "/promises",
        responses=says(answers.Listed[answers.PromiseLine]),
        summary="The promise ledger: what was promised, until when, and what became of it",
    )
    async def promises(
        *,
        request: Request,
        caller: Staff,
        kind: Literal["action", "callback", "redress"] | None = None,
        state: Literal["open", "kept", "broken"] | None = None,
        owner: Word | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        wanted = {"kind": kind, "state": state, "owner": owner, "since": since, "until": until}
        return await _promised(sources, request, caller, wanted, cursor=cursor, limit=limit, calendar=False)

    @router.get(
        "/callbacks",
        responses=says(answers.Listed[answers.PromiseLine]),
        summary="The callback calendar: whom to call back, the earliest first",
    )
    async def callbacks(
        *,
        request: Request,
        caller: Staff,
        owner: Word | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        wanted = {"owner": owner, "since": since, "until": until}
        return await _promised(sources, request, caller, wanted, cursor=cursor, limit=limit, calendar=True)

    return router


async def _promised(
    sources: Sources,
    request: Request,
    caller: Caller,
    wanted: queries.PromiseFilter,
    *,
    cursor: str | None,
    limit: int,
    calendar: bool,
) -> Response:
    await sources.reached(caller.position)
    filters = {**wanted, "calendar": calendar}
    after = read_cursor(cursor, filters, ("time", "text", "text"))
    page = await queries.promises(sources.pool, wanted, after, limit, calendar=calendar)
    unseal = sources.unseal_for(caller)
    items = [opened(one, f"{COMPLAINT}{one['complaint_id']}", unseal) for one in page.items]
    return listed(request, page, items, filters)


def _allowed(caller: Caller, wanted: CaseFilter) -> CaseFilter:
    """A publisher sees what it told itself, under its own name, and nothing else."""
    if caller.roles & set(WATCHERS):
        return wanted
    if wanted.source not in (None, [caller.principal]):
        raise Problem(403, "source-foreign", "a publisher sees the complaints of its own source only")
    if wanted.same_person_as is not None:
        raise Problem(403, "source-foreign", "who complained elsewhere is not a publisher's to know")
    return replace(wanted, source=[caller.principal])


def _unknown() -> Problem:
    return Problem(404, "complaint-unknown", "no such complaint, or none yet at the time asked for")
