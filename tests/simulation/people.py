"""What people do in a world: they lodge, act on any case that somebody knows of, and hand over old history late."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from events.admission import parse_expectation
from events.ids import outside_event_id, reported_stream
from runtime.caller import parse_position
from runtime.intents import Draft
from simulation.clients import Body, Book, Wish, pursue
from simulation.publishing import SILENT, Press, publish_all
from simulation.world import World

ACTS_MAX = 10
BATCH = "import/b0"
CLUSTER = "cluster/c0"
MEMBERS_MAX = 4
Build = Callable[[Draft[Any]], Any]
"""From the draft of a command to the command; the same draft gives the same command."""


@dataclass(frozen=True)
class Act:
    """One thing to do to a case. `told`: another system tells it, and the gateway takes it."""

    service: str
    name: str
    build: Build
    told: bool = False


@dataclass(frozen=True)
class Script:
    """What can be done in a world, by its cast."""

    lodge: Callable[[Random, str | None, str], Build]
    """(dice, history, who)."""
    act: Callable[[Random, str, bool], Act]
    """(dice, who, while an upgrade goes on)."""
    open_import: Build
    complete_import: Build
    roles: frozenset[str] = frozenset()
    press: Press = SILENT
    gather: Callable[[str | None], Build] | None = None
    """Propose a cluster (None), or put the case of this id into it."""


def act_out(world: World, book: Book, script: Script) -> list[asyncio.Task[None]]:
    """Everybody's tasks; each ends when its wishes have been answered."""
    work = [_person(world, book, script, f"person-{number}") for number in range(world.plan.clients)]
    if world.plan.history:
        work.append(_importer(world, book, script))
    if script.gather is not None:
        work.append(_gatherer(world, book, script, script.gather))
    if script.press.rounds:
        work.append(publish_all(world, book, script.press))
    return [asyncio.create_task(one) for one in work]


def _new(book: Book, script: Script, act: Act, stream: str | None, **more: Any) -> Wish:  # noqa: ANN401
    number = len(book.wishes)
    more = {"by": "somebody", "roles": script.roles, **more}
    if act.told:
        more["event_id"] = outside_event_id(source="elsewhere", source_event_id=f"act {number}")
    return book.wish(Wish(act.service, act.name, stream, act.build, Body(nonce=number), key=f"key-{number}", **more))


async def _person(world: World, book: Book, script: Script, who: str) -> None:
    dice = world.dice
    for _ in range(ACTS_MAX):
        await asyncio.sleep(dice.uniform(0, world.plan.storm_seconds / ACTS_MAX))
        if world.sky.calm:
            return
        if len(book.cases) < world.plan.cases and dice.random() < 0.6:
            await _lodge(world, book, script, who)
        elif book.cases:
            await _act(world, book, script, who)


async def _lodge(world: World, book: Book, script: Script, who: str) -> None:
    dice = world.dice
    history = BATCH if world.plan.history and dice.random() < 0.6 else None
    told = history is not None or dice.random() < 0.3
    stream = reported_stream("elsewhere", str(len(book.wishes))) if told else None
    act = Act("intake", "lodge", script.lodge(dice, history, who), told=told)
    answer = await pursue(world, _new(book, script, act, stream, by=who))
    if answer is not None and answer.stream is not None and answer.position is not None:
        book.cases.append((answer.stream, answer.position))
        book.heads[answer.stream] = answer.head or ""


async def _act(world: World, book: Book, script: Script, who: str) -> None:
    dice = world.dice
    stream, position = dice.choice(book.cases)
    act = script.act(dice, who, world.plan.upgrade)
    more: dict[str, Any] = {"by": who, "position": parse_position(position)}
    if not act.told and dice.random() < 0.2:
        more["pinned"] = parse_expectation(book.heads[stream])
    answer = await pursue(world, _new(book, script, act, stream, **more))
    if answer is not None and answer.head is not None:
        book.heads[stream] = answer.head


async def _importer(world: World, book: Book, script: Script) -> None:
    opening = Act("intake", "open", script.open_import)
    await pursue(world, _new(book, script, opening, BATCH))
    await asyncio.sleep(world.dice.uniform(0, world.plan.storm_seconds))
    completing = Act("intake", "complete", script.complete_import)
    await pursue(world, _new(book, script, completing, BATCH))


async def _gatherer(world: World, book: Book, script: Script, gather: Callable[[str | None], Build]) -> None:
    """Somebody finds out that cases have one cause, one after the other; the first that is named is known to nobody."""
    await pursue(world, _new(book, script, Act("triage", "propose", gather(None)), CLUSTER))
    for number in range(MEMBERS_MAX):
        await asyncio.sleep(world.dice.uniform(0, world.plan.storm_seconds / MEMBERS_MAX))
        known = [stream.partition("/")[2] for stream, _ in book.cases] if number > 0 else []
        adding = Act("triage", "add-member", gather(world.dice.choice(known or ["nobody"])))
        await pursue(world, _new(book, script, adding, CLUSTER))
