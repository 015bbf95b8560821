"""What parks is told to others at least once, and in its order, whatever becomes of Kafka meanwhile (L22)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from parts import until
from runtime import parking, topics
from runtime.log import Appended, Sending
from runtime.parking import Parking, tell_parked
from runtime.rows import AppendFailed
from runtime.store import connect, create_schema

STREAMS = ["rulebook/calendar/a", "rulebook/calendar/b", "rulebook/calendar/c"]
PARK = (
    """insert into parked (stream, kind, partition, "offset", reason) values ($1, 'content', 1, 7, 'evolve raised')"""
)


class Log:
    """The log's side of it. `answers`: what becomes of each of the next records; then all are taken."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.asked = 0
        self.answers: list[Exception | None] = []
        self.away: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, topic: str, records: Sequence[Sending]) -> list[Appended]:
        self.asked += 1
        await self.open.wait()
        if self.away is not None:
            away, self.away = self.away, None
            raise away
        outcomes: list[Appended] = []
        for key, value, _, _ in records:
            said = Parking.model_validate_json(value or b"")
            assert (topic, key, said.service) == (topics.PARKED, said.stream.encode(), "triage")
            failed = self.answers.pop(0) if self.answers else None
            outcomes.append(len(self.told) if failed is None else failed)
            if failed is None:
                self.told.append(said.stream)
        return outcomes


@pytest.fixture
async def running(fresh_database: str) -> AsyncIterator[Any]:
    """The parts of a process that are asked; three streams are parked."""
    await create_schema(fresh_database, "triage")
    pool = await connect(fresh_database, "triage", size=3)
    for stream in STREAMS:
        await pool.execute(PARK, stream)
    yield SimpleNamespace(name="triage", store=SimpleNamespace(pool=pool), log=Log())
    await pool.close()


async def waiting(running: Any) -> int:  # noqa: ANN401
    count: int = await running.store.pool.fetchval("select count(*) from parked_news")
    return count


async def test_what_kafka_did_not_take_is_told_again(running: Any) -> None:  # noqa: ANN401
    """All of it: the first that was not taken stands before those that were."""
    running.log.answers = [None, AppendFailed("KafkaConnectionError"), None]
    assert await parking._tell(running) == 0
    assert await waiting(running) == 3
    running.log.told.clear()
    assert await parking._tell(running) == 3
    assert running.log.told == STREAMS
    assert await waiting(running) == 0
    assert await parking._tell(running) == 0
    assert running.log.asked == 2


async def test_two_processes_tell_one_after_the_other(running: Any) -> None:  # noqa: ANN401
    """Else what was mended could be told before what parked."""
    running.log.open.clear()
    first = asyncio.create_task(parking._tell(running))

    async def asked() -> bool:
        return bool(running.log.asked == 1)

    await until(asked)
    async with asyncio.timeout(60):
        assert await parking._tell(running) == 0
    running.log.open.set()
    assert await first == 3
    assert running.log.told == STREAMS


async def test_telling_goes_on_when_kafka_is_back(
    running: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parking, "LOOK_SECONDS", 0.01)
    running.log.away = KafkaConnectionError()
    telling = asyncio.create_task(tell_parked(running))

    async def told() -> bool:
        return await waiting(running) == 0

    try:
        await until(told)
    finally:
        telling.cancel()
    assert running.log.told == STREAMS
