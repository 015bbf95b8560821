"""A desk at which commands are given, on a log and a database in memory and on simulated time. No test stands here."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import toy
from events.admission import Expectation, Head
from runtime.commands import Commands
from runtime.intents import Draft, Intent, Outcome
from runtime.waits import Waits
from simulation.broker import LogPort
from simulation.database import StorePort
from simulation.host import Host
from stage import STREAM, Stage, played

NOBODY = cast("Any", None)


def wish(number: int, what: str = "motive", pinned: int | None = None) -> Intent:
    def command(draft: Draft[toy.Toy]) -> toy.Lodge | toy.SayMotive:
        return toy.Lodge(draft.now) if what == "lodged" else toy.SayMotive(draft.now, "alice", at_most=4)

    head = None if pinned is None else Expectation(intake=pinned)
    return Intent(STREAM, f"00000000-0000-5000-8000-{number:012}", f"hash {number}", command, "alice", pinned=head)


@dataclass
class Desk:
    """A process of the service that says: its commands, and its reader, which may pause."""

    stage: Stage
    waits: Waits = field(default_factory=Waits)
    reads: bool = True

    async def opened(self) -> Commands[toy.Toy]:
        host = Host("desk", self.stage.sky)
        store, log = StorePort(self.stage.database, host, self.stage.sky), LogPort(self.stage.broker, host)
        self.reader = await self.stage.owner("desk", self.waits.committed, toy.SAYS)
        self.work = asyncio.create_task(self._read())
        return Commands(
            "intake", toy.SAYS, cast("Any", store), cast("Any", log), self.waits, NOBODY, 1, "epoch", [b"secret"],
            end_seen=self.reader.assignment.end_seen,
        )  # fmt: skip

    async def _read(self) -> None:
        while True:
            if self.reads and len(self.stage.broker.log[0]) > self.reader.assignment.places[0].next_offset:
                await self.stage.read_on(self.reader)
            await asyncio.sleep(0.01)


Story = Callable[[Desk, Commands[toy.Toy]], Coroutine[Any, Any, None]]


def acted(story: Story) -> Stage:
    """The stage after a story about a case that was lodged."""

    async def whole(stage: Stage) -> None:
        desk = Desk(stage)
        commands = await desk.opened()
        assert admitted(await commands.carry_out(wish(0, "lodged"))) == Head(intake=1)
        await story(desk, commands)

    return played(whole)


def admitted(outcome: Outcome) -> Head | None:
    return None if outcome.verdict is None or not outcome.verdict.admitted else outcome.verdict.head
