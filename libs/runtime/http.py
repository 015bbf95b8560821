"""The frame of every HTTP API: one app factory, the probes, and the names that a service's api.py needs.

Lives here: `build_app`, unknown and repeated query parameters, fast JSON answers. Must not: any route of a service.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, FastAPI, Path, Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.responses import Response

from runtime.access import Access, commanding, reading
from runtime.body import Body
from runtime.caller import Caller, Position, etag
from runtime.direct import Direct
from runtime.front import Front
from runtime.openapi import describe, operation_id, says, with_ids
from runtime.problems import FieldError, Problem, handle_problems, pointer_step
from runtime.witness import Witness, Witnessed

__all__ = [
    "Body",
    "Caller",
    "ComplaintId",
    "Json",
    "Position",
    "build_app",
    "commanding",
    "etag",
    "reading",
    "says",
    "with_ids",
]

ComplaintId = Annotated[UUID, Path(description="The complaint's id")]
"""A complaint's id in a path. Another kind of id is answered with 404 `id-malformed`."""

Ready = Callable[[], Awaitable[Mapping[str, str]]]
"""What is not ready, by part (`kafka`, `database`, …), and why, in few words; empty means ready."""


class Json(Response):
    """A JSON answer, written by orjson. Takes anything that orjson takes; keys must be text."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return orjson.dumps(content)


def build_app(
    name: str,
    routers: Sequence[APIRouter],
    *,
    access: Access,
    ready: Ready,
    version: str,
    witness: Witness | None = None,
) -> FastAPI:
    """A service's API: its routers, the probes /livez /readyz /version, and /openapi.json. Nothing else answers.

    `witness` records who reads what; only a process without a log has none.
    """
    app = FastAPI(
        title=f"Complaints: {name}",
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # `_probes` has it: of a route of Starlette's own no span would know the address
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        dependencies=[Depends(refuse_unknown_parameters)],
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `front` does, and names no address
    )
    app.state.access = access
    app.state.parameters = {}
    app.add_middleware(Direct, routes=app.routes)
    if witness is not None:
        app.add_middleware(Witnessed, witness=witness)
    app.add_middleware(Front)
    handle_problems(app)
    for router in (*routers, _probes(name, version, ready)):  # routes are tried in this order: what is dear first
        app.include_router(router)
    describe(app)
    return app


async def refuse_unknown_parameters(request: Request) -> None:
    """Raise Problem 400 for a query parameter that the route does not declare, and for one that comes again: a filter
    that is misspelt, or that the next one replaces, is no filter.
    """
    if not request.scope["query_string"]:
        return
    known = _parameters_of(request.app, request.scope["route"])
    given = Counter(name for name, _ in request.query_params.multi_items())
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        detail = f"is not known here; known: {', '.join(sorted(known)) or 'none'}"
        errors = [_wrong(parameter, "unknown", detail) for parameter in unknown[:20]]
        raise Problem(400, "query-parameter-unknown", "a query parameter is not known here", errors=errors)
    errors = [
        _wrong(name, "repeated", "comes more than once: send it once")
        for name, count in sorted(given.items())
        if count > 1 and not known[name]
    ]
    if errors:
        raise Problem(400, "query-parameter-repeated", "a query parameter that may come once came again", errors=errors)


def _wrong(parameter: str, code: str, detail: str) -> FieldError:
    return FieldError(f"query:{pointer_step(parameter)}", code, detail)


def _parameters_of(app: FastAPI, route: APIRoute) -> Mapping[str, bool]:
    """Each with whether it is a list. Looked up once per route; a route lives as long as its app: its id names it."""
    remembered: dict[int, Mapping[str, bool]] = app.state.parameters
    known = remembered.get(id(route))
    if known is None:
        asked = [field for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
        known = remembered[id(route)] = {
            field.alias: field_annotation_is_sequence(field.field_info.annotation) for field in asked
        }
    return known


def _probes(name: str, version: str, ready: Ready) -> APIRouter:
    router = APIRouter(tags=["probes"])

    @router.get("/livez", summary="The process answers")
    async def livez() -> Response:
        return Json({"status": "alive"})

    @router.get("/readyz", summary="The process can do its work; else 503 with the reasons")
    async def readyz() -> Response:
        reasons = dict(await ready())
        if reasons:
            detail = "not ready: " + ", ".join(sorted(reasons))
            raise Problem(503, "not-ready", detail, headers={"retry-after": "1"}, members={"reasons": reasons})
        return Json({"status": "ready"})

    @router.get("/version", summary="What runs here")
    async def versions() -> Response:
        return Json({"service": name, "version": version})

    @router.get("/openapi.json", include_in_schema=False)
    async def described(request: Request) -> Response:
        return Json(request.app.openapi())

    return router
