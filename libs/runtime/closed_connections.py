"""Connections to Kafka that closed a moment ago: uvloop raises where aiokafka writes to one, and asyncio does not.

An inner seam of aiokafka, in a file of its own with a test. It expects no such error: the task that keeps a client's
metadata ended by it, and whoever asked that client for anything waited until their own limit, for 15 s and more after
about every fourth kill of a broker. Must not: connect, try again.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_send = AIOKafkaConnection.send


def notice_closed_connections() -> None:
    """From now on every client of this process takes a closed connection for a broken one. May be called again."""
    AIOKafkaConnection.send = _send_or_break


def _send_or_break(connection: Any, request: Any, expect_response: bool = True) -> Any:  # noqa: ANN401 - as of aiokafka
    try:
        return _send(connection, request, expect_response)
    except RuntimeError as error:
        connection.close(reason=CloseReason.CONNECTION_BROKEN)
        raise KafkaConnectionError("the connection is closed") from error
