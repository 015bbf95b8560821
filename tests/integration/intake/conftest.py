"""One running intake for each module, and a publisher for each test."""

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from intake_process import Publisher, System
from issuer import Issuer
from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from local.postgres import Postgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder: Path = tmp_path_factory.mktemp("intake")
    port, controller_port, database_port, http_port = free_ports(4)
    broker = Broker(DataDir(folder), port=port, controller_port=controller_port)
    postgres = Postgres(DataDir(folder), port=database_port)
    (folder / "secrets").mkdir()
    for name in ("kek", "tracking", "contact"):
        (folder / "secrets" / name).write_text(secrets.token_hex(32))
        (folder / "secrets" / name).chmod(0o600)
    await asyncio.gather(broker.start(), postgres.start())
    running = System(folder, broker.bootstrap, postgres.url, Issuer(folder / "jwks.json"), http_port)
    await running.start()
    yield running
    for process in running.processes:
        process.terminate()
        process.wait(15)
    await asyncio.gather(broker.stop(), postgres.stop())


@pytest_asyncio.fixture(loop_scope="module")
async def publisher(system: System) -> AsyncIterator[Publisher]:
    producer = AIOKafkaProducer(bootstrap_servers=system.kafka, acks="all", linger_ms=2)
    consumer = AIOKafkaConsumer(bootstrap_servers=system.kafka, enable_auto_commit=False)
    await producer.start()
    await consumer.start()
    places = [TopicPartition("complaints.receipts", partition) for partition in range(3)]
    consumer.assign(places)
    for place, end in (await consumer.end_offsets(places)).items():
        consumer.seek(place, end)
    yield Publisher(system.kafka, f"crm-{uuid.uuid4().hex[:6]}", producer, consumer)
    await producer.stop()
    await consumer.stop()
