"""A consumer group and the consumer that `runtime.driver` drives: who reads which partition, and who only believes so.

More hostile than Kafka: a new owner starts without waiting for the old one to let go, so that two owners overlap.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, NoOffsetForPartitionError, OffsetOutOfRangeError

from simulation.broker import Broker, Record
from simulation.host import Host, Sky

Listener = Any
"""The driver's rebalance listener; aiokafka carries no types."""
SESSION_SECONDS = 6.0
HEARTBEAT_SECONDS = 1.0


class Group:
    """The members of one service and what each of them was given."""

    def __init__(self, sky: Sky, partitions: int) -> None:
        self.committed: dict[int, int] = {}
        self._sky = sky
        self._partitions = partitions
        self._members: dict[str, Consumer] = {}
        self._given: dict[str, list[int]] = {}

    def join(self, consumer: "Consumer") -> None:
        """A member that comes back under its own name within its session takes its partitions up again."""
        known = self._members.get(consumer.member)
        self._members[consumer.member] = consumer
        if known is None:
            self.rebalance()
        else:
            consumer.called()

    def leave(self, consumer: "Consumer") -> None:
        """The session of a member has ended; it is not told."""
        if self._members.get(consumer.member) is consumer:
            del self._members[consumer.member]
            self.rebalance()

    def rebalance(self) -> None:
        """Give every partition to some member, by chance."""
        self._given = {member: [] for member in self._members}
        for partition in range(self._partitions):
            if self._given:
                self._given[self._sky.dice.choice(sorted(self._given))].append(partition)
        for consumer in self._members.values():
            self._sky.loop.call_later(self._sky.dice.random() * HEARTBEAT_SECONDS, consumer.called)

    def restart(self) -> None:
        """The broker was away: every member's session begins anew."""
        for consumer in self._members.values():
            consumer.broken = True
            consumer.wake()

    def given_to(self, consumer: "Consumer") -> list[int] | None:
        """Its partitions; None where it is no member any more."""
        if self._members.get(consumer.member) is not consumer:
            return None
        return self._given.get(consumer.member, [])

    def watch(self) -> None:
        """End the sessions of those who are dead or have been frozen for too long."""
        now = self._sky.loop.time()
        for consumer in list(self._members.values()):
            since = consumer.host.frozen_since
            if (since is not None and now - since > SESSION_SECONDS) or consumer.dead_for(now) > SESSION_SECONDS:
                self.leave(consumer)


class Consumer:
    """What of aiokafka's consumer the driver uses."""

    def __init__(self, group: Group, broker: Broker, host: Host, sky: Sky, member: str) -> None:
        self.group = group
        self.host = host
        self.member = member
        self.broken = False
        self.road = object()
        """The connection that it reads by; a new one where it had to reconnect."""
        self._broker = broker
        self._sky = sky
        self._listener: Listener = None
        self._positions: dict[int, int | None] = {}
        self._next_partition = 0
        self._waiter: asyncio.Future[None] | None = None
        self._called = asyncio.Event()
        self._coordination: asyncio.Task[None] | None = None
        self._stopped = False
        self._died_at: float | None = None
        broker.landed.append(self._landed)

    def dead_for(self, now: float) -> float:
        if not self.host.dead:
            return 0.0
        if self._died_at is None:
            self._died_at = now
        return now - self._died_at

    async def start(self) -> None:
        await self.host.step()

    def subscribe(self, _topics: list[str], listener: Listener) -> None:
        self._listener = listener
        self._coordination = self.host.spawn(self._coordinate())
        self.group.join(self)

    async def stop(self) -> None:
        if self._coordination is not None:
            self._coordination.cancel()
        self._broker.landed.remove(self._landed)
        self._stopped = True
        await self.host.step()

    def called(self) -> None:
        """The group has something new for this member; it hears so at its next heartbeat."""
        self._called.set()

    async def _coordinate(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            await self.host.step()
            given = self.group.given_to(self)
            await self._listener.on_partitions_revoked(_places(self._positions))
            self._positions = {}
            if given is None:
                self.group.join(self)
                continue
            await self.host.step()
            self._positions = {partition: self.group.committed.get(partition) for partition in given}
            await self._listener.on_partitions_assigned(_places(given))
            self.wake()

    def assignment(self) -> Collection[TopicPartition]:
        return _places(self._positions)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self._positions[place.partition] = offset

    def highwater(self, place: TopicPartition) -> int:
        return len(self._broker.log[place.partition])

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        await self.host.step()
        return {place: len(self._broker.log[place.partition]) for place in places}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        await self.host.step()
        self.group.committed.update({place.partition: offset for place, offset in offsets.items()})

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Record]]:
        """The next records of some partitions: at once where there are any, else after waiting."""
        await self.host.step()
        found = self._fetch(max_records)
        if not found and timeout_ms:
            await self._wait(timeout_ms / 1000)
            await self.host.step()
            found = self._fetch(max_records)
        return found

    def _fetch(self, max_records: int) -> dict[TopicPartition, list[Record]]:
        if self.broken:
            raise KafkaConnectionError
        if self.group.given_to(self) is None:
            self.called()
        found: dict[TopicPartition, list[Record]] = {}
        dice, weather = self._sky.dice, self._sky.weather
        for partition, position in self._positions.items():
            if position is None:
                raise NoOffsetForPartitionError(partition)
            if position > len(self._broker.log[partition]):
                raise OffsetOutOfRangeError({TopicPartition("log", partition): position})
            start = position
            if start > 0 and dice.random() < weather.repeated_record:
                start -= 1
                self.road = object()
            some = self._broker.log[partition][start : start + min(max_records, dice.choice((1, 3, 50)))]
            if not some:
                continue
            self._positions[partition] = some[-1].offset + 1
            if len(some) > 1 and dice.random() < weather.dropped_record:
                del some[dice.randrange(len(some) - 1)]
            if some:
                found[TopicPartition("log", partition)] = some
        return found

    async def _wait(self, seconds: float) -> None:
        self._waiter = self._sky.loop.create_future()
        timer = self._sky.loop.call_later(seconds, self.wake)
        await self._waiter
        timer.cancel()

    def _landed(self, partition: int) -> None:
        if partition in self._positions:
            self.wake()

    def wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _places(partitions: Collection[int]) -> list[TopicPartition]:
    return [TopicPartition("log", partition) for partition in partitions]
