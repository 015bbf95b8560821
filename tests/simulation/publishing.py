"""Rulebooks come into a simulated world as they do into a real one: drafted and approved by two people, in the storm,
some of them changed later while clocks lean on them.

Lives here: who publishes what and when. Must not: know what a decider makes of it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.fact import EARLIEST
from rulebooks.books import rulebook_stream
from rulebooks.state import ApproveRulebook, DraftRulebook
from runtime.intents import Draft
from simulation.clients import Body, Book, Wish, pursue
from simulation.world import World


@dataclass(frozen=True)
class Edition:
    """One version of one rulebook that somebody will publish. `effective_at` None: from then on."""

    service: str
    kind: str
    name: str
    text: str
    version: int = 1
    effective_at: datetime | None = EARLIEST
    applies_to_running: bool = False


@dataclass(frozen=True)
class Press:
    """What is published at first, those of one round at once, and what later."""

    rounds: tuple[tuple[Edition, ...], ...] = ()
    late: tuple[Edition, ...] = ()


SILENT = Press()
"""Nothing is published."""


async def publish_all(world: World, book: Book, press: Press) -> None:
    """Ends when everything is in force."""
    for editions in press.rounds:
        await asyncio.gather(*(_publish(world, book, one) for one in editions))
    for one in press.late:
        await asyncio.sleep(world.dice.uniform(0, world.plan.storm_seconds / 2))
        await _publish(world, book, one)


async def _publish(world: World, book: Book, one: Edition) -> None:
    def draft(view: Draft[Any]) -> DraftRulebook:
        return DraftRulebook(
            now=view.now, by="author", kind=one.kind, name=one.name, text=one.text, why="it is time",
            consulted=("everybody",), effective_at=one.effective_at, applies_to_running=one.applies_to_running,
        )  # fmt: skip

    def approve(view: Draft[Any]) -> ApproveRulebook:
        return ApproveRulebook(now=view.now, by="approver", kind=one.kind, name=one.name, version=one.version)

    for by, command in (("author", draft), ("approver", approve)):
        number = len(book.wishes)
        wish = Wish(
            one.service,
            f"{by}-rulebook",
            rulebook_stream(one.kind, one.name),
            command,
            Body(nonce=number),
            by,
            f"key-{number}",
        )
        await pursue(world, book.wish(wish))
