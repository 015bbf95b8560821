"""Trying parked content again: the stream's later records are read once more from where it parked (L22)."""

from collections.abc import Sequence
from typing import Any

from events.decider import Decider
from runtime import judging
from runtime.judging import Reading
from runtime.rows import Log, LogBroken, Parked, Row


async def redrive(
    row: Row, end: int, decider: Decider[Any] | None, log: Log, *, partitions: int, reading: Reading
) -> Sequence[Parked]:
    """Fold the stream's records from `row.parked_at` up to `end` again. Gives what parks now."""
    row.muted = False
    if row.parked_at is None or row.parked_head is None:
        return ()
    first, reached = row.parked_at, row.head
    row.parked_at, row.head, row.parked_head = None, row.parked_head, None
    found: list[Parked] = []
    for record in await log.reread(row.partition, first, end, row.stream):
        judged = judging.judge(record, partitions, row.head, reading)
        parked = judging.fold(decider, row, judged)
        if parked is not None:
            found.append(parked)
    if row.head != reached:
        raise LogBroken(f"stream {row.stream}: read again from {first} it stands at {row.head}, before at {reached}")
    return found
