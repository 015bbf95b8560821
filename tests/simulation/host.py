"""A process that may stop between any two steps, for a while or for ever.

Every call that leaves the process takes a step before its effect and one after it. What a dead process had under way
may still have its effect; what it would have done next never happens.
"""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any, TypeVar

from simulation.clock import Loop
from simulation.weather import CALM, Weather

Result = TypeVar("Result")

FREEZE_SECONDS = (0.5, 20.0)
STEP_SECONDS = 0.004
SLOW_STEP_SECONDS = 2.0


class Sky:
    """The weather over all hosts, which can turn calm."""

    def __init__(self, loop: Loop, dice: Random, weather: Weather) -> None:
        self.loop = loop
        self.dice = dice
        self.weather = weather

    def clear_up(self) -> None:
        self.weather = CALM

    @property
    def calm(self) -> bool:
        return self.weather is CALM


class Host:
    """One process of one service."""

    def __init__(self, name: str, sky: Sky) -> None:
        self.name = name
        self.dead = False
        self._sky = sky
        self._going = asyncio.Event()
        self._going.set()
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self.frozen_since: float | None = None

    def spawn(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """A task that dies with the process."""
        task = self._sky.loop.create_task(work)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        return task

    async def step(self) -> None:
        """Between two steps anything may happen to a process."""
        if self.dead:
            raise asyncio.CancelledError
        weather, dice = self._sky.weather, self._sky.dice
        if weather is not CALM:
            draw = dice.random()
            if draw < weather.crash:
                self.crash()
                raise asyncio.CancelledError
            if draw < weather.crash + weather.freeze:
                self.freeze(dice.uniform(*FREEZE_SECONDS))
        slow = dice.random() < weather.slow_step
        await asyncio.sleep(dice.random() * (SLOW_STEP_SECONDS if slow else STEP_SECONDS))
        await self._going.wait()
        if self.dead:
            raise asyncio.CancelledError

    def crash(self) -> None:
        """`kill -9`: no more steps."""
        self.dead = True
        self._going.set()
        for task in list(self._tasks):
            task.cancel()

    def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so many seconds."""
        if self.frozen_since is None:
            self.frozen_since = self._sky.loop.time()
            self._going.clear()
            self._sky.loop.call_later(seconds, self.revive)

    def revive(self) -> None:
        self.frozen_since = None
        self._going.set()
