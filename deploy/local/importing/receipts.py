"""What intake answered to what we published: one receipt an event, read from `complaints.receipts`.

Lives here: reading receipts and counting them. Must not: publish, or know what an event says.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

import orjson
from aiokafka import AIOKafkaConsumer

from local.errors import LocalError
from local.importing.history import Event
from runtime.away import LOG_AWAY
from runtime.stopping import started
from runtime.topics import RECEIPTS

POLL_MS = 200
RECORDS_MAX = 2000
START_SECONDS_MAX = 30.0

Outcome = Literal["admitted", "already", "refused"]


class NotFollowed(LocalError):
    """Receipts cannot be read, so nothing is published; the message says why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer: `complaint_id` and `position` where it was taken, `code` and `why` where it was not."""

    event_id: str
    source: str
    outcome: Outcome
    complaint_id: str | None = None
    position: str | None = None
    code: str | None = None
    why: str | None = None


@dataclass
class Answers:
    """Which of our events wait for an answer, and how the others were answered; the first receipt of each counts."""

    waiting: set[str] = field(default_factory=set)
    counts: Counter[Outcome] = field(default_factory=Counter)
    refused: list[Receipt] = field(default_factory=list)
    complaints: dict[str, str] = field(default_factory=dict)
    """The complaint's id by our reference of the case."""

    def take(self, receipt: Receipt) -> bool:
        """Count it, where somebody waits for it."""
        if receipt.event_id not in self.waiting:
            return False
        self.waiting.discard(receipt.event_id)
        self.counts[receipt.outcome] += 1
        if receipt.outcome == "refused":
            self.refused.append(receipt)
        if receipt.complaint_id is not None:
            self.complaints[receipt.event_id.partition("#")[0]] = receipt.complaint_id
        return True


class Receipts:
    """Follows the receipts of one source, from the topic's end as it was at the start; raises NotFollowed."""

    def __init__(self, bootstrap: str, source: str, *, answered: Callable[[int], None] = lambda _: None) -> None:
        self.answers = Answers()
        self.answered = answered
        """Told of how many more have been answered."""
        self._bootstrap = bootstrap
        self._source = source
        self._news = asyncio.Condition()
        self._consumer = AIOKafkaConsumer(
            RECEIPTS, bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        self._opened: AsyncExitStack
        self._following: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            try:
                async with asyncio.timeout(START_SECONDS_MAX):
                    await opened.enter_async_context(started(self._consumer))
                    await self._go_to_the_end()
            except LOG_AWAY:
                raise NotFollowed(f"Kafka at {self._bootstrap} does not answer; nothing was published") from None
            self._opened = opened.pop_all()
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)
        await self._opened.aclose()

    @property
    def waiting(self) -> set[str]:
        """Ids of our events that nobody has answered yet."""
        return self.answers.waiting

    def expect(self, events: Iterable[Event]) -> None:
        """From here on, receipts of these events are ours."""
        self.answers.waiting |= {event.id for event in events}

    async def all_answered(self, stall_seconds_max: float) -> bool:
        """Wait until nothing waits any more; False where no receipt came for that long."""
        async with self._news:
            while self.answers.waiting:
                try:
                    async with asyncio.timeout(stall_seconds_max):
                        await self._news.wait()
                except TimeoutError:
                    return False
        return True

    async def _go_to_the_end(self) -> None:
        places = self._consumer.assignment()
        if not places:
            raise NotFollowed(f"Kafka has no topic {RECEIPTS}: intake makes it when it starts for the first time")
        for place, end in (await self._consumer.end_offsets(places)).items():
            self._consumer.seek(place, end)

    async def _follow(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_MAX)
            taken = sum(self._take(record.value) for records in batches.values() for record in records)
            if taken:
                self.answered(taken)
                async with self._news:
                    self._news.notify_all()

    def _take(self, value: bytes) -> bool:
        content = orjson.loads(value)
        receipt = Receipt(**{name: content.get(name) for name in Receipt.__dataclass_fields__})
        return receipt.source == self._source and self.answers.take(receipt)
