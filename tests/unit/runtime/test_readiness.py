"""Whoever asks whether a service is ready is answered at once, whatever it stands on."""

import asyncio

from runtime.process import ASK_SECONDS_MAX, _silent

LIMIT_SECONDS = 60.0


class Frozen:
    """A database that keeps its connections and answers nothing, not even that a question is taken back."""

    def __init__(self) -> None:
        self.thawed = asyncio.Event()

    async def fetchval(self, _: str) -> int:
        try:
            await self.thawed.wait()
        finally:
            await self.thawed.wait()
        return 1


class Broken:
    """A database that is gone."""

    async def fetchval(self, _: str) -> int:
        raise ConnectionRefusedError


class There:
    """A database that answers."""

    async def fetchval(self, _: str) -> int:
        return 1


async def test_a_frozen_database_is_named_in_time() -> None:
    assert LIMIT_SECONDS > ASK_SECONDS_MAX
    frozen = Frozen()
    async with asyncio.timeout(LIMIT_SECONDS):
        assert await _silent(frozen) == "TimeoutError"
    frozen.thawed.set()


async def test_one_that_is_gone_is_named_and_one_that_answers_is_not() -> None:
    assert await _silent(Broken()) == "ConnectionRefusedError"
    assert await _silent(There()) is None
