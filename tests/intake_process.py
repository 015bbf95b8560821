"""An intake process with its own broker and database, a publisher that tells it things, and a client."""

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from issuer import AUDIENCE, ISSUER, Issuer
from runtime.topics import INBOUND, OUTBOUND

CHECKOUT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS = 60.0
PARTITIONS = 3


@dataclass
class System:
    """Where everything is."""

    folder: Path
    kafka: str
    database: str
    issuer: Issuer
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox"

    async def start(self) -> None:
        """Start intake and wait until it says that it is ready."""
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.kafka, "DATABASE_URL": self.database, "HTTP_PORT": str(self.port),
            "LOG_PARTITIONS": str(PARTITIONS), "SECRETS_DIR": str(self.folder / "secrets"),
            "JWKS_FILE": str(self.issuer.file), "TOKEN_ISSUER": ISSUER, "TOKEN_AUDIENCE": AUDIENCE,
            "RULES_DIR": str(CHECKOUT / "rules"), "OUTBOX_DIR": str(self.outbox),
        }  # fmt: skip
        with (self.folder / "intake.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "intake"], env=environment, cwd=CHECKOUT, stdout=log, stderr=log
            )
        self.processes.append(process)
        async with httpx.AsyncClient() as client:
            until = time.monotonic() + LIMIT_SECONDS
            while time.monotonic() < until:
                assert process.poll() is None, self.said()
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"intake did not get ready:\n{self.said()}")

    def kill(self) -> None:
        """Kill -9."""
        self.processes[-1].kill()
        self.processes[-1].wait(10)

    def said(self) -> str:
        return (self.folder / "intake.log").read_text(errors="replace")[-8000:]

    async def drop_tables(self) -> None:
        """Throw away everything that intake computed from the log."""
        connection = await asyncpg.connect(self.database)
        await connection.execute("drop schema intake cascade")
        await connection.close()

    async def count_outbound(self) -> int:
        """How many messages have left so far."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        await consumer.start()
        ends = await consumer.end_offsets([TopicPartition(OUTBOUND, partition) for partition in range(3)])
        await consumer.stop()
        return sum(ends.values())

    @asynccontextmanager
    async def client(self, *roles: str, subject: str = "li.na") -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.issuer.token(*roles, sub=subject)}"} if roles else {}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20) as client:
            yield client


@dataclass
class Publisher:
    """Another system: tells, and reads its receipts."""

    kafka: str
    source: str
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    receipts: list[dict[str, Any]] = field(default_factory=list)

    def event(self, kind: str, subject: str, **changed: str | None) -> list[tuple[str, bytes]]:
        """The headers of an event in binary mode; `changed` replaces or (None) leaves out attributes."""
        attributes: dict[str, str | None] = {
            "content-type": "application/json", "ce_specversion": "1.0", "ce_id": str(uuid.uuid4()),
            "ce_source": self.source, "ce_type": kind, "ce_subject": subject, "ce_time": "2026-03-02T12:00:00+08:00",
            **changed,
        }  # fmt: skip
        return [(name, text.encode()) for name, text in attributes.items() if text is not None]

    async def send(self, subject: str, headers: list[tuple[str, bytes]], value: bytes | None) -> str:
        """Publish a record as it is; gives the event id in its headers."""
        await self.producer.send_and_wait(INBOUND, value, key=subject.encode(), headers=headers)
        return next((raw.decode() for name, raw in headers if name == "ce_id"), "")

    async def tell(self, kind: str, subject: str, data: Mapping[str, Any], **changed: str | None) -> dict[str, Any]:
        """Publish an event and wait for its receipt."""
        headers = self.event(kind, subject, **changed)
        before = len(self.receipts)
        event_id = await self.send(subject, headers, json.dumps(data).encode())
        return await self.receipt(lambda receipt: receipt.get("event_id") == event_id, before)

    async def receipt(self, true: Callable[[dict[str, Any]], bool], after: int = 0) -> dict[str, Any]:
        """The first receipt for which it is true."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while True:
                for receipt in self.receipts[after:]:
                    if true(receipt):
                        return receipt
                await self.receive()

    async def receive(self) -> None:
        """Read on; waits a moment where nothing is there."""
        found = await self.consumer.getmany(timeout_ms=100)
        self.receipts += [json.loads(record.value) for some in found.values() for record in some]
