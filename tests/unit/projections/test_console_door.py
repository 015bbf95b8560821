"""Signing in and out: the token in a cookie that no script reads, forms from our own origin only, no way elsewhere."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from issuer import AUDIENCE, ISSUER, Issuer
from projections.console.questions import Questions
from projections.console.rendering import CONTENT_SECURITY_POLICY, HERE
from projections.console.routes import build_pages
from projections.console.session import COOKIE, way_back
from projections.freshness import Freshness
from projections.sources import Sources
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.http import build_app

STATIC = HERE / "static"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
HOST = "http://console.test"
OURS = {"origin": HOST, "sec-fetch-site": "same-origin"}


async def _ready() -> Mapping[str, str]:
    return {}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
async def console(issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """The console without any views: nothing here asks for one."""
    questions = Questions(cast("Sources", cast("Any", None)), Freshness())
    tokens = Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE)
    access = Access(tokens, Sessions([b"0" * 32]))
    app = build_app("projections", [build_pages(questions, [b"c" * 32])], access=access, ready=_ready, version="0")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as client:
        yield client


async def test_a_token_becomes_a_cookie_that_no_script_can_read(console: httpx.AsyncClient, issuer: Issuer) -> None:
    """HttpOnly, SameSite=Strict, for the whole origin; the reader's zone is kept beside it."""
    form = {"token": f" {issuer.token('handler')}\n", "back": "/console/sla", "tz": "Asia/Shanghai"}
    answer = await console.post("/console/sign-in", data=form, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sla")
    cookies = {c.split("=")[0]: c.lower() for c in answer.headers.get_list("set-cookie")}
    assert "httponly" in cookies[COOKIE]
    assert "samesite=strict" in cookies[COOKIE]
    assert "max-age" not in cookies[COOKIE]
    assert "asia/shanghai" in cookies["tz"]
    assert (await console.get("/console/settings")).status_code == 200


async def test_signing_out_forgets_the_token(console: httpx.AsyncClient, issuer: Issuer) -> None:
    await console.post("/console/sign-in", data={"token": issuer.token("auditor")}, headers=OURS)
    await console.post("/console/sign-out", headers=OURS)
    answer = await console.get("/console/settings")
    assert answer.headers["location"] == "/console/sign-in?back=%2Fconsole%2Fsettings"


@pytest.mark.parametrize(
    ("roles", "claims", "status", "says"),
    [
        (("complainant",), {}, 403, "none of its roles"),
        (("handler",), {"exp": 1}, 401, "expired"),
        (("handler",), {"aud": "elsewhere"}, 401, "another issuer"),
        (("handler",), {"sub": None}, 401, "not a token"),
    ],
)
async def test_a_token_that_is_not_good_here_is_refused_in_words(
    console: httpx.AsyncClient,
    issuer: Issuer,
    *,
    roles: tuple[str, ...],
    claims: dict[str, Any],
    status: int,
    says: str,
) -> None:
    answer = await console.post("/console/sign-in", data={"token": issuer.token(*roles, **claims)}, headers=OURS)
    assert answer.status_code == status
    assert says in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.test", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": HOST, "sec-fetch-site": "same-site"},
        {"origin": "http://evil.test"},
        {"origin": "http://[", "sec-fetch-site": "same-origin"},
    ],
)
async def test_a_form_of_another_page_does_nothing(
    console: httpx.AsyncClient, issuer: Issuer, headers: dict[str, str]
) -> None:
    """Neither signs anybody in (login CSRF) nor out, nor changes a setting."""
    for path, form in (
        ("/console/sign-in", {"token": issuer.token("handler")}), ("/console/sign-out", {}),
        ("/console/settings", {"lang": "zh"}),
    ):  # fmt: skip
        answer = await console.post(path, data=form, headers=headers)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", [None, "", "https://evil.test/", "//evil.test", "/console/..\\x", "/v1/facts", "/console/a\r\nb"]
)
def test_the_way_back_never_leads_elsewhere(path: str | None) -> None:
    assert way_back(path) == "/console/worklist"


async def test_language_and_zone_are_remembered(console: httpx.AsyncClient) -> None:
    """By cookie; before that, by what the browser accepts."""
    assert "登录" in (await console.get("/console/sign-in", headers={"accept-language": "zh-CN"})).text
    await console.post("/console/settings", data={"lang": "zh", "tz": "Mars/Base"}, headers=OURS)
    answer = await console.get("/console/sign-in", headers={"accept-language": "en"})
    assert '<html lang="zh">' in answer.text
    assert "tz" not in console.cookies


async def test_every_page_carries_the_policy_and_is_kept_by_nobody(console: httpx.AsyncClient) -> None:
    """CSP, no-store, nosniff on pages and on pages of errors."""
    for path in ("/console/sign-in", "/console/sign-in?strange=1", "/console/static/0/none.js"):
        headers = (await console.get(path)).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert headers["cache-control"] == "no-store", path
        assert headers["content-type"].startswith("text/html"), path


async def test_static_files_are_found_by_their_content(console: httpx.AsyncClient) -> None:
    """Every file that a page names is there, for ever, with its type."""
    html = (await console.get("/console/sign-in")).text
    paths = {part.split('"')[0] for part in html.split('"/console/static/')[1:]}
    assert len(paths) == 8
    for path in paths:
        answer = await console.get(f"/console/static/{path}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}


async def test_a_page_that_stays_open_says_that_nobody_is_signed_in(console: httpx.AsyncClient) -> None:
    """It is not taken away: it may hold a form that somebody has begun to fill in."""
    answer = await console.get("/console/fresh", headers={"hx-request": "true"})
    assert "You are signed out." in answer.text
    assert (await console.get("/console/worklist/rows", headers={"hx-request": "true"})).status_code == 401
    assert "Nothing was sent" in (await console.get("/console/answers/401")).text


def test_the_script_of_others_is_the_one_that_was_read() -> None:
    """Htmx is vendored from its npm package, pinned by hash."""
    script = STATIC / "htmx-4.0.1.min.js"
    assert hashlib.sha256(script.read_bytes()).hexdigest() == HTMX_SHA256
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text()


async def test_the_root_leads_to_the_worklist(console: httpx.AsyncClient) -> None:
    for path in ("/", "/console", "/console/"):
        assert (await console.get(path)).headers["location"] == "/console/worklist"


@pytest.mark.parametrize(
    "asked",
    [
        "worklist?view=all&grade=%00", "worklist?view=all&channel=a%00", "worklist?view=all&q=%00b",
        "worklist/rows?view=all&q=%00", "sla?source=%00", "fresh?complaint_id=%00&head=1",
        "worklist?view=all&grade=nosuch",
    ],
)  # fmt: skip
async def test_what_no_database_can_hold_and_what_no_list_has_is_no_question(
    console: httpx.AsyncClient, issuer: Issuer, asked: str
) -> None:
    """A page says that the address is none of ours, before any view is asked."""
    console.cookies.set(COOKIE, issuer.token("teamlead"))
    answer = await console.get(f"/console/{asked}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("code", "language", "says", "of"),
    [
        ("not-in-time", "zh", "No answer to a command within ten seconds", "en"),
        ("no-draft", "en", "Nothing waits any more", "en"),
        ("no-draft", "zh", "已无草案等待", "zh"),
    ],
)
async def test_the_address_in_an_error_says_what_its_code_means(
    console: httpx.AsyncClient, code: str, language: str, says: str, of: str
) -> None:
    """Nobody needs to be signed in: whoever gets an error follows its `type`."""
    answer = await console.get(f"/problems/{code}", headers={"accept-language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert re.search(f'<span lang="{of}" dir="auto">{says}', answer.text)
    back = re.search('name="back" value="(.+?)"', answer.text)
    assert back is not None
    assert way_back(back[1]) == f"/problems/{code}", "who changes the language stays here"


async def test_a_code_that_no_error_has_means_nothing(console: httpx.AsyncClient) -> None:
    assert (await console.get("/problems/nothing-of-ours")).status_code == 404
