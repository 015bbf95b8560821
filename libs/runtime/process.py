"""One service, one process: wires settings, log, store, reader, commands, edges and HTTP, and takes them down in order.

Lives here: the order of starting and stopping, readiness, and being ready. Must not: any rule.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from functools import partial
from importlib import metadata
from typing import Any

import asyncpg
import uvicorn
import uvloop

from runtime.access import Access
from runtime.assembly import assembled
from runtime.auth import Sessions, Tokens
from runtime.away import DATABASE_FAILS
from runtime.closed_connections import notice_closed_connections
from runtime.connection import Connection
from runtime.driver import Driver
from runtime.exporters import set_up_telemetry
from runtime.half_open import THEIRS, Noticing
from runtime.header_names import take_any_names
from runtime.http import build_app
from runtime.keyring import KeyringUnavailable
from runtime.logs import fault, logger, set_up_logs
from runtime.parking import tell_parked
from runtime.refolding import OthersFold
from runtime.service import Running, Service
from runtime.settings import Secrets, Settings, SettingsInvalid, load_secrets, load_settings
from runtime.topics import TopicsDiffer
from runtime.witness import Witness

STOP_SECONDS_MAX = 5.0
ANSWER_SECONDS_MAX = 3
"""How long requests under way may take once the process is asked to end."""
ASK_SECONDS_MAX = 2
"""How long the database may take to answer whether it is there."""
BATCH_SECONDS_MAX = 10.0
"""A batch that takes longer is not only large: somebody's lock holds it up, or a store that is slow."""
COLLECT_AFTER = (500_000, 5, 20)
"""A reader makes many small values and hardly a cycle: looking for one after each 700 took a sixth of its time. A large
batch with the one read ahead stays below the first figure: it is gone before anybody looks through it."""
_log = logger("process")

REFUSALS = (TopicsDiffer, KeyringUnavailable, OthersFold)
"""Why we do not start, in words of our own: they may stand in a line as they are."""


def run(service: Service) -> None:
    """The whole life of a process. Exits with 2 where the settings are wrong, with 1 where it cannot start or go on."""
    set_up_logs(service=service.name, instance=os.environ.get("INSTANCE", "0"))
    try:
        settings = load_settings()
        secrets = load_secrets(settings.secrets_dir)
    except SettingsInvalid as error:
        _log.error("settings.invalid", reason=str(error).split("; "))
        raise SystemExit(2) from None
    set_up_logs(service=service.name, instance=settings.instance, level=settings.log_level)
    flush = set_up_telemetry(service.name, settings.instance)
    take_any_names()
    notice_closed_connections()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    try:
        uvloop.run(_live(service, settings, secrets))
    except Exception as error:  # noqa: BLE001  # nothing is swallowed: the process ends
        _log.error("process.failed", **why_ended(error))
        raise SystemExit(1) from None
    except SystemExit:  # uvicorn's word where it cannot listen
        _log.error("process.failed", reason="cannot listen there", host=settings.http_host, port=settings.http_port)
        raise
    finally:
        flush()


def why_ended(error: Exception) -> dict[str, Any]:
    """What a line may say of it: a traceback or a message may carry content, or the password of the database."""
    said = {"reason": str(error).split("; ")} if isinstance(error, REFUSALS) else {}
    return said | fault(error)


async def _live(service: Service, settings: Settings, secrets: Secrets) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        running = await _until(stopping, assembled(service, settings, secrets, stack))
        if running is None:
            return
        tasks = [asyncio.create_task(work) for work in _work(service, running)]
        server = _server(service, running)
        tasks.append(asyncio.create_task(server.serve()))
        stop = asyncio.create_task(stopping.wait())
        done, _ = await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await asyncio.wait(tasks[-1:], timeout=ANSWER_SECONDS_MAX + 1)  # who waits for a verdict needs the reader
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


def _work(service: Service, running: Running) -> list[Any]:
    return [_read(running), _listen(running), tell_parked(running), *(edge(running) for edge in service.edges)]


async def _read(running: Running) -> None:
    """Read the log. Where the reader has stopped for good the process stays, and /readyz says why (L6)."""
    await running.driver.run()
    await asyncio.Event().wait()


async def _listen(running: Running) -> None:
    """Hear of commits by other processes of this service; the connection is made anew where it broke."""
    own_name = f"{running.name}-{running.settings.instance}"
    while True:
        connection = None
        try:
            connection = await asyncpg.connect(
                running.settings.database_url.get_secret_value(),
                timeout=10,
                connection_class=Noticing,
                server_settings={**THEIRS, "application_name": own_name},
            )
            await running.waits.listen(connection, f"{running.name}_moved", own_name, running.store)
        except DATABASE_FAILS as error:
            _log.warning("waits.tries-again", **fault(error))
            await asyncio.sleep(0.5)
        finally:
            if connection is not None:
                connection.terminate()


def _server(service: Service, running: Running) -> uvicorn.Server:
    settings = running.settings
    app = build_app(
        service.name,
        service.routes(running),
        access=Access(
            Tokens(jwks_file=settings.jwks_file, issuer=settings.token_issuer, audience=settings.token_audience),
            Sessions(running.secrets.tracking),
        ),
        ready=partial(_trouble, running),
        version=metadata.version("complaints"),
        witness=Witness(service.name, running.log),
    )
    config = uvicorn.Config(
        app, host=settings.http_host, port=settings.http_port, log_config=None, access_log=False, loop="none",
        http=Connection, ws="none", lifespan="off", proxy_headers=False, timeout_keep_alive=75,
        timeout_graceful_shutdown=ANSWER_SECONDS_MAX,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server


async def _trouble(running: Running) -> dict[str, str]:
    """What keeps the service from being ready, by part; empty when all is well."""
    trouble: dict[str, str] = {}
    if (why := trouble_of(running.driver)) is not None:
        trouble["reader"] = why
    trouble |= {f"edge {name}": why for name, edge in running.edges.items() if (why := edge()) is not None}
    if running.keyring.trouble is not None:
        trouble["keyring"] = running.keyring.trouble
    if (why := await _silent(running.store.pool)) is not None:
        trouble["database"] = why
    return trouble


def trouble_of(driver: Driver) -> str | None:
    """What keeps the reader from going on."""
    since = driver.at_work_since
    if driver.stopped:
        return f"has stopped: {driver.stopped}"
    if driver.failing:
        return f"trying again after {driver.failing}"
    if since is not None and driver.clock() - since > BATCH_SECONDS_MAX:
        return f"stands still in one batch for {driver.clock() - since:.0f} s"
    return None if driver.settled else "has no partitions yet"


async def _silent(pool: Any) -> str | None:  # noqa: ANN401 - asyncpg carries no types
    """What keeps the database from answering. One that is frozen does not even take a question back: nobody waits."""
    asked = asyncio.create_task(pool.fetchval("select 1"))
    await asyncio.wait({asked}, timeout=ASK_SECONDS_MAX)
    if not asked.done():
        asked.cancel()
        asked.add_done_callback(lambda late: late.cancelled() or late.exception())  # nobody asks any more
        return "TimeoutError"
    error = asked.exception()
    if error is not None and not isinstance(error, DATABASE_FAILS):
        raise error
    return None if error is None else type(error).__name__
