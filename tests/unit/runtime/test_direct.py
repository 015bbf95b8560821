"""A good command goes the short way, all else FastAPI's; nobody can tell from an answer which way it came."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, cast

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Header, Query, Request
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from at_once import at_once
from issuer import AUDIENCE, ISSUER, Issuer
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.direct import Direct, ways_of
from runtime.http import Body, Caller, ComplaintId, Json, build_app, commanding

Headers = Callable[..., dict[str, str]]
Both = tuple[httpx.AsyncClient, httpx.AsyncClient]
Staff = Annotated[Caller, commanding("handler")]
Anybody = Annotated[Caller, commanding("complainant", "handler", anonymous=True)]
REQUEST_ID = "0b9a8c1e-4a5e-4f51-9d0c-0a7d8a6f3b21"
CASE = "/v1/complaints/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11"
JSON = {"content-type": "application/json", "x-request-id": REQUEST_ID}
GOOD = b'{"text":"a"}'


class Said(Body):
    text: str


def asked_twice(text: Annotated[str, Depends(lambda: "inner")]) -> str:
    return text


def short() -> APIRouter:
    """Commands of the usual form."""
    router = APIRouter(prefix="/v1/complaints")

    @router.post("/{complaint_id}/notes", status_code=201)
    async def note(
        complaint_id: ComplaintId, body: Said, caller: Staff, code: Annotated[str | None, Header(max_length=3)] = None
    ) -> Response:
        return Json([str(complaint_id), body.text, caller.principal, caller.idempotency_key, code], 201)

    @router.post("/{complaint_id}/clocks/{clock:path}/pause", status_code=201)
    async def pause(complaint_id: ComplaintId, clock: str, body: Said, caller: Staff) -> Response:
        return Json(["pause", clock, str(complaint_id), body.text, caller.principal], 201)

    @router.post("/{complaint_id}/waiting", status_code=201)
    def waiting(complaint_id: ComplaintId, body: Said, caller: Staff) -> Response:
        return Json([str(complaint_id), body.text, caller.principal], 201)

    @router.post("", status_code=201)
    async def lodge(body: Said, caller: Anybody) -> Response:
        return Json([body.text, caller.principal], 201)

    @router.post("/{complaint_id}/failing", status_code=201)
    async def failing(complaint_id: ComplaintId, body: Said, caller: Staff) -> Response:
        raise RuntimeError(f"{complaint_id} {body.text} {caller.principal}")

    return router


def long() -> APIRouter:
    """Commands that ask for something that the short way does not know."""
    router = APIRouter(prefix="/v1/complaints")

    @router.post("/{complaint_id}/asking", status_code=201)
    async def asking(complaint_id: ComplaintId, body: Said, limit: Annotated[int, Query(ge=1)] = 7) -> Response:
        return Json([str(complaint_id), body.text, limit], 201)

    @router.post("/{complaint_id}/deep", status_code=201)
    async def deep(complaint_id: ComplaintId, body: Said, text: Annotated[str, Depends(asked_twice)]) -> Response:
        return Json([str(complaint_id), body.text, text], 201)

    @router.post("/{complaint_id}/raw", status_code=201)
    async def raw(complaint_id: ComplaintId, request: Request) -> Response:
        return Json([str(complaint_id), (await request.body()).decode()], 201)

    @router.post("/{complaint_id}/later", status_code=201)
    async def later(complaint_id: ComplaintId, body: Said, tasks: BackgroundTasks) -> Response:
        return Json([str(complaint_id), body.text, len(tasks.tasks)], 201)

    @router.post("/{complaint_id}/told", status_code=201)
    async def told(complaint_id: ComplaintId, body: Said) -> dict[str, str]:
        return {"id": str(complaint_id), "text": body.text}

    @router.post("/{complaint_id}/optional", status_code=201)
    async def optional(complaint_id: ComplaintId) -> Response:
        return Json([str(complaint_id)], 201)

    @router.post("/{complaint_id}/{name}", status_code=201)
    async def anything(complaint_id: ComplaintId, name: str, body: Said) -> Response:
        return Json(["anything", name, body.text, str(complaint_id)], 201)

    return router


def built(issuer: Issuer, *routers: APIRouter) -> FastAPI:
    async def ready() -> dict[str, str]:
        return {}

    tokens = Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE)
    return build_app("trial", routers, access=Access(tokens, Sessions([b"s" * 32])), ready=ready, version="1")


@pytest.fixture
async def both(issuer: Issuer) -> AsyncIterator[Both]:
    """The API as it is, and the same without the short way."""
    app, without = built(issuer, short(), long()), built(issuer, short(), long())
    without.user_middleware = [one for one in without.user_middleware if cast("Any", one).cls is not Direct]
    assert len(without.user_middleware) == len(app.user_middleware) - 1
    clients = [httpx.AsyncClient(transport=at_once(one), base_url="http://api") for one in (app, without)]
    yield clients[0], clients[1]
    for client in clients:
        await client.aclose()


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but the time until which a session is good."""
    headers = dict(answer.headers)
    if "complaint-session" in headers:
        headers["complaint-session"] = headers["complaint-session"].split(".")[0]
    return answer.status_code, headers, answer.content


ASKED = [
    (f"{CASE}/notes", GOOD, 201),
    (f"{CASE}/notes", b'{"text":7,"x":1}', 422),
    (f"{CASE}/notes", b'{"text":"a","text":"b"}', 422),
    (f"{CASE}/notes", b"{", 400),
    (f"{CASE}/notes", b"", 422),
    (f"{CASE}/notes", b" " * 2**21, 413),
    (f"{CASE}/notes?limit=1", GOOD, 400),
    ("/v1/complaints/7/notes", GOOD, 404),
    ("/v1/complaints/7/notes", b"{}", 404),
    ("/v1/complaints/%00/notes", GOOD, 404),
    (f"{CASE}/clocks/first-answer/2/pause", GOOD, 201),
    (f"{CASE}/clocks//pause", GOOD, 201),
    (f"{CASE}/waiting", GOOD, 201),
    (f"{CASE}/failing", GOOD, 500),
    ("/v1/complaints", GOOD, 201),
    (f"{CASE}/asking?limit=3", GOOD, 201),
    (f"{CASE}/asking?limit=0", GOOD, 400),
    (f"{CASE}/raw", GOOD, 201),
    (f"{CASE}/later", GOOD, 201),
    (f"{CASE}/told", GOOD, 201),
    (f"{CASE}/optional", b"", 201),
    (f"{CASE}/other", GOOD, 201),
    (f"{CASE}/notes/", GOOD, 404),
    ("/v1/nothing/at/all", GOOD, 404),
]


async def test_every_kind_of_answer_is_asked_for(both: Both, as_handler: Headers) -> None:
    headers = as_handler() | JSON
    answers = [(await both[0].post(path, content=body, headers=headers)).status_code for path, body, _ in ASKED]
    assert answers == [status for _, _, status in ASKED]


async def test_good_commands_of_the_usual_form_never_reach_fastapi(issuer: Issuer, as_handler: Headers) -> None:
    """Else both would answer alike because there is only one way."""
    app, reached = built(issuer, short(), long()), list[str]()

    class Noted:
        """The innermost layer, around FastAPI's routes."""

        def __init__(self, inner: ASGIApp) -> None:
            self.inner = inner

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            reached.append(scope["path"])
            await self.inner(scope, receive, send)

    app.user_middleware.append(Middleware(Noted))
    headers = as_handler() | JSON
    async with httpx.AsyncClient(transport=at_once(app), base_url="http://api", headers=headers) as api:
        good = [f"{CASE}/notes", f"{CASE}/clocks/a/2/pause", f"{CASE}/waiting", "/v1/complaints"]
        assert [(await api.post(path, content=GOOD)).status_code for path in good] == [201] * len(good)
        assert reached == []
        assert (await api.post(f"{CASE}/raw", content=GOOD)).status_code == 201
        assert reached == [f"{CASE}/raw"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"code": "abc"},
        {"code": "abcd"},
        {"authorization": None},
        {"authorization": None, "idempotency-key": "1"},
        {"authorization": "Bearer a.b.c"},
        {"idempotency-key": None},
        {"idempotency-key": ""},
        {"if-match": "*"},
        {"content-type": "text/plain"},
        {"content-length": "many"},
    ],
    ids=str,
)
async def test_both_ways_answer_alike(both: Both, as_handler: Headers, more: dict[str, str | None]) -> None:
    """Status, every header, every byte."""
    wanted = as_handler() | JSON | {"idempotency-key": "0123456789-0123456789"} | more
    headers = {name: value for name, value in wanted.items() if value is not None}
    for path, body, _ in ASKED:
        ours, plain = [await api.post(path, content=body, headers=headers) for api in both]
        assert seen(ours) == seen(plain), path


async def test_a_body_in_pieces(both: Both, as_handler: Headers) -> None:
    """Nothing of it is lost on the way."""

    async def pieces() -> AsyncIterator[bytes]:
        for one in (GOOD[:3], GOOD[3:8], GOOD[8:]):
            yield one

    for api in both:
        answer = await api.post(f"{CASE}/notes", content=pieces(), headers=as_handler() | JSON)
        assert answer.json()[1] == "a"


async def test_somebody_who_leaves_in_the_middle(issuer: Issuer, as_handler: Headers) -> None:
    """Both ways take it for a body that cannot be read."""
    for messages in ([], [{"type": "http.request", "body": GOOD[:3], "more_body": True}]):
        waiting: list[Any] = [*messages, {"type": "http.disconnect"}]
        sent: list[Any] = []

        async def receive(waiting: list[Any] = waiting) -> Any:  # noqa: ANN401 - as ASGI has it
            return waiting.pop(0) if waiting[1:] else waiting[0]

        async def send(message: Any, sent: list[Any] = sent) -> None:  # noqa: ANN401 - as ASGI has it
            sent.append(message)

        headers = as_handler() | JSON | {"content-length": str(len(GOOD))}
        scope = {
            "type": "http", "method": "POST", "path": f"{CASE}/notes", "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        await built(issuer, short())(scope, receive, send)
        assert sent[0]["status"] == 400
        assert b"body-unreadable" in sent[1]["body"]


def test_which_commands_go_the_short_way(issuer: Issuer) -> None:
    """All of the usual form, and no other."""
    assert [way is not None for _, way in ways_of(built(issuer, short()).routes)] == [True] * 5
    *unusual, last = [way is None for _, way in ways_of(built(issuer, long()).routes)]
    assert unusual == [True] * 6
    assert not last
