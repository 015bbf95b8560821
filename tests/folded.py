"""The views in real tables: records folded as the reader would, in batches of any size.

Lives here: folding a log of `told` into a schema, and all rows of all views. Must not: judge them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from projections.store import TABLES as MADE
from projections.store import Views
from runtime.rows import Judged
from told import Log

OF_OTHER_TOPICS = {"readers", "parkings", "accesses"}
VIEWS = tuple(sorted(set(re.findall(r"create table if not exists (\w+)", MADE.read_text("utf-8"))) - OF_OTHER_TOPICS))
"""Every table that is folded from the log: none can be forgotten where tables are compared."""
TABLES = (*VIEWS, "parked")


@dataclass
class Folded:
    """The tables, the log that they are folded from, and the views that fold it."""

    pool: Any
    log: Log = field(default_factory=Log)
    views: Views = field(default_factory=Views)
    told: int = 0
    """How many of the log's records are folded."""

    async def catch_up(self, *, batch: int = 1000) -> None:
        """Fold what is not folded yet, in batches."""
        while self.told < len(self.log.records):
            await self.fold(self.log.records[self.told : self.told + batch])
            self.told = min(self.told + batch, len(self.log.records))

    async def fold(self, judged: Sequence[Judged]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await self.views.fold(connection, judged)

    async def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every view, in one order."""
        leave_out = {"parked": "stream, kind, reason"}
        return {
            name: sorted(map(tuple, await self.pool.fetch(f"select {leave_out.get(name, '*')} from {name}")), key=repr)  # noqa: S608
            for name in TABLES
        }
