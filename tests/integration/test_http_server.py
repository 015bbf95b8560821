"""The frame of the APIs behind a real server: what only sockets show."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
import uvicorn
from fastapi import APIRouter
from starlette.responses import Response

from issuer import AUDIENCE, ISSUER, Issuer
from runtime import connection
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.connection import Connection
from runtime.http import Body, Caller, Json, build_app, commanding

LIMIT_SECONDS = 20.0
ANSWER = asyncio.Event()
"""Until then the slow answer waits."""


class Note(Body):
    text: str


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/v1/notes", status_code=201)
    async def note(body: Note, caller: Annotated[Caller, commanding("handler")]) -> Response:
        return Json({"chars": len(body.text), "by": caller.principal}, 201)

    @router.get("/v1/slow")
    async def slow() -> Response:
        await ANSWER.wait()
        return Json({})

    return router


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
async def port(issuer: Issuer) -> AsyncIterator[int]:
    """A server on a free port of its own."""

    async def ready() -> dict[str, str]:
        return {}

    access = Access(Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE), Sessions([b"s" * 32]))
    app = build_app("trial", [routes()], access=access, ready=ready, version="1")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", http=Connection))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield int(listener.getsockname()[1])
    server.should_exit = True
    await serving


@pytest.fixture
async def api(port: int, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {
        "authorization": f"Bearer {issuer.token('handler')}",
        "idempotency-key": "k",
        "content-type": "application/json",
    }
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
        yield client


async def test_large_bodies(api: httpx.AsyncClient) -> None:
    """10 MB are refused whether their length is said or not, and the next request is served (S11)."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b" " * 65_536

    for content in (b" " * 10_000_000, chunks()):
        answer = await api.post("/v1/notes", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    text = "好" * 300_000
    answer = await api.post("/v1/notes", json={"text": text})
    assert (answer.status_code, answer.json()["chars"]) == (201, 300_000)


async def test_refused_before_the_body(api: httpx.AsyncClient) -> None:
    """A large body to a route that does not read it is not read either."""
    answer = await api.post("/v1/nothing", content=b" " * 10_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_a_caller_that_hangs_up(port: int, api: httpx.AsyncClient) -> None:
    """Half a request does no harm to the next."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /v1/notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"
    )
    await writer.drain()
    writer.close()
    assert (await api.post("/v1/notes", json={"text": "a"})).status_code == 201


@pytest.mark.parametrize("said", [b"", b"GET /livez HTTP/1.1\r\nhost: a\r\n"])
async def test_a_connection_on_which_no_whole_head_comes_is_closed(
    port: int, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """Also one on which something was asked before: whoever opens all connections that there are keeps others out."""
    monkeypatch.setattr(connection, "HEAD_SECONDS_MAX", 0.2)
    for asked_before in (False, True):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(LIMIT_SECONDS):
            if asked_before:
                writer.write(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(18) == b'{"status":"alive"}'
            writer.write(said)
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("said", [b"BREW /livez HTTP/1.1\r\nhost: a\r\n\r\n", b"GET /livez\xff\r\n\r\n"])
async def test_what_is_no_request_is_answered_as_every_error_is(port: int, said: bytes) -> None:
    """A method that no standard knows, too; whoever was answered so is not kept waiting for more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(LIMIT_SECONDS):
        writer.write(said)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head.splitlines()
    assert (json.loads(body)["status"], json.loads(body)["code"]) == (400, "request-malformed")


async def test_a_slow_answer_is_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has said all waits as long as it takes, and the next request of the connection has its time anew."""
    monkeypatch.setattr(connection, "HEAD_SECONDS_MAX", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(LIMIT_SECONDS):
        for _ in range(2):
            ANSWER.clear()
            writer.write(b"GET /v1/slow HTTP/1.1\r\nhost: a\r\n\r\n")
            silent, other = await asyncio.open_connection("127.0.0.1", port)
            assert await silent.read() == b"", "who came later and says nothing is closed"
            other.close()
            ANSWER.set()
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(2) == b"{}"
    writer.close()


async def test_headers_of_an_answer(api: httpx.AsyncClient) -> None:
    """Never kept by anybody in between, never guessed to be a page."""
    answer = await api.post("/v1/notes", json={"text": "a"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert len(answer.headers["x-request-id"]) == 36
