"""Whoever waits for the log to be read is told of his own record, in time or not at all (L9, L10)."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from events.admission import Head
from runtime.rows import Place, VerdictRow
from runtime.waits import Waits

SOON = 5.0
NOW = 0.001
FOR_EVER = 1e6


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


class Breaking:
    """A connection that breaks as soon as somebody listens."""

    async def add_listener(self, *_: object) -> None:
        raise ConnectionResetError


async def test_a_database_that_went_away_says_anew_how_far_it_is() -> None:
    """L10: it may come back from a copy of last night, and then it has not read what it had."""
    waits, restored = Waits(), Tables(places={0: Place(3)})
    waits.committed({0: Place(9)}, [])
    assert await waits.reached(0, 8, NOW)
    with pytest.raises(ConnectionResetError):
        await waits.listen(Breaking(), "moved", "intake-0", restored)
    asks = asyncio.create_task(waits.reached(0, 8, SOON))
    await asyncio.sleep(0)
    await waits.look(restored)
    assert not asks.done()
    waits.committed({0: Place(9)}, [])
    assert await asks


async def test_of_many_each_is_told_its_own_within_the_limit() -> None:
    """L9."""
    waits = Waits()
    waits.committed({}, [verdict("early", 1)])
    asked = asyncio.create_task(waits.verdicts([(0, 1, "early"), (0, 2, "late"), (0, 3, "never")], 0.1))
    await asyncio.sleep(0)
    waits.committed({}, [verdict("late", 2)])
    assert await asked == [verdict("early", 1), verdict("late", 2), None]
    assert not waits.wanted


@pytest.mark.parametrize("waits_already", [True, False])
@pytest.mark.parametrize(
    "wait",
    [
        lambda waits: waits.verdict(0, 7, "one", SOON),
        lambda waits: waits.verdicts([(0, 7, "one")], SOON),
        lambda waits: waits.reached(0, 7, SOON),
    ],
    ids=["a verdict", "many", "a position"],
)
async def test_records_gather_only_as_long_as_nobody_waits(
    wait: Callable[[Waits], Coroutine[Any, Any, object]], waits_already: bool
) -> None:
    """L9, L10: who begins to wait ends it, and who waits already is not made to."""
    waits = Waits()
    await waits.linger(NOW)
    lingering = None if waits_already else asyncio.create_task(waits.linger(FOR_EVER))
    await asyncio.sleep(NOW)
    assert lingering is None or not lingering.done()
    waiting = asyncio.create_task(wait(waits))
    await asyncio.sleep(0)
    assert waits.wanted
    async with asyncio.timeout(SOON):
        await (lingering or waits.linger(FOR_EVER))
    waits.committed({0: Place(next_offset=8)}, [verdict("one")])
    assert await waiting


async def test_what_is_told_twice_is_heard_once() -> None:
    """A batch that is repeated, or a notice beside our own reader's word."""
    waits = Waits()
    judged = asyncio.create_task(waits.verdict(0, 7, "one", SOON))
    reached = asyncio.create_task(waits.reached(0, 7, SOON))
    await asyncio.sleep(0)
    for _ in range(2):
        waits.committed({0: Place(next_offset=8)}, [verdict("one")])
    assert (await judged, await reached) == (verdict("one"), True)


async def test_only_so_many_verdicts_are_kept_for_who_may_still_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest: most verdicts are on commands of other processes."""
    monkeypatch.setattr("runtime.waits.RECENT_MAX", 2)
    waits = Waits()
    waits.committed({}, [verdict("one", 1), verdict("two", 2), verdict("three", 3)])
    found = [await waits.verdict(0, offset, name, NOW) for offset, name in ((1, "one"), (2, "two"), (3, "three"))]
    assert found == [None, verdict("two", 2), verdict("three", 3)]
