"""Who in this process waits for the log to be read: verdicts on commands (L9) and positions on reads (L10).

The reader of the same process says what it committed; what another process committed is heard by LISTEN, and looked up
every now and then in case a notice was lost. Every wait has a limit.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from runtime.rows import Place, VerdictRow

Connection = Any
"""An asyncpg connection; asyncpg carries no types."""
_Awaited = tuple[int, int, str]
"""Partition, offset, event id."""
_Verdict = asyncio.Future[VerdictRow | None]
"""None where it did not come within the limit."""
LOOK_AGAIN_SECONDS = 0.25
RECENT_MAX = 5_000


class _Lookup(Protocol):
    async def verdicts_at(self, places: Sequence[tuple[int, int]]) -> list[VerdictRow]: ...
    async def all_places(self) -> dict[int, Place]: ...


@dataclass(slots=True)
class Waits:
    """The waiting ones of one process, on its event loop."""

    _verdicts: dict[_Awaited, _Verdict] = field(default_factory=dict)
    _recent: dict[_Awaited, VerdictRow] = field(default_factory=dict)
    """Verdicts that came before anybody waited: the reader may be faster than the way back from the append."""
    _reached: dict[int, int] = field(default_factory=dict)
    _positions: dict[asyncio.Future[None], tuple[int, int]] = field(default_factory=dict)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def wanted(self) -> bool:
        """True while somebody waits: then the reader does not linger."""
        return bool(self._verdicts or self._positions)

    async def linger(self, seconds: float) -> None:
        """Let records gather, but only as long as nobody waits."""
        if self.wanted:
            return
        self._wanted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wanted.wait()

    def committed(self, places: Mapping[int, Place], verdicts: Sequence[VerdictRow]) -> None:
        """The reader of this process has committed a batch."""
        for partition, place in places.items():
            self._reached[partition] = place.next_offset
        for verdict in verdicts:
            self._answer(verdict)
        while len(self._recent) > RECENT_MAX:
            del self._recent[next(iter(self._recent))]
        self._wake()

    def _answer(self, verdict: VerdictRow) -> None:
        awaited = (verdict.partition, verdict.offset, verdict.event_id)
        waiting = self._verdicts.get(awaited)
        if waiting is None:
            self._recent[awaited] = verdict
        elif not waiting.done():
            waiting.set_result(verdict)

    def _wake(self) -> None:
        for waiting, (partition, offset) in self._positions.items():
            if self._reached.get(partition, 0) > offset and not waiting.done():
                waiting.set_result(None)

    async def verdict(self, partition: int, offset: int, event_id: str, limit_seconds: float) -> VerdictRow | None:
        """The verdict on the record at this place, or None where nobody has judged it within the limit.

        `event_id`: a log that lost its end has other records at the same places before its readers have stopped (L6).
        """
        place = partition, offset, event_id
        known = self._recent.pop(place, None)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        waiting: _Verdict = loop.create_future()
        self._verdicts[place] = waiting
        self._wanted.set()
        limit = loop.call_later(limit_seconds, _give_up, waiting)
        try:
            return await waiting
        finally:
            limit.cancel()
            self._forget(place, waiting)

    async def verdicts(self, places: Sequence[tuple[int, int, str]], limit_seconds: float) -> list[VerdictRow | None]:
        """The same for many records at once."""
        loop = asyncio.get_running_loop()
        found = [self._recent.pop(place, None) for place in places]
        waiting: dict[_Awaited, _Verdict] = {
            place: loop.create_future() for place, known in zip(places, found, strict=True) if known is None
        }
        self._verdicts.update(waiting)
        self._wanted.set()
        try:
            if waiting:
                await asyncio.wait(waiting.values(), timeout=limit_seconds)
        finally:
            for place, future in waiting.items():
                self._forget(place, future)
        judged = {place: future.result() for place, future in waiting.items() if future.done()}
        return [known or judged.get(place) for place, known in zip(places, found, strict=True)]

    def _forget(self, place: _Awaited, waiting: _Verdict) -> None:
        """Nobody waits for this any more; the place may be another one's by now."""
        if self._verdicts.get(place) is waiting:
            del self._verdicts[place]

    async def reached(self, partition: int, offset: int, limit_seconds: float) -> bool:
        """True once the reader has passed this place; False where the limit came first."""
        if self._reached.get(partition, -1) > offset or offset < 0:
            return True
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._positions[waiting] = (partition, offset)
        self._wanted.set()
        try:
            async with asyncio.timeout(limit_seconds):
                await waiting
        except TimeoutError:
            return False
        finally:
            del self._positions[waiting]
        return True

    async def look(self, store: _Lookup) -> None:
        """Ask the database what others may have committed for those who wait here."""
        if self._verdicts:
            for found in await store.verdicts_at([(partition, offset) for partition, offset, _ in self._verdicts]):
                self._answer(found)
        if self._positions:
            for partition, place in (await store.all_places()).items():
                self._reached[partition] = max(place.next_offset, self._reached.get(partition, 0))
            self._wake()

    async def listen(self, connection: Connection, channel: str, own_name: str, store: _Lookup) -> None:
        """Hear of other processes' commits until cancelled. `connection` is one asyncpg connection of its own.

        Raises ConnectionResetError where it broke: a listener that hears nothing any more is not told so otherwise.
        What was reached is then forgotten: the database may come back as it was earlier, and says itself how far it is.
        """
        try:
            await self._listen(connection, channel, own_name, store)
        finally:
            self._reached.clear()

    async def _listen(self, connection: Connection, channel: str, own_name: str, store: _Lookup) -> None:
        heard = asyncio.Event()

        def notice(_connection: Connection, _pid: int, _channel: str, payload: str) -> None:
            if payload != own_name:
                heard.set()

        await connection.add_listener(channel, notice)
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await heard.wait()
            except TimeoutError:
                if connection.is_closed():
                    raise ConnectionResetError("the listening connection broke") from None
                if not self.wanted:
                    continue
            heard.clear()
            if self.wanted:
                await self.look(store)


def _give_up(waiting: _Verdict) -> None:
    if not waiting.done():
        waiting.set_result(None)
