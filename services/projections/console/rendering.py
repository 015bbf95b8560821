"""From what a page shows to its HTML: templates, static files by content, the headers of every page, and error pages.

Lives here: how a page leaves. Must not: what it says.
"""

import hashlib
import mimetypes
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from projections.console.words import LANGUAGES, Words
from runtime.away import DATABASE_AWAY
from runtime.problems import Problem, unforeseen

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "vary": "cookie, accept-language",
}
STATIC_PATH = "/console/static"
_FOREVER = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


class SignedOut(Exception):
    """Nobody is signed in, or no longer."""


@dataclass(frozen=True)
class Static:
    """One file that pages load; its address holds a mark of its content."""

    content: bytes
    media_type: str
    mark: str


class Pages:
    """The templates and static files, read once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            auto_reload=False,
        )
        self._static = {path.name: _static(path) for path in sorted((HERE / "static").iterdir())}

    def html(self, template: str, words: Words, **values: object) -> str:
        """A template, filled in for a reader of `words`."""
        given: dict[str, object] = {
            "words": words,
            "t": words.t,
            "static": self.address,
            "languages": LANGUAGES,
            **values,
        }
        return self._templates.get_template(template).render(given)

    def page(self, template: str, words: Words, *, status: int = 200, **values: object) -> HTMLResponse:
        """A whole page, or a part of one, as an answer."""
        return HTMLResponse(self.html(template, words, **values), status, HEADERS)

    def address(self, name: str) -> str:
        """Where a static file is found."""
        return f"{STATIC_PATH}/{self._static[name].mark}/{name}"

    def static(self, mark: str, name: str) -> Response:
        """A static file; raises Problem 404."""
        file = self._static.get(name)
        if file is None or file.mark != mark:
            raise Problem(404, "not-found", "there is no such file")
        return Response(file.content, 200, _FOREVER, media_type=file.media_type)


def _static(path: Path) -> Static:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "text/plain"
    return Static(content, media_type, hashlib.sha256(content).hexdigest()[:12])


Failed = Callable[[Request, Problem], Response]


def page_route(failed: Failed, signed_out: Callable[[Request], Response]) -> type[APIRoute]:
    """A route class whose errors are pages too: problem+json is for programs."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    return await handle(request)
                except SignedOut:
                    return signed_out(request)
                except Problem as problem:
                    return failed(request, problem)
                except DATABASE_AWAY as error:
                    return failed(request, unforeseen(error))
                except RequestValidationError:
                    return failed(request, Problem(400, "request-malformed", "the address is not one of this console"))

            return handled

    return PageRoute


def redirect(to: str) -> Response:
    """See other: the answer to a form."""
    return RedirectResponse(to, 303, {"cache-control": "no-store"})
