"""A running system as a test sees it: the API over HTTP, and the command line, in processes of their own or in ours."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from command_line import complaints
from local.ports import Ports
from local.stores import log_ends
from local.supervisor import Stack

COMMAND_SECONDS_MAX = 1500.0
COMPLAINTS = Path(sys.executable).with_name("complaints")


@dataclass(frozen=True)
class System:
    """A running system, its API, and imports into it."""

    stack: Stack
    api: httpx.AsyncClient

    async def get(self, path: str, **wanted: str) -> dict[str, Any]:
        """What `GET /v1/<path>` answers."""
        answer: dict[str, Any] = (await self.api.get(f"/v1/{path}", params=wanted)).raise_for_status().json()
        return answer

    async def count(self, **wanted: str) -> int:
        """How many complaints the worklist's filter leaves."""
        answer = await self.api.get("/v1/complaints", params={**wanted, "limit": "1", "count": "exact"})
        return int(answer.raise_for_status().headers["complaint-count"])

    async def start(self, *command: str) -> Process:
        """`complaints ...` on this system, as a process that a test may kill."""
        where = ("--data", str(self.stack.data.root), "-o", "json")
        return await asyncio.create_subprocess_exec(COMPLAINTS, *command, *where, stdout=PIPE, stderr=PIPE)

    async def report(self, process: Process) -> dict[str, Any]:
        """What a command says in the end; it must have ended well."""
        out, err = await asyncio.wait_for(process.communicate(), COMMAND_SECONDS_MAX)
        assert process.returncode == 0, err.decode()
        report: dict[str, Any] = json.loads(out)
        return report

    async def run(self, *command: str) -> dict[str, Any]:
        """`complaints ...` from start to end."""
        return await self.report(await self.start(*command))

    async def told(self, *command: str) -> tuple[int, str, str]:
        """`complaints ...` in this process, where a test is about what is answered: its exit code and both outputs."""
        code, out, err = await complaints(*command, "--data", str(self.stack.data.root))
        return code, out.decode(), err.decode()

    async def has_cases(self, source: str, cases: int) -> bool:
        """Whether the views show at least so many complaints of a source."""
        return await self.count(source=source) >= cases

    async def log_ends(self) -> dict[int, int]:
        """Where each partition of the log ends now, by Kafka's word: a reader says where it is only now and then."""
        return await log_ends(self.stack.kafka)

    async def until(self, holds: Callable[[], Awaitable[bool]], limit_seconds: float) -> None:
        deadline = time.monotonic() + limit_seconds
        while not await holds():
            assert time.monotonic() < deadline, f"not so after {limit_seconds:.0f} s"
            await asyncio.sleep(0.2)


@asynccontextmanager
async def whole_system(folder: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[System]:
    """Everything started in that folder, and an API client of a manager. `environment` goes to every service."""
    async with Stack(folder, ports=Ports.free(), environment=environment, say=lambda _: None) as stack:
        headers = {"authorization": f"Bearer {stack.token('manager')}"}
        async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60, trust_env=False) as api:
            yield System(stack, api)
