"""What holds for every request, whatever the route."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import orjson
import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from runtime.front import Front
from runtime.problems import problem_of_invalid, unforeseen

LIMIT_SECONDS = 60.0


class Asker:
    """Somebody who asks, and what came back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answered = asyncio.Event()

    async def receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.answered.set()


def asked() -> Scope:
    return {"type": "http", "method": "GET", "path": "/v1/complaints", "headers": [], "query_string": b""}


async def _well() -> None:
    return


async def _badly() -> None:
    raise TimeoutError("the database took nothing back")


@pytest.mark.parametrize("ends", [_well, _badly])
async def test_who_asked_waits_no_longer_than_the_limit(ends: Callable[[], Awaitable[None]]) -> None:
    """Section 8: nothing hangs without a limit. A frozen database does not even take a question back, so that the route
    goes on for a while; what it says then is said to nobody, well or badly.
    """
    thawed = asyncio.Event()

    async def frozen(scope: Scope, receive: Receive, send: Send) -> None:
        await thawed.wait()
        await ends()
        await Response(b"late")(scope, receive, send)

    asker = Asker()
    route = asyncio.create_task(Front(frozen, answer_seconds_max=0.01)(asked(), asker.receive, asker.send))
    async with asyncio.timeout(LIMIT_SECONDS):
        await asker.answered.wait()
    assert not route.done()
    start, body = asker.messages
    assert start["status"] == 503
    assert orjson.loads(body["body"])["code"] == "not-in-time"
    thawed.set()
    async with asyncio.timeout(LIMIT_SECONDS):
        await route
    assert asker.messages == [start, body]


async def test_an_answer_that_has_begun_may_take_its_time() -> None:
    """What is told piece by piece is not cut off."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def telling(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        await over.wait()
        await send({"type": "http.response.body", "body": b"all"})

    asker = Asker()
    front = Front(telling, answer_seconds_max=0.0)
    route = asyncio.create_task(front(asked(), asker.receive, asker.send))
    async with asyncio.timeout(LIMIT_SECONDS):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.01, over.set)
        await route
    assert [message.get("status", message.get("body")) for message in asker.messages] == [200, b"all"]


async def test_half_an_answer_ends_in_a_broken_connection() -> None:
    """Nothing honest can be said after it: whoever reads on must not take it for a whole one."""

    async def failing(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    asker = Asker()
    with pytest.raises(ZeroDivisionError):
        await Front(failing)(asked(), asker.receive, asker.send)
    assert [message["type"] for message in asker.messages] == ["http.response.start"]


@pytest.mark.parametrize("has_begun", [False, True])
async def test_who_asks_a_process_that_ends_is_told_to_ask_again(has_begun: bool) -> None:
    """L9: it says no more than is known; what has begun is broken off."""
    reached = asyncio.Event()

    async def waiting(_scope: Scope, _receive: Receive, send: Send) -> None:
        if has_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        reached.set()
        await asyncio.Event().wait()

    asker = Asker()
    route = asyncio.create_task(Front(waiting)(asked(), asker.receive, asker.send))
    await reached.wait()
    route.cancel()
    with pytest.raises(asyncio.CancelledError):
        await route
    start, *rest = asker.messages
    assert (start["status"], len(rest)) == ((200, 0) if has_begun else (503, 1))
    if not has_begun:
        assert orjson.loads(rest[0]["body"])["code"] == "ending"
        assert (b"retry-after", b"1") in start["headers"]


async def test_a_body_that_drips_is_refused_once_its_time_is_over() -> None:
    """Section 8: the limit is the whole body's; some byte now and then does not begin it anew."""
    loop = asyncio.get_running_loop()

    async def reading(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def drip() -> Message:
        dropped = loop.create_future()
        loop.call_later(0.001, dropped.set_result, None)
        await dropped
        return {"type": "http.request", "body": b" ", "more_body": True}

    asker = Asker()
    headers = [(b"content-length", b"100000"), (b"content-type", b"application/json")]
    async with asyncio.timeout(LIMIT_SECONDS):
        await Front(reading, body_seconds_max=0.05)({**asked(), "headers": headers}, drip, asker.send)
    start, body = asker.messages
    assert start["status"] == 408
    assert orjson.loads(body["body"])["code"] == "body-too-slow"


@pytest.mark.parametrize(("kind", "counts"), [(ConnectionRefusedError, [1, 2]), (ZeroDivisionError, [1, 1, 1])])
async def test_a_part_that_is_away_fills_no_log(kind: type[Exception], counts: list[int]) -> None:
    """Each request left a line as long as Kafka was away. A fault of ours is told each time: an answer leads to it."""
    now_seconds = 0.0

    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise kind

    with capture_logs() as told:
        front = Front(failing, clock=lambda: now_seconds)
        for moment in (0.0, 59.0, 61.0):
            now_seconds = moment
            asker = Asker()
            await front(asked(), asker.receive, asker.send)
            assert asker.answered.is_set()
    assert [(line["event"], line["count"]) for line in told] == [("http.failed", count) for count in counts]


def test_a_fault_of_ours_is_no_part_that_is_away() -> None:
    """What PostgreSQL's client says of our own arguments is not mended by asking again later."""
    problem = unforeseen(asyncpg.exceptions.ClientConfigurationError("a wrong argument"))
    assert (problem.status_code, problem.code, problem.headers) == (500, "internal", {})


@pytest.mark.parametrize(
    ("loc", "status", "code", "pointer"),
    [
        (("path", "complaint_id"), 404, "id-malformed", "path:complaint_id"),
        (("query", "limit"), 400, "query-parameter-invalid", "query:limit"),
        (("header", "accept"), 400, "header-invalid", "header:accept"),
        (("cookie", "console"), 400, "header-invalid", "cookie:console"),
        (("body", "dues", 0, "a/b"), 422, "body-invalid", "#/dues/0/a~1b"),
        ((), 422, "body-invalid", "#"),
    ],
)
def test_what_is_wrong_is_named_by_where_it_stood(
    loc: tuple[str | int, ...], status: int, code: str, pointer: str
) -> None:
    problem = problem_of_invalid([{"loc": loc, "type": "string_too_long", "msg": "too long"}])
    assert (problem.status_code, problem.code) == (status, code)
    assert [(one.pointer, one.code) for one in problem.errors] == [(pointer, "string-too-long")]


@pytest.mark.parametrize(("name", "status"), [(b"accept", 200), (b"if-match", 400), (b"authorization", 400)])
async def test_only_a_header_that_means_one_thing_may_not_come_twice(name: bytes, status: int) -> None:
    """Which of two a proxy and this process take must not differ; of others there may be many."""
    asker = Asker()
    scope = {**asked(), "headers": [(name, b"a"), (name, b"b")]}
    await Front(Response(b"told"))(scope, asker.receive, asker.send)
    assert asker.messages[0]["status"] == status
