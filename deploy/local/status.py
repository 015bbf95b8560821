"""What runs just now: the file that a supervisor writes, and the answer of everybody asked."""

import json
from collections.abc import Mapping
from typing import Any

import asyncpg
import httpx

from local.errors import LocalError
from local.places import DataDir, write_private
from local.process import Part, recorded
from local.service import Service
from local.tokens import Issuer

ASK_LIMIT_S = 3.0


class NothingRuns(LocalError):
    """A command needs a running system and there is none."""


def write_status(data: DataDir, *, state: str, url: str, kafka: str, database: str, parts: Mapping[str, Part]) -> None:
    """Say on disk who runs where; only this user can read it, for it names the database's password."""
    services = {name: part for name, part in parts.items() if isinstance(part, Service)}
    status = {
        "state": state,
        "url": url,
        "kafka": kafka,
        "database": database,
        "pids": {name: part.process.pid for name, part in parts.items()},
        "services": {name: {"service": part.service, "url": part.url} for name, part in services.items()},
    }
    write_private(data.run / "status.json", json.dumps(status, indent=2))


async def ask(data: DataDir) -> dict[str, Any]:
    """What runs on that data, every service asked whether it is ready; raises `NothingRuns`.

    Members: `state`, `url`, `tokens` by role, `kafka`, `database`, `pids`, and `services`: per service `ready`, `pid`,
    `url`, `positions` (next offset by partition).
    """
    path = data.run / "status.json"
    if recorded(data.run / "supervisor.json") is None or not path.exists():
        raise NothingRuns(f"nothing runs on {data.root}; start it with `make run`")
    status: dict[str, Any] = json.loads(path.read_text())
    for name, service in status["services"].items():
        service["pid"] = status["pids"].get(name)
        service["ready"] = await _ready(service["url"])
        service["positions"] = await _positions(status["database"], service.pop("service"))
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
    try:
        connection = await asyncpg.connect(database_url, timeout=ASK_LIMIT_S)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return {}
    try:
        rows = await connection.fetch(f'SELECT partition, next_offset FROM "{schema}".positions ORDER BY partition')  # noqa: S608 -- names of our own services
    except asyncpg.UndefinedTableError:
        return {}
    finally:
        await connection.close()
    return {str(row["partition"]): int(row["next_offset"]) for row in rows}
