"""People and gateways: they wish, ask, lose the answer, ask again under the same key, and keep what they were told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from events.admission import Expectation
from runtime.caller import Caller, Position
from runtime.intents import Draft, Intent, Outcome
from runtime.problems import Problem
from runtime.waves import carry_out_all
from simulation.world import Instance, World

FINAL = frozenset({201, 409, 412, 422})
NOT_YET = ("stream-parked", "rulebook-missing")
"""Said of this attempt only: asking again is right."""
PATIENCE_SECONDS = 8.0


class Body(BaseModel):
    """What a command says; `nonce` makes each wish another command."""

    nonce: int


@dataclass(frozen=True)
class Answer:
    """What a client was told."""

    status: int
    code: str | None = None
    event_id: str | None = None
    head: str | None = None
    position: str | None = None
    stream: str | None = None


@dataclass
class Wish:
    """One thing that somebody wants, however often they ask for it."""

    service: str
    name: str
    stream: str | None
    command: Callable[[Draft[Any]], Any]
    body: Body
    by: str
    key: str
    roles: frozenset[str] = frozenset()
    kind: str = "complaint"
    pinned: Expectation | None = None
    position: Position | None = None
    event_id: str | None = None
    """Named from outside, where another system told it; else the command's own name."""
    hash: str = ""
    answers: list[Answer] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return any(answer.status in FINAL for answer in self.answers)

    def admitted(self) -> Answer | None:
        return next((answer for answer in self.answers if answer.status == 201), None)


@dataclass
class Book:
    """Everything that was ever wished in this world, and the cases that people know of."""

    wishes: list[Wish] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    """(stream, position of the answer that told it)."""
    heads: dict[str, str] = field(default_factory=dict)

    def wish(self, wish: Wish) -> Wish:
        self.wishes.append(wish)
        return wish


async def ask(world: World, wish: Wish) -> Answer | None:
    """One attempt over one process; None where the connection broke or took too long."""
    instance = world.find_host(wish.service)
    if instance is None:
        return None
    wish.hash = instance.commands.hashes_of(wish.name, wish.stream or "", wish.body)[0]
    task = instance.host.spawn(_told(instance, wish) if wish.event_id is not None else _submitted(instance, wish))
    await asyncio.wait([task], timeout=PATIENCE_SECONDS)
    if not task.done() or task.cancelled():
        return None
    answer = task.result()
    if answer is not None:
        wish.answers.append(answer)
    return answer


async def _submitted(instance: Instance, wish: Wish) -> Answer | None:
    caller = Caller(wish.by, wish.roles, wish.key, wish.pinned, wish.position, "request")
    try:
        response: Response = await instance.commands.submit(
            stream=wish.stream, name=wish.name, body=wish.body, caller=caller, command=wish.command, kind=wish.kind
        )
    except Problem as problem:
        return Answer(problem.status_code, problem.code)
    except ConnectionError:
        return None
    told = orjson.loads(bytes(response.body))
    stream = told.get("stream") or f"{wish.kind}/{told[wish.kind + '_id']}" if wish.stream is None else wish.stream
    return Answer(response.status_code, None, told["event_id"], told.get("head"), told.get("position"), stream)


async def _told(instance: Instance, wish: Wish) -> Answer | None:
    """As a gateway does it: a batch of intents, each twice, as an inbound topic would bring them again."""
    assert wish.event_id is not None
    assert wish.stream is not None
    intent = Intent(wish.stream, wish.event_id, wish.hash, wish.command, wish.by, roles=wish.roles)
    try:
        outcome, again = await carry_out_all(instance.commands, [intent, intent])
    except Problem as problem:
        return Answer(problem.status_code, problem.code)
    except ConnectionError:
        return None
    assert again.verdict == outcome.verdict
    return _of_outcome(outcome)


def _of_outcome(outcome: Outcome) -> Answer | None:
    if outcome.verdict is not None:
        verdict = outcome.verdict
        position = f"simulated.{verdict.partition}.{verdict.offset}"
        return Answer(201, None, verdict.event_id, str(verdict.head), position, verdict.stream)
    if outcome.refused is not None:
        return Answer(503 if outcome.refused.code in NOT_YET else 409, outcome.refused.code)
    return None


async def pursue(world: World, wish: Wish) -> Answer | None:
    """Ask until there is an answer that ends it; sometimes twice at once, sometimes once more afterwards."""
    dice = world.dice
    while not wish.done:
        if dice.random() < world.sky.weather.client_twice:
            await asyncio.gather(ask(world, wish), ask(world, wish))
        else:
            await ask(world, wish)
        if not wish.done:
            await asyncio.sleep(dice.uniform(0.05, 2.0))
    if dice.random() < world.sky.weather.client_twice:
        await ask(world, wish)
    return wish.admitted()
