"""What keeps parts up: a crashed part is started again, later each time it crashes soon after, and always said."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from local.errors import LocalError
from local.process import Part

LOOK_SECONDS = 0.1
PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 15.0
STEADY_SECONDS = 60.0


class Watch:
    """One task per part that shall be up. `start` starts the part of that name and waits until it is ready."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        start: Callable[[str], Awaitable[None]],
        *,
        restart: bool,
        say: Callable[[str], None],
    ) -> None:
        self._parts = parts
        self._start = start
        self._restart = restart
        self._say = say
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._crashes = 0
        self._down: set[str] = set()
        """Who crashed and is not ready again."""

    async def start(self, name: str) -> None:
        """Start a part that needs those that are kept up. Where one of them crashed meanwhile, it is started again."""
        while True:
            crashes = self._crashes
            try:
                await self._start(name)
            except LocalError as failure:
                if crashes == self._crashes and all(self._parts[other].process.alive for other in self._tasks):
                    raise
                self._say(f"{name} could not be started, and is started again: {failure}")
                await self._parts[name].stop()  # one that waited in vain may still be there
            else:
                return
            while self._down:
                await asyncio.sleep(LOOK_SECONDS)

    def keep_up(self, name: str) -> None:
        """From now on that part shall be up."""
        if self._restart and name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._watch(name), name=f"watch {name}")

    def leave(self, name: str) -> None:
        """From now on that part may be down."""
        task = self._tasks.pop(name, None)
        self._down.discard(name)
        if task is not None:
            task.cancel()

    def end(self) -> None:
        """Nothing is watched any more."""
        for name in list(self._tasks):
            self.leave(name)

    async def _watch(self, name: str) -> None:
        process = self._parts[name].process
        pause_seconds = PAUSE_SECONDS_FIRST
        up_since = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if process.alive:
                continue
            if time.monotonic() - up_since > STEADY_SECONDS:
                pause_seconds = PAUSE_SECONDS_FIRST
            self._crashes += 1
            self._down.add(name)
            self._say(f"{name} {_how_it_ended(process.exit_code)}; starting it again in {pause_seconds:.1f} s")
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, PAUSE_SECONDS_MAX)
            up_since = time.monotonic()
            try:
                await self._start(name)
            except (LocalError, OSError) as failure:  # a full disk takes no record of a process, and no log
                self._say(f"{name} could not be started: {failure}")
            else:
                self._down.discard(name)
                self._say(f"{name} is ready again")


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was killed by signal {-exit_code}"
    return f"ended with exit code {exit_code}"
