"""The short way of a good command: from its address to the route's own function, past what FastAPI does for every kind.

FastAPI describes the routes; this layer only reads that description, once. It takes a POST where the first route that
fits asks for nothing but dependencies of the request, parameters of the path, headers and one body, and where all that
was sent is good. Everything else (another kind of route, a body in pieces, a value that is not as it must be) goes
FastAPI's way from its beginning: what is wrong with a value is said there alone.
Must not: an answer of its own, a rule, any header.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from inspect import iscoroutinefunction, signature
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.params import Body
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.problems import Problem, problem_response

JSON_ONLY = "/v1/"
"""Where `front` takes no body but JSON, and hands it on as bytes."""
_METHOD = "POST"
_OF_A_ROUTE = frozenset({"call", "path", "scope", "dependencies", "path_params", "header_params", "body_params"})
_OF_A_DEPENDENCY = frozenset({"call", "path", "name", "request_param_name", "own_oauth_scopes", "parent_oauth_scopes"})
_NOTHING = Dependant()


@dataclass(frozen=True, slots=True)
class Way:
    """What one route asks for. `dependencies`: each with the names of its argument and of its value, if it has one."""

    route: APIRoute
    convertors: dict[str, Convertor[Any]]
    asks: Dependant
    dependencies: Sequence[tuple[Any, Any, str | None]]
    run: Callable[..., Awaitable[Response]]


class Direct:
    """Wraps an app, inside all that holds for every request; `routes` are the app's own, in their order."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._ways = ways_of(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = self._found(scope) if scope["type"] == "http" and scope["method"] == _METHOD else None
        if way is None:
            await self._app(scope, receive, send)
            return
        response: Response | None = None
        try:
            first = await receive()
            if first["type"] == "http.request" and first.get("body") and not first.get("more_body"):
                response = await _answer(way, Request(scope, _again(first, receive), send), first["body"])
        except Problem as problem:
            response = problem_response(problem, scope)
        if response is None:
            await self._app(scope, _again(first, receive), send)
        else:
            await response(scope, receive, send)

    def _found(self, scope: Scope) -> Way | None:
        """The way of the first route that fits, as FastAPI would choose; None where that is not of the usual form."""
        if scope.get("root_path"):
            return None
        for pattern, way in self._ways:
            match: re.Match[str] | None = pattern.match(scope["path"])
            if match is None:
                continue
            if way is not None:
                found = {name: way.convertors[name].convert(value) for name, value in match.groupdict().items()}
                scope["route"], scope["path_params"] = way.route, found
            return way
        return None


def ways_of(routes: Sequence[BaseRoute]) -> list[tuple[re.Pattern[str], Way | None]]:
    """The pattern of each route that may take a POST, and its way; None where it asks for anything unknown here."""
    return [
        (context.path_regex, _way_of(context))
        for context in iter_route_contexts(routes)
        if _METHOD in (context.methods or {_METHOD})
    ]


async def _answer(way: Way, request: Request, body: bytes) -> Response | None:
    """The route's answer; None where a value is not as it must be. Raises Problem where a dependency does."""
    values: dict[str, Any] = {}
    for depends, argument, name in way.dependencies:
        value = await depends(**{argument: request})
        if name is not None:
            values[name] = value
    for field in way.asks.path_params:
        values[field.name], wrong = field.validate(request.path_params[field.alias])
        if wrong:
            return None
    if way.asks.header_params:
        found, wrong = request_params_to_args(way.asks.header_params, request.headers)
        if wrong:
            return None
        values |= found
    (field,) = way.asks.body_params
    values[field.name], wrong = field.validate(body)
    return None if wrong else await way.run(**values)


def _again(first: Message, receive: Receive) -> Receive:
    """`receive`, with a message before it that was taken already."""
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _way_of(context: RouteContext) -> Way | None:
    route, path = context.original_route, context.path or ""
    if type(route) is not APIRoute or not path.startswith(JSON_ONLY):
        return None
    asks: Dependant = context.dependant
    call: Any = asks.call
    run = call if iscoroutinefunction(call) else partial(run_in_threadpool, call)
    dependencies = [(one.call, one.request_param_name, one.name) for one in asks.dependencies if _is_plain(one)]
    usual = (
        _asks_only(asks, _OF_A_ROUTE)
        and len(dependencies) == len(asks.dependencies)
        and {field.alias for field in asks.path_params} == set(context.param_convertors)
        and asks.body_params == [context.body_field]
        and type(context.body_field.field_info) is Body
        and _is_answer(signature(route.endpoint).return_annotation)
    )
    return Way(route, context.param_convertors, asks, dependencies, run) if usual else None


def _is_plain(asks: Dependant) -> bool:
    """It is awaited, and takes the request alone."""
    is_async = iscoroutinefunction(asks.call) or iscoroutinefunction(type(asks.call).__call__)
    return is_async and asks.request_param_name is not None and _asks_only(asks, _OF_A_DEPENDENCY)


def _asks_only(asks: Dependant, known: frozenset[str]) -> bool:
    """Nothing beyond what is known here is asked for: not a kind of parameter that FastAPI may yet learn, either."""
    others = (one.name for one in fields(Dependant) if one.name not in known)
    return all(getattr(asks, name) == getattr(_NOTHING, name) for name in others)


def _is_answer(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Response)
