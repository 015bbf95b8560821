"""The JSON API of the record itself: every record, the admitted facts as a feed, and whether the readers agree.

Lives here: from a request to a query to an answer, and the two forms of the feed. Must not: open sealed text.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from events.admission import Verdict
from events.fact import Word
from projections import answers, beside_answers, parkings, queries
from projections.accesses import add_access
from projections.paging import read_cursor
from projections.records import Feed, facts, record, records
from projections.showing import cloud_event, placed
from projections.showing import record as shown
from projections.sources import LIMIT, WATCHERS, Cursor, Limit, Sources, StreamName, listed
from runtime.caller import parse_position
from runtime.http import Caller, Json, reading, says
from runtime.openapi import Responses
from runtime.problems import Problem
from runtime.witness import counted

FACTS_MAX = 5_000
STREAMS_MAX = 50
FOLLOW_SECONDS_MAX = 300.0
"""A followed feed ends after this long; the client comes back with Last-Event-ID, and its token is checked again."""
HEARTBEAT_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.25

FACTS: Responses = {
    200: {
        "description": "CloudEvents, one a line",
        "headers": {"Complaint-After": {"schema": {"type": "string"}, "description": "Go on with `after` from here"}},
        "content": {kind: {"schema": {"type": "string"}} for kind in ("application/x-ndjson", "text/event-stream")},
    }
}
Watcher = Annotated[Caller, reading(*WATCHERS)]
Operator = Annotated[Caller, reading(*WATCHERS, figures=True)]
"""Who sees how the readers are: names of streams and reasons of the code, nothing of a case."""


def build_routes(sources: Sources) -> APIRouter:
    """The routes of the record."""
    router = APIRouter(prefix="/v1", tags=["record"])

    @router.get(
        "/records",
        responses=says(answers.Listed[answers.Record]),
        summary="Every record of the log and its verdict, as it stood, newest first",
    )
    async def find_records(
        *,
        request: Request,
        caller: Watcher,
        position: Annotated[str | None, Query(max_length=60)] = None,
        stream: StreamName | None = None,
        actor: Word | None = None,
        type: Word | None = None,  # noqa: A002 - the name of the parameter is the name of the header
        verdict: Verdict | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        await sources.reached(caller.position)
        if position is not None:
            return await _at(request, sources, position)
        wanted = {"stream": stream, "actor": actor, "type": type, "verdict": verdict and verdict.value}
        after = read_cursor(cursor, wanted, ("number", "number", "number"))
        page = await records(sources.pool, wanted, after, limit)
        return listed(request, page, [shown(row, sources.epoch) for row in page.items], wanted)

    @router.get(
        "/facts",
        responses=FACTS,
        response_class=Response,
        summary="Admitted facts after a position, of all streams or some: NDJSON, or followed by text/event-stream",
    )
    async def read_facts(
        *,
        request: Request,
        caller: Annotated[Caller, reading("auditor", "manager", "inspector", "ops")],
        after: Annotated[str | None, Query(max_length=100_000)] = None,
        stream: Annotated[list[StreamName] | None, Query(max_length=STREAMS_MAX)] = None,
        limit: Annotated[int, Query(ge=1, le=FACTS_MAX)] = 1_000,
        last_event_id: Annotated[str | None, Header(max_length=100_000)] = None,
    ) -> Response:
        await sources.reached(caller.position)
        stands = Feed.after(last_event_id or after, sources.epoch, sources.partitions)
        if "text/event-stream" in request.headers.get("accept", ""):
            counted(request.scope, None)
            return StreamingResponse(follow(sources, stands, stream), media_type="text/event-stream")
        rows = await facts(sources.pool, stands, limit, stream)
        counted(request.scope, len(rows))
        lines = b"".join(orjson.dumps(cloud_event(row, sources.epoch)) + b"\n" for row in rows)
        headers = {"complaint-after": str(stands.passed(rows))}
        return Response(lines, headers=headers, media_type="application/x-ndjson")

    _add_health(router, sources)
    add_access(router, sources)
    return router


def _add_health(router: APIRouter, sources: Sources) -> None:
    @router.get(
        "/parked",
        responses=says(answers.Listed[beside_answers.ParkedLine]),
        summary="What waits for repair in any service, since when and until when",
    )
    async def parked(
        *,
        request: Request,
        caller: Operator,
        service: Word | None = None,
        stream: StreamName | None = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> Response:
        await sources.reached(caller.position)
        wanted = {"service": service, "stream": stream}
        after = read_cursor(cursor, {"parked": wanted}, ("time", "text", "text", "text"))
        page = await parkings.parked(sources.pool, wanted, after, limit)
        return listed(request, page, [placed(one, sources.epoch) for one in page.items], {"parked": wanted})

    @router.get(
        "/readers",
        responses=says(beside_answers.Readers),
        summary="Do all services say the same of the log, partition by partition?",
    )
    async def readers(caller: Operator) -> Response:
        await sources.reached(caller.position)
        found = await queries.reader_hashes(sources.pool)
        return Json({"items": found, "agree": all(one.agree for one in found)})


async def _at(request: Request, sources: Sources, text: str) -> Response:
    """`complaints log show` prints places without the name of the log."""
    position = parse_position(text) or parse_position(f"{sources.epoch}.{text}")
    if position is None or position.epoch != sources.epoch:
        why = "send the Complaint-Position of an answer of this log as it was, or <partition>.<offset>"
        raise Problem(400, "position-malformed", why)
    row = await record(sources.pool, position)
    counted(request.scope, 0 if row is None else 1, streams=filter(None, [row and row["stream"]]))
    return Json({"items": [] if row is None else [shown(row, sources.epoch)], "next": None})


async def follow(sources: Sources, stands: Feed, streams: Sequence[str] | None = None) -> AsyncGenerator[bytes, None]:
    """Server-sent events: each with the place to resume from as its id, a comment when nothing happens."""
    ends = time.monotonic() + FOLLOW_SECONDS_MAX
    silent_since = time.monotonic()
    yield b": the facts follow\n\n"
    while time.monotonic() < ends:
        try:
            rows = await facts(sources.pool, stands, 200, streams)
        except Problem:
            return  # half an answer is out: whoever follows comes back with the last id
        for row in rows:
            stands = stands.passed([row])
            content = orjson.dumps(cloud_event(row, sources.epoch))
            yield f"id: {stands}\nevent: fact\n".encode() + b"data: " + content + b"\n\n"
        if rows:
            silent_since = time.monotonic()
            continue
        if time.monotonic() - silent_since > HEARTBEAT_SECONDS:
            silent_since = time.monotonic()
            yield b": nothing new\n\n"
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
