"""One running intake for all tests here, and a publisher for each."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from intake_process import Publisher, System
from issuer import Issuer
from local.ports import free_ports
from processes import make_secrets
from stores import stores_of_their_own


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder: Path = tmp_path_factory.mktemp("intake")
    make_secrets(folder)
    (port,) = free_ports(1)
    async with stores_of_their_own(folder) as stores:
        running = System(folder, stores.kafka, stores.database, Issuer(folder / "jwks.json"), port)
        await running.start()
        yield running
        for process in running.processes:
            process.terminate()
            process.wait(15)


@pytest_asyncio.fixture(loop_scope="package")
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
