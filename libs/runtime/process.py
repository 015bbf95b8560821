"""One service, one process: wires settings, log, store, reader, commands, edges and HTTP, and takes them down in order.

Lives here: the order of starting and stopping, readiness, and what a service is made of. Must not: any rule.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import asyncpg
import orjson
import uvicorn
import uvloop
from fastapi import APIRouter

from events.decider import Decider
from runtime import topics
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.commands import Commands
from runtime.driver import Driver, Publish
from runtime.http import build_app
from runtime.judging import EVERYTHING, Reading
from runtime.keyring import Keyring
from runtime.log import KafkaLog
from runtime.logs import fault, logger, set_up_logs
from runtime.reader import Reader
from runtime.rows import LogBroken, Parked
from runtime.settings import Secrets, Settings, SettingsInvalid, load_secrets, load_settings
from runtime.store import BeforeCommit, Connection, Hook, PgStore, connect, create_schema
from runtime.telemetry import inject, set_up_telemetry
from runtime.waits import Waits

POOL_CONNECTIONS = 12
STOP_SECONDS_MAX = 8.0
_log = logger("process")


@dataclass(frozen=True)
class Running:
    """The parts of a process that a service's own code may use."""

    name: str
    settings: Settings
    secrets: Secrets
    store: PgStore
    log: KafkaLog
    waits: Waits
    keyring: Keyring
    commands: Commands[Any]
    epoch: str
    reader: Reader
    driver: Driver
    edges: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    """What keeps each edge from going on, by its name."""


Edge = Callable[[Running], Awaitable[None]]
"""A task beside the reader: runs until cancelled."""


@dataclass(frozen=True)
class Service:
    """What makes a service different from the others."""

    name: str
    decider: Decider[Any] | None
    routes: Callable[[Running], Sequence[APIRouter]]
    rules: Callable[[Path], Any] = lambda _: None
    edges: Sequence[Edge] = ()
    hook: Callable[[Running], Hook] | None = None
    """What is written in the same transaction as the positions (views)."""
    before_commit: Callable[[Running], BeforeCommit] | None = None
    """What happens with each batch before its positions move (messages that leave)."""
    prepare: Callable[[str], Awaitable[None]] | None = None
    """Creates tables of the service's own, from the database's URL."""
    batch_records: int = 1_000


def run(service: Service) -> None:
    """The whole life of a process. Exits with 2 where the settings are wrong."""
    try:
        settings = load_settings()
        secrets = load_secrets(settings.secrets_dir)
    except SettingsInvalid as error:
        raise SystemExit(f"{service.name}: {error}") from None
    set_up_logs(service=service.name, instance=settings.instance, level=settings.log_level)
    flush = set_up_telemetry(service.name)
    try:
        uvloop.run(_live(service, settings, secrets))
    finally:
        flush()


async def _live(service: Service, settings: Settings, secrets: Secrets) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        running = await _until(stopping, _assembled(service, settings, secrets, stack))
        if running is None:
            return
        tasks = [asyncio.create_task(work) for work in _work(service, running)]
        server = _server(service, running)
        tasks.append(asyncio.create_task(server.serve()))
        stop = asyncio.create_task(stopping.wait())
        done, _ = await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        for task in tasks[:-1]:
            task.cancel()
        await asyncio.wait([*tasks], timeout=STOP_SECONDS_MAX)
        for task in done - {stop}:
            task.result()


async def _until(stopping: asyncio.Event, work: Coroutine[Any, Any, Running]) -> Running | None:
    """The result of `work`, or None where the process is asked to stop first."""
    task, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.wait([task])
    return None


async def _assembled(service: Service, settings: Settings, secrets: Secrets, stack: AsyncExitStack) -> Running:
    url = settings.database_url.get_secret_value()
    await topics.ensure_topics(settings.kafka_bootstrap, settings.log_partitions)
    topic_id = await topics.check_topics(settings.kafka_bootstrap, settings.log_partitions)
    await create_schema(url, service.name)
    if service.prepare is not None:
        await service.prepare(url)
    pool = await connect(url, service.name, size=POOL_CONNECTIONS)
    stack.push_async_callback(_closed, pool)
    client = f"{service.name}-{settings.instance}"
    log = KafkaLog(settings.kafka_bootstrap, topics.LOG, client)
    stack.push_async_callback(log.stop)
    keyring = Keyring(bootstrap=settings.kafka_bootstrap, kek=secrets.kek, client_id=client)
    await keyring.start()
    stack.push_async_callback(keyring.stop)
    store = PgStore(pool, service.decider.state_type if service.decider else type(None))
    waits, rules = Waits(), service.rules(settings.rules_dir)
    reading = Reading.of(service.decider.chapter, service.decider.reads) if service.decider else EVERYTHING
    reader = Reader(service.decider, rules, settings.log_partitions, store, log, reading, waits.committed)
    reader.alarm, reader.trace = _alarm(log), _trace
    epoch = topic_id.replace("-", "")[:12]
    driver = Driver(
        reader, waits, settings.kafka_bootstrap, topics.LOG, f"complaints-{service.name}", client,
        publish=_publisher(service.name, log, settings), check=_checker(store, settings),
        batch_records=service.batch_records,
    )  # fmt: skip
    commands: Commands[Any] = Commands(
        service=service.name,
        decider=cast("Decider[Any]", service.decider),
        rules=rules,
        store=store,
        log=log,
        waits=waits,
        keyring=keyring,
        partitions=settings.log_partitions,
        epoch=epoch,
        secret=secrets.tracking,
        halted=lambda: driver.stopped,
        end_seen=reader.assignment.end_seen,
    )
    running = Running(service.name, settings, secrets, store, log, waits, keyring, commands, epoch, reader, driver)
    if service.hook is not None:
        store.hook = service.hook(running)
    if service.before_commit is not None:
        store.before = service.before_commit(running)
    return running


def _trace() -> list[tuple[str, bytes]]:
    headers: list[tuple[str, bytes]] = []
    inject(headers)
    return headers


def _alarm(log: KafkaLog) -> Callable[[Sequence[Parked]], Awaitable[None]]:
    """What parked is said loudly: in the service's log, and on `complaints.parked` (L22)."""

    async def alarm(parked: Sequence[Parked]) -> None:
        for one in parked:
            _log.error("parked", stream=one.stream, partition=one.partition, offset=one.offset, reason=one.reason)
        await log.send(topics.PARKED, [(one.stream.encode(), orjson.dumps(asdict(one)), None, []) for one in parked])

    return alarm


def _work(service: Service, running: Running) -> list[Any]:
    return [running.driver.run(), _listen(running), *(edge(running) for edge in service.edges)]


async def _listen(running: Running) -> None:
    """Hear of commits by other processes of this service; the connection is made anew where it broke."""
    own_name = f"complaints-{running.name}"
    while True:
        connection = None
        try:
            connection = await asyncpg.connect(
                running.settings.database_url.get_secret_value(),
                timeout=10,
                server_settings={"application_name": own_name},
            )
            await running.waits.listen(connection, f"{running.name}_moved", own_name, running.store)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            _log.warning("listen_again", **fault(error))
            await asyncio.sleep(0.5)
        finally:
            if connection is not None:
                connection.terminate()


def _publisher(name: str, log: KafkaLog, settings: Settings) -> Publish:
    """Running hashes and health for `complaints.readers` (L7)."""

    async def publish(marks: list[tuple[int, int, bytes]], stopped: str | None) -> None:
        at = datetime.now(UTC).isoformat()
        told = [
            (f"{name}/{p}/{n}".encode(), {"service": name, "partition": p, "next_offset": n, "hash": h.hex(), "at": at})
            for p, n, h in marks
        ]
        if stopped is not None:
            told.append(
                (f"{name}/stopped/{settings.instance}".encode(), {"service": name, "stopped": stopped, "at": at})
            )
        outcomes = await log.send(topics.READERS, [(key, orjson.dumps(value), None, []) for key, value in told])
        if any(isinstance(outcome, Exception) for outcome in outcomes):
            _log.info("marks_not_published", records=len(told))

    return publish


def _checker(store: PgStore, settings: Settings) -> Callable[[], Awaitable[None]]:
    """Is the log still the one that this service's tables were folded from (L6)?"""

    async def check() -> None:
        try:
            topic_id = await topics.check_topics(settings.kafka_bootstrap, settings.log_partitions)
        except topics.TopicsDiffer as error:
            raise LogBroken(str(error)) from error
        await store.same_log(topic_id, settings.log_partitions)

    return check


def _server(service: Service, running: Running) -> uvicorn.Server:
    settings = running.settings

    async def ready() -> dict[str, str]:
        """What keeps the service from being ready, by part; empty when all is well."""
        return await _trouble(running)

    app = build_app(
        service.name,
        service.routes(running),
        access=Access(
            Tokens(jwks_file=settings.jwks_file, issuer=settings.token_issuer, audience=settings.token_audience),
            Sessions(running.secrets.tracking),
        ),
        ready=ready,
        version=metadata.version("complaints"),
    )
    config = uvicorn.Config(
        app, host=settings.http_host, port=settings.http_port, log_config=None, access_log=False, loop="none",
        http="httptools", ws="none", lifespan="off", timeout_keep_alive=75, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server


async def _trouble(running: Running) -> dict[str, str]:
    trouble: dict[str, str] = {}
    if running.driver.stopped:
        trouble["reader"] = running.driver.stopped
    elif running.driver.failing:
        trouble["reader"] = f"trying again after {running.driver.failing}"
    elif not running.driver.settled:
        trouble["reader"] = "has no partitions yet"
    trouble |= {f"edge {name}": why for name, edge in running.edges.items() if (why := edge()) is not None}
    if running.keyring.trouble is not None:
        trouble["keyring"] = running.keyring.trouble
    try:
        await asyncio.wait_for(running.store.pool.fetchval("select 1"), 2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        trouble["database"] = type(error).__name__
    return trouble


async def _closed(pool: Connection) -> None:
    try:
        await asyncio.wait_for(pool.close(), 3)
    except TimeoutError:
        pool.terminate()
