"""The JSON API of budgets: how much may be given in a period, what is reserved for which complaint, what is left.

Lives here: from a request to a query to an answer. Must not: count anything (`views.budgets` does).
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from events.fact import Word
from projections import queries
from projections.paging import read_cursor
from projections.showing import head_text
from projections.sources import LIMIT, STAFF, Cursor, Limit, Sources, listed
from projections.views.budgets import Budget
from projections.views.told import Plain
from runtime.http import Caller, Json, reading
from runtime.problems import Problem

Staff = Annotated[Caller, reading(*STAFF)]
Name = Annotated[Word, Path(description="`<department>:<period>`, such as `harbour:2026-Q4`")]
_IN_FULL = frozenset({"reservations", "released"})


def build_routes(sources: Sources) -> APIRouter:
    """All reads of budgets."""
    router = APIRouter(prefix="/v1/budgets", tags=["accountability"])

    @router.get("", summary="Every budget by name: set, reserved, left")
    async def budgets(request: Request, caller: Staff, cursor: Cursor = None, limit: Limit = LIMIT) -> Response:
        await sources.reached(caller.position)
        after = read_cursor(cursor, "budgets", ("text",))
        page = await queries.budgets(sources.pool, after[0] if after else None, limit)
        return listed(request, page, [_line(one) for one in page.items], "budgets")

    @router.get("/{budget}", summary="One budget with each reservation, and what was released")
    async def budget(budget: Name, caller: Staff) -> Response:
        await sources.reached(caller.position)
        found = await queries.budget(sources.pool, budget)
        if found is None:
            raise Problem(404, "not-found", "no amount has been set for this budget; GET /v1/budgets lists them")
        return Json(_whole(found), headers={"etag": f'"{head_text(found["head"])}"'})

    return router


def _whole(budget: Budget) -> Plain:
    return {**budget, "head": head_text(budget["head"])}


def _line(budget: Budget) -> Plain:
    """Without its reservations, but how many there are."""
    told = {name: value for name, value in _whole(budget).items() if name not in _IN_FULL}
    return {**told, "reservations": len(budget["reservations"])}
