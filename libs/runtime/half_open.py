"""Connections to PostgreSQL that end where the network swallows all: TCP alone would ask on for minutes.

Lives here: how long each side waits for a sign of life of the other. Must not: connect, ask.
"""

import socket
from typing import Any

import asyncpg

SILENT_SECONDS_MAX = 10
"""So long nothing that was sent is acknowledged: then the connection is broken, and the next attempt makes another."""
_IDLE_SECONDS, _AGAIN_SECONDS, _TIMES = 4, 2, 3
"""Who has nothing to send asks after so long, so often: together as long as above."""
_OURS = {
    "TCP_USER_TIMEOUT": SILENT_SECONDS_MAX * 1000,
    "TCP_KEEPIDLE": _IDLE_SECONDS,
    "TCP_KEEPINTVL": _AGAIN_SECONDS,
    "TCP_KEEPCNT": _TIMES,
}
"""By name: not every system has all of them."""
THEIRS = {
    "tcp_keepalives_idle": str(_IDLE_SECONDS),
    "tcp_keepalives_interval": str(_AGAIN_SECONDS),
    "tcp_keepalives_count": str(_TIMES),
}
"""The same for PostgreSQL, which would keep for two hours a session whose client is gone without a word."""


class Noticing(asyncpg.Connection):  # type: ignore[misc]  # asyncpg carries no types
    """One that notices."""

    def __init__(self, protocol: Any, transport: Any, *rest: Any) -> None:  # noqa: ANN401 - of asyncpg: no types
        super().__init__(protocol, transport, *rest)
        ours = transport.get_extra_info("socket")
        if ours.family == socket.AF_UNIX:
            return
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _OURS.items():
            if hasattr(socket, option):
                ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
