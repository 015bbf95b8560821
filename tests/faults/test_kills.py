"""kill -9 of each part in turn, and of everything at once, while commands and inbound records run.

Inbound bursts keep the edges in the middle of a batch: no fault of an edge loses a record.
"""

import asyncio
import os
import signal
import time

import pytest

from faults.conftest import Ground
from local.ports import SERVICES

pytestmark = pytest.mark.asyncio(loop_scope="package")
RECOVERY_SECONDS_MAX = 60.0


@pytest.mark.parametrize("part", [*SERVICES, "kafka", "postgres"])
async def test_killed_and_started_again(ground: Ground, part: str) -> None:
    """What was answered stands, what is owed is there once, every table is what the log says (L4, L8, L12, L18)."""

    async def fault() -> float:
        await ground.publisher.burst(20)
        ground.stack.kill(part)
        killed = time.monotonic()
        await ground.stack.start(part)
        return killed

    await ground.through(fault)


async def test_everything_killed_in_the_middle_of_a_batch(ground: Ground) -> None:
    """Nobody starts anything: the supervisor brings all parts back, in whatever order they fell (L11, L18)."""

    async def fault() -> float:
        await ground.publisher.burst(60)
        ground.said.clear()
        parts = [name for name, part in ground.stack.parts.items() if part.process.alive]
        for name in parts:
            pid = ground.stack.parts[name].process.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        async with asyncio.timeout(RECOVERY_SECONDS_MAX):
            while not all(f"{name} is ready again" in ground.said for name in parts):
                await asyncio.sleep(0.05)
        return killed

    await ground.through(fault)
