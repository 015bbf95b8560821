"""A broker and a database server for tests whose topics and schemas have their real names: one module after another.

What `KAFKA_BOOTSTRAP` and `DATABASE_URL` name is never taken: all topics are removed here.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from local.postgres import Postgres

GONE_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Stores:
    """Both, running."""

    kafka: str
    database: str

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[tuple[str, str]]:
        """Addresses of a Kafka without topics and of an empty database; afterwards neither holds anything."""
        name = f"test_{uuid.uuid4().hex}"
        await self._execute(f"CREATE DATABASE {name}")
        try:
            yield self.kafka, urlunsplit(urlsplit(self.database)._replace(path=f"/{name}"))
        finally:
            await without_topics(self.kafka)
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def stores_of_their_own(folder: Path) -> AsyncIterator[Stores]:
    """They run from here on, and are stopped in the end."""
    port, controller_port, database_port = free_ports(3)
    broker = Broker(DataDir(folder), port=port, controller_port=controller_port)
    postgres = Postgres(DataDir(folder), port=database_port)
    await asyncio.gather(broker.start(), postgres.start())
    try:
        yield Stores(broker.bootstrap, postgres.url)
    finally:
        await asyncio.gather(broker.stop(), postgres.stop())


async def without_topics(bootstrap: str) -> None:
    """Take all topics away but Kafka's own; the broker takes a moment to show that."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(GONE_SECONDS_MAX):
            while topics := [name for name in await admin.list_topics() if not name.startswith("__")]:
                await admin.delete_topics(topics)
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
