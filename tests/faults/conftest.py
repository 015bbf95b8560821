"""One whole running system for all faults, with people, another system and a checker. Each fault leaves it whole."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from faults.checks import Checks
from faults.load import Load
from faults.publisher import Publisher
from faults.truth import PARTITIONS, Truth
from local.ports import Ports
from local.service import Service
from local.supervisor import Stack

ANSWERS = 12
"""So many commands are answered 201 before a fault, and again after it."""


@dataclass
class Ground:
    """The system and everybody around it."""

    stack: Stack
    load: Load
    publisher: Publisher
    checks: Checks
    said: list[str]
    """What the supervisor said."""

    async def through(self, fault: Callable[[], Awaitable[float]]) -> None:
        """People and another system at work, the fault in the middle, then everything that must hold.

        `fault` gives when (monotonic) it did the last harm: what must be over in time is counted from there, with the
        time that the broken parts take to come back.
        """
        async with self.load.running(), self.publisher.running():
            await self.load.more(ANSWERS)
            since = await fault()
            await self.load.more(ANSWERS)
        await self.checks.all_is_well(since)


async def nothing() -> float:
    """No fault at all."""
    return time.monotonic()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    folder = tmp_path_factory.mktemp("faults")
    said: list[str] = []
    async with Stack(folder, ports=Ports.free(), door=False, log_partitions=PARTITIONS, say=said.append) as stack:

        def addresses(service: str) -> list[str]:
            parts = [part for part in stack.parts.values() if isinstance(part, Service) and part.service == service]
            return [part.url for part in parts if part.process.alive] or [parts[0].url]

        load, publisher = Load(addresses, stack.token), Publisher(stack.kafka)
        truth = Truth(stack.kafka, stack.database_url)
        await truth.prepare()
        checks = Checks(truth, load, publisher, stack.service("projections").url, stack.token("ops"))
        yield Ground(stack, load, publisher, checks, said)
        logging.getLogger("faults").info(
            "%s; %d of %d records admitted; %s", load.counts(), len(truth.admitted), len(truth.verdicts), checks.seen
        )
        await publisher.close()
    slow = [line for line in said if "did not stop" in line]
    assert not slow, slow
