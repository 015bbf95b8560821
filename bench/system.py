"""The system under measurement: a whole stack of its own, how far everybody has read, and when all is at rest.

Lives here: starting, looking and waiting. Must not: measure, or put anything in.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import usage
from local.errors import LocalError
from local.importing.views import REST_SECONDS
from local.places import CHECKOUT
from local.ports import SERVICES, Ports
from local.process import Process
from local.supervisor import Stack
from runtime.topics import LOG

FOLDER = CHECKOUT / ".local" / "bench-data"
PARTITIONS = 12
LOOK_SECONDS = 0.05
SAY_SECONDS = 15.0
STALL_SECONDS_MAX = 120.0
START_SECONDS_MAX = 30.0
_READ = "select " + ", ".join(  # noqa: S608 -- names of our own services
    f"(select coalesce(sum(next_offset), 0)::bigint from {name}.positions) as {name}"  # noqa: S608
    for name in SERVICES
)
"""How many records each service has read: offsets of the log are dense (L20)."""

Connection = Any
"""An asyncpg connection; asyncpg carries no types."""
Say = Callable[[str], None]


class NotAtRest(LocalError):
    """Nobody reads on, and not everybody has read the log to its end."""


@dataclass
class System:
    """A running system and the means to look at it."""

    stack: Stack
    database: Connection
    consumer: Any
    say: Say
    extra: dict[str, Process]
    """Processes that a part runs beside the stack, by name."""

    @property
    def kafka(self) -> str:
        return self.stack.kafka

    def pids(self) -> dict[str, int]:
        """Process ids of everything that runs."""
        parts = {name: part.process for name, part in self.stack.parts.items()} | self.extra
        return {name: process.pid for name, process in parts.items() if process.pid is not None}

    def memory(self) -> dict[str, dict[str, float]]:
        return usage.memory(self.pids)

    async def log_ends(self) -> Mapping[int, int]:
        """Next offset by partition."""
        places = [TopicPartition(LOG, partition) for partition in range(PARTITIONS)]
        ends = await asyncio.wait_for(self.consumer.end_offsets(places), START_SECONDS_MAX)
        return {place.partition: end for place, end in ends.items()}

    async def log_records(self) -> int:
        """How many records the log holds."""
        return sum((await self.log_ends()).values())

    async def read(self) -> dict[str, int]:
        """How many records each service has read."""
        return dict(await self.database.fetchrow(_READ))

    async def at_rest(self) -> float:
        """Wait until everybody has read everything and nobody adds to it; the time (monotonic) when that was so first.

        The log must rest longer than a tick, which brings what was held back under load. Raises NotAtRest.
        """
        moved = said = time.monotonic()
        before: tuple[int, dict[str, int]] | None = None
        while True:
            read, end = await self.read(), await self.log_records()
            now = time.monotonic()
            if (end, read) != before:
                before, moved = (end, read), now
            elif set(read.values()) == {end} and now - moved >= REST_SECONDS:
                return moved
            elif now - moved > STALL_SECONDS_MAX:
                raise NotAtRest(f"the log holds {end} records and for {STALL_SECONDS_MAX:.0f} s nobody went on: {read}")
            if now - said > SAY_SECONDS:
                said = now
                self.say(f"  the log holds {end} records, the slowest reader has read {min(read.values())}")
            await asyncio.sleep(LOOK_SECONDS)

    async def verdicts(self) -> dict[str, int]:
        """Records of the log by verdict, as the auditor's ledger counts them."""
        rows = await self.database.fetch("select verdict, count(*) as records from projections.ledger group by verdict")
        return {row["verdict"]: row["records"] for row in rows}


@asynccontextmanager
async def running(say: Say) -> AsyncIterator[System]:
    """Everything started anew on free ports, with data on the same disk as everything else of the checkout."""
    stack = Stack(FOLDER, ports=Ports.free(), restart=False, log_partitions=PARTITIONS, say=say)
    consumer = None
    await stack.up(fresh=True)
    try:
        database = await asyncpg.connect(stack.database_url, timeout=10)
        consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka, enable_auto_commit=False)
        await asyncio.wait_for(consumer.start(), START_SECONDS_MAX)
        yield System(stack, database, consumer, say, {})
        await database.close(timeout=5)
    finally:
        if consumer is not None:
            await consumer.stop()
        await stack.down()
        shutil.rmtree(FOLDER, ignore_errors=True)
