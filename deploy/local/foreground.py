"""`complaints up` and `down`: one system in the foreground until Ctrl-C, and how it is told to stop from elsewhere."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from local.places import DATA_DEFAULT, DataDir
from local.ports import FIRST_SERVICE, SERVICES, Ports, services_from
from local.process import POLL_SECONDS, NotStopped, recorded
from local.status import NothingRuns, ask, why
from local.supervisor import Stack

DOWN_SECONDS_MAX = 20.0
SAID_SECONDS = 15.0
PORT_MAX = 65_535
DataOption = Annotated[Path, typer.Option("--data", help="Folder of the system's data.")]

READY = """
[bold green]Ready[/] in {seconds:.1f} s.
  Console   {url}/
  API       {url}/v1/
  Tokens    to sign in with, for 30 days and this machine only:
{tokens}
  Try       curl -si {url}/v1/complaints -H "Authorization: Bearer $(.venv/bin/complaints token reception)" \\
              -H "Idempotency-Key: try-1" -H "Content-Type: application/json" \\
              -d '{{"channel": "phone", "text": "The card was charged twice."}}'
  Data      make demo (an invented week), or: .venv/bin/complaints import FORMAT FILE
  Look      .venv/bin/complaints status; logs in {logs}
  Stop      Ctrl-C here, or: make down
"""


def up(
    *,
    data: DataOption = DATA_DEFAULT,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove the data of earlier runs first.")] = False,
    door: Annotated[int, typer.Option(help="Port of the front door.", min=1, max=PORT_MAX)] = Ports().door,
    services: Annotated[
        int, typer.Option(help="Port of the first service; the others follow.", min=1, max=PORT_MAX - len(SERVICES) + 1)
    ] = FIRST_SERVICE,
    kafka: Annotated[
        int, typer.Option(help="Port of Kafka; its controller takes the next one.", min=1, max=PORT_MAX - 1)
    ] = Ports().kafka,
    postgres: Annotated[int, typer.Option(help="Port of PostgreSQL.", min=1, max=PORT_MAX)] = Ports().postgres,
    kafka_bootstrap: Annotated[
        str | None, typer.Option(envvar="KAFKA_BOOTSTRAP", help="A Kafka of your own instead of the embedded one.")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(envvar="DATABASE_URL", help="A PostgreSQL of your own instead of the embedded one.")
    ] = None,
) -> None:
    """Start the whole system and keep it up until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    stack = Stack(
        data,
        ports=Ports(door=door, kafka=kafka, controller=kafka + 1, postgres=postgres, services=services_from(services)),
        kafka_bootstrap=kafka_bootstrap or None,
        database_url=database_url or None,
        say=lambda line: console.print(line, markup=False),
    )
    asyncio.run(_run(stack, console, fresh=fresh))


async def _run(stack: Stack, console: Console, *, fresh: bool) -> None:
    started = time.monotonic()
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told_to_stop.set)
    starting = asyncio.create_task(stack.up(fresh=fresh))
    stopping = asyncio.create_task(told_to_stop.wait())
    telling = asyncio.create_task(tell_what_is_waited_for(stack, console))
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if starting.done():
        await starting  # raises where the start failed; what was started is stopped already
        console.print(_block(stack, time.monotonic() - started))
        await stopping
    console.print("\nstopping in order ...")
    asked = time.monotonic()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await stack.down()
    console.print(f"stopped in {time.monotonic() - asked:.1f} s; the data stays in {stack.data.root}", markup=False)


async def tell_what_is_waited_for(stack: Stack, console: Console) -> None:
    """Until cancelled: a start may read a large log, and nobody shall take it for one that hangs."""
    while True:
        await asyncio.sleep(SAID_SECONDS)
        with suppress(NothingRuns):
            services = (await ask(stack.data))["services"].items()
            if waits := [f"{name} ({why(service['reasons'])})" for name, service in services if service["reasons"]]:
                console.print(f"waiting for {', '.join(waits)}", markup=False)


def _block(stack: Stack, seconds: float) -> str:
    tokens = "\n".join(f"    {role:<12} {token}" for role, token in stack.issuer.tokens().items())
    return READY.format(seconds=seconds, url=stack.url, tokens=tokens, logs=stack.data.logs)


def down(*, data: DataOption = DATA_DEFAULT) -> None:
    """Stop the system that runs on that data, in order, and wait for it."""
    record = DataDir(data.resolve()).run / "supervisor.json"
    supervisor = recorded(record)
    if supervisor is None:
        raise NothingRuns(f"nothing runs on {data}")
    os.kill(supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS_MAX
    while recorded(record) is not None:
        if time.monotonic() > deadline:
            raise NotStopped(f"the supervisor (pid {supervisor.pid}) has not stopped in {DOWN_SECONDS_MAX:.0f} s")
        time.sleep(POLL_SECONDS)
    print("stopped")
