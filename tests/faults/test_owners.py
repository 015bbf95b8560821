"""Partitions that change their owner while commands run: second instances, and readers that freeze and come back."""

import asyncio
import time
from typing import Any

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from faults.conftest import Ground
from local.ports import SERVICES

pytestmark = pytest.mark.asyncio(loop_scope="package")
THROWN_OUT_SECONDS_MAX = 30.0
TAKEN_OVER_SECONDS_MAX = 30.0


async def test_second_instances_come_and_are_killed(ground: Ground) -> None:
    """Two instances of each service answer commands on all partitions, in turn and after a kill (L9, L18, L19)."""

    async def fault() -> float:
        await asyncio.gather(*(ground.stack.add_instance(service) for service in SERVICES))
        await ground.load.more(20)
        for service in SERVICES:
            ground.stack.kill(f"{service}-1")
        return time.monotonic()

    await ground.through(fault)


async def test_frozen_readers_wake_up(ground: Ground) -> None:
    """Stopped for longer than their session: one comes back to partitions that another owns now (L12, L18, L19)."""

    async def fault() -> float:
        stack = ground.stack
        if "escalation-1" in stack.parts:
            await stack.start("escalation-1")
        else:
            await stack.add_instance("escalation")
        frozen = ("escalation", "triage", "projections")
        for name in frozen:
            stack.freeze(name)
        await asyncio.gather(*(_thrown_out(stack.kafka, name) for name in frozen))
        await _moves_on(ground, "escalation")
        for name in frozen:
            stack.thaw(name)
        await ground.load.more(10)
        last = time.monotonic()
        await stack.stop("escalation-1")
        return last

    await ground.through(fault)


async def _thrown_out(bootstrap: str, service: str) -> None:
    """Wait until the group has given up on the service's first instance."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(THROWN_OUT_SECONDS_MAX):
            while f"{service}-0" in await _members(admin, f"complaints-{service}"):
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def _moves_on(ground: Ground, service: str) -> None:
    """Wait until another owner has taken over and committed batches of its own."""
    connection = await asyncpg.connect(ground.stack.database_url)
    try:
        async with asyncio.timeout(TAKEN_OVER_SECONDS_MAX):
            wanted = await _turns(connection, service) + 20
            while await _turns(connection, service) < wanted:
                await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def _turns(connection: Any, service: str) -> int:  # noqa: ANN401 - asyncpg carries no types
    turns: int = await connection.fetchval(f"select sum(turn)::bigint from {service}.positions")  # noqa: S608
    return turns


async def _members(admin: AIOKafkaAdminClient, group: str) -> set[str]:
    """Client ids of a group's members."""
    (answer,) = await admin.describe_consumer_groups([group])
    return {member[1] for _, _, _, _, _, members, *_ in answer.groups for member in members}
