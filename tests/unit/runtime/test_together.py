"""Questions that come while one is being asked are asked together, and none is answered by what was seen before it."""

import asyncio
from collections.abc import Sequence

import pytest

from runtime.together import TOGETHER_MAX, Together


class Shelf:
    """Answers each question with itself and the number of the look; a look takes until it is let go."""

    def __init__(self) -> None:
        self.looks: list[list[int]] = []
        self.go = asyncio.Event()
        self.fails = False

    async def ask(self, questions: Sequence[int]) -> Sequence[tuple[int, int]]:
        number = len(self.looks)
        self.looks.append(list(questions))
        await self.go.wait()
        if self.fails:
            raise ConnectionResetError
        return [(question, number) for question in questions]


async def _asked(together: Together[int, tuple[int, int]], *questions: int) -> list[asyncio.Task[tuple[int, int]]]:
    tasks = [asyncio.create_task(together(question)) for question in questions]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_during_a_look_is_answered_by_the_next_one() -> None:
    shelf = Shelf()
    together = Together(shelf.ask)
    first = await _asked(together, 1)
    later = await _asked(together, 2, 3)
    assert shelf.looks == [[1]]
    shelf.go.set()
    assert await asyncio.gather(*first, *later) == [(1, 0), (2, 1), (3, 1)]


async def test_a_look_takes_a_bounded_number() -> None:
    shelf = Shelf()
    together = Together(shelf.ask)
    shelf.go.set()
    await asyncio.gather(*(together(number) for number in range(2 * TOGETHER_MAX + 1)))
    assert max(map(len, shelf.looks)) == TOGETHER_MAX
    assert [number for look in shelf.looks for number in look] == list(range(2 * TOGETHER_MAX + 1))


async def test_what_fails_is_told_to_all_of_that_look_and_the_next_one_is_asked() -> None:
    shelf = Shelf()
    together = Together(shelf.ask)
    shelf.fails = True
    failing = await _asked(together, 1)
    shelf.go.set()
    with pytest.raises(ConnectionResetError):
        await failing[0]
    shelf.fails = False
    assert await together(2) == (2, 1)


async def test_who_went_away_keeps_nobody_from_an_answer() -> None:
    shelf = Shelf()
    together = Together(shelf.ask)
    gone, waiting, late = await _asked(together, 1, 2, 3)
    gone.cancel()
    late.cancel()
    shelf.go.set()
    assert (await waiting)[0] == 2
