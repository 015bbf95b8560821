"""A partitioned log in memory, and one process's way to append to it.

An append may be refused, land without an acknowledgement, land long after its writer gave up or died, land twice, or be
acknowledged without an offset. It lands in the order of chance, not of sending.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.rows import AppendFailed, LogRecord, Outgoing
from simulation.host import Host, Sky
from simulation.weather import FATES

GIVE_UP_SECONDS = (0.05, 10.0)
LATE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the log."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Broker:
    """The log. `landed` is told of each partition that grew."""

    def __init__(self, sky: Sky, partitions: int) -> None:
        self.log: list[list[Record]] = [[] for _ in range(partitions)]
        self.in_flight = 0
        self.landed: list[Callable[[int], None]] = []
        self.cuts: dict[int, int] = {}
        """Where a partition lost its end, and has not been checked since."""
        self._sky = sky

    def ends(self) -> list[int]:
        return [len(partition) for partition in self.log]

    def land(self, out: Outgoing) -> int:
        partition = self.log[out.partition]
        at = int(self._sky.loop.time() * 1000)
        offset = len(partition)
        partition.append(Record(out.partition, offset, at, out.stream.encode(), out.value, tuple(out.headers)))
        for tell in self.landed:
            tell(out.partition)
        return offset

    def cut(self, partition: int, end: int) -> None:
        """The tail is gone, as after a power failure."""
        del self.log[partition][end:]

    def take(self, out: Outgoing) -> asyncio.Future[int | Exception | None]:
        """An append on its way; the future is what its writer will be told."""
        dice, later = self._sky.dice, self._later
        told: asyncio.Future[int | Exception | None] = self._sky.loop.create_future()
        soon = dice.random() * 0.02
        match self._fate():
            case "refused-by-broker":
                later(dice.uniform(*GIVE_UP_SECONDS), lambda: _tell(told, AppendFailed("refused")))
            case "late":
                gave_up = dice.uniform(*GIVE_UP_SECONDS)
                later(gave_up, lambda: _tell(told, AppendFailed("no acknowledgement")))
                later(gave_up + dice.random() * LATE_SECONDS, lambda: self.land(out))
            case "ack-lost":
                later(soon, lambda: self.land(out))
                later(dice.uniform(*GIVE_UP_SECONDS), lambda: _tell(told, AppendFailed("no acknowledgement")))
            case "no-offset":
                later(soon, lambda: _tell(told, None) if self.land(out) >= 0 else None)
            case "twice":
                later(soon, lambda: self.land(out))
                later(soon + dice.random() * 0.05, lambda: _tell(told, self.land(out)))
            case "slow":
                later(dice.random() * 6, lambda: self._land_and_tell(out, told, dice.random() * 3))
            case _:
                later(soon, lambda: self._land_and_tell(out, told, dice.random() * 0.01))
        return told

    def _fate(self) -> str | None:
        fates = self._sky.weather.fates
        if not fates:
            return None
        draw = self._sky.dice.random()
        for fate in FATES:
            draw -= fates[fate]
            if draw < 0:
                return fate
        return None

    def _land_and_tell(self, out: Outgoing, told: asyncio.Future[int | Exception | None], after: float) -> None:
        offset = self.land(out)
        self._later(after, lambda: _tell(told, offset))

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self.in_flight += 1

        def do() -> None:
            self.in_flight -= 1
            act()

        self._sky.loop.call_later(seconds, do)


def _tell(told: asyncio.Future[int | Exception | None], outcome: int | Exception | None) -> None:
    if not told.done():
        told.set_result(outcome)


class LogPort:
    """The port `runtime.rows.Log` of one process."""

    def __init__(self, broker: Broker, host: Host) -> None:
        self._broker = broker
        self._host = host

    async def append(self, records: Sequence[Outgoing]) -> list[Exception | int | None]:
        await self._host.step()
        told = [self._broker.take(record) for record in records]
        outcomes = [await one for one in told]
        await self._host.step()
        return outcomes

    async def reread(self, partition: int, first: int, end: int, stream: str) -> Sequence[LogRecord]:
        await self._host.step()
        key = stream.encode()
        return [record for record in self._broker.log[partition][first:end] if record.key == key]
