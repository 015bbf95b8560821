"""The JSON API of clocks: how each stands, and its proof; as of any instant, as far as it was known at any.

Lives here: from a request to the record to an answer. Must not: count.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from events.decider import UnknownRulebook
from events.fact import WORD_CHARACTERS_MAX, Moment
from events.ids import COMPLAINT
from projections import answers, queries
from projections.reckoning import Counting, Moments, counted
from projections.sources import STAFF, Sources
from projections.store import Tables, history
from projections.views import timing
from projections.views.timeline import page_as_of
from rulebooks.histories import NotCounted
from runtime.http import Caller, ComplaintId, Json, reading, says
from runtime.openapi import Responses
from runtime.problems import Problem, later

Staff = Annotated[Caller, reading(*STAFF)]
PROOF: Responses = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
ClockName = Annotated[
    str, Path(min_length=1, max_length=WORD_CHARACTERS_MAX, description="The clock's name, percent-encoded")
]


async def counting(pool: Tables, complaint_id: str, moments: Moments) -> Counting:
    """What the clocks of a complaint are counted by. Raises Problem 404."""
    whole = await history(pool, f"{COMPLAINT}{complaint_id}")
    if moments.now:
        page = await queries.case(pool, complaint_id)
    else:
        page = page_as_of(whole, as_of=moments.as_of, known_at=moments.known_at)
    if page is None:
        raise Problem(404, "complaint-unknown", "no such complaint, or none yet at the time asked for")
    return await counted(pool, page, whole, moments)


def build_routes(sources: Sources) -> APIRouter:
    """The routes of clocks."""
    router = APIRouter(prefix="/v1", tags=["clocks"])

    @router.get(
        "/complaints/{complaint_id}/clocks",
        responses=says(answers.Clocks, "ETag", "Complaint-Position"),
        summary="The clocks of one complaint, the open ones first",
    )
    async def clocks(
        complaint_id: ComplaintId, caller: Staff, as_of: Moment | None = None, known_at: Moment | None = None
    ) -> Response:
        await sources.reached(caller.position)
        found = await counting(sources.pool, str(complaint_id), Moments(as_of, known_at))
        items = sorted((found.line(name) for name in found.page.get("clocks", {})), key=timing.order)
        content = {"items": items, "unjudged": found.page.get("unjudged", [])}
        return Json(content, headers=sources.standing(found.page))

    @router.get(
        "/complaints/{complaint_id}/clocks/{clock:path}/proof",
        responses=PROOF,
        summary="How a clock came to its due time, step by step: JSON, or with Accept: text/plain to be read",
    )
    async def clock_proof(
        *,
        complaint_id: ComplaintId,
        clock: ClockName,
        caller: Staff,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        accept: Annotated[str | None, Header(max_length=1000)] = None,
    ) -> Response:
        await sources.reached(caller.position)
        found = await counting(sources.pool, str(complaint_id), Moments(as_of, known_at))
        try:
            proved, streams = found.proof(clock), found.streams(clock)
        except NotCounted as error:
            raise Problem(404, "clock-not-counted", str(error).removeprefix(f"{clock}: ")) from None
        except UnknownRulebook as error:
            detail = f"the rulebook {error} has not been read here yet"
            raise later("rulebook-unknown", detail, seconds=1) from None
        facts = timing.addresses(str(complaint_id), clock, streams)["facts"]
        headers = {"link": f'<{facts}>; rel="describedby"', "vary": "accept"}
        if "text/plain" in (accept or ""):
            return Response(proved.as_text().encode(), headers=headers, media_type="text/plain; charset=utf-8")
        return Response(proved.as_json(), headers=headers, media_type="application/json")

    return router
