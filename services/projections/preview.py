"""`POST /v1/clocks/preview`: what a draft of a calendar or a pack would do to the clocks of given complaints.

It asks and writes nothing. Must not: count, or say what is wrong with a draft (`rulebooks`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, model_validator
from starlette.responses import Response

from clocks.spec import Name
from events.decider import UnknownRulebook
from events.ids import COMPLAINT
from events.rulebook import RulebookText
from projections import queries
from projections.beside_answers import Preview
from projections.reckoning import books_of, recorded
from projections.sources import Sources
from projections.store import history
from projections.views.timing import tried
from projections.views.told import Plain
from rulebooks.books import Text
from rulebooks.histories import NotCounted
from rulebooks.kinds import ESCALATION
from rulebooks.state import FINDINGS_MAX, Books
from rulebooks.what_if import what_if, with_drafts
from runtime.http import Body, Caller, Json, reading, says
from runtime.problems import FieldError, Problem
from runtime.witness import counted

COMPLAINTS_MAX = 100


class TriedBody(Body):
    """A text that might be published under this name."""

    name: Name
    text: RulebookText


class PreviewBody(Body):
    """Drafts, and whose clocks are looked at."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    calendar: TriedBody | None = None
    pack: TriedBody | None = None
    complaints: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=COMPLAINTS_MAX)]

    @model_validator(mode="after")
    def _drafts_something(self) -> Self:
        if not self.drafts:
            raise ValueError("send a draft of a calendar, of a pack, or of both")
        return self

    @property
    def drafts(self) -> list[Text]:
        """The calendar first: a pack may lean on it."""
        named = (("calendar", self.calendar), ("pack", self.pack))
        return [Text(kind, one.name, one.text) for kind, one in named if one is not None]


def build_routes(sources: Sources) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1", tags=["clocks"])

    @router.post(
        "/clocks/preview",
        responses=says(Preview),
        summary="What a draft of a calendar or pack would do to clocks; writes nothing",
    )
    async def preview_clocks(
        request: Request, body: PreviewBody, caller: Annotated[Caller, reading("manager", "teamlead", "auditor")]
    ) -> Response:
        await sources.reached(caller.position)
        now = datetime.now(UTC)
        books = await books_of(sources.pool, await queries.rulebook_streams(sources.pool))
        _check(body.drafts, books, now)
        items: list[Plain] = []
        unknown: list[str] = []
        for complaint_id in map(str, dict.fromkeys(body.complaints)):
            lines = await _lines(sources, complaint_id, books, body.drafts, now)
            items += lines or []
            unknown += [complaint_id] if lines is None else []
        counted(request.scope, len(items), streams=[f"{COMPLAINT}{one}" for one in body.complaints])
        return Json({"items": items, "unknown": unknown, "at": now})

    return router


def _check(drafts: Sequence[Text], books: Books, now: datetime) -> None:
    """Raise Problem 422 with everything that is wrong with the drafts."""
    errors: list[FieldError] = []
    for number, draft in enumerate(drafts):
        beside = with_drafts(books, drafts[:number], now)
        errors += [
            FieldError(f"{draft.kind}: {one.place}", "rulebook-invalid", f"{one.wrong}; {one.todo}")
            for one in ESCALATION[draft.kind](draft.name, draft.text, beside)
        ]
    if errors:
        detail = f"mend the draft where it says so ({len(errors)} faults); nothing was counted"
        raise Problem(422, "rulebook-invalid", detail, errors=errors[:FINDINGS_MAX])


async def _lines(
    sources: Sources, complaint_id: str, books: Books, drafts: Sequence[Text], now: datetime
) -> list[Plain] | None:
    """What the drafts would do to the clocks that they concern; None where there is no such complaint."""
    page = await queries.case(sources.pool, complaint_id)
    if page is None:
        return None
    told = recorded(await history(sources.pool, f"{COMPLAINT}{complaint_id}"))
    found = []
    for name, clock in page.get("clocks", {}).items():
        try:
            change = what_if(told, books, drafts, name, now)
        except (NotCounted, UnknownRulebook):
            continue
        if change is not None:
            found.append({"complaint_id": complaint_id, **tried(clock, change)})
    return found
