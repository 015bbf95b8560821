"""The complainant's page over HTTP: whoever holds the tracking code of a complaint sees how far it is.

Lives here: from a code to a page, without an account. Must not: what the page says (`track`).
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from events.ids import COMPLAINT
from projections import queries
from projections.console import track
from projections.console.answers import failed
from projections.console.door import to_the_door
from projections.console.reader import Reader, utc_now
from projections.console.rendering import Pages, page_route
from projections.console.session import words_of, zone_of
from projections.showing import opened
from projections.sources import Sources
from runtime.auth import ANONYMOUS
from runtime.caller import parse_position
from runtime.tracking import stream_of_code
from runtime.witness import counted, read_by

Code = Annotated[str | None, Query(max_length=100)]


def build_tracking(sources: Sources, secrets: Sequence[bytes]) -> APIRouter:
    """The page at /track. `secrets`: by which codes are made."""
    pages = Pages()
    route = page_route(lambda request, problem: failed(pages, request, problem), to_the_door)
    router = APIRouter(route_class=route, include_in_schema=False)

    @router.get("/track")
    async def tracked(
        request: Request,
        code: Code = None,
        tz: Annotated[str | None, Query(max_length=100)] = None,
        complaint_position: Annotated[str | None, Header(max_length=100)] = None,
    ) -> Response:
        words = words_of(request)
        if not code:
            return pages.page("track.html", words, page=None, problem="", back="/track")
        read_by(request.scope, ANONYMOUS, ())
        reader = Reader(words, zone_of(request, tz), utc_now(), "", frozenset())
        await sources.reached(parse_position(complaint_position or ""))
        stream = stream_of_code(secrets, code)
        case = await queries.case(sources.pool, stream.removeprefix(COMPLAINT)) if stream is not None else None
        if stream is None or case is None:
            problem = words.t("track.unknown")
            return pages.page("track.html", words, status=404, page=None, problem=problem, back="/track")
        counted(request.scope, 1, streams=[stream])
        shown = track.shown(opened(case, stream, sources.unseal), reader, code)
        return pages.page("track.html", words, page=shown, back=f"/track?{request.url.query}")

    return router
