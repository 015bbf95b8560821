"""Who reads what is recorded before the answer leaves; what cannot be recorded does not leave."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from issuer import AUDIENCE, ISSUER, Issuer
from runtime import topics, witness
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.http import ComplaintId, Json, build_app, commanding, reading
from runtime.log import Appended, Sending
from runtime.problems import Problem
from runtime.rows import AppendFailed
from runtime.witness import Reading, Witness, counted

CASE = UUID("11111111-2222-4333-8444-555555555555")


class Log:
    """The log's side of it: what was sent; it may be told to fail, or to say nothing."""

    def __init__(self) -> None:
        self.told: list[Reading] = []
        self.fails: Exception | None = None
        self.silent = False
        self.asked = 0

    async def send(self, topic: str, records: Sequence[Sending]) -> list[Appended]:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        if self.fails is not None:
            return [self.fails]
        ((key, value, partition, headers),) = records
        reading = Reading.model_validate_json(value or b"")
        assert (topic, key, partition, headers) == (topics.ACCESS, reading.actor.encode(), None, [])
        self.told.append(reading)
        return [len(self.told)]


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/complaints/{complaint_id}", dependencies=[reading("handler")])
    async def case(complaint_id: ComplaintId) -> Response:
        if complaint_id != CASE:
            raise Problem(404, "complaint-unknown", "no such complaint")
        return Json({"text": "of Zhang Wei"})

    @router.get("/complaints", dependencies=[reading("handler")])
    async def listed(request: Request, owner: str = "", stream: str = "") -> Response:
        counted(request.scope, 3)
        return Json({"items": [owner, stream, "more"]})

    @router.get("/track/{code}", dependencies=[reading(anonymous=True)])
    async def track(request: Request, code: str) -> Response:
        counted(request.scope, 1, streams=[f"complaint/{CASE}"])
        return Json({"chars": len(code)})

    @router.post("/preview", dependencies=[reading("handler")])
    async def preview(request: Request) -> Response:
        counted(request.scope, 2, streams=[f"complaint/{CASE}"])
        return Json({"items": ["of Zhang Wei", "more"]})

    @router.get("/words", dependencies=[reading("handler")])
    async def words() -> Response:
        return Json({})

    @router.get("/board", dependencies=[reading("handler", figures=True)])
    async def board() -> Response:
        return Json({"cases": 3})

    @router.get("/feed", dependencies=[reading("handler")])
    async def feed() -> Response:
        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"content of Zhang Wei\n"
                await asyncio.sleep(0)

        return StreamingResponse(endless())

    @router.post("/complaints/{complaint_id}/notes", dependencies=[commanding("handler")])
    async def note(complaint_id: ComplaintId) -> Response:
        return Json({"id": complaint_id}, 201)

    return router


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def api(issuer: Issuer, log: Log) -> AsyncIterator[httpx.AsyncClient]:
    async def ready() -> dict[str, str]:
        return {}

    access = Access(Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE), Sessions([b"s" * 32]))
    told = Witness("trial", log, seconds_max=0.1)
    app = build_app("trial", [routes()], access=access, ready=ready, version="1", witness=told)
    headers = {"authorization": f"Bearer {issuer.token('handler', 'manager')}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers) as client:
        yield client


async def test_the_reading_of_a_case_says_who_what_and_how(api: httpx.AsyncClient, log: Log) -> None:
    answer = await api.get(f"/v1/complaints/{CASE}")
    assert answer.status_code == 200
    (told,) = log.told
    assert (told.service, told.actor, told.roles) == ("trial", "li.na", ("handler", "manager"))
    assert (told.method, told.route) == ("GET", "/v1/complaints/{complaint_id}")
    assert (told.streams, told.filters, told.status, told.rows) == ((f"complaint/{CASE}",), (), 200, 1)
    assert told.request_id == answer.headers["x-request-id"]
    assert len(told.trace_id) == 32


async def test_filters_are_named_and_never_repeated(api: httpx.AsyncClient, log: Log) -> None:
    """What somebody types into a filter may be a name or a number of a person; an id is neither."""
    await api.get("/v1/complaints", params={"owner": "Zhang Wei", "stream": "Zhang Wei"})
    await api.get("/v1/complaints", params={"stream": f"complaint/{CASE}"})
    await api.get("/v1/complaints", params={"owner": f"complaint/{CASE}", "stream": f"party/{CASE}"})
    await api.get("/v1/complaints?owner=")
    assert [(one.filters, one.streams, one.rows) for one in log.told] == [
        (("owner", "stream"), (), 3),
        (("stream",), (f"complaint/{CASE}",), 3),
        (("owner", "stream"), (), 3),
        (("owner",), (), 3),
    ]
    assert "Zhang" not in str(log.told)


async def test_whoever_holds_a_code_is_recorded_without_it(api: httpx.AsyncClient, log: Log) -> None:
    """Nobody's account, but the case of somebody; the code itself is a secret."""
    del api.headers["authorization"]
    assert (await api.get("/v1/track/a-secret-code")).status_code == 200
    (told,) = log.told
    assert (told.actor, told.roles, told.streams) == ("anonymous", (), (f"complaint/{CASE}",))
    assert "secret" not in told.model_dump_json()


async def test_a_reading_with_a_body_is_one(api: httpx.AsyncClient, log: Log) -> None:
    """What makes a reading is that somebody is shown something, not how it is asked for."""
    assert (await api.post("/v1/preview", json={"text": "of Zhang Wei"})).status_code == 200
    (told,) = log.told
    assert (told.method, told.route, told.streams, told.rows) == ("POST", "/v1/preview", (f"complaint/{CASE}",), 2)
    fails(log)
    assert (await api.post("/v1/preview", json={})).status_code == 503


async def test_attempts_are_recorded_too(api: httpx.AsyncClient, log: Log, issuer: Issuer) -> None:
    """A case that is not there, a role that may not; without a token there is nobody to name."""
    other = {"authorization": f"Bearer {issuer.token('ops', sub='wu')}"}
    await api.get(f"/v1/complaints/{uuid4()}")
    assert (await api.get(f"/v1/complaints/{CASE}", headers=other)).status_code == 403
    assert [(one.actor, one.status, one.rows) for one in log.told] == [("li.na", 404, 0), ("wu", 403, 0)]
    assert (await api.get(f"/v1/complaints/{CASE}", headers={"authorization": "Bearer none"})).status_code == 401
    assert len(log.told) == 2


async def test_figures_probes_and_commands_are_not_readings(api: httpx.AsyncClient, log: Log) -> None:
    for path in ("/v1/board", "/livez", "/readyz", "/version", "/openapi.json", "/nowhere"):
        await api.get(path)
    await api.post(f"/v1/complaints/{CASE}/notes", headers={"idempotency-key": "k-1"})
    assert log.told == []


def fails(log: Log) -> None:
    log.fails = AppendFailed("KafkaConnectionError")


def says_nothing(log: Log) -> None:
    log.silent = True


@pytest.mark.parametrize("trouble", [fails, says_nothing])
@pytest.mark.parametrize("path", [f"/v1/complaints/{CASE}", "/v1/feed"])
async def test_what_cannot_be_recorded_does_not_leave(
    api: httpx.AsyncClient, log: Log, trouble: Callable[[Log], Any], path: str
) -> None:
    """Within a limit, a stream too; figures and probes still answer."""
    trouble(log)
    answer = await api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "access-unrecorded")
    assert answer.headers["retry-after"] == "2"
    assert "Zhang" not in answer.text
    assert (await api.get("/v1/board")).status_code == 200
    assert (await api.get("/livez")).status_code == 200


async def test_readings_that_wait_have_a_limit(
    api: httpx.AsyncClient, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka hangs: the next one is refused at once, without a wait of its own."""
    monkeypatch.setattr(witness, "PENDING_MAX", 2)
    log.silent = True
    answers = await asyncio.gather(*(api.get(f"/v1/complaints/{CASE}") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {503}
    assert log.asked == 2
    assert (await api.get(f"/v1/complaints/{CASE}")).status_code == 503
    assert log.asked == 2


async def test_a_reading_that_was_recorded_waits_no_longer(
    api: httpx.AsyncClient, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka took some and refused others: neither counts against those who come after them."""
    monkeypatch.setattr(witness, "PENDING_MAX", 1)
    for failing in (None, AppendFailed("KafkaConnectionError"), None):
        log.fails = failing
        answer = await api.get(f"/v1/complaints/{CASE}")
        assert answer.status_code == (200 if failing is None else 503)
    assert len(log.told) == 2


async def test_how_much_was_shown_is_unknown_where_nobody_counted(api: httpx.AsyncClient, log: Log) -> None:
    await api.get("/v1/words")
    assert [(one.streams, one.rows) for one in log.told] == [((), None)]
