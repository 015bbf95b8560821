"""`complaints demo`: the invented week, the last hours, and one case for each situation; a second run adds nothing."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Column, Table

from local.demo.live import live
from local.demo.office import LIMIT_SECONDS, POLL_SECONDS, Office
from local.demo.situations import SITUATIONS
from local.demo.stage import Stage
from local.demo.week import SOURCE, WEEK, week
from local.errors import LocalError
from local.foreground import DataOption
from local.importing.progress import Shown
from local.importing.publish import tell
from local.importing.receipts import Receipts
from local.importing.views import caught_up
from local.places import DATA_DEFAULT, DataDir
from local.ports import HOST
from local.status import ask
from local.status_report import Output
from local.tokens import Issuer

TABLE_WIDTH = 120
"""So that an id is never cut, whoever reads it."""
OPENED = "complaints.intake.import-opened.v1"


class NoBeginning(LocalError):
    """The first run's moment, from which all times of the demo are counted, cannot be found."""


def demo(
    *,
    data: DataOption = DATA_DEFAULT,
    output: Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")] = Output.TEXT,
) -> None:
    """Load an invented week of complaints, and play one case for each situation; prints their ids."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    report = asyncio.run(_demo(DataDir(data.resolve()), console))
    if output is Output.JSON:
        print(json.dumps(report, indent=2))
    else:
        _say(report)


async def _demo(data: DataDir, console: Console) -> dict[str, Any]:
    system = await ask(data)
    async with httpx.AsyncClient(base_url=system["url"], timeout=LIMIT_SECONDS, trust_env=False) as client:
        office = Office(client, Issuer(data, host=HOST))
        async with Receipts(system["kafka"], SOURCE) as receipts:
            began = await _began(office, receipts, system["kafka"])
            await _tell(system["kafka"], receipts, began, console)
        stage = Stage(office, receipts.answers.complaints)
        played: dict[str, str] = {}
        for number, situation in enumerate(SITUATIONS, 1):
            console.print(f"{number:>2}/{len(SITUATIONS)} {situation.name}: {situation.shows}", markup=False)
            played[situation.name] = await situation.play(stage)
    await caught_up(system["kafka"], system["database"])
    return {"url": system["url"], "began": began.isoformat(), "situations": played, **_counted(receipts)}


def _counted(receipts: Receipts) -> dict[str, Any]:
    counts = receipts.answers.counts
    return {"told": counts.total(), "admitted": counts["admitted"], "already": counts["already"]}


async def _began(office: Office, receipts: Receipts, bootstrap: str) -> datetime:
    """When the demo was begun for the first time: all its times are counted from there, so a second run says the same.

    It is told before anything else, by the opening of the week's history.
    """
    opened = await _opened(office)
    if opened is None:
        await tell(bootstrap, receipts, [week(datetime.now(UTC).replace(microsecond=0)).opened])
        deadline = time.monotonic() + LIMIT_SECONDS
        while (opened := await _opened(office)) is None:
            if time.monotonic() > deadline:
                raise NoBeginning(f"the views do not show the demo's beginning after {LIMIT_SECONDS:.0f} s")
            await asyncio.sleep(POLL_SECONDS)
    return opened + WEEK


async def _opened(office: Office) -> datetime | None:
    items = await office.records({"actor": SOURCE, "type": OPENED, "verdict": "admitted"})
    return datetime.fromisoformat(items[-1]["time"]) if items else None


async def _tell(bootstrap: str, receipts: Receipts, began: datetime, console: Console) -> None:
    """The week as history, the last hours as they happen; the week is complete once everything else is answered."""
    history, hours = week(began), live(began)
    with Shown(console, events=len(history.events) + len(hours) + 1) as shown:
        receipts.answered = shown.answered
        await tell(bootstrap, receipts, [*history.events, *hours], shown)
        await tell(bootstrap, receipts, [history.completed], shown)
    if receipts.answers.refused:
        first = receipts.answers.refused[0]
        raise NoBeginning(f"{len(receipts.answers.refused)} events were refused, first {first.event_id}: {first.why}")


def _say(report: dict[str, Any]) -> None:
    print(f"{report['told']} events told: {report['admitted']} admitted, {report['already']} were there already.")
    table = Table("situation", "what there is to see", Column("complaint", no_wrap=True))
    for situation in SITUATIONS:
        table.add_row(situation.name, situation.shows, report["situations"][situation.name])
    Console(highlight=False, width=TABLE_WIDTH).print(table)
    print(f"Open one at {report['url']}/v1/complaints/<id>, or see all at {report['url']}/console/")
