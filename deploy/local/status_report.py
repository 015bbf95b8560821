"""`complaints status` and `complaints token`: what runs, for people and as JSON."""

import asyncio
import json
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from events.roles import ROLES
from local.foreground import DataOption
from local.places import DATA_DEFAULT, DataDir
from local.ports import HOST
from local.status import ask, why
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
    console.print(f"{state(seen)}  {seen['url']}  kafka {seen['kafka']}", markup=False)
    table = Table("part", "pid", "ready", "records read", "why not")
    for name, pid in seen["pids"].items():
        service = seen["services"].get(name)
        of_service = ("", "", "") if service is None else row(service)
        table.add_row(name, "[red]does not run[/]" if pid is None else str(pid), *of_service)
    console.print(table)


def state(seen: dict[str, Any]) -> str:
    """How far the start is; once it is over, whether all is as it was then."""
    said: str = seen["state"]
    well = None not in seen["pids"].values() and all(one["ready"] for one in seen["services"].values())
    return said if well or said != "ready" else "not all ready"


def row(service: dict[str, Any]) -> tuple[str, str, str]:
    """Whether a service is ready, how much it has read as far as anybody can tell, and why it is not ready."""
    ready = "[green]yes[/]" if service["ready"] else "[red]no[/]"
    read = str(sum(service["positions"].values())) if service["positions"] else "?"
    return ready, read, escape(why(service["reasons"]))


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
