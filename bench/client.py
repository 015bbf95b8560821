"""A client in a process of its own: `python -m bench.client` plays the case flow and says how long each answer took.

Reads an `Order` as JSON from stdin, writes what it saw as JSON to stdout. One kept connection a worker, one command in
flight on each. Must not: know who answers.
"""

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httptools
import orjson
import uvloop

from bench.flow import STEPS, Step

ANSWER_SECONDS_MAX = 30.0
READ_BYTES = 65_536
CREATED = 201


@dataclass(frozen=True)
class Order:
    """What to do: `url` without a path, a token for each role of the flow, times in seconds."""

    url: str
    tokens: dict[str, str]
    in_flight: int
    warm_up: float
    seconds: float


@dataclass
class Seen:
    """Answers by status, with the problem's code where it is not 201; and how long each 201 took, in seconds, of those
    that came within the measured time.
    """

    answers: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    cases: int = 0


class Answer:
    """Collects one answer; httptools calls these."""

    def __init__(self) -> None:
        self.body = b""
        self.complete = False

    def on_body(self, some: bytes) -> None:
        self.body += some

    def on_message_complete(self) -> None:
        self.complete = True


class Connection:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, url: str) -> "Connection":
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(reader, writer, parts.netloc)

    async def post(self, path: str, token: str, body: bytes) -> tuple[int, bytes]:
        """Status and body. Raises TimeoutError or ConnectionError."""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\nauthorization: Bearer {token}\r\n"
            f"idempotency-key: {uuid4()}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            self._writer.write(head.encode() + body)
            while not answer.complete:
                some = await self._reader.read(READ_BYTES)
                if not some:
                    raise ConnectionResetError("the server closed the connection")
                parser.feed_data(some)
        return parser.get_status_code(), answer.body

    def close(self) -> None:
        self._writer.close()


async def play(order: Order) -> Seen:
    """Cases one after the other in each worker, until the time is over; a case that was begun is ended."""
    seen = Seen()
    connections = [await Connection.open(order.url) for _ in range(order.in_flight)]
    measured_from = time.perf_counter() + order.warm_up
    until = measured_from + order.seconds

    async def worker(connection: Connection) -> None:
        while time.perf_counter() < until:
            complaint = ""
            for step in STEPS:
                began = time.perf_counter()
                status, body = await connection.post(_path(step, complaint), order.tokens[step.role], _body(step))
                ended = time.perf_counter()
                seen.answers[_name(status, body)] += 1
                if status == CREATED and measured_from <= ended <= until:
                    seen.latencies.append(ended - began)
                if not complaint:
                    if status != CREATED:
                        break
                    complaint = str(orjson.loads(body)["complaint_id"])
            seen.cases += 1

    try:
        await asyncio.gather(*(worker(connection) for connection in connections))
    finally:
        for connection in connections:
            connection.close()
    return seen


def _path(step: Step, complaint: str) -> str:
    return "/v1/complaints" + step.path.format(id=complaint)


def _body(step: Step) -> bytes:
    return orjson.dumps(step.body)


def _name(status: int, body: bytes) -> str:
    return str(status) if status == CREATED else f"{status} {orjson.loads(body).get('code', '')}"


def main() -> None:
    order = Order(**orjson.loads(sys.stdin.buffer.read()))
    seen = uvloop.run(play(order))
    said: dict[str, Any] = {
        "answers": seen.answers,
        "latencies": seen.latencies,
        "cases": seen.cases,
        "cpu_seconds": round(time.process_time(), 2),
    }
    sys.stdout.buffer.write(orjson.dumps(said))


if __name__ == "__main__":
    main()
