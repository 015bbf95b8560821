"""`python -m bench`: run the parts on one fresh system, write one JSON, print the figures beside the aims.

`--report` writes the figures of the last run into the document. Must not: measure anything itself.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import uvloop
from rich.console import Console

from bench import clocks, commands, full_way, machine, rebuild, report, tick
from bench.aims import judge
from bench.system import System, running
from local.errors import LocalError
from local.places import CHECKOUT

OUT = CHECKOUT / ".local" / "bench.json"
DOCUMENT = CHECKOUT / "docs" / "performance.md"
FILE_WIDTH = 160
"""Of the tables where nobody looks at a terminal."""


class Part(StrEnum):
    """In the order of a run. Rebuilt is twice: before the open cases come in, and once more when the log is longest."""

    CLOCKS = "clocks"
    FULL_WAY = "full-way"
    COMMAND = "command"
    REBUILD = "rebuild"
    TICK = "tick"
    LONG_REBUILD = "long-rebuild"


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    cases: int = 30_000
    seconds: float = 10.0
    open_cases: int = 100_000
    due: int = 1_000
    rebuild_records: int = 100_000


QUICK = Sizes(cases=300, seconds=1.0, open_cases=300, due=50, rebuild_records=1_000)


def bench(
    *,
    only: Annotated[list[Part] | None, typer.Option(help="Run this part only; may be repeated.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes: does it run? Its figures mean nothing.")] = False,
    cases: Annotated[int | None, typer.Option(min=1, help="Full way: cases of the history.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Command: how long each level is measured.")] = None,
    open_cases: Annotated[int | None, typer.Option("--open", min=1, help="Tick: open cases.")] = None,
    due: Annotated[int | None, typer.Option(min=1, help="Tick: how many of them are due within one second.")] = None,
    rebuild_records: Annotated[int | None, typer.Option(min=1, help="Rebuild: records the log holds at least.")] = None,
    door: Annotated[bool, typer.Option("--door", help="Command: through Caddy, not straight to intake.")] = False,
    out: Annotated[Path, typer.Option(help="Where the JSON goes.")] = OUT,
    write: Annotated[
        bool, typer.Option("--report", help="Measure nothing; write the figures of the JSON into docs/performance.md.")
    ] = False,
) -> None:
    """Measure the whole system on this machine: speed beside the aims, CPU and memory by process."""
    if write:
        report.write(orjson.loads(_existing(out).read_bytes()), DOCUMENT)
        print(f"{DOCUMENT}: the figures of {out}")
        return
    asked = {
        "cases": cases,
        "seconds": seconds,
        "open_cases": open_cases,
        "due": due,
        "rebuild_records": rebuild_records,
    }
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    sizes = replace(QUICK if quick else Sizes(), **given)
    if sizes.due > sizes.open_cases:
        raise typer.BadParameter(f"{sizes.due} are due of {sizes.open_cases} open cases", param_hint="--due")
    said = Console(stderr=True, highlight=False)
    found = uvloop.run(_run([one for one in Part if only is None or one in only], sizes, said, door=door))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    terminal = Console(highlight=False)
    report.show(found, terminal if terminal.is_terminal else Console(highlight=False, width=FILE_WIDTH))
    print(out)
    if found["failed"]:
        raise typer.Exit(1)


def _existing(out: Path) -> Path:
    if not out.exists():
        raise typer.BadParameter(f"there is no {out}: run `make bench` first", param_hint="--out")
    return out


async def _run(parts: list[Part], sizes: Sizes, said: Console, *, door: bool) -> dict[str, Any]:
    load = machine.load_average()
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load_average_before": load}

    def say(line: str) -> None:
        said.print(line, markup=False)

    async with running(say) as system:
        found |= {
            "machine": await machine.describe(system.stack.database_url),
            "sizes": asdict(sizes),
            "parts": {},
            "failed": {},
        }
        found["memory"] = {"at the start": system.memory()}
        measures = _measures(system, sizes, door=door)
        for part in parts:
            say(f"{part.value} ...")
            try:
                found["parts"][part.value] = await measures[part]()
            except (LocalError, TimeoutError) as error:  # the other parts are worth their time
                found["failed"][part.value] = f"{type(error).__name__}: {error}"
                say(f"  failed: {error}")
            found["memory"][f"after {part.value}"] = system.memory()
    found["aims"] = [{**asdict(one.aim), "seen": one.seen, "verdict": one.verdict} for one in judge(found["parts"])]
    return found


def _measures(system: System, sizes: Sizes, *, door: bool) -> dict[Part, Callable[[], Awaitable[dict[str, Any]]]]:
    return {
        Part.CLOCKS: lambda: asyncio.to_thread(clocks.measure),
        Part.FULL_WAY: lambda: full_way.measure(system, sizes.cases),
        Part.COMMAND: lambda: commands.measure(system, sizes.seconds, door=door),
        Part.REBUILD: lambda: rebuild.measure(system, sizes.rebuild_records),
        Part.TICK: lambda: tick.measure(system, sizes.open_cases, sizes.due),
        Part.LONG_REBUILD: lambda: rebuild.measure(system, sizes.rebuild_records),
    }


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_show_locals=False)
    app.command()(bench)
    try:
        app()
    except LocalError as error:
        Console(stderr=True, highlight=False).print(f"bench: {error}", markup=False, style="red")
        sys.exit(1)
