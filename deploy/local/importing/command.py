"""`complaints import FORMAT FILE`: another system's file, published as that system would, until the views show it."""

import asyncio
import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local.foreground import DataOption
from local.importing import boston311, bpi2013, cfpb
from local.importing.comparing import Policies, compared, in_words, policies_at
from local.importing.comparing import publish as publish_pack
from local.importing.history import Format, History, history
from local.importing.progress import Shown
from local.importing.publish import publish
from local.importing.receipts import Answers
from local.importing.table import load
from local.importing.views import caught_up
from local.moments import moment
from local.places import DATA_DEFAULT, DataDir
from local.rules.asking import Asking
from local.status import ask
from local.status_report import Output

FORMATS = {form.source: form for form in (boston311.FORMAT, bpi2013.FORMAT, cfpb.FORMAT)}


class ClocksName(StrEnum):
    GIVEN = "given"
    POLICY = "policy"


REUSED = "event-id-reused"
TOLD_OTHERWISE = "told otherwise before: the same cases with other --clocks need a system of their own (--data DIR)"
CUT_OFF = "cut off; what was published counts. The same command brings the rest, nothing twice"
LISTED_MAX = 20
"""How many bad rows and refusals a person is shown; JSON has all of them."""


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise typer.BadParameter(f"is none that is known; one of: {', '.join(FORMATS)}")
    return FORMATS[name]


def import_file(
    form: Annotated[Format, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.", parser=_format)],
    file: Annotated[Path, typer.Argument(help="A CSV file of that format, gzip-compressed or not.")],
    *,
    known_until: Annotated[
        str | None,
        typer.Option(help="Until when the file's history is complete: a time with its zone, e.g. 2023-05-31T12:00Z."),
    ] = None,
    clocks: Annotated[
        ClocksName,
        typer.Option(help="Keep the due times that the source gives, or count them by a policy and compare."),
    ] = ClocksName.GIVEN,
    policies: Annotated[
        Path | None,
        typer.Option(help="With --clocks policy: a table of policies, published as the pack before the import."),
    ] = None,
    data: DataOption = DATA_DEFAULT,
    output: Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")] = Output.TEXT,
) -> None:
    """Import a file of another system's history. The same file twice, or once after it was cut off, changes nothing."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    by_policy = _by_policy(form, clocks, policies)
    pack = None if policies is None else policies_at(policies)
    told = history(form, load(file), moment(known_until, "--known-until"), clocks=clocks.value)
    console.print(f"{file.name}: {told.cases} cases, {len(told.events)} events; {len(told.bad)} rows cannot be told")
    started = time.monotonic()
    try:
        answers, clocked = asyncio.run(_import(DataDir(data.resolve()), told, console, pack, compare=by_policy))
    except KeyboardInterrupt:
        console.print(CUT_OFF)
        raise
    report = summary(told, answers, time.monotonic() - started) | clocked
    if output is Output.JSON:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _say(console, report)
    if report["bad_rows"] or report["refused"]:
        raise typer.Exit(1)


def _by_policy(form: Format, clocks: ClocksName, policies: Path | None) -> bool:
    if clocks is ClocksName.POLICY and form.policies is None:
        raise typer.BadParameter(f"no pack counts the due times of {form.source}", param_hint="--clocks")
    if policies is not None and clocks is not ClocksName.POLICY:
        raise typer.BadParameter("a table of policies is used with --clocks policy", param_hint="--policies")
    return clocks is ClocksName.POLICY


async def _import(
    data: DataDir, told: History, console: Console, pack: Policies | None, *, compare: bool
) -> tuple[Answers, dict[str, Any]]:
    system = await ask(data)
    clocked: dict[str, Any] = {}
    if pack is not None:
        clocked["pack_version"] = await publish_pack(await Asking.of(data), pack)
    with Shown(console, events=len(list(told))) as shown:
        answers = await publish(system["kafka"], told, shown)
        await caught_up(system["kafka"], system["database"], shown.views)
    if compare:
        clocked["clocks"] = await compared(system["url"], system["tokens"]["manager"], told.opened.source)
    return answers, clocked


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
    for line in in_words(report["clocks"]) if "clocks" in report else ():
        console.print(line, markup=False)
    lines = [f"row {bad['row']}, column {bad['column']}: {bad['why']}" for bad in report["bad_rows"]]
    lines += [f"event {each['event']}: {each['code']}: {each['why']}" for each in report["refused"]]
    if any(each["code"] == REUSED for each in report["refused"]):
        console.print(TOLD_OTHERWISE, style="red")
    for line in lines[:LISTED_MAX]:
        console.print(line, style="red", markup=False)
    if len(lines) > LISTED_MAX:
        console.print(f"and {len(lines) - LISTED_MAX} more; all of them with -o json", style="red")
