"""A broker of a test's own: one whose topics have their real names, or that is killed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports


@asynccontextmanager
async def own_broker(folder: Path) -> AsyncIterator[Broker]:
    """It runs from here on, and is stopped in the end, whatever became of it."""
    port, controller_port = free_ports(2)
    broker = Broker(DataDir(folder), port=port, controller_port=controller_port)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
