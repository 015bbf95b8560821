"""What runs just now: the file that a supervisor writes, and the answer of everybody asked."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from local.errors import LocalError
from local.places import DataDir, write_private
from local.process import Part, recorded
from local.service import Service
from local.stores import Unanswered, database
from local.tokens import Issuer

ASK_LIMIT_S = 3.0


class NothingRuns(LocalError):
    """A command needs a running system and there is none."""


def write_status(
    data: DataDir, *, state: str, url: str, kafka: str, database: str, log_partitions: int, parts: Mapping[str, Part]
) -> None:
    """Say on disk who runs where; only this user can read it, for it names the database's password."""
    services = {name: part for name, part in parts.items() if isinstance(part, Service)}
    status = {
        "state": state,
        "url": url,
        "kafka": kafka,
        "database": database,
        "log_partitions": log_partitions,
        "pids": {name: part.process.pid for name, part in parts.items()},
        "services": {name: {"service": part.service, "url": part.url} for name, part in services.items()},
    }
    write_private(data.run / "status.json", json.dumps(status, indent=2))


def running(data: DataDir) -> dict[str, Any]:
    """What the supervisor of that data wrote down, nobody being asked; raises `NothingRuns`.

    Members: `state`, `url`, `kafka`, `database`, `log_partitions`, `pids`; `services` with `service` and `url` each.
    """
    path = data.run / "status.json"
    if recorded(data.run / "supervisor.json") is None or not path.exists():
        raise NothingRuns(f"nothing runs on {data.root}; start it with `make run`")
    status: dict[str, Any] = json.loads(path.read_text())
    return status


async def ask(data: DataDir) -> dict[str, Any]:
    """What runs on that data, every service asked at once whether it is ready; raises `NothingRuns`.

    Besides what `running` says: `tokens` by role, and per service `ready`, `pid`, `positions` (next offset by
    partition).
    """
    status = running(data)
    asked = status["services"].items()
    ready = await asyncio.gather(*(_ready(service["url"]) for _, service in asked))
    positions = await asyncio.gather(*(_positions(status["database"], service.pop("service")) for _, service in asked))
    for (name, service), is_ready, read in zip(asked, ready, positions, strict=True):
        service |= {"pid": status["pids"].get(name), "ready": is_ready, "positions": read}
    status["tokens"] = Issuer(data, host="127.0.0.1").tokens() if (data.tokens / "tokens.json").exists() else {}
    return status


async def _ready(url: str) -> bool:
    async with httpx.AsyncClient(timeout=ASK_LIMIT_S, trust_env=False) as client:
        try:
            return (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


async def _positions(database_url: str, schema: str) -> dict[str, int]:
    """Next offset by partition, as that service's own table says; empty where it has none or nobody answers."""
    query = f'SELECT partition, next_offset FROM "{schema}".positions ORDER BY partition'  # noqa: S608 -- our own name
    try:
        async with asyncio.timeout(ASK_LIMIT_S), database(database_url) as connection:
            rows = await connection.fetch(query)
    except (Unanswered, TimeoutError):
        return {}
    return {str(row["partition"]): int(row["next_offset"]) for row in rows}
