"""An API with one route of each kind, behind tokens that the tests sign themselves."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query
from pydantic import Field
from starlette.responses import Response

from at_once import at_once
from events.fact import Moment
from issuer import AUDIENCE, ISSUER, Issuer
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.body import Word
from runtime.http import Body, Caller, ComplaintId, Json, build_app, commanding, reading


class Note(Body):
    """A body with a field of each kind that goes wrong."""

    text: str = Field(max_length=1000)
    at: Moment | None = None
    count: int = 0
    place: Word | None = None
    tags: tuple[str, ...] = ()


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.post("/complaints/{complaint_id}/notes", status_code=201)
    async def note(
        complaint_id: ComplaintId, body: Note, caller: Annotated[Caller, commanding("handler", "teamlead")]
    ) -> Response:
        at: datetime | None = body.at
        content = {"id": str(complaint_id), "text": body.text, "at": at and at.isoformat(), "by": caller.principal}
        return Json(content | {"key": caller.idempotency_key, "if_match": str(caller.if_match)}, 201)

    @router.post("/complaints", status_code=201)
    async def lodge(body: Note, caller: Annotated[Caller, commanding("complainant", anonymous=True)]) -> Response:
        return Json({"by": caller.principal, "roles": sorted(caller.roles), "text": body.text}, 201)

    @router.get("/complaints")
    async def listed(
        caller: Annotated[Caller, reading("handler")],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        as_of: Moment | None = None,
        tag: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, Any]:
        said = {"position": str(caller.position), "request_id": caller.request_id}
        return said | {"limit": limit, "as_of": as_of, "tags": tag}

    @router.get("/track/{code}")
    async def track(code: str, caller: Annotated[Caller, reading(anonymous=True)]) -> dict[str, Any]:
        return {"by": caller.principal, "roles": sorted(caller.roles), "chars": len(code)}

    @router.get("/failing")
    async def failing() -> None:
        raise RuntimeError("a secret of Zhang Wei")

    return router


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
def troubles() -> dict[str, str]:
    """What the readiness probe finds; a test may put something in."""
    return {}


@pytest.fixture
def app(issuer: Issuer, troubles: dict[str, str]) -> FastAPI:
    tokens = Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE)

    async def ready() -> dict[str, str]:
        return troubles

    access = Access(tokens, Sessions([b"s" * 32]))
    return build_app("trial", [routes()], access=access, ready=ready, version="1.2.3")


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=at_once(app), base_url="http://api") as client:
        yield client


@pytest.fixture
def as_handler(issuer: Issuer) -> Callable[..., dict[str, str]]:
    """Headers of a command by a handler, with more headers where a test needs them."""

    def headers(**more: str) -> dict[str, str]:
        known = {"authorization": f"Bearer {issuer.token('handler')}", "idempotency-key": "k-1"}
        return known | {name.replace("_", "-"): value for name, value in more.items()}

    return headers
