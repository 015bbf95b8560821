"""Simulated time: an asyncio loop on which time passes only when nothing else is left to do.

The same code runs on it unchanged. Nothing is read from the machine: a seed gives the same run wherever it is repeated.
"""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Stuck(Exception):
    """Everybody waits and nothing will ever happen."""


class Loop(asyncio.BaseEventLoop):
    """Waiting for input or output is moving the clock to the next timer; there is no other input."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 1_000.0
        self._leapt = timedelta()
        self._selector = self
        self.troubles: list[str] = []
        """What nobody caught."""
        self.set_exception_handler(self._keep)

    def time(self) -> float:
        return self._now

    def utc_now(self) -> datetime:
        """The simulated wall clock."""
        return EPOCH + self._leapt + timedelta(seconds=round(self._now - 1_000.0, 6))

    def leap(self, time: timedelta) -> None:
        """So much passes on the wall clock while nothing happens: due times of hours and days come near."""
        self._leapt += time

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self._now += timeout
        return []

    def _process_events(self, events: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def _keep(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.troubles.append(f"{context['message']}: {context.get('exception')!r}")


def run(loop: Loop, work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end, then end whatever is left."""
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
