"""`complaints status` and `complaints token`: what runs, for people and as JSON."""

import asyncio
import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from events.roles import ROLES
from local.foreground import DataOption
from local.places import DATA_DEFAULT, DataDir
from local.ports import HOST
from local.status import ask
from local.tokens import Issuer


class Output(StrEnum):
    TEXT = "text"
    JSON = "json"


def status(
    *,
    data: DataOption = DATA_DEFAULT,
    output: Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")] = Output.TEXT,
) -> None:
    """Say what runs: addresses, processes, who is ready, how far each service has read."""
    seen = asyncio.run(ask(DataDir(data.resolve())))
    if output is Output.JSON:
        print(json.dumps(seen, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{seen['state']}  {seen['url']}  kafka {seen['kafka']}", markup=False)
    table = Table("service", "ready", "pid", "records read")
    for name, service in seen["services"].items():
        ready = "[green]yes[/]" if service["ready"] else "[red]no[/]"
        table.add_row(name, ready, str(service["pid"]), str(sum(service["positions"].values())))
    console.print(table)


def token(
    role: Annotated[list[str], typer.Argument(help=f"One or more of: {', '.join(ROLES)}.")],
    *,
    data: DataOption = DATA_DEFAULT,
    subject: Annotated[str | None, typer.Option(help="Who it is; demo-<role> unless named.")] = None,
) -> None:
    """Print a token with those roles for the local system."""
    unknown = sorted(set(role) - set(ROLES))
    if unknown:
        raise typer.BadParameter(f"no such role: {', '.join(unknown)}; there are {', '.join(ROLES)}")
    print(Issuer(DataDir(data.resolve()), host=HOST).token(*role, subject=subject))
