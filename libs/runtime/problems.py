"""Every error that leaves an API, as application/problem+json (RFC 9457).

Lives here: the `Problem` that code raises, its response, and the handlers that turn all other errors into one.
Must not: any content of a request in any answer or log line; a field is named, what stood in it is never repeated.

    Problem
    ├─ 400  query-parameter-unknown · query-parameter-invalid · header-invalid · json-invalid · body-unreadable
    │       idempotency-key-missing · idempotency-key-malformed · idempotency-key-weak · if-match-malformed
    │       position-malformed · request-malformed
    ├─ 401  token-missing · token-malformed · token-foreign · token-early · token-expired
    │       session-malformed · session-expired
    ├─ 403  role-missing
    ├─ 404  route-unknown · not-found · id-malformed
    ├─ 405  method-not-allowed
    ├─ 413  body-too-large
    ├─ 415  content-type-not-json
    ├─ 422  body-invalid  (errors[]: pointer, code, detail)
    ├─ 500  internal
    └─ 503  not-ready · overloaded
    Services add 409 (a rule's own code), 412 and 422 (same key, other command): see `commands`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

SAFE_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
"""On every JSON answer; a page that sets its own keeps its own."""


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


def problem_response(problem: Problem, trace_id: str) -> Response:
    """The answer for a problem. Its title is its code in words, so that one never changes without the other."""
    content: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.code.replace("-", " ").capitalize(),
        "status": problem.status_code,
        "detail": problem.detail,
        "code": problem.code,
        "trace_id": trace_id,
    }
    if problem.errors:
        content["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    return Response(
        orjson.dumps(problem.members | content),
        problem.status_code,
        SAFE_HEADERS | dict(problem.headers or {}),
        media_type="application/problem+json",
    )
