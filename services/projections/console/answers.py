"""What became of a command or a page, in plain words; and how old a page is.

Pure but for the request's own headers. Codes of refusals have their words in the catalogues; one that has none is
answered with what the service itself said.
"""

import math
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from projections.console.reader import Reader
from projections.console.rendering import Pages
from projections.console.session import words_of
from projections.console.spoken import Spoken
from projections.console.words import Words
from runtime.problems import Problem

STALE_SECONDS = 30
LIVE_SECONDS = 3
_LOOKS = {
    202: ("", "clock", "status"),
    401: ("risk", "shield", "alert"),
    403: ("late", "shield", "alert"),
    409: ("late", "refused", "alert"),
    503: ("late", "late", "alert"),
}
_INVALID, _UNSURE = ("late", "late", "alert"), 503


@dataclass(frozen=True)
class Answer:
    """One answer in words. `again`: the same may be sent again, and cannot be done twice."""

    tone: str
    sign: str
    role: str
    title: str
    why: str
    again: bool = False
    door: bool = False


def answer_of(status: int, code: str, words: Words) -> Answer:
    """The words for an answer of a service."""
    kind = _UNSURE if status >= 500 else status if status in _LOOKS else 422
    tone, sign, role = _LOOKS.get(kind, _INVALID)
    title = words.table.get(f"told.{code}", words.t(f"answer.{kind}"))
    key = f"refused.{code}" if kind == 409 else f"told_why.{code}"
    why = words.table.get(key, words.table.get(f"answer_why.{kind}", ""))
    return Answer(tone, sign, role, title, why, again=kind == _UNSURE, door=kind in (401, 403))


@dataclass(frozen=True)
class Fresh:
    """How far a view is behind; `moved` is where to go where the case has moved on; `door`: nobody is signed in.
    `spoken`: what is to be heard of the case, where the countdown is at another stage than before.
    """

    text: str
    stale: bool
    moved: str = ""
    door: bool = False
    spoken: Spoken | None = None


def fresh_of(behind_seconds: float | None, reader: Reader) -> Fresh:
    """How old a page is, in words; from half a minute on loudly."""
    if behind_seconds is None:
        return Fresh(reader.words.t("fresh.unknown"), stale=False)
    if behind_seconds < LIVE_SECONDS:
        return Fresh(reader.words.t("fresh.live"), stale=False)
    seconds = math.ceil(behind_seconds)
    return Fresh(reader.words.t("fresh.behind", seconds=f"{seconds:,}"), stale=seconds >= STALE_SECONDS)


def signed_out(words: Words) -> Fresh:
    """A page that stays open after its reader was signed out."""
    return Fresh(words.t("fresh.signed_out"), stale=True, door=True)


def failed(pages: Pages, request: Request, problem: Problem) -> Response:
    """A page instead of the one asked for. Not found and no right to see read the same; who asked for a case is told
    that this is recorded, and how to ask for access.
    """
    words = words_of(request)
    status = 404 if problem.status_code in (403, 404) else problem.status_code
    name = {404: "missing", 400: "asked"}.get(status, "unsure")
    then = not {"as_of", "known_at"}.isdisjoint(request.query_params)
    answer = pages.page(
        "problem.html",
        words,
        status=status,
        sign="shield" if name == "missing" else "late",
        title=words.t(f"problem.{name}"),
        why=words.t("problem.then_why" if name == "missing" and then else f"problem.{name}_why"),
        asking=name == "missing" and "read_by" in request.scope["state"],
        trace=request.scope["state"]["trace_id"] if name == "unsure" else "",
    )
    answer.headers.update(problem.headers or {})
    return answer
