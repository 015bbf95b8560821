"""The JSON API of what stands beside complaints in streams of its own: clusters and budgets, listed and one by one.

Lives here: from a request to a query to an answer. Must not: count anything (the views do).
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from events.fact import Word
from projections import beside_answers, queries
from projections.answers import Listed
from projections.paging import Page, read_cursor
from projections.queries import Listing
from projections.showing import standing
from projections.sources import LIMIT, STAFF, Cursor, Limit, Sources, listed
from projections.views.told import Plain
from runtime.http import Caller, Json, reading, says
from runtime.problems import Problem

Staff = Annotated[Caller, reading(*STAFF)]
Name = Annotated[Word, Path(description="`<department>:<period>`, such as `harbour:2026-Q4`")]
_IN_FULL = frozenset({"reservations", "released"})


def build_routes(sources: Sources) -> APIRouter:
    """All reads of clusters and budgets."""
    router = APIRouter(prefix="/v1")

    @router.get(
        "/clusters",
        tags=["boards"],
        responses=says(Listed[beside_answers.ClusterPage]),
        summary="Clusters and their members",
    )
    async def clusters(request: Request, caller: Staff, cursor: Cursor = None, limit: Limit = LIMIT) -> Response:
        page = await _page(sources, caller, "clusters", cursor, limit)
        return listed(request, page, [_cluster(one, sources.epoch) for one in page.items], "clusters")

    @router.get(
        "/clusters/{cluster_id}",
        tags=["boards"],
        responses=says(beside_answers.ClusterPage, "ETag"),
        summary="One cluster with its members, and who was taken out",
    )
    async def cluster(cluster_id: Word, caller: Staff) -> Response:
        found = await _one(sources, caller, "clusters", cluster_id, "there is no such cluster")
        return _answer(_cluster(found, sources.epoch))

    @router.get(
        "/budgets",
        tags=["accountability"],
        responses=says(Listed[beside_answers.BudgetLine]),
        summary="Every budget by name: set, reserved, left",
    )
    async def budgets(request: Request, caller: Staff, cursor: Cursor = None, limit: Limit = LIMIT) -> Response:
        page = await _page(sources, caller, "budgets", cursor, limit)
        return listed(request, page, [_budget(one, sources.epoch) for one in page.items], "budgets")

    @router.get(
        "/budgets/{budget}",
        tags=["accountability"],
        responses=says(beside_answers.BudgetPage, "ETag"),
        summary="One budget with each reservation, and what was released",
    )
    async def budget(budget: Name, caller: Staff) -> Response:
        found = await _one(sources, caller, "budgets", budget, "no amount has been set for this budget")
        return _answer(standing(found, sources.epoch))

    return router


async def _page(sources: Sources, caller: Caller, listing: Listing, cursor: str | None, limit: int) -> Page:
    await sources.reached(caller.position)
    after = read_cursor(cursor, listing, ("text",))
    return await queries.all_of(sources.pool, listing, after[0] if after else None, limit)


async def _one(sources: Sources, caller: Caller, listing: Listing, name: str, missing: str) -> Plain:
    """Raises Problem 404."""
    await sources.reached(caller.position)
    found = await queries.one_of(sources.pool, listing, name)
    if found is None:
        raise Problem(404, "not-found", f"{missing}; GET /v1/{listing} lists them")
    return found


def _answer(found: Plain) -> Response:
    return Json(found, headers={"ETag": f'"{found["head"]}"'})


def _cluster(found: Plain, epoch: str) -> Plain:
    return standing(found, epoch) | {"size": len(found["members"])}


def _budget(found: Plain, epoch: str) -> Plain:
    """Without its reservations, but how many there are."""
    told = {name: value for name, value in standing(found, epoch).items() if name not in _IN_FULL}
    return {**told, "reservations": len(found["reservations"])}
