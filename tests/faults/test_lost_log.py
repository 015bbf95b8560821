"""The end of the log is lost under the readers' feet: they stop and say so, and go on when it is there again (L6)."""

import asyncio
import shutil
import time
from pathlib import Path
from random import Random

import httpx
import pytest

from faults.conftest import Ground, nothing
from faults.wishes import lodging
from local.ports import SERVICES
from runtime.topics import LOG

pytestmark = pytest.mark.asyncio(loop_scope="package")
NAMED_SECONDS_MAX = 60.0
LOST_BYTES = 600
"""The last batch at least, and no more than a few."""


async def test_readers_stop_and_name_a_lost_tail(ground: Ground) -> None:
    """All five say at /readyz which partition; commands are answered 503. With its records back, all goes on (L6)."""
    stack = ground.stack
    async with ground.load.running():
        await ground.load.more(10)
    await ground.checks.caught_up(time.monotonic())
    ends = ground.checks.truth.ends
    partition = max(ends, key=lambda one: ends[one])
    folder, kept = stack.broker.log_dir / f"{LOG}-{partition}", stack.data.root / "kept"
    await stack.stop("kafka")
    shutil.copytree(folder, kept)
    _cut(folder)
    await stack.start("kafka")
    until = time.monotonic() + NAMED_SECONDS_MAX
    async with httpx.AsyncClient(trust_env=False) as http:
        for service in SERVICES:
            await _named(http, stack.service(service).url, partition, until)
    answer = await ground.load.try_once(lodging(Random(7)))
    assert (answer.status_code, answer.json()["code"]) == (503, "reader-stopped")
    await ground.publisher.burst(5)  # is kept on its own topic, and answered when the log is whole again
    await stack.stop("kafka")
    shutil.rmtree(folder)
    kept.rename(folder)
    await stack.start("kafka")
    for service in SERVICES:
        assert stack.service(service).process.alive
        await stack.stop(service)
    await asyncio.gather(*(stack.start(service) for service in SERVICES))
    await ground.through(nothing)


def _cut(folder: Path) -> None:
    """Cut the end off the last segment."""
    segment = max(folder.glob("*.log"))
    with segment.open("r+b") as file:
        file.truncate(segment.stat().st_size - LOST_BYTES)


async def _named(http: httpx.AsyncClient, url: str, partition: int, until: float) -> None:
    """Wait until /readyz is 503 and its reason names the partition."""
    said = "nothing"
    while time.monotonic() < until:
        answer = await http.get(f"{url}/readyz")
        said = f"{answer.status_code} {answer.text}"
        if answer.status_code == 503 and f"partition {partition}" in said:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{url} does not name partition {partition}: {said}")
