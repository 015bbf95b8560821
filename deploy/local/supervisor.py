"""One whole system on one machine: broker, database, services, front door; started in order, kept up, stopped in order.

`Stack` is also what tests start: with free ports, data of their own, and methods to kill, freeze and start each part.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local import kafka, postgres, secret_files
from local.caddy import Door
from local.claim import Claim
from local.errors import LocalError
from local.kafka import Broker
from local.places import DataDir, keep_private
from local.ports import HOST, SERVICES, Ports, free_ports, refuse_taken
from local.postgres import Postgres
from local.process import Part
from local.service import Service, Surroundings
from local.status import write_status
from local.tokens import Issuer
from local.watch import Watch


class NotReachable(LocalError):
    """A Kafka or PostgreSQL of one's own was named and does not answer."""


class NotOurs(LocalError):
    """Something was asked that only the owner of a named Kafka or PostgreSQL may do."""


class Stack:
    """A running system: `async with Stack(data_dir, ports=Ports.free()) as stack: ...`.

    `kafka_bootstrap` and `database_url` replace the embedded parts. `restart` says whether what crashes is started
    again. Parts are named `kafka`, `postgres`, `door`, and as the services; a second instance is `intake-1`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        services: Iterable[str] = SERVICES,
        ports: Ports | None = None,
        kafka_bootstrap: str | None = None,
        database_url: str | None = None,
        door: bool = True,
        restart: bool = True,
        log_partitions: int = 12,
        environment: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.data = DataDir(data_dir.resolve())
        self.ports = ports or Ports()
        self.state = "stopped"
        self.url = f"http://{HOST}:{self.ports.door}"
        self.kafka = kafka_bootstrap or f"{HOST}:{self.ports.kafka}"
        self.database_url = database_url or ""  # of the embedded one: known when it runs
        self.issuer = Issuer(self.data, host=HOST)
        self.parts: dict[str, Part] = {}
        self._wanted_services = tuple(services)
        self._kafka_given = kafka_bootstrap
        self._database_given = database_url
        self._with_door = door
        self._log_partitions = log_partitions
        self._environment = dict(environment or {})
        self._say = say
        self._watch = Watch(self.parts, self.start, restart=restart, say=say)
        self._claim: Claim | None = None

    @property
    def broker(self) -> Broker:
        """The embedded broker."""
        broker = self.parts["kafka"]
        assert isinstance(broker, Broker)
        return broker

    def token(self, *roles: str, subject: str | None = None) -> str:
        """A signed token with those roles."""
        return self.issuer.token(*roles, subject=subject)

    def service(self, name: str) -> Service:
        """The service's instance of that name: its own address, pid, log."""
        service = self.parts[name]
        assert isinstance(service, Service)
        return service

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.down()

    # --- the whole ---------------------------------------------------------------------------------------------------

    async def up(self, *, fresh: bool = False) -> None:
        """Start everything in order and wait until it is ready; stops what was started where one part fails."""
        self._claim = Claim(self.data)
        try:
            self._be("starting")
            await asyncio.to_thread(self._claim.clear_orphans, self._say)
            if fresh:
                self._start_anew()
            refuse_taken(self._ports_wanted())
            secret_files.prepare(self.data)
            self.issuer.prepare()
            keep_private(self.data.outbox)
            await self._start_stores()
            await self._start_services()
            if self._with_door:
                self._add(Door(self.data, port=self.ports.door, services=self.ports.services))
                await self.start("door")
            self._be("ready")
        except BaseException:
            await self.down()
            raise

    async def down(self) -> None:
        """Stop everything in order: nobody's ground is pulled away while he still works."""
        if self._claim is None:
            return
        self._be("stopping")
        self._watch.end()
        stores = [name for name in self.parts if name in {"kafka", "postgres"}]
        others = [name for name in self.parts if name not in stores]
        for group in (others, stores):
            for failure in await asyncio.gather(*(self.stop(name) for name in group), return_exceptions=True):
                if failure is not None:
                    self._say(str(failure))
        self.parts.clear()
        self._claim.give_back()
        self._claim = None
        self.state = "stopped"

    # --- one part ----------------------------------------------------------------------------------------------------

    async def start(self, name: str) -> None:
        """Start a part that was stopped or killed, and wait until it is ready."""
        part = self.parts[name]
        if not part.process.alive:
            await part.start()
        self._watch.keep_up(name)

    async def stop(self, name: str) -> None:
        """Stop a part in order; it stays down until `start`."""
        self._watch.leave(name)
        if not await self.parts[name].stop():
            self._say(f"{name} did not stop in time and was killed")

    def kill(self, name: str) -> None:
        """SIGKILL a part, as a crash would; it stays down until `start`."""
        self._watch.leave(name)
        self.parts[name].process.kill()

    def freeze(self, name: str) -> None:
        """SIGSTOP a part: it is there and does nothing."""
        self.parts[name].process.send(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT a frozen part."""
        self.parts[name].process.send(signal.SIGCONT)

    async def add_instance(self, service: str) -> Service:
        """Start a second instance of a service, on a free port of its own; the front door does not know it."""
        (port,) = free_ports(1)
        added = Service(self._surroundings(), service, port=port, instance="1")
        self._add(added)
        await self.start(added.name)
        return added

    # --- how ---------------------------------------------------------------------------------------------------------

    async def _start_stores(self) -> None:
        if self._kafka_given is None:
            self._add(Broker(self.data, port=self.ports.kafka, controller_port=self.ports.controller))
        elif not await kafka.answers(self._kafka_given):
            raise NotReachable(f"KAFKA_BOOTSTRAP names {self._kafka_given}, but no Kafka answers there")
        if self._database_given is None:
            database = Postgres(self.data, port=self.ports.postgres)
            self._add(database)
        elif not await postgres.answers(self._database_given):
            raise NotReachable("DATABASE_URL names a database that does not answer a query")
        await _all(self.start(name) for name in list(self.parts))
        if self._database_given is None:
            self.database_url = database.url

    async def _start_services(self) -> None:
        surroundings = self._surroundings()
        self._add(*(Service(surroundings, name, port=self.ports.services[name]) for name in self._wanted_services))
        await _all(self._watch.start(name) for name in self._wanted_services)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            data=self.data,
            kafka_bootstrap=self.kafka,
            database_url=self.database_url,
            jwks_file=self.issuer.jwks_file,
            log_partitions=self._log_partitions,
            extra=self._environment,
        )

    def _ports_wanted(self) -> list[tuple[str, int]]:
        wanted = [(name, self.ports.services[name]) for name in self._wanted_services]
        if self._with_door:
            wanted.append(("front door", self.ports.door))
        if self._kafka_given is None:
            wanted += [("kafka", self.ports.kafka), ("kafka controller", self.ports.controller)]
        if self._database_given is None:
            wanted.append(("postgres", self.ports.postgres))
        return wanted

    def _start_anew(self) -> None:
        if self._kafka_given or self._database_given:
            raise NotOurs("FRESH=1 clears embedded data only; what KAFKA_BOOTSTRAP or DATABASE_URL names is not ours")
        for path in self.data.root.iterdir():
            if path != self.data.run:
                (shutil.rmtree if path.is_dir() else os.unlink)(path)

    def _add(self, *parts: Part) -> None:
        """From here on they belong to the system; who asks sees them also while they are waited for."""
        self.parts.update({part.process.name: part for part in parts})
        self._write_status()

    def _be(self, state: str) -> None:
        self.state = state
        self._write_status()

    def _write_status(self) -> None:
        write_status(
            self.data,
            state=self.state,
            url=self.url,
            kafka=self.kafka,
            database=self.database_url,
            log_partitions=self._log_partitions,
            parts=self.parts,
        )


async def _all(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run them together; the first failure ends the others and is the one that is told."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
