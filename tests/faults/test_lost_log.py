"""The end of the log is lost under the readers' feet: they stop and say so, and go on when it is there again (L6)."""

import asyncio
import shutil
import time
from pathlib import Path

import httpx
import pytest

from faults.conftest import Ground
from local.kafka import Broker
from local.ports import SERVICES
from runtime.topics import LOG

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAMED_SECONDS_MAX = 60.0
LOST_BYTES = 600
"""The last batch at least, and no more than a few."""


async def test_readers_stop_and_name_a_lost_tail(ground: Ground) -> None:
    """All five name the partition at /readyz; commands are answered 503. With the segment back, all goes on."""
    stack = ground.stack
    async with ground.load.running():
        await ground.load.more(20)
    await ground.checks.all_is_well(time.monotonic())
    partition = max(ground.checks.truth.ends, key=lambda one: ground.checks.truth.ends[one])
    folder = stack.broker.log_dir / f"{LOG}-{partition}"
    whole = folder.with_name("whole")
    await stack.stop("kafka")
    whole = stack.data.root / "whole"
    shutil.copytree(folder, whole)
    _cut(folder)
    await stack.start("kafka")
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(NAMED_SECONDS_MAX):
        for service in SERVICES:
            await _named(http, stack.service(service).url, partition)
    await _restored(stack.broker, folder, whole)


def _cut(folder: Path) -> None:
    """Cut the end off the last segment."""
    segment = max(folder.glob("*.log"))
    with segment.open("r+b") as file:
        file.truncate(segment.stat().st_size - LOST_BYTES)


async def _named(http: httpx.AsyncClient, url: str, partition: int) -> None:
    """Wait until /readyz is 503 and its reason names the partition."""
    while True:
        answer = await http.get(f"{url}/readyz")
        if answer.status_code == 503 and f"partition {partition}" in answer.text:
            return
        await asyncio.sleep(0.1)


async def _restored(broker: Broker, folder: Path, whole: Path) -> None:
    await broker.stop()
    shutil.rmtree(folder)
    whole.rename(folder)
    await broker.start()
