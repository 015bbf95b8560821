"""One connection of the HTTP server: how long the head of its next request may take, and what is said to what is none.

The server itself limits only how long nothing at all is said between two requests, and answers in plain text.
Inner seams of uvicorn, in a file of their own with a test. Must not: read a request.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from runtime.front import SAFE
from runtime.problems import REQUEST_MALFORMED, Problem, document

HEAD_SECONDS_MAX = 30.0


class Connection(HttpToolsProtocol):
    """Closes a connection that was opened, or on which a head was begun, and that then took too long."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server has it
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiting = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # none at first
        if waiting and self._limit is None:
            self._begin()

    def on_headers_complete(self) -> None:
        self._end()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # its words are for the server's own log
        """Of a method that no standard knows, too: the server's parser takes it for no request."""
        said = document(Problem(400, *REQUEST_MALFORMED))
        headers = [
            *SAFE,
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(said)),
            (b"connection", b"close"),
        ]
        head = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + said)
        self.transport.close()

    def _begin(self) -> None:
        self._limit = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
