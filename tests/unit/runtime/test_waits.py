"""Whoever waits for the log to be read is told of his own record, in time or not at all (L9, L10)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from events.admission import Head
from runtime.rows import Place, VerdictRow
from runtime.waits import Waits

SOON = 5.0
NOW = 0.001


def verdict(event_id: str, offset: int = 7) -> VerdictRow:
    return VerdictRow(0, offset, event_id, "complaint/1", True, Head(1), "hash")


@dataclass
class Tables:
    """What another process has committed."""

    verdicts: dict[tuple[int, int], VerdictRow] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    async def verdicts_at(self, places: Sequence[tuple[int, int]]) -> list[VerdictRow]:
        return [self.verdicts[place] for place in places if place in self.verdicts]

    async def all_places(self) -> dict[int, Place]:
        return self.places


async def test_a_verdict_reaches_who_waits_for_it() -> None:
    """L9: whether it comes before or after the waiting began."""
    waits = Waits()
    waits.committed({}, [verdict("early")])
    assert await waits.verdict(0, 7, "early", SOON) == verdict("early")
    task = asyncio.create_task(waits.verdict(0, 8, "late", SOON))
    await asyncio.sleep(0)
    waits.committed({}, [verdict("late", 8)])
    assert await task == verdict("late", 8)


async def test_two_at_one_place_get_each_their_own() -> None:
    """L6: a log that lost its end has another record where one stood before."""
    waits = Waits()
    waits.committed({}, [verdict("gone")])
    assert await waits.verdict(0, 7, "here", NOW) is None
    first = asyncio.create_task(waits.verdict(0, 7, "here", SOON))
    second = asyncio.create_task(waits.verdict(0, 7, "there", NOW))
    await asyncio.sleep(0)
    waits.committed({}, [verdict("here")])
    assert (await first, await second) == (verdict("here"), None)
    assert not waits.wanted


async def test_one_who_asks_twice_at_once_is_not_forgotten() -> None:
    """The same event at the same place: the later one is told, the earlier one ends by its limit."""
    waits = Waits()
    both = [asyncio.create_task(waits.verdict(0, 7, "one", limit)) for limit in (NOW, SOON)]
    await both[0]
    waits.committed({}, [verdict("one")])
    assert await both[1] == verdict("one")
    assert not waits.wanted


async def test_a_position_is_waited_for() -> None:
    """L10: reached means passed; the limit ends the waiting."""
    waits = Waits()
    assert not await waits.reached(0, 3, NOW)
    task = asyncio.create_task(waits.reached(0, 3, SOON))
    await asyncio.sleep(0)
    waits.committed({0: Place(next_offset=3)}, ())
    await asyncio.sleep(0)
    assert not task.done()
    waits.committed({0: Place(next_offset=4)}, ())
    assert await task
    assert await waits.reached(0, 3, NOW)


async def test_what_another_process_committed_is_looked_up() -> None:
    """L9, L10: in case a notice was lost."""
    waits = Waits()
    tables = Tables({(0, 7): verdict("one")}, {2: Place(next_offset=9)})
    judged = asyncio.create_task(waits.verdict(0, 7, "one", SOON))
    reached = asyncio.create_task(waits.reached(2, 8, SOON))
    await asyncio.sleep(0)
    await waits.look(tables)
    assert (await judged, await reached) == (verdict("one"), True)
