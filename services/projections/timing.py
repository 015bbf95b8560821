"""The JSON API of clocks: how each stands, and its proof; as of any instant, as far as it was known at any.

Lives here: from a request to the record to an answer. Must not: count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from clocks import ClockState
from events.decider import UnknownRulebook
from events.fact import Moment
from projections import queries
from projections.reckoning import books_of, recorded, streams_of
from projections.showing import head_text
from projections.sources import STAFF, Sources
from projections.store import history
from projections.views import timing
from projections.views.chapters.page import Case
from projections.views.timeline import page_as_of
from projections.views.told import COMPLAINT, Plain
from rulebooks.histories import NotCounted, Recorded, proof_of, reckoned, terms_of, until
from rulebooks.state import Books
from runtime.caller import Position
from runtime.http import Caller, ComplaintId, Json, reading
from runtime.problems import Problem

Staff = Annotated[Caller, reading(*STAFF)]
ClockName = Annotated[str, Path(min_length=1, max_length=200, description="The clock's name, percent-encoded")]


@dataclass(frozen=True)
class Moments:
    """What one asks for: what was true at `as_of`, as far as it was known at `known_at`; now, as known now, if none."""

    as_of: datetime | None
    known_at: datetime | None

    @property
    def at(self) -> datetime:
        """The instant for which clocks are counted."""
        return self.as_of or self.known_at or datetime.now(UTC)


@dataclass(frozen=True)
class Counting:
    """A complaint's page, and all that its clocks are counted by."""

    page: Case
    told: Sequence[Recorded]
    books: Books
    at: datetime

    def state(self, clock: str) -> ClockState | None:
        """How it stands; None where a publisher stated its due time, or a rulebook has not been read yet."""
        try:
            return reckoned(self.told, self.books, clock, self.at)
        except (NotCounted, UnknownRulebook):
            return None

    def line(self, clock: str) -> Plain:
        """The clock as it is answered."""
        state = self.state(clock)
        line = timing.timed(self.page["clocks"][clock], state)
        where = timing.addresses(self.page["id"], clock, terms_of(self.told, clock).streams) if state else {}
        return line | where


async def counting(sources: Sources, complaint_id: str, moments: Moments) -> Counting:
    """What the clocks of a complaint are counted by. Raises Problem 404."""
    whole = await history(sources.pool, f"{COMPLAINT}{complaint_id}")
    if moments.as_of is None and moments.known_at is None:
        page = await queries.case(sources.pool, complaint_id)
    else:
        page = page_as_of(whole, as_of=moments.as_of, known_at=moments.known_at)
    if page is None:
        raise Problem(404, "complaint-unknown", "no such complaint, or none yet at the time asked for")
    told = until(recorded(whole), as_of=moments.as_of, known_at=moments.known_at)
    books = await books_of(sources.pool, streams_of(told, page.get("clocks", {})))
    return Counting(page, told, books, moments.at)


def build_routes(sources: Sources) -> APIRouter:
    """The routes of clocks."""
    router = APIRouter(prefix="/v1", tags=["clocks"])

    @router.get("/complaints/{complaint_id}/clocks", summary="The clocks of one complaint, the open ones first")
    async def clocks(
        complaint_id: ComplaintId, caller: Staff, as_of: Moment | None = None, known_at: Moment | None = None
    ) -> Response:
        await sources.reached(caller.position)
        found = await counting(sources, str(complaint_id), Moments(as_of, known_at))
        items = sorted((found.line(name) for name in found.page.get("clocks", {})), key=timing.order)
        page = found.page
        headers = {
            "etag": f'"{head_text(page["head"])}"',
            "complaint-position": str(Position(sources.epoch, page["position"][0], page["position"][1])),
        }
        return Json({"items": items, "unjudged": page.get("unjudged", [])}, headers=headers)

    @router.get(
        "/complaints/{complaint_id}/clocks/{clock:path}/proof",
        summary="How a clock came to its due time, step by step: JSON, or with Accept: text/plain to be read",
    )
    async def proof(
        *,
        complaint_id: ComplaintId,
        clock: ClockName,
        caller: Staff,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        accept: Annotated[str | None, Header(max_length=1000)] = None,
    ) -> Response:
        await sources.reached(caller.position)
        found = await counting(sources, str(complaint_id), Moments(as_of, known_at))
        try:
            proved = proof_of(found.told, found.books, clock, found.at)
            streams = terms_of(found.told, clock).streams
        except NotCounted as error:
            raise Problem(404, "clock-not-counted", str(error)) from None
        except UnknownRulebook as error:
            detail = f"the rulebook {error} has not been read here yet"
            raise Problem(503, "rulebook-unknown", detail, headers={"Retry-After": "1"}) from None
        facts = timing.addresses(str(complaint_id), clock, streams)["facts"]
        headers = {"link": f'<{facts}>; rel="describedby"', "vary": "accept"}
        if "text/plain" in (accept or ""):
            return Response(proved.as_text().encode(), headers=headers, media_type="text/plain; charset=utf-8")
        return Response(proved.as_json(), headers=headers, media_type="application/json")

    return router
