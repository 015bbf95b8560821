"""On what it was measured: the machine's size and the versions of what runs on it. Must not: any measurement."""

import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from local.places import KAFKA_LIBS
from local.system import JAVA, found, java_major

GIB = 2**30


async def describe(database_url: str) -> dict[str, Any]:
    """Cores and memory in GiB that we may use, CPU model, versions, and how busy the machine was before we began."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        server = str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()
    java = found(JAVA)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / GIB, 1),
        "cpu": _cpu_model(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "kafka": _kafka(),
        "java": str(java_major(java)) if java else "unknown",
        "postgresql": server.split(maxsplit=1)[0],
        "aiokafka": metadata.version("aiokafka"),
        "asyncpg": metadata.version("asyncpg"),
        "eventsourcing": metadata.version("eventsourcing"),
    }


def load_average() -> float:
    """Of the last minute: more than a few tenths before we begin means that others use the machine."""
    return round(os.getloadavg()[0], 2)


def _cpu_model() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1] if match else platform.machine()


def _kafka() -> str:
    for jar in KAFKA_LIBS.glob("kafka_2.13-*.jar"):
        match = re.fullmatch(r"kafka_2\.13-([0-9.]+)\.jar", jar.name)
        if match:
            return match[1]
    return "unknown"
