"""Many intents at once: the first of each stream together, then the second ones, so that no record ever names a counter
that its writer has not seen admitted (L2). For gateways; people's commands go one by one through `commands`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from events.decider import Refused
from runtime import intents
from runtime.commands import Commands
from runtime.intents import Intent, KeyWanted, Outcome
from runtime.problems import RULEBOOK_MISSING, Problem
from runtime.rows import Outgoing, RecordTooLarge
from runtime.store import CommandView

WAVE_SECONDS_MAX = 15.0
TRIES_MAX = 8
NOT_TAKEN_SECONDS = 0.2
"""The moment that a log which did not take all is given before the next wave."""
_AGAIN = "tell it again with the same id once it is mended"


async def carry_out_all(commands: Commands[Any], items: Sequence[Intent]) -> list[Outcome]:
    """One outcome an intent. An outcome that is still open after all tries is `Outcome()`; asking again is safe."""
    outcomes: list[Outcome | None] = [None] * len(items)
    earlier = await commands.store.admitted([item.event_id for item in items])
    queues: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        if item.event_id in earlier:
            outcomes[index] = Outcome(earlier[item.event_id], already=True)
        else:
            queues.setdefault(item.stream, []).append(index)
    tries = dict.fromkeys(range(len(items)), 0)
    while queues:
        wave = [queue[0] for queue in queues.values()]
        found = await _one_wave(commands, [items[index] for index in wave])
        for index, outcome in zip(wave, found, strict=True):
            tries[index] += 1
            if outcome is None and tries[index] < TRIES_MAX:
                continue
            outcomes[index] = outcome or Outcome()
            _next(queues, items[index].stream, items, outcomes)
    return [outcome or Outcome() for outcome in outcomes]


def _next(queues: dict[str, list[int]], stream: str, items: Sequence[Intent], outcomes: list[Outcome | None]) -> None:
    """On to the stream's next intent; one told twice within the batch takes the outcome of the first."""
    queue = queues[stream]
    done = queue.pop(0)
    while queue and items[queue[0]].event_id == items[done].event_id:
        first = outcomes[done] or Outcome()
        outcomes[queue.pop(0)] = Outcome(first.verdict, already=first.verdict is not None, refused=first.refused)
    if not queue:
        del queues[stream]


async def _one_wave(commands: Commands[Any], items: Sequence[Intent]) -> list[Outcome | None]:
    """Each item is of another stream. None: somebody was faster, or nobody knows; try again."""
    commands.refuse_when_halted()
    # What was admitted since the first look is found in this one, or will move a counter that the record names (L8).
    views = await commands.store.commands([(item.stream, item.event_id) for item in items])
    facts = await decide_all(commands, items, views)
    return await _append_all(commands, items, views, facts)


async def decide_all(commands: Commands[Any], items: Sequence[Intent], views: Sequence[CommandView]) -> list[Any]:
    """The rules' word on each intent, a fact or `Refused`; None for what was admitted before.

    Who seals words for the first time is asked again, once the data keys of all of them were made in one go.
    """
    facts: list[Any] = [None] * len(items)
    wanting: dict[int, str] = {}
    for index, (item, view) in enumerate(zip(items, views, strict=True)):
        if view.earlier is None:
            try:
                facts[index] = await _word_on(commands, item, view)
            except KeyWanted as owner:
                wanting[index] = str(owner)
    owners = sorted(set(wanting.values()))
    made = dict(zip(owners, await commands.keyring.keys_for(owners), strict=True)) if owners else {}
    for index, whose in wanting.items():
        facts[index] = await _word_on(commands, items[index], views[index], key=made[whose])
    return facts


async def _word_on(commands: Commands[Any], item: Intent, view: CommandView, *, key: str | None = None) -> Any:  # noqa: ANN401
    """Where the stream waits for repair the others do not wait for it: it is refused, and may be told again."""
    try:
        return await commands.decide_by(item, view, key)
    except Problem as problem:
        if problem.code == RULEBOOK_MISSING:  # it comes as soon as the service has published it: nobody is refused
            raise
        return Refused(problem.code, f"{problem.detail}; {_AGAIN}")


async def _append_all(
    commands: Commands[Any], items: Sequence[Intent], views: Sequence[CommandView], facts: Sequence[Any]
) -> list[Outcome | None]:
    outcomes: list[Outcome | None] = [None] * len(items)
    sent: list[tuple[int, Outgoing]] = []
    for index, (item, view, fact) in enumerate(zip(items, views, facts, strict=True)):
        if view.earlier is not None:
            outcomes[index] = Outcome(view.earlier, already=True)
        elif isinstance(fact, Refused):
            outcomes[index] = Outcome(refused=fact)
        else:
            record = intents.record_of(
                commands.decider, item, fact, head=view.head, now=view.now, partitions=commands.partitions
            )
            sent.append((index, record))
    offsets = await commands.log.append([record for _, record in sent]) if sent else []
    waiting: dict[int, tuple[int, int, str]] = {}
    for (index, record), offset in zip(sent, offsets, strict=True):
        if isinstance(offset, RecordTooLarge):
            outcomes[index] = Outcome(refused=Refused("record-too-large", "what is told is too large for the log"))
        elif isinstance(offset, int):
            waiting[index] = (record.partition, offset, items[index].event_id)
    if len(waiting) < len(sent):
        await asyncio.sleep(NOT_TAKEN_SECONDS)
    verdicts = await commands.waits.verdicts(list(waiting.values()), WAVE_SECONDS_MAX)
    for index, verdict in zip(waiting, verdicts, strict=True):
        outcomes[index] = Outcome(verdict) if verdict is not None and verdict.admitted else None
    return outcomes
