"""How long a connection may be silent before the head of its next request is whole. The server itself limits only how
long nothing at all is said between two requests.

Inner seams of uvicorn, in a file of their own with a test. Must not: read a request.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS_MAX = 30.0


class HeadLimit(HttpToolsProtocol):
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

    def _begin(self) -> None:
        self._limit = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
