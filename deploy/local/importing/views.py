"""Waits until the views show what was published and everything that follows from it, whoever else goes on writing.

Kafka says where the log ends, the tables of the services how far each has read. What services owe in answer is in the
log before their position moves, so a log at rest that everybody has read is the end. Must not: wait for a log that does
not rest: what others write is none of ours.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress

from local.errors import LocalError
from local.ports import SERVICES
from local.stores import Unanswered, database, log_ends

POLL_SECONDS = 0.5
REST_SECONDS = 3.0
"""Longer than a tick, which brings what was held back under load."""
STALL_SECONDS_MAX = 120.0
FOLLOWS_SECONDS_MAX = 120.0
"""How long what follows is awaited in a log that others keep from resting."""

Ends = Mapping[int, int]
"""Where the log ends, by partition."""
Positions = Mapping[tuple[str, int], int]
"""How far a service has read a partition: its next offset."""
Seen = Callable[[int, int], None]
_POSITIONS = " union all ".join(
    f"select '{service}' as service, partition, next_offset from \"{service}\".positions"  # noqa: S608 -- our own names
    for service in SERVICES
)


class ViewsBehind(LocalError):
    """Everything is in the log, but the views do not show all of it yet."""


async def caught_up(kafka: str, database_url: str, seen: Seen = lambda _read, _of: None) -> None:
    """Return once everybody has read what is in the log now, and what follows from it. Raises ViewsBehind."""

    async def ends() -> Ends:
        return await log_ends(kafka)

    async def positions() -> Positions:
        async with database(database_url) as connection:
            rows = await connection.fetch(_POSITIONS)
        return {(row["service"], row["partition"]): row["next_offset"] for row in rows}

    await all_read(ends, positions, seen)


async def all_read(
    ends: Callable[[], Awaitable[Ends]],
    positions: Callable[[], Awaitable[Positions]],
    seen: Seen,
    *,
    rest_seconds: float = REST_SECONDS,
    follows_seconds_max: float = FOLLOWS_SECONDS_MAX,
    stall_seconds_max: float = STALL_SECONDS_MAX,
) -> None:
    """The same of any log: up to the end of now, then on until the log rests, or has had time enough to."""
    end = await _said(ends, stall_seconds_max)
    await _up_to(end, positions, seen, stall_seconds_max)
    until = time.monotonic() + follows_seconds_max
    while True:
        await asyncio.sleep(rest_seconds)
        before, end = end, await _said(ends, stall_seconds_max)
        await _up_to(end, positions, seen, stall_seconds_max)
        if end == before or time.monotonic() >= until:
            return


async def _said(ends: Callable[[], Awaitable[Ends]], stall_seconds_max: float) -> Ends:
    """Where the log ends. Kafka that does not answer just now is asked again."""
    started = time.monotonic()
    while True:
        try:
            return await ends()
        except Unanswered:
            if time.monotonic() - started > stall_seconds_max:
                raise
        await asyncio.sleep(POLL_SECONDS)


async def _up_to(
    end: Ends, positions: Callable[[], Awaitable[Positions]], seen: Seen, stall_seconds_max: float
) -> None:
    """Return once everybody has read up to there. Raises ViewsBehind where nobody comes nearer to it for so long."""
    nearest, moved = -1, time.monotonic()
    while True:
        with suppress(Unanswered):  # a database that does not answer just now is asked again
            read = dict(_read_of(end, await positions()))
            shown = sum(min(by.values()) for by in read.values())
            seen(shown, sum(end.values()))
            if shown == sum(end.values()):
                return
            if (sum_read := sum(sum(by.values()) for by in read.values())) > nearest:
                nearest, moved = sum_read, time.monotonic()
        if time.monotonic() - moved > stall_seconds_max:
            raise ViewsBehind(
                f"all is published and answered, but not every service has read it, and for {stall_seconds_max:.0f} s "
                "none has read on; `complaints status` names the one that is behind"
            )
        await asyncio.sleep(POLL_SECONDS)


def _read_of(end: Ends, positions: Positions) -> Iterator[tuple[int, dict[str, int]]]:
    """How far each service has read each partition, what lies beyond that end left out."""
    for partition, last in end.items():
        yield partition, {service: min(positions.get((service, partition), 0), last) for service in SERVICES}
