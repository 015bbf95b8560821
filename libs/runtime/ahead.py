"""The next records, read and opened while the batch before them is folded and committed (L23).

Opening a record is pure and costs as much as folding it; PostgreSQL works meanwhile. Must not: judge, move a position.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition

from runtime.judging import Opened

AT_ONCE_MAX = 200
"""Records opened in one go: the commit that is under way goes on in between."""

Records = dict[TopicPartition, list[Any]]


@dataclass(slots=True)
class Ahead:
    """What was read beyond the batch under way. It is dropped where somebody seeks: it will be read again."""

    fetch: Callable[[int], Awaitable[Mapping[TopicPartition, list[Any]]]]
    """At most so many records that are here already."""
    open: Callable[[Any], Opened]
    _records: Records = field(default_factory=dict)

    def take(self) -> Records:
        """Everything that was read ahead, in the log's order within each partition."""
        taken, self._records = self._records, {}
        return taken

    def drop(self, place: TopicPartition) -> None:
        """The reader goes on elsewhere in this partition."""
        self._records.pop(place, None)

    @asynccontextmanager
    async def reading(self, records_max: int) -> AsyncIterator[None]:
        """Read ahead while the body runs, so many records at most. What fails then is raised after the body."""
        if not records_max:
            yield
            return
        task = asyncio.create_task(self._read(records_max))
        try:
            yield
        finally:
            await asyncio.gather(task, return_exceptions=True)
        task.result()

    async def _read(self, records_max: int) -> None:
        left = records_max
        while left > 0:
            found = await self.fetch(min(left, AT_ONCE_MAX))
            if not found:
                return
            for place, some in found.items():
                self._records.setdefault(place, []).extend(map(self.open, some))
                left -= len(some)
            await asyncio.sleep(0)
