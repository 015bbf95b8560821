"""The outermost layer of every API, as one plain ASGI middleware: what holds for all requests, whatever the route.

Lives here: request id, trace, limits on the body and on the time, JSON only, headers of every answer, the last catch.
Must not: any route, any identity. One layer, because each costs every command some microseconds.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.logs import Clock, Repeated, fault, logger
from runtime.problems import FieldError, Problem, later, not_in_time, problem_response, unforeseen
from runtime.telemetry import current_trace_id, extract, serving

BODY_BYTES_MAX: Final = 2**20
BODY_SECONDS_MAX: Final = 30.0
ANSWER_SECONDS_MAX: Final = 60.0
"""More than any wait that a route itself puts a limit to, the body's among them."""
_SINGLE = frozenset(
    {
        b"authorization", b"complaint-position", b"complaint-session", b"content-length", b"content-type",
        b"idempotency-key", b"if-match", b"traceparent", b"x-request-id",
    }
)  # fmt: skip
SAFE: Final = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]
"""On every answer; a page that sets its own keeps its own."""


class Front:
    """Wraps an app. `scope["state"]` then has `request_id` and `trace_id`, and a route may leave a `ticket` there.

    What was answered with a problem leaves its code there, as `problem`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_seconds_max: float = BODY_SECONDS_MAX,
        answer_seconds_max: float = ANSWER_SECONDS_MAX,
        clock: Clock = time.monotonic,
    ) -> None:
        self._app = app
        self._body_seconds_max = body_seconds_max
        self._answer_seconds_max = answer_seconds_max
        self._log = logger("http")
        self._away = Repeated(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = {}
        repeated: dict[bytes, None] = {}
        for name, value in scope["headers"]:
            if name in headers and name in _SINGLE:
                repeated[name] = None
            headers[name] = value
        origin = extract([("traceparent", headers[b"traceparent"])]) if b"traceparent" in headers else None
        with serving(origin, scope["method"]) as answered:
            if scope["method"] == "HEAD":  # a GET whose body stays here; the server's own scope keeps the method
                scope, send = {**scope, "method": "GET"}, _bodiless(send)
            answer = _Answer(scope, headers, send)
            limit = asyncio.get_running_loop().call_later(self._answer_seconds_max, answer.too_late, scope, receive)
            try:
                self._refuse_unfit(scope, headers, repeated)
                await self._app(scope, self._bounded(receive) if _has_body(headers) else receive, answer.send)
            except Problem as problem:
                await self._last_word(scope, receive, answer, problem)
            except asyncio.CancelledError:
                if answer.status is None:
                    await self._last_word(scope, receive, answer, _ending())
                raise
            except Exception as error:
                last = unforeseen(error)
                self._tell(scope, last, error)
                if answer.status is not None and not answer.late:
                    raise  # half an answer is out: only breaking the connection is honest
                await self._last_word(scope, receive, answer, last)
            finally:
                limit.cancel()
            answered(_route(scope), answer.status or 500, scope["state"].get("problem"))

    def _tell(self, scope: Scope, problem: Problem, error: Exception) -> None:
        """Each fault of ours; a part that is away, which fails every request, once a minute."""
        count = 1 if problem.status_code == 500 else self._away.count(type(error))
        if count:
            details = {"trace_id": scope["state"]["trace_id"], "method": scope["method"], "route": _route(scope)}
            self._log.error("http.failed", count=count, **details, **fault(error))  # a traceback may carry content

    async def _last_word(self, scope: Scope, receive: Receive, answer: "_Answer", problem: Problem) -> None:
        await problem_response(problem, scope)(scope, receive, answer.send)

    def _refuse_unfit(self, scope: Scope, headers: dict[bytes, bytes], repeated: Iterable[bytes]) -> None:
        """Raise what is wrong already; hand a JSON body on as bytes.

        FastAPI parses a body only where it is declared as JSON, and would parse it leniently. Without the
        declaration it hands the bytes to `Body`, which reads them strictly. Pages (not under /v1) may also take forms.
        """
        why = "comes more than once: send it once"
        twice = [FieldError(f"header:{name.decode()}", "repeated", why) for name in repeated]
        if twice:
            raise Problem(400, "header-invalid", "a header that may come once came twice", errors=twice)
        if not _has_body(headers):
            return
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            raise _too_large()
        kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        if kind == b"application/json":
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
        elif scope["path"].startswith("/v1/"):
            raise Problem(415, "content-type-not-json", "send the body as Content-Type: application/json")

    def _bounded(self, receive: Receive) -> Receive:
        """`receive`, which stops a body that is too large or too slow; what was read is never more than the limit."""
        until = asyncio.get_running_loop().time() + self._body_seconds_max
        seen_bytes = 0
        whole = False

        async def bounded() -> Message:
            nonlocal seen_bytes, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                why = f"the body did not come within {self._body_seconds_max:.0f} s"
                raise Problem(408, "body-too-slow", why) from None
            if message["type"] == "http.request":
                seen_bytes += len(message.get("body", b""))
                whole = not message.get("more_body", False)
            if seen_bytes > BODY_BYTES_MAX:
                raise _too_large()
            return message

        return bounded


class _Answer:
    """What goes out: the request's id and the safe headers on every answer, unless the route set its own."""

    def __init__(self, scope: Scope, headers: dict[bytes, bytes], send: Send) -> None:
        self._send = send
        self._state: dict[str, Any] = scope.setdefault("state", {})
        self.request_id = _request_id(headers.get(b"x-request-id"))
        self._state["request_id"] = self.request_id
        self._state["trace_id"] = current_trace_id() or self.request_id.replace("-", "")
        self.status: int | None = None
        self.late: asyncio.Task[None] | None = None
        """Says that it came too late, where it did."""

    def too_late(self, scope: Scope, receive: Receive) -> None:
        """Answer in the route's place, if it has not begun to. It is not cancelled: a database that is frozen does not
        even take a question back, and who asked must not wait for that.
        """
        if self.status is None:
            said = problem_response(not_in_time(), scope)(scope, receive, self._say)
            self.late = asyncio.get_running_loop().create_task(said)

    async def send(self, message: Message) -> None:
        if self.late is None:
            await self._say(message)

    async def _say(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            present = {name for name, _ in headers}
            headers += [pair for pair in SAFE if pair[0] not in present]
            headers.append((b"x-request-id", self.request_id.encode()))
            if "ticket" in self._state:
                headers.append((b"complaint-session", self._state["ticket"].encode()))
            message = {**message, "headers": headers}
        await self._send(message)


def _bodiless(send: Send) -> Send:
    """What is said of a HEAD: status and headers, as a GET would have them (RFC 9110)."""

    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _too_large() -> Problem:
    return Problem(413, "body-too-large", f"a body may have at most {BODY_BYTES_MAX} bytes")


def _ending() -> Problem:
    return later("ending", "this process ends; ask again, safely, with the same key", seconds=1)


def _request_id(given: bytes | None) -> str:
    """The client's X-Request-Id where it is a UUID (other texts might say anything), else a new one."""
    if given is not None:
        try:
            return str(UUID(given.decode("ascii")))
        except ValueError:
            pass
    return str(uuid4())


def _route(scope: Scope) -> str:
    """The route's template: a raw path may carry an id or a secret."""
    return getattr(scope.get("route"), "path", "unknown")
