"""Questions that come while one is being asked are asked together next: fewer, larger statements the busier it is.

A question is never answered by a look that began before it came. Must not: know what is asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
TOGETHER_MAX = 64


@dataclass(slots=True)
class Together(Generic[Question, Answer]):
    """`ask` takes questions and gives as many answers, in order; what it raises, everybody of that look gets."""

    ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]
    _waiting: list[tuple[Question, asyncio.Future[Answer]]] = field(default_factory=list)
    _looking: asyncio.Task[None] | None = None

    async def __call__(self, question: Question) -> Answer:
        """The answer of a look that begins now or later."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await answer

    async def _look(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
                asked = [(question, answer) for question, answer in some if not answer.done()]
                if asked:
                    await self._answer(asked)
        finally:
            self._looking = None

    async def _answer(self, some: Sequence[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            found = await self.ask([question for question, _ in some])
        except Exception as error:  # noqa: BLE001 - it is theirs who asked
            for _, answer in some:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), one in zip(some, found, strict=True):
            if not answer.done():
                answer.set_result(one)
