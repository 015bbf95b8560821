"""When paused clocks would be due if they were resumed now: counted anew every minute, for the order of the worklist.

Lives here: which clocks stand still, and writing what they come to. Must not: count (`rulebooks.histories`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from clocks import Calendar, History, OutOfReach, Policy, run
from events.decider import UnknownRulebook
from events.ids import COMPLAINT
from projections.queries import SQL
from projections.reckoning import Place, books_of, streams_of, told_of
from projections.store import Connection
from rulebooks.histories import NotCounted, Recorded, history_of, read, terms_of
from rulebooks.state import Books
from runtime.logs import fault, logger
from runtime.service import Running

RECOUNT_SECONDS = 60.0
AT_ONCE_MAX = 200
_log = logger("pausing")

Parts = tuple[History, Policy, Calendar]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Pauses:
    """The paused clocks of this minute, ready to be counted: a clock's parts are kept for as long as its row is."""

    ready: dict[Place, tuple[object, Parts]] = field(default_factory=dict)

    async def recount(self, pool: Connection, now: datetime) -> int:
        """Write when each paused clock would be due if it were resumed `now`; gives how many cases have one."""
        rows = await pool.fetch(SQL["paused"])
        standing = {(row["complaint_id"], row["clock"]): tuple(row.values()) for row in rows}
        self.ready = {place: one for place, one in self.ready.items() if one[0] == standing.get(place)}
        missing = sorted({place[0] for place in standing if place not in self.ready})
        for first in range(0, len(missing), AT_ONCE_MAX):
            await self._read(pool, missing[first : first + AT_ONCE_MAX], standing)
        dues = self.dues(now)
        for first in range(0, len(dues), AT_ONCE_MAX):
            some = dues[first : first + AT_ONCE_MAX]
            await pool.execute(SQL["write_resumed"], *(list(column) for column in zip(*some, strict=True)))
        return len(dues)

    async def _read(self, pool: Connection, complaints: Sequence[str], standing: Mapping[Place, object]) -> None:
        told = await told_of(pool, complaints)
        clocks: dict[str, list[str]] = {complaint: [] for complaint in complaints}
        for complaint, clock in standing:
            if complaint in clocks:
                clocks[complaint].append(clock)
        streams = {name for complaint in complaints for name in streams_of(told[complaint], clocks[complaint])}
        books = await books_of(pool, sorted(streams))
        for complaint in complaints:
            for clock in clocks[complaint]:
                place = complaint, clock
                parts = _counted(complaint, _parts, told[complaint], books, clock)
                if parts is not None:
                    self.ready[place] = standing[place], parts

    def dues(self, now: datetime) -> list[tuple[str, datetime, str, bool]]:
        """Of each case the paused clock that would be due first, and whether that is provisional."""
        first: dict[str, tuple[datetime, str, bool]] = {}
        for (complaint, clock), (_, parts) in self.ready.items():
            state = _counted(complaint, run, *parts, now)
            if state is None or state.due is None:
                continue
            one = state.due, clock, state.provisional
            first[complaint] = min(first.get(complaint, one), one)
        return [(complaint, *one) for complaint, one in sorted(first.items())]


def _counted(complaint: str, count: Callable[P, T], /, *given: P.args, **also: P.kwargs) -> T | None:
    """None beyond what any calendar can tell, and where a fault of ours shows itself: the others are counted all the
    same.
    """
    try:
        return count(*given, **also)
    except (NotCounted, OutOfReach, UnknownRulebook):
        return None
    except Exception as error:  # noqa: BLE001 - it is said, and ends neither the service nor the minute
        _log.warning("pausing.not-counted", stream=f"{COMPLAINT}{complaint}", **fault(error))
        return None


def _parts(told: Sequence[Recorded], books: Books, clock: str) -> Parts:
    return history_of(told, clock), *read(terms_of(told, clock), books)


async def recount_pauses(running: Running) -> None:
    """Once a minute until cancelled."""
    pauses = Pauses()
    while True:
        try:
            await pauses.recount(running.store.pool, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - one order of the worklist ends no service
            _log.warning("pausing.tries-again", **fault(error))
        await asyncio.sleep(RECOUNT_SECONDS)
