"""The complainant's page over HTTP: no account, only the code; what is not theirs is not there."""

from collections.abc import AsyncIterator

import httpx
import pytest

from asked import complaint_id, lodged, started, stream
from folded import Folded
from issuer import AUDIENCE, ISSUER, Issuer
from projections.console.tracking import build_tracking
from projections.sources import Sources
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.caller import Position
from runtime.http import build_app
from runtime.sealing import ERASED, Opened
from runtime.tracking import tracking_code
from told import PARTITIONS

SECRET = b"t" * 32


@pytest.fixture
async def public(folded: Folded, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async def reached(_: Position | None) -> None:
        return None

    async def ready() -> dict[str, str]:
        return {}

    def unseal(_: str, __: str) -> Opened:
        return ERASED

    sources = Sources(folded.pool, reached, unseal, "epoch1", PARTITIONS)
    access = Access(Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE), Sessions([b"s" * 32]))
    routes = [build_tracking(sources, [SECRET])]
    app = build_app("projections", routes, access=access, ready=ready, version="1")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://views") as client:
        yield client


async def test_a_code_shows_its_complaint_and_no_other(public: httpx.AsyncClient, folded: Folded) -> None:
    folded.log.tell(stream(1), lodged(1, category="secret-category"), started(60))
    folded.log.tell(stream(2), lodged(2))
    await folded.catch_up()
    code = tracking_code([SECRET], stream(1))
    answer = await public.get("/track", params={"code": code, "tz": "Asia/Shanghai"}, headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.text
    assert complaint_id(1)[:8] in answer.text
    assert "We are late" in answer.text
    assert "secret-category" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    chinese = await public.get("/track", params={"code": code.lower()}, headers={"accept-language": "zh"})
    assert "投诉进度" in chinese.text


@pytest.mark.parametrize("code", ["x", tracking_code([b"another" * 5], stream(1)), tracking_code([SECRET], stream(9))])
async def test_a_wrong_code_says_only_that(public: httpx.AsyncClient, folded: Folded, code: str) -> None:
    folded.log.tell(stream(1), lodged(1))
    await folded.catch_up()
    answer = await public.get("/track", params={"code": code}, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "There is no complaint with this tracking code" in answer.text
    form = await public.get("/track")
    assert (form.status_code, 'name="code"' in form.text) == (200, True)
