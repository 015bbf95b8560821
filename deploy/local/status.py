"""What runs just now: what a supervisor wrote down, the records of its processes, and the answer of everybody asked."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from local.errors import LocalError
from local.places import DataDir, write_private
from local.ports import HOST
from local.process import Part, recorded
from local.service import Service, reasons_of
from local.stores import Unanswered, database
from local.tokens import Issuer

ASK_SECONDS_MAX = 3.0


class NothingRuns(LocalError):
    """A command needs a running system and there is none."""


def write_status(
    data: DataDir, *, state: str, url: str, kafka: str, database: str, log_partitions: int, parts: Mapping[str, Part]
) -> None:
    """Say on disk what there is and where; only this user can read it, for it names the database's password."""
    services = {name: part for name, part in parts.items() if isinstance(part, Service)}
    status = {
        "state": state,
        "url": url,
        "kafka": kafka,
        "database": database,
        "log_partitions": log_partitions,
        "parts": list(parts),
        "services": {name: {"service": part.service, "url": part.url} for name, part in services.items()},
    }
    write_private(data.run / "status.json", json.dumps(status, indent=2))


def running(data: DataDir) -> dict[str, Any]:
    """What the supervisor of that data wrote down, nobody being asked; raises `NothingRuns`.

    Members: `state`, `url`, `kafka`, `database` (empty until the embedded one runs), `log_partitions`; `pids` of its
    parts, None of one that has ended; `services` with `service` and `url` each. What was not begun yet is absent.
    """
    path = data.run / "status.json"
    if recorded(data.run / "supervisor.json") is None or not path.exists():
        raise NothingRuns(f"nothing runs on {data.root}; start it with `make run`")
    status: dict[str, Any] = json.loads(path.read_text())
    processes = {name: recorded(data.run / f"{name}.json") for name in status.pop("parts")}
    status["pids"] = {name: process and process.pid for name, process in processes.items()}
    return status


async def ask(data: DataDir) -> dict[str, Any]:
    """What runs on that data, every service asked at once whether it is ready; raises `NothingRuns`.

    Besides what `running` says: `tokens` by role, and per service `ready`, `reasons` (why it is not, by part), `pid`,
    `positions` (next offset by partition).
    """
    status = running(data)
    asked = status["services"].items()
    reasons = await asyncio.gather(*(_reasons(service["url"]) for _, service in asked))
    positions = await asyncio.gather(*(_positions(status["database"], service.pop("service")) for _, service in asked))
    for (name, service), said, read in zip(asked, reasons, positions, strict=True):
        pid = status["pids"][name]
        given = {"process": "does not run"} if pid is None else said
        service |= {"pid": pid, "ready": not given, "reasons": given, "positions": read}
    status["tokens"] = Issuer(data, host=HOST).tokens() if (data.tokens / "tokens.json").exists() else {}
    return status


def why(reasons: Mapping[str, str]) -> str:
    """Why a service is not ready, in one line."""
    return "; ".join(f"{part}: {reason}" for part, reason in reasons.items())


async def _reasons(url: str) -> dict[str, str]:
    """Why the service there is not ready, by part; empty where it is."""
    async with httpx.AsyncClient(timeout=ASK_SECONDS_MAX, trust_env=False) as client:
        try:
            return reasons_of(await client.get(f"{url}/readyz"))
        except httpx.TransportError:
            return {"process": "does not answer"}


async def _positions(database_url: str, schema: str) -> dict[str, int]:
    """Next offset by partition, as that service's own table says; empty where it has none or nobody answers."""
    query = f'SELECT partition, next_offset FROM "{schema}".positions ORDER BY partition'  # noqa: S608 -- our own name
    try:
        async with asyncio.timeout(ASK_SECONDS_MAX), database(database_url) as connection:
            rows = await connection.fetch(query)
    except (Unanswered, TimeoutError):
        return {}
    return {str(row["partition"]): int(row["next_offset"]) for row in rows}
