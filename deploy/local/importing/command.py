"""`complaints import FORMAT FILE`: another system's file, published as that system would, until the views show it."""

import asyncio
import json
import time
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local.foreground import DataOption
from local.importing import boston311, bpi2013, cfpb
from local.importing.history import History, history
from local.importing.progress import Shown
from local.importing.publish import publish
from local.importing.receipts import Answers
from local.importing.table import load
from local.importing.views import caught_up
from local.places import DATA_DEFAULT, DataDir
from local.status import ask
from local.status_report import Output

FORMATS = {form.source: form for form in (boston311.FORMAT, bpi2013.FORMAT, cfpb.FORMAT)}


class FormatName(StrEnum):
    BOSTON311 = boston311.SOURCE
    BPI2013 = bpi2013.SOURCE
    CFPB = cfpb.SOURCE


LISTED_MAX = 20
"""How many bad rows and refusals a person is shown; JSON has all of them."""


def import_file(
    form: Annotated[FormatName, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.")],
    file: Annotated[Path, typer.Argument(help="A CSV file of that format, gzip-compressed or not.")],
    *,
    known_until: Annotated[
        str | None,
        typer.Option(help="Until when the file's history is complete: a time with its zone, e.g. 2023-05-31T12:00Z."),
    ] = None,
    data: DataOption = DATA_DEFAULT,
    output: Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")] = Output.TEXT,
) -> None:
    """Import a file of another system's history. The same file twice, or once after it was cut off, changes nothing."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    told = history(FORMATS[form.value], load(file), _moment(known_until))
    console.print(f"{file.name}: {told.cases} cases, {len(told.events)} events; {len(told.bad)} rows cannot be told")
    started = time.monotonic()
    answers = asyncio.run(_import(DataDir(data.resolve()), told, console))
    report = summary(told, answers, time.monotonic() - started)
    if output is Output.JSON:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _say(console, report)
    if report["bad_rows"] or report["refused"]:
        raise typer.Exit(1)


async def _import(data: DataDir, told: History, console: Console) -> Answers:
    system = await ask(data)
    with Shown(console, events=len(list(told))) as shown:
        answers = await publish(system["kafka"], told, shown)
        await caught_up(system["url"], system["tokens"]["ops"], shown.views)
    return answers


def summary(told: History, answers: Answers, seconds: float) -> dict[str, Any]:
    """What became of the file; `refused` and `bad_rows` name every event and row that is not in the system."""
    return {
        "batch": told.batch,
        "source": told.opened.source,
        "known_until": told.known_until.isoformat(),
        "cases": told.cases,
        "admitted": answers.counts["admitted"],
        "already": answers.counts["already"],
        "refused": [{"event": each.event_id, "code": each.code, "why": each.why} for each in answers.refused],
        "bad_rows": [{"row": cell.row, "column": cell.column, "why": cell.why} for cell in told.bad],
        "seconds": round(seconds, 1),
    }


def _say(console: Console, report: dict[str, Any]) -> None:
    console.print(
        f"{report['batch']}: {report['admitted']} events admitted, {report['already']} were there already, "
        f"{len(report['refused'])} refused; {report['seconds']} s. Known until {report['known_until']}."
    )
    lines = [f"row {bad['row']}, column {bad['column']}: {bad['why']}" for bad in report["bad_rows"]]
    lines += [f"event {each['event']}: {each['code']}: {each['why']}" for each in report["refused"]]
    for line in lines[:LISTED_MAX]:
        console.print(line, style="red", markup=False)
    if len(lines) > LISTED_MAX:
        console.print(f"and {len(lines) - LISTED_MAX} more; all of them with -o json", style="red")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"not a time: {text}", param_hint="--known-until") from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text} has no zone; write {text}Z for UTC", param_hint="--known-until")
    return moment
