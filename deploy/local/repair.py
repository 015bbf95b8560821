"""`complaints rebuild` and `complaints redrive`: folding the log anew, and trying again what parked.

Both only speak to a service's own tables; the running reader finds out by itself (L18, L22). Must not: touch the log.
"""

import asyncio
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from local.errors import LocalError
from local.foreground import DataOption
from local.places import DATA_DEFAULT, DataDir
from local.ports import SERVICES
from local.status import running
from local.stores import Connection, database, log_ends
from runtime.refolding import empty

REBUILD_SECONDS_MAX = 3600
LOOK_SECONDS = 0.2
_READ = "select coalesce(sum(next_offset), 0)::bigint from {schema}.positions"
_REDRIVE = """
insert into {schema}.redrives (stream) select distinct stream from {schema}.parked where $1 = '' or stream = $1
on conflict do nothing returning stream"""


class NoSuchService(LocalError):
    """There is no service of that name."""


class NotInTime(LocalError):
    """A rebuild has not come to the log's end within its limit; it goes on."""


def rebuild(
    service: Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")] = "projections",
    *,
    data: DataOption = DATA_DEFAULT,
    wait: Annotated[bool, typer.Option(help="Wait until the service stands at the log's end again.")] = True,
) -> None:
    """Throw a service's tables away and fold the whole log anew, while it runs; nothing is sent or written twice."""
    asyncio.run(_rebuild(_known(service), data, wait=wait))


async def _rebuild(service: str, data: DataOption, *, wait: bool) -> None:
    status = running(DataDir(data.resolve()))
    async with database(status["database"]) as connection:
        await empty(connection, service)
        if wait:
            await _until_read(connection, service, sum((await log_ends(status["kafka"])).values()))


async def _until_read(connection: Connection, service: str, end: int) -> None:
    query = _READ.format(schema=service)
    try:
        with Progress(console=Console(stderr=True)) as bars:
            bar = bars.add_task(f"{service} reads the log", total=end)
            async with asyncio.timeout(REBUILD_SECONDS_MAX):
                read = 0
                while read < end:
                    with suppress(TimeoutError):  # one look that got no answer in time says: not yet
                        read = await connection.fetchval(query)
                    bars.update(bar, completed=min(read, end))
                    await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise NotInTime(f"{service} has not read the log within {REBUILD_SECONDS_MAX} s; it goes on") from None


def redrive(
    service: Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")],
    stream: Annotated[str, typer.Argument(help="One stream; all that is parked unless named.")] = "",
    *,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Ask a service to try again what it parked; the reader does it between two batches."""
    asked = asyncio.run(_redrive(_known(service), stream, data))
    console = Console(highlight=False, soft_wrap=True)
    for name in asked:
        console.print(f"{service} tries {name} again", markup=False)
    if not asked:
        console.print(f"nothing of {service} is parked" + (f" under {stream}" if stream else ""), markup=False)


async def _redrive(service: str, stream: str, data: DataOption) -> list[str]:
    async with database(running(DataDir(data.resolve()))["database"]) as connection:
        return [row["stream"] for row in await connection.fetch(_REDRIVE.format(schema=service), stream)]


def _known(service: str) -> str:
    if service not in SERVICES:
        raise NoSuchService(f"no service {service}; there are {', '.join(SERVICES)}")
    return service
