"""The door of the console: signing in with a token, signing out, the reader's language and zone, static files, codes.

Lives here: what needs nobody signed in. Must not: a view.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from projections.console.explained import explained
from projections.console.reader import Reader
from projections.console.rendering import STATIC_PATH, Pages, redirect
from projections.console.session import (
    HOME,
    admitted,
    from_here,
    remember,
    role_words,
    sign_in,
    sign_out,
    signed_in,
    way_back,
    words_of,
    zones,
)
from runtime.problems import Problem

SIGN_IN = "/console/sign-in"
TOKEN_CHARS_MAX = 10_000
Back = Annotated[str | None, Query(max_length=1000)]


def to_the_door(request: Request) -> Response:
    """Signed out: to the door, and back here afterwards. A part of a page stays: it may hold a half-filled form."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"cache-control": "no-store"})
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return redirect(f"{SIGN_IN}?{urlencode({'back': way_back(back)})}")


def add_door(router: APIRouter, pages: Pages) -> None:
    """Signing in and out, settings, static files, what the code of an error means."""
    _signing(router, pages)
    _settings(router, pages)

    @router.get(STATIC_PATH + "/{mark}/{name}")
    async def static(mark: str, name: str) -> Response:
        return pages.static(mark, name)

    @router.get("/problems/{code}")
    async def what_it_means(request: Request, code: str) -> Response:
        words = words_of(request)
        what = explained(code, words)
        if what is None:
            raise Problem(404, "not-found", "no error has this code")
        return pages.page("explained.html", words, code=code, what=what, back=request.url.path)

    @router.get("/")
    @router.get("/console")
    @router.get("/console/")
    async def home() -> Response:
        return redirect(HOME)


def _signing(router: APIRouter, pages: Pages) -> None:
    @router.get(SIGN_IN)
    async def door(request: Request, back: Back = None) -> Response:
        return pages.page("sign_in.html", words_of(request), back=way_back(back), problem="")

    @router.post(SIGN_IN, dependencies=[Depends(from_here)])
    async def enter(
        request: Request,
        token: Annotated[str, Form(max_length=TOKEN_CHARS_MAX)],
        back: Annotated[str | None, Form(max_length=1000)] = None,
        tz: Annotated[str | None, Form(max_length=100)] = None,
    ) -> Response:
        words, proof = words_of(request), "".join(token.split())
        try:
            admitted(request, proof)
        except Problem as problem:
            why = words.of("door_problem", problem.code)
            return pages.page("sign_in.html", words, status=problem.status_code, back=way_back(back), problem=why)
        answer = sign_in(request, redirect(way_back(back)), proof)
        known = request.cookies.get("tz")
        return remember(request, answer, language=None, zone=None if known else tz)

    @router.post("/console/sign-out", dependencies=[Depends(from_here)])
    async def leave() -> Response:
        return sign_out(redirect(SIGN_IN))


def _settings(router: APIRouter, pages: Pages) -> None:
    @router.get("/console/settings")
    async def settings(reader: Annotated[Reader, Depends(signed_in)], back: Back = None) -> Response:
        return pages.page(
            "settings.html", reader.words, reader=reader, role_words=role_words(reader), here="", back=way_back(back),
            zones=sorted(zones()),
        )  # fmt: skip

    @router.post("/console/settings", dependencies=[Depends(from_here)])
    async def choose(
        request: Request,
        lang: Annotated[str | None, Form(max_length=100)] = None,
        tz: Annotated[str | None, Form(max_length=100)] = None,
        back: Annotated[str | None, Form(max_length=1000)] = None,
    ) -> Response:
        to = back if back is not None and back.startswith(SIGN_IN) else way_back(back)
        return remember(request, redirect(to), language=lang, zone=tz)
