"""How a Kafka client is started and stopped: within a limit, wholly, and without ending whoever stops it.

An inner seam of aiokafka, in a file of its own with a test: its consumer cancels the fetches under way and awaits them.
One that rests because its broker is away ends the whole `stop` with CancelledError, before the connections are closed;
and who awaits that believes to be cancelled. Must not: read, send.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from runtime.away import LOG_AWAY
from runtime.logs import fault, logger

START_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 3.0
_log = logger("kafka")


async def stopped(client: Any) -> None:  # noqa: ANN401 - of aiokafka: no types
    """Stop a consumer or producer. What it does not do in time it is not given; what Kafka says meanwhile is logged."""
    stopping = asyncio.create_task(client.stop())
    await asyncio.wait({stopping}, timeout=STOP_SECONDS_MAX)
    if not stopping.done():
        stopping.cancel()
        _log.warning("client.stop-took-too-long")
    elif stopping.cancelled():
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await client._client.close()  # noqa: SLF001 - what `stop` left open
    elif (error := stopping.exception()) is not None:
        if not isinstance(error, LOG_AWAY):
            raise error
        _log.warning("client.stop", **fault(error))


@asynccontextmanager
async def started(client: Any, within_seconds: float = START_SECONDS_MAX) -> AsyncIterator[Any]:  # noqa: ANN401 - as above
    """A consumer or producer for as long as the body takes; it is stopped also where its start fails."""
    try:
        async with asyncio.timeout(within_seconds):
            await client.start()
        yield client
    finally:
        await stopped(client)
