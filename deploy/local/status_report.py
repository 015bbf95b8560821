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
    console.print(f"{seen['state']}  {seen['url']}  kafka {seen['kafka']}", markup=False)
    table = Table("part", "pid", "ready", "records read", "why not")
    for name, pid in seen["pids"].items():
        service = seen["services"].get(name)
        of_service = ("", "", "") if service is None else _of_service(service)
        table.add_row(name, "[red]does not run[/]" if pid is None else str(pid), *of_service)
    console.print(table)


def _of_service(service: dict[str, Any]) -> tuple[str, str, str]:
    ready = "[green]yes[/]" if service["ready"] else "[red]no[/]"
    return ready, str(sum(service["positions"].values())), escape(why(service["reasons"]))


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
