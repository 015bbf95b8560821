"""Who is in front of the console: a token in a cookie that no script can read, and the reader's language and zone.

Signing in keeps the very token that the APIs take; nothing of it stays on the server. The front door turns the cookie
into `Authorization` for commands that carry an Idempotency-Key, a header that no foreign page can send unasked (CORS);
pages themselves accept a form only from their own origin.
"""

from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from fastapi import Request
from starlette.responses import Response

from projections.console.reader import Reader, utc_now
from projections.console.rendering import SignedOut
from projections.console.words import LANGUAGES, Words, catalogue, chosen
from projections.sources import WATCHERS
from runtime.access import Access
from runtime.auth import Identity
from runtime.problems import Problem
from runtime.witness import read_by

COOKIE = "complaints_session"
LANGUAGE, ZONE = "lang", "tz"
_YEAR_SECONDS = 365 * 86_400
HOME = "/console/worklist"
PLACES = ("/console/", "/track?", "/track#", "/problems/")


def words_of(request: Request) -> Words:
    """The catalogue for whoever asks."""
    return catalogue(chosen(request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")))


def reader_of(request: Request) -> Reader:
    """The reader of a page that may show a case, which is recorded. Raises SignedOut as `signed_in` does."""
    reader = signed_in(request)
    read_by(request.scope, reader.subject, reader.roles)
    return reader


def opening(request: Request) -> Reader:
    """The reader of a page of what names cases, for whoever may open any. Raises SignedOut, or Problem 404."""
    reader = reader_of(request)
    if not reader.opens:
        raise Problem(404, "not-found", "no such page for this reader")
    return reader


def signed_in(request: Request) -> Reader:
    """Whoever is signed in. Raises SignedOut where nobody is, or whose roles have no place here."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise SignedOut
    try:
        identity = admitted(request, token)
    except Problem:
        raise SignedOut from None
    return Reader(words_of(request), zone_of(request), utc_now(), identity.subject, identity.roles)


def admitted(request: Request, token: str) -> Identity:
    """Whom a token names. Raises Problem 401, or 403 where none of its roles has a place here."""
    access: Access = request.app.state.access
    identity = access.tokens.identify(token)
    if not identity.roles & set(WATCHERS):
        raise Problem(403, "role-missing", "none of the token's roles has a place in the console")
    return identity


@cache
def zones() -> frozenset[str]:
    """The zones that a reader may choose from."""
    return frozenset(available_timezones())


def role_words(reader: Reader) -> str:
    """The reader's roles in words."""
    return reader.words.t("page.and").join(reader.words.of("role", role) for role in sorted(reader.roles))


def zone_of(request: Request, told: str | None = None) -> ZoneInfo:
    """The zone that a page is told, else the one chosen before; UTC where neither is one."""
    name = told or request.cookies.get(ZONE, "")
    return ZoneInfo(name if name in zones() else "UTC")


def from_here(request: Request) -> None:
    """Raise Problem 403 unless a form was sent by a page of this very origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    same_host = origin is not None and _host_of(origin) == request.headers.get("host")
    if site not in (None, "same-origin") or not (same_host or (origin is None and site == "same-origin")):
        raise Problem(403, "origin-foreign", "this form was not sent by a page of the console")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser sends that
        return None


def way_back(path: str | None) -> str:
    """A path of ours to go back to; never another site."""
    if path is None or not path.startswith(PLACES) or "\\" in path or not path.isprintable():
        return HOME
    return path


def sign_in(request: Request, response: Response, token: str) -> Response:
    """Keep the token: HttpOnly, for this site only, until the browser closes."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/", secure=_is_secure(request))
    return response


def sign_out(response: Response) -> Response:
    """Forget the token."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def remember(request: Request, response: Response, *, language: str | None, zone: str | None) -> Response:
    """Keep the reader's choices; what is no language or zone of ours is left as it was."""
    for name, value in ((LANGUAGE, language), (ZONE, zone)):
        known = value in LANGUAGES if name == LANGUAGE else value in zones()
        if value and known:
            response.set_cookie(
                name, value, max_age=_YEAR_SECONDS, httponly=True, samesite="strict", path="/",
                secure=_is_secure(request),
            )  # fmt: skip
    return response


def _is_secure(request: Request) -> bool:
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
