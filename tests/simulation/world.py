"""A world from a seed: broker, databases, processes of each service, clients; a storm, then calm until all is quiet.

Driver, reader and commands are those of the services, on a log and databases in memory; HTTP, who may do what, and the
gateways are not part of it. One world in ten has the services' own deciders, the others the toy's, and what a service
leans on is old only where its own reader lags.

Lives here: assembling and the course of events. Must not: judge; `checks` looks at what is left.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

from events.decider import Decider, owes_nothing
from runtime.assignment import Assignment
from runtime.commands import Commands
from runtime.driver import Driver
from runtime.judging import EVERYTHING, Reading
from runtime.proposals import UnderWay
from runtime.reader import Reader
from runtime.roads import Roads
from runtime.waits import LOOK_AGAIN_SECONDS, Waits
from simulation.broker import Broker, LogPort
from simulation.cast import Role, toy_cast
from simulation.clock import Loop, run
from simulation.database import Database, StorePort
from simulation.group import Consumer, Group
from simulation.host import Host, Sky
from simulation.weather import Plan

EPOCH_NAME = "simulated"
Clients = Callable[["World"], list[asyncio.Task[None]]]
Troubles = Callable[["World"], list[Coroutine[Any, Any, None]]]
QUIET_SECONDS_MAX = 120.0
"""After the storm everything must have come to rest within this time."""
STOPPED_SECONDS = 30.0
"""So long everybody may still do what is wrong where somebody has stopped."""
REST = timedelta(seconds=30)
"""Whoever wants to be woken later than this rests (L12)."""


@dataclass
class Parts:
    """What a world is built of; a law is turned off by putting something else in its place."""

    reader: type[Reader] = Reader
    commands: type[Commands[Any]] = Commands
    driver: Callable[..., Driver] = Driver
    under_way: type[UnderWay] = UnderWay
    database: type[Database] = Database
    store: type[StorePort] = StorePort
    assignment: type[Assignment] = Assignment
    waits: type[Waits] = Waits
    changed: Callable[[Decider[Any]], Decider[Any]] = lambda decider: decider
    """What the processes are given for a decider; the checks ask the one it was."""
    cast: Callable[[], dict[str, Role]] = toy_cast


@dataclass
class Instance:
    """One process of one service."""

    role: Role
    member: str
    decider: Decider[Any] | None
    host: Host
    reader: Reader
    driver: Driver
    commands: Commands[Any]
    dead_since: float | None = None


@dataclass
class World:
    """Everything there is while one seed runs."""

    seed: int
    plan: Plan
    parts: Parts
    loop: Loop = field(default_factory=Loop)
    marks: list[tuple[str, int, int, bytes]] = field(default_factory=list)
    """What the readers published: (service, partition, next offset, running hash), L7."""
    instances: dict[str, Instance] = field(default_factory=dict)
    stuck: str | None = None
    """What was not done when the patience with the calm ended."""
    cut_done: bool = False

    def __post_init__(self) -> None:
        self.dice = Random(f"world {self.seed}")
        self.sky = Sky(self.loop, self.dice, self.plan.weather)
        self.broker = Broker(self.sky, self.plan.partitions)
        self.cast = self.parts.cast()
        self.databases = {name: self.parts.database(self._clock_of()) for name in self.cast}
        self.groups = {name: Group(self.sky, self.plan.partitions) for name in self.cast}

    def _clock_of(self) -> Callable[[], datetime]:
        """Each database has a clock of its own, a little off."""
        skew = timedelta(seconds=self.dice.uniform(-1, 1) * self.plan.clock_skew_seconds)
        return lambda: self.loop.utc_now() + skew

    # --- processes ---------------------------------------------------------------------------------------------------

    def start(self, role: Role, number: int) -> None:
        """A process of a service, under the name that it has always had."""
        member = f"{role.name}-{number}"
        chosen = self._decider_now(role)
        decider = None if chosen is None else self.parts.changed(chosen)
        host = Host(member, self.sky)
        database = self.databases[role.name]
        store, waits = self.parts.store(database, host, self.sky), self.parts.waits()
        log = LogPort(self.broker, host)
        reading = Reading.of(decider.chapter, decider.reads) if decider else EVERYTHING
        reader = self.parts.reader(
            decider, self.plan.partitions, store, log, reading, waits.committed,
            assignment=self.parts.assignment(clock=self.loop.time),
            under_way=self.parts.under_way(clock=self.loop.time),
        )  # fmt: skip

        async def check() -> None:
            await host.step()

        async def publish(marks: list[tuple[int, int, bytes]], _stopped: str | None) -> None:
            self.marks.extend((role.name, *mark) for mark in marks)

        driver = self.parts.driver(
            reader, waits, "", "log", role.name, member, publish=publish, check=check,
            make_consumer=lambda **_: Consumer(self.groups[role.name], self.broker, host, self.sky, member),
            roads=Roads(lambda consumer, _: consumer.road), clock=self.loop.time, utc_now=self.loop.utc_now,
        )  # fmt: skip
        commands = self.parts.commands(
            role.name, cast("Decider[Any]", decider), cast("Any", store), cast("Any", log), waits,
            cast("Any", None), self.plan.partitions, EPOCH_NAME, [b"secret"], lambda: driver.stopped,
            reader.assignment.end_seen,
        )  # fmt: skip
        self.instances[member] = Instance(role, member, chosen, host, reader, driver, commands)
        host.spawn(driver.run())
        if decider is not None:
            heard = asyncio.Event()
            host.spawn(self._hear(host, heard, waits, database, store))
            host.spawn(_look_again(heard, waits))

    async def _hear(self, host: Host, heard: asyncio.Event, waits: Waits, database: Database, store: StorePort) -> None:
        """What other processes of the service have committed: noticed mostly at once, sometimes late."""

        def notice() -> None:
            lost = self.dice.random() < self.sky.weather.lost_notice
            self.loop.call_later(self.dice.random() if lost else 0.001, heard.set)

        database.moved.append(notice)
        try:
            while True:
                await heard.wait()
                heard.clear()
                if waits.wanted:
                    try:
                        await waits.look(store)
                    except ConnectionError:
                        heard.set()
                    await host.step()
        finally:
            database.moved.remove(notice)

    def _decider_now(self, role: Role) -> Decider[Any] | None:
        """In the first third of the storm the older one, in the last third the newer one, between them by chance."""
        if role.older is None or not self.plan.upgrade or self.sky.calm:
            return role.decider
        share = (self.loop.time() - 1_000.0) / self.plan.storm_seconds
        return role.older if self.dice.random() > share * 3 - 1 else role.decider

    async def _keep_alive(self) -> None:
        """Dead processes are started again after a while; sessions of the silent end."""
        while True:
            await asyncio.sleep(0.5)
            now = self.loop.time()
            for instance in list(self.instances.values()):
                if not instance.host.dead:
                    continue
                if instance.dead_since is None:
                    instance.dead_since = now + self.dice.uniform(0, 10)
                elif self.sky.calm or now > instance.dead_since:
                    self.start(instance.role, int(instance.member.rpartition("-")[2]))
            for group in self.groups.values():
                group.watch()

    def redrive_parked(self) -> None:
        for database in self.databases.values():
            for stream, _ in database.parked:
                database.redrives[stream] = None

    # --- the course of events ----------------------------------------------------------------------------------------

    def live(self, clients: Clients, troubles: Troubles) -> None:
        """From the first process to the last word."""
        run(self.loop, self._course(clients, troubles))

    async def _course(self, clients: Clients, troubles: Troubles) -> None:
        for role in self.cast.values():
            for number in range(self.plan.instances):
                self.start(role, number)
        background = [self._keep_alive(), *troubles(self)]
        # Kept by name: a task that nobody holds may vanish.
        self.background = [asyncio.create_task(work) for work in background]
        acting = clients(self)
        await asyncio.sleep(self.plan.storm_seconds)
        await self._calm_down()
        await self._until_quiet(acting)
        for task in self.background:
            if task.done() and not task.cancelled():
                task.result()

    async def _calm_down(self) -> None:
        self.sky.clear_up()
        for instance in list(self.instances.values()):
            instance.host.revive()
            if instance.decider is not instance.role.decider:
                instance.host.crash()

    async def _until_quiet(self, acting: list[asyncio.Task[None]]) -> None:
        began = self.loop.time()
        while self.loop.time() - began < self._patience():
            await asyncio.sleep(1)
            self.redrive_parked()
            self.stuck = self._unrest(acting)
            if self.stuck is None:
                return

    def _patience(self) -> float:
        """How long to wait for quiet, in seconds; after a cut that somebody has noticed there may be none (L6)."""
        noticed = self.cut_done and any(instance.driver.stopped for instance in self.instances.values())
        return STOPPED_SECONDS if noticed else QUIET_SECONDS_MAX

    def _unrest(self, acting: list[asyncio.Task[None]]) -> str | None:
        """What is still going on; None when all is quiet."""
        if not all(task.done() for task in acting):
            return "a client still waits for an answer"
        if self.broker.in_flight:
            return "records are in flight"
        ends = self.broker.ends()
        for name, database in self.databases.items():
            behind = [p for p, end in enumerate(ends) if database.place(p).next_offset != end]
            if behind:
                return f"{name} stands at {[database.place(p).next_offset for p in behind]} in {behind} of {ends}"
            if database.parked or database.redrives:
                return f"{name} has parked {list(database.parked)}"
            if database.stale():
                return f"{name} has rows judged under an older context"
            decider = self.cast[name].decider
            if decider is not None and decider.owed is not owes_nothing and database.older(decider.version):
                return f"{name} has rows that only an older decider has judged"
            rests_from = database.now() + REST
            for row in database.streams.values():
                if row.wake_at is not None and row.wake_at <= rests_from:
                    return f"{name} wants to look at {row.stream} at {row.wake_at}"
        return None

    def find_host(self, service: str) -> Instance | None:
        """Some living process of a service, as a front door would choose."""
        alive = [i for i in self.instances.values() if i.role.name == service and not i.host.dead]
        return self.dice.choice(alive) if alive else None


async def _look_again(heard: asyncio.Event, waits: Waits) -> None:
    """In case a notice was lost."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if waits.wanted:
            heard.set()
