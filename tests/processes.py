"""Services as real processes in a log and a database of their own, asked over HTTP and by reading the log."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from events.admission import Head, admits
from events.codec import decode
from events.envelope import Envelope, open_envelope
from events.fact import Fact
from issuer import AUDIENCE, ISSUER, Issuer
from local.ports import free_ports
from stores import Stores

CHECKOUT = Path(__file__).resolve().parents[1]
PARTITIONS = 3
LIMIT_SECONDS = 60.0


@dataclass
class System:
    """Services that meet in one log, each a process of its own."""

    folder: Path
    kafka: str
    database: str
    issuer: Issuer
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.kafka, "DATABASE_URL": self.database, "HTTP_PORT": str(self.ports[name]),
            "LOG_PARTITIONS": str(PARTITIONS), "SECRETS_DIR": str(self.folder / "secrets"),
            "JWKS_FILE": str(self.issuer.file), "TOKEN_ISSUER": ISSUER, "TOKEN_AUDIENCE": AUDIENCE,
            "RULES_DIR": str(CHECKOUT / "rules"), "OUTBOX_DIR": str(self.folder / "outbox"),
        }  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", name], env=environment, cwd=CHECKOUT, stdout=log, stderr=log
            )
        async with httpx.AsyncClient() as client:
            until = time.monotonic() + LIMIT_SECONDS
            while time.monotonic() < until:
                assert self.processes[name].poll() is None, self.said(name)
                try:
                    if (await client.get(f"http://127.0.0.1:{self.ports[name]}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"{name} did not get ready:\n{self.said(name)}")

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-8000:]

    def everybody_said(self) -> str:
        return "\n".join(self.said(name) for name in self.processes)

    async def post(
        self, service: str, path: str, body: dict[str, Any], *roles: str, subject: str = "li.na", after: str = ""
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.issuer.token(*roles, sub=subject)}",
            "Idempotency-Key": str(uuid.uuid4()),
            **({"Complaint-Position": after} if after else {}),
        }
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.ports[service]}", timeout=20) as client:
            return await client.post(path, json=body, headers=headers)

    async def told(self, complaint_id: str, last: str) -> list[Fact]:
        """The admitted facts of a complaint, once one of this name is among them."""
        until = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < until:
            facts = await self.admitted(f"complaint/{complaint_id}")
            if any(fact.type.split(".")[2] == last for fact in facts):
                return facts
            await asyncio.sleep(0.1)
        raise AssertionError(f"no {last}: {[fact.type for fact in facts]}\n{self.everybody_said()}")

    async def admitted(self, stream: str) -> list[Fact]:
        """The log from its beginning, admitted by the few lines that everybody has."""
        head, facts = Head(), []
        async with self.everything() as records:
            for record in records:
                found = open_envelope(record.key, record.headers, record.partition, PARTITIONS)
                if not isinstance(found, Envelope) or found.stream != stream or not admits(head, found.expects):
                    continue
                head = head.after(found.chapter)
                fact = decode(found.type, found.time, record.value)
                assert isinstance(fact, Fact)
                facts.append(fact)
        return facts

    @asynccontextmanager
    async def everything(self) -> AsyncIterator[list[Any]]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition("complaints.log", partition) for partition in range(PARTITIONS)]
            consumer.assign(places)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(places)
            records = []
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                found = await consumer.getmany(timeout_ms=200)
                records += [record for some in found.values() for record in some]
            yield records
        finally:
            await consumer.stop()


def make_secrets(folder: Path) -> None:
    """The files that a service reads its keys from, in a new folder `secrets`."""
    (folder / "secrets").mkdir()
    for name in ("kek", "tracking", "contact"):
        (folder / "secrets" / name).write_text(secrets.token_hex(32))
        (folder / "secrets" / name).chmod(0o600)


@asynccontextmanager
async def running(stores: Stores, folder: Path, *services: str) -> AsyncIterator[System]:
    """These services, ready, in a log and a database that begin with them and go when they are stopped."""
    make_secrets(folder)
    issuer, ports = Issuer(folder / "jwks.json"), free_ports(len(services))
    async with stores.fresh() as (kafka, database):
        system = System(folder, kafka, database, issuer, dict(zip(services, ports, strict=True)))
        try:
            await asyncio.gather(*(system.start(name) for name in services))
            yield system
        finally:
            for process in system.processes.values():
                process.terminate()
                process.wait(15)
