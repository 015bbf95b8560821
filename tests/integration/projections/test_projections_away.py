"""While PostgreSQL does not answer, nobody who reads waits for ever: programs and people are told when to ask again."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from asked import complaint_id, lodged, stream
from folded import Folded
from issuer import AUDIENCE, ISSUER, Issuer
from projections.api import build_routes
from projections.console.tracking import build_tracking
from projections.sources import Asking, Sources
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.http import build_app
from runtime.sealing import ERASED
from runtime.tracking import tracking_code
from told import PARTITIONS

SECRET = b"t" * 32
PATIENCE_SECONDS = 0.2


@pytest.fixture
async def views(folded: Folded, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async def ready() -> dict[str, str]:
        return {}

    tables = Asking(folded.pool, PATIENCE_SECONDS)
    sources = Sources(tables, lambda _: asyncio.sleep(0), lambda _, __: ERASED, "epoch1", PARTITIONS)
    access = Access(Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE), Sessions([b"s" * 32]))
    routes = [*build_routes(sources), build_tracking(sources, [SECRET])]
    app = build_app("projections", routes, access=access, ready=ready, version="1")
    headers = {"authorization": f"Bearer {issuer.token('manager')}", "accept-language": "en"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://views", headers=headers) as client:
        yield client


async def test_a_question_that_takes_too_long_is_given_up(views: httpx.AsyncClient, folded: Folded) -> None:
    folded.log.tell(stream(1), lodged(1))
    await folded.catch_up()
    line, page = f"/v1/complaints/{complaint_id(1)}", f"/track?code={tracking_code([SECRET], stream(1))}"
    async with folded.pool.acquire() as other, other.transaction():
        await other.execute("lock table pages in access exclusive mode")
        for path, kind in ((line, "application/problem+json"), (page, "text/html")):
            answer = await views.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["content-type"].startswith(kind)
    for path in (line, page):
        assert (await views.get(path)).status_code == 200


async def test_a_followed_feed_ends_where_the_tables_do_not_answer(views: httpx.AsyncClient, folded: Folded) -> None:
    """Its reader comes back with the last id."""
    async with folded.pool.acquire() as other, other.transaction():
        await other.execute("lock table ledger in access exclusive mode")
        answer = await views.get("/v1/facts", headers={"accept": "text/event-stream"})
    assert (answer.status_code, answer.text) == (200, ": the facts follow\n\n")
