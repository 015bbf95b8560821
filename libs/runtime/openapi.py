"""What /openapi.json says beyond what FastAPI finds by itself: the headers of commands and the one form of all errors.

Lives here: words about the API. Must not: anything that decides an answer.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_HEADERS = {
    "Idempotency-Key": "The same for each attempt at one command; without an account at least 20 random characters",
    "If-Match": "An ETag: act only if the complaint is still as it was then",
    "Complaint-Position": "Answer only once this place in the log has been read",
    "Complaint-Session": "For people without an account: as the first answer gave it",
}
_PROBLEM: dict[str, Any] = {
    "description": "An error, as RFC 9457 says",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "description": "/problems/<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for programs"},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
    },
}


def describe(app: FastAPI) -> None:
    """Let the app describe its errors and headers as well; made once, when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend its description


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _SCHEMA
    for path in schema["paths"].values():
        for method, operation in path.items():
            responses = operation.setdefault("responses", {})
            responses.pop("422", None)
            responses["default"] = _PROBLEM
            if "security" in operation:
                operation.setdefault("parameters", []).extend(_parameters(command=method != "get"))
    return schema


def _parameters(*, command: bool) -> list[dict[str, Any]]:
    names = list(_HEADERS) if command else ["Complaint-Position", "Complaint-Session"]
    return [
        {
            "name": name,
            "in": "header",
            "required": name == "Idempotency-Key",
            "description": _HEADERS[name],
            "schema": {"type": "string"},
        }
        for name in names
    ]
