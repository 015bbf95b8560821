"""What befalls a world while its storm lasts, beside what befalls single processes: rebalances, upgrades, a vandal,
leaps of time, and a log that loses its end.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from random import Random
from typing import Any

from runtime.rows import Outgoing
from simulation.broker import Record
from simulation.world import World


def troubles_of(world: World) -> list[Coroutine[Any, Any, None]]:
    """Those that the plan of a world has for it."""
    plan, found = world.plan, []
    if plan.weather.rebalance_every_seconds is not None:
        found.append(_rebalance(world, plan.weather.rebalance_every_seconds))
    if plan.upgrade:
        found.append(_roll(world))
    if plan.vandal:
        found.append(_vandalise(world))
    if plan.tail_cut:
        found.append(_cut(world))
    if plan.real:
        found.append(_leap(world))
    return found


async def _rebalance(world: World, every_seconds: float) -> None:
    """Partitions move between the processes of a service."""
    while not world.sky.calm:
        await asyncio.sleep(world.dice.uniform(0, 2 * every_seconds))
        world.groups[world.dice.choice(sorted(world.groups))].rebalance()


async def _roll(world: World) -> None:
    """Processes are replaced one after the other, and whoever parked is tried again."""
    while not world.sky.calm:
        await asyncio.sleep(world.dice.uniform(0.5, 4))
        world.instances[world.dice.choice(sorted(world.instances))].host.crash()
        world.redrive_parked()


async def _leap(world: World) -> None:
    """Real due times lie hours and days ahead."""
    while not world.sky.calm:
        await asyncio.sleep(world.dice.uniform(0.5, 5))
        world.loop.leap(timedelta(minutes=world.dice.choice((1, 20, 300, 3_000))))


async def _vandalise(world: World) -> None:
    """Somebody with the keys writes what is not as the law says (L3)."""
    while not world.sky.calm:
        await asyncio.sleep(world.dice.uniform(0.5, 3))
        some = [r for partition in world.broker.log for r in partition if r.headers[-1][0] != "x-bad"]
        if some:
            world.broker.land(_spoilt(world.dice, world.dice.choice(some), world.plan.partitions))


async def _cut(world: World) -> None:
    """The broker comes back without the end of a partition (L6)."""
    await asyncio.sleep(world.plan.storm_seconds * world.dice.uniform(0.3, 0.9))
    for partition, end in enumerate(world.broker.ends()):
        if end and world.dice.random() < 0.7:
            world.broker.cut(partition, end - world.dice.randint(1, min(end, 6)))
    world.cut_done = True
    for group in world.groups.values():
        group.restart()


def _spoilt(dice: Random, record: Record, partitions: int) -> Outgoing:
    """A copy of a record that must not count; `x-bad` tells the checks, and no reader looks at it."""
    headers = list(record.headers)
    stream = (record.key or b"").decode()
    kind = dice.choice(("repeated", "missing", "expects", "other-partition", "other-key"))
    if kind == "other-partition" and partitions == 1:
        kind = "other-key"
    if kind in ("repeated", "missing", "expects"):
        at = next(i for i, pair in enumerate(headers) if pair[0] == "ce_expects")
        one = headers.pop(at)
        headers += {"repeated": [one, one], "missing": [], "expects": [("ce_expects", one[1] + b",x")]}[kind]
        return Outgoing(stream, record.partition, [*headers, ("x-bad", b"malformed")], record.value or b"")
    headers.append(("x-bad", b"misplaced"))
    if kind == "other-key":
        return Outgoing(f"{stream}0", record.partition, headers, record.value or b"")
    return Outgoing(stream, (record.partition + 1) % partitions, headers, record.value or b"")
