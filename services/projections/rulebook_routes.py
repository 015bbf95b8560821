"""The JSON API of rulebooks: which there are, and each as it was in force at any instant, as far as it was known then.

Lives here: from a request to the record to an answer. Must not: say which version counts (`rulebooks`).
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from events.fact import Moment
from events.ids import RULEBOOK
from projections import beside_answers, queries
from projections.sources import WATCHERS, Sources
from projections.store import history
from projections.views.rulebooks import Shelved, shelved
from projections.views.told import Plain, stamp
from rulebooks.books import rulebook_stream
from runtime.http import Caller, Json, reading, says
from runtime.problems import Problem
from runtime.rulebook_routes import Kind, Name

Reader = Annotated[Caller, reading(*WATCHERS)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The version's number")]


def build_routes(sources: Sources) -> APIRouter:
    """All reads of rulebooks."""
    router = APIRouter(prefix="/v1/rulebooks", tags=["rulebooks"])

    @router.get(
        "", responses=says(beside_answers.Rulebooks), summary="Every rulebook, with the version that is in force now"
    )
    async def rulebooks(caller: Reader) -> Response:
        await sources.reached(caller.position)
        now = datetime.now(UTC)
        streams = await queries.rulebook_streams(sources.pool)
        found = [(stream, await _of(sources, stream)) for stream in streams]
        return Json({"items": [_line(stream, book, now) for stream, book in found if book is not None]})

    @router.get(
        "/{kind}/{name}",
        responses=says(beside_answers.Rulebook),
        summary="One rulebook: in force at `as_of`, as known at `known_at`; all its versions",
    )
    async def rulebook(
        kind: Kind, name: Name, caller: Reader, as_of: Moment | None = None, known_at: Moment | None = None
    ) -> Response:
        await sources.reached(caller.position)
        book = await _found(sources, kind, name)
        at = as_of or known_at or datetime.now(UTC)
        return Json(
            {
                "kind": kind,
                "name": name,
                "as_of": stamp(at),
                "known_at": None if known_at is None else stamp(known_at),
                "in_force": book.at(at, known_at),
                "draft": book.draft(),
                "versions": book.lines(),
            },
        )

    @router.get(
        "/{kind}/{name}/versions/{number}",
        responses=says(beside_answers.NamedVersion),
        summary="One version with its text, whatever became of it",
    )
    async def rulebook_version(kind: Kind, name: Name, number: Number, caller: Reader) -> Response:
        await sources.reached(caller.position)
        found = (await _found(sources, kind, name)).version(number)
        if found is None:
            raise Problem(404, "not-found", "there is no such version of this rulebook")
        return Json({"kind": kind, "name": name, **found})

    return router


async def _of(sources: Sources, stream: str) -> Shelved | None:
    return shelved(await history(sources.pool, stream))


async def _found(sources: Sources, kind: str, name: str) -> Shelved:
    book = await _of(sources, rulebook_stream(kind, name))
    if book is None:
        raise Problem(404, "not-found", "there is no such rulebook; GET /v1/rulebooks lists them")
    return book


def _line(stream: str, book: Shelved, now: datetime) -> Plain:
    kind, _, name = stream.removeprefix(RULEBOOK).partition("/")
    current, draft = book.at(now, None), book.draft()
    line: Plain = {"kind": kind, "name": name, "version": None, "draft": None if draft is None else draft["version"]}
    if current is not None:
        told = ("version", "effective_at", "known_at", "by", "approved_by", "applies_to_running", "why")
        line |= {member: current[member] for member in told}
    return line
