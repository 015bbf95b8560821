"""A connection to Kafka that is closed under its client, in the loop that services run in."""

import asyncio

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from runtime.closed_connections import notice_closed_connections


async def _ask_over_a_closed_connection() -> AIOKafkaConnection:
    """What a client finds whose broker was killed before the client's own loop has heard of it."""
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    connection = AIOKafkaConnection(host, port)
    connection._reader, connection._writer = await asyncio.open_connection(host, port)
    connection._versions = {MetadataRequest.API_KEY: (0, 1)}
    connection._writer.transport.abort()
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0, closed.set_result, None)
    await closed
    connection._read_task = closed  # who reads has not noticed: else it would have given the connection up
    try:
        with pytest.raises(KafkaConnectionError):
            await connection.send(MetadataRequest([]))
    finally:
        listening.close()
    return connection


def test_asking_over_a_closed_connection_is_a_fault_of_kafka_and_the_connection_is_given_up() -> None:
    """After those faults aiokafka tries again, and after no others: its client was deaf from then on."""
    notice_closed_connections()
    assert not uvloop.run(_ask_over_a_closed_connection()).connected()
