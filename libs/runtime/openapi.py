"""What /openapi.json says beyond what FastAPI finds by itself: the headers of commands, what every command answers, the
one form of all errors, and what no text may be.

Lives here: words about the API. Must not: anything that decides an answer.
"""

from typing import Annotated, Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import Field

from events.roles import ROLES
from runtime.access import KEY_PATTERN, Guard
from runtime.auth import KEY_CHARS_MIN, SESSION_PATTERN
from runtime.caller import ETAG_PATTERN, POSITION_PATTERN

Schema = dict[str, Any]
Responses = dict[int | str, Any]
"""What a route says of its answers, by status."""
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
"""Texts in the form of an answer that are instants and ids: made right, and not checked again."""
_TEXT: Final[Schema] = {"type": "string"}
_POSITION: Final[Schema] = {"type": "string", "pattern": f"^{POSITION_PATTERN}$"}
_KEY: Final[Schema] = {"type": "string", "pattern": f'^({KEY_PATTERN}|"{KEY_PATTERN}")$', "maxLength": 202}
_PARAMETERS: Final[dict[str, tuple[str, Schema]]] = {
    "Idempotency-Key": ("The same for each attempt at one command", _KEY),
    "If-Match": (
        "An ETag: act only if the complaint is still as it was then",
        {"type": "string", "pattern": f"^{ETAG_PATTERN}$"},
    ),
    "Complaint-Position": ("Answer only once this place in the log has been read", _POSITION),
    "Complaint-Session": (
        "For people without an account, instead of a token: as the first answer gave it",
        {"type": "string", "pattern": f"^{SESSION_PATTERN}$"},
    ),
}
_ANSWERED: Final[dict[str, tuple[str, Schema]]] = {
    "ETag": ("The head of its stream: send it as If-Match to act on what was seen", _TEXT),
    "Complaint-Position": ("How far the log was read for this: send it on to see no less elsewhere", _POSITION),
    "Complaint-Count": ("How many there are in all, where `count=exact` asked for it", {"type": "integer"}),
    "Complaint-Session": ("Who has no account, and no session yet, sends it instead of a token from now on", _TEXT),
    "Link": ("The address of the next page, as `next` says it", _TEXT),
    "Location": ("Where to read it", _TEXT),
}
"""Headers of answers, what each is for, and its form."""
_ID: Final[Schema] = {"type": "string", "format": "uuid"}
_MADE_OF: Final[dict[str, tuple[str, Schema]]] = {
    "complaints": ("complaint_id", _ID),
    "clusters": ("cluster_id", _ID),
    "rulebooks": ("rulebook_id", {"type": "string", "description": "`<kind>/<name>`"}),
    "budgets": ("budget_id", _TEXT),
}
"""By the first word of a command's address: what its answer names, beside the members of every answer."""
_PROBLEM: Final[Schema] = {
    "description": "An error, as RFC 9457 says",
    "headers": {
        "Retry-After": {"description": "Of 503: ask again after so many seconds", "schema": {"type": "integer"}}
    },
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FIELD_ERROR: Final[Schema] = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": dict.fromkeys(("pointer", "code", "detail"), _TEXT),
}
_YEARS: Final = r"^(19[7-9]|20)\d"
"""Every instant that is taken lies between 1970 and 2099."""
_SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string", "description": "/problems/<code>"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": {"type": "string", "description": "Stable, for programs; docs/problems.md lists them"},
            "trace_id": {
                "type": "string",
                "description": "Absent where nothing read the request: of the door, or of what is no HTTP",
            },
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
            "head": {"type": "string", "description": "Of 409 and 412: the stream's head"},
            "between": {"type": "string", "description": "Of 412: where to read what came between"},
            "reasons": {"type": "object", "additionalProperties": _TEXT, "description": "Of 503: what is not ready"},
        },
    },
    "FieldError": _FIELD_ERROR,
    "Written": {
        "type": "object",
        "description": "The command stands in the log, and is not judged yet: ask again with the same key",
        "required": ["event_id", "stream", "state", "detail"],
        "properties": {
            "event_id": _ID,
            "stream": _TEXT,
            "state": {"type": "string", "const": "written-not-judged"},
            "detail": _TEXT,
        },
    },
}


def with_ids(*names: str) -> Responses:
    """What a command's answer names beside the members of every answer, for `responses` of its route."""
    return {201: {"x-ids": names}}


def says(form: Any, *headers: str) -> Responses:  # noqa: ANN401 - any type that has a schema
    """What a route answers with 200, for its `responses`: for people and clients to read, checked by nobody here."""
    return {200: {"model": form, "headers": _answered(*headers)}}


def _answered(*names: str, always: bool = False) -> Schema:
    """The headers of an answer."""
    said = {name: _ANSWERED[name] for name in names}
    return {name: {"description": why, "schema": form, "required": always} for name, (why, form) in said.items()}


def describe(app: FastAPI) -> None:
    """Let the app describe its errors and headers as well; made once, when first asked for."""

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend its description


def operation_id(route: APIRoute) -> str:
    """A client's method is called as the route's function is."""
    return route.name


def _described(app: FastAPI) -> Schema:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for form in schemas.values():
        form.pop("title", None)  # lists of anything would all have the same
    schemas |= _SCHEMAS
    guards = _guards(app)
    _say_which_years([form for name, form in schemas.items() if name.endswith("Body")])
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            responses = operation.setdefault("responses", {})
            responses.pop("422", None)
            responses["default"] = _PROBLEM
            _say_which_years(operation.get("parameters", []))
            if operation["operationId"] in guards:
                _guarded(path, operation, guards[operation["operationId"]])
    return schema


def _guards(app: FastAPI) -> dict[str, Guard]:
    """The guard of each operation that has one."""
    return {
        one.original_route.name: depends.call
        for one in iter_route_contexts(app.routes)
        if isinstance(one.original_route, APIRoute)
        for depends in one.dependant.dependencies
        if isinstance(depends.call, Guard)
    }


def _say_which_years(asked: object) -> None:
    """Put the years into all instants that are asked for."""
    if isinstance(asked, list):
        for one in asked:
            _say_which_years(one)
    elif isinstance(asked, dict):
        if asked.get("format") == "date-time":
            asked["pattern"] = _YEARS
        for one in asked.values():
            _say_which_years(one)


def _guarded(path: str, operation: Schema, guard: Guard) -> None:
    """Say who gets in, which headers count, and what a command answers."""
    named = [operation["description"]] if "description" in operation else []
    operation["description"] = "\n\n".join([*named, _who(guard)])
    names = ["Complaint-Position"]
    if guard.command:
        names = ["Idempotency-Key", "If-Match", *names]
        _command(path, operation["responses"])
    if guard.anonymous:
        names.append("Complaint-Session")
        operation["security"].append({})
        if guard.command:
            operation["responses"]["201"]["headers"] |= _answered("Complaint-Session")
    parameters = operation.setdefault("parameters", [])
    if any(one["name"] == "cursor" for one in parameters):
        operation["responses"]["200"].setdefault("headers", {}).update(_answered("Link"))
    parameters.extend(_parameter(name, guard) for name in names)


def _who(guard: Guard) -> str:
    """The roles of a token that may, of which one is enough."""
    roles = "any role" if guard.roles == frozenset(ROLES) else ", ".join(one for one in ROLES if one in guard.roles)
    return f"For: {roles}{'; also without an account' if guard.anonymous else ''}."


def _parameter(name: str, guard: Guard) -> Schema:
    description, schema = _PARAMETERS[name]
    if name == "Idempotency-Key" and guard.anonymous:
        description += f"; without an account at least {KEY_CHARS_MIN} random characters"
    required = name == "Idempotency-Key"
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _command(path: str, responses: Schema) -> None:
    of_stream, form = _MADE_OF[path.split("/")[2]]
    more: tuple[str, ...] = responses["201"].pop("x-ids", ())
    properties: Schema = {
        of_stream: form,
        "event_id": _ID,
        "head": {**_TEXT, "description": "Of the stream, as its ETag says it"},
        "position": {**_POSITION, "description": "Send it as Complaint-Position to read what was written"},
        **{name: _ID if name.endswith("_id") else _TEXT for name in more},
    }
    made = {"type": "object", "required": list(properties), "properties": properties}
    place = _answered("Location")
    responses["201"] = {
        "description": "It counts",
        "headers": _answered("ETag", "Complaint-Position", always=True) | place,
        "content": {"application/json": {"schema": made}},
    }
    responses["202"] = {
        "description": "Written, not judged yet",
        "headers": _answered("Complaint-Position", always=True) | place,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Written"}}},
    }
