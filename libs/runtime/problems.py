"""Every error that leaves an API, as application/problem+json (RFC 9457).

Lives here: the `Problem` that code raises, its response, and the handlers that turn all other errors into one.
Must not: any content of a request in any answer or log line; a field is named, what stood in it is never repeated.

docs/problems.md lists every code, and says what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from runtime.away import DATABASE_AWAY, LOG_AWAY
from runtime.keyring import KeyringUnavailable

RULEBOOK_MISSING = "rulebook-missing"
"""503: a rulebook that the rules need is not in force here; it comes when the service, or somebody, publishes it."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong, where (a JSON pointer into the body; `#` for the whole), and what to do."""

    pointer: str
    code: str
    detail: str


class Problem(HTTPException):
    """An error as an answer. `code` is stable and kebab-case; `detail` says what to do and repeats no input.

    `members` are further members of the answer, such as the head in a 412.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code = code
        self.errors = tuple(errors)
        self.members = dict(members or {})


def later(code: str, detail: str, *, seconds: int) -> Problem:
    """A 503: of what was asked nothing is known now, and asking again is safe, after so many seconds (L9)."""
    return Problem(503, code, detail, headers={"Retry-After": str(seconds)})


def problem_response(problem: Problem, scope: Scope) -> Response:
    """The answer for a problem."""
    scope["state"]["problem"] = problem.code
    said = document(problem, trace_id=scope["state"]["trace_id"])
    return Response(said, problem.status_code, problem.headers, media_type="application/problem+json")


def document(problem: Problem, **more: str) -> bytes:
    """The body of its answer. Its title is its code in words, so that one never changes without the other."""
    content: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.code.replace("-", " ").capitalize(),
        "status": problem.status_code,
        "detail": problem.detail,
        "code": problem.code,
        **more,
    }
    if problem.errors:
        content["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    return orjson.dumps(problem.members | content)


def handle_problems(app: FastAPI) -> None:
    """Make every error of an app a problem; what no handler here knows becomes a 500 in `front`."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)


def unforeseen(error: Exception) -> Problem:
    """What an error that no code answers amounts to. The log has the place; the answer says nothing of it.

    503 where Kafka or PostgreSQL is away: this attempt may or may not count, asking again is safe (L9). Else 500.
    """
    if isinstance(error, _AWAY) and not isinstance(error, ValueError):
        return later("not-available", "a part that this service stands on does not answer; ask again", seconds=2)
    return Problem(500, "internal", "something failed here; the trace_id leads to it. Sending the same again is safe")


def not_in_time() -> Problem:
    """What may be said where a part took too long to answer: it may yet do what it was asked."""
    why = "nobody could say in time; what was asked may still be done, and asking again, with the same key, is safe"
    return later("not-in-time", why, seconds=5)


_AWAY = (*DATABASE_AWAY, *LOG_AWAY, KeyringUnavailable)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error, request.scope)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(problem_of_invalid(error.errors()), request.scope)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = HTTP_ERRORS.get(error.status_code, REQUEST_MALFORMED)
    headers = {"allow": _methods_at(request)} if error.status_code == 405 else error.headers
    problem = Problem(error.status_code, code, detail, headers=headers)
    return problem_response(problem, request.scope)


def _methods_at(request: Request) -> str:
    """All that the address takes here: the router names those of its first route only. Who takes GET takes HEAD."""
    fitting = (one for one in iter_route_contexts(request.app.routes) if one.path_regex.match(request.scope["path"]))
    methods = {method for one in fitting for method in one.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


REQUEST_MALFORMED = ("request-malformed", "the request cannot be understood")
HTTP_ERRORS = {
    400: ("body-unreadable", "the body cannot be read as UTF-8 JSON"),
    404: ("route-unknown", "there is nothing at this address; /openapi.json lists what there is"),
    405: ("method-not-allowed", "this address does not take this method; the Allow header names those it takes"),
    413: ("body-too-large", "the body is too large"),
}

_ERRORS_MAX = 20
_NAME_CHARS_MAX = 100


def problem_of_invalid(found: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem that pydantic's errors amount to; the first one's place decides the status."""
    errors = [field_error(error) for error in found[:_ERRORS_MAX]]
    where = found[0]["loc"][0] if found and found[0]["loc"] else "body"
    if where == "path":
        return Problem(404, "id-malformed", "an id in the address has not the form of such an id", errors=errors)
    if where == "query":
        return Problem(400, "query-parameter-invalid", "a query parameter has not the right form", errors=errors)
    if where in {"header", "cookie"}:
        return Problem(400, "header-invalid", "a header has not the right form", errors=errors)
    if found and found[0]["type"] == "json_invalid":
        return Problem(400, "json-invalid", "the body must be one JSON object in UTF-8", errors=errors)
    return Problem(422, "body-invalid", "the body is not as it must be; errors names each place", errors=errors)


def field_error(error: Mapping[str, Any]) -> FieldError:
    """An error of pydantic as we say it, in an answer and on a receipt. Its place begins with a part of the request."""
    where, *place = error["loc"] or ("body",)
    steps = [pointer_step(part) for part in place]
    pointer = "".join(["#", *(f"/{step}" for step in steps)]) if where == "body" else f"{where}:{steps[0]}"
    return FieldError(pointer, _code_of(error), _detail_of(error))


def _code_of(error: Mapping[str, Any]) -> str:
    """What is wrong at one place, spelt as every code is."""
    return ("string-" if _is_length_of_text(error) else "") + str(error["type"]).replace("_", "-")


def _is_length_of_text(error: Mapping[str, Any]) -> bool:
    """Where a text is looked at by code of ours as well, pydantic takes it for a list and knows no more of it."""
    return error["type"] in {"too_short", "too_long"} and error.get("ctx", {}).get("field_type") == "Value"


def pointer_step(part: str | int) -> str:
    """One step of a JSON pointer, escaped, short, and free of what no answer should carry."""
    return printable(str(part)[:_NAME_CHARS_MAX].replace("~", "~0").replace("/", "~1"))


def printable(text: str) -> str:
    """A name that somebody sent, fit for any text that repeats it."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _detail_of(error: Mapping[str, Any]) -> str:
    """What is wrong and what to do; pydantic's own words, except where they would repeat what was sent."""
    match error["type"]:
        case "too_short" if _is_length_of_text(error):
            return f"must have at least {error['ctx']['min_length']} characters"
        case "too_long" if _is_length_of_text(error):
            return f"must have at most {error['ctx']['max_length']} characters"
        case "uuid_parsing":
            return "must be a UUID"
        case "union_tag_invalid":
            return f"must be one of {error['ctx']['expected_tags']}"
        case "extra_forbidden":
            return "is not known here: leave it out"
        case "timezone_aware":
            return "must have a zone, such as 2026-01-31T09:00:00Z or +08:00"
        case "datetime_parsing" | "datetime_from_date_parsing":
            return "must be a time with a zone, such as 2026-01-31T09:00:00Z"
        case "model_type":
            return "must be one JSON object"
        case "missing":
            return "is needed" if error["loc"][1:] else "send one JSON object"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
