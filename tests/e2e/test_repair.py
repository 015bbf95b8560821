"""The command line's tools for the record: read it, fold it anew, try again what parked."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from local.ports import SERVICES
from whole import COMPLAINTS, System, whole_system

_STREAMS = "select stream, intake, triage, escalation, accountability, state from {}.streams order by stream"


async def test_the_record_is_read_and_every_service_is_folded_anew(tmp_path: Path) -> None:
    """L16, L21: after a rebuild of each service, while it runs, every row stands as before and the log is no longer."""
    async with whole_system(tmp_path) as system:
        cases = [await _case(system) for _ in range(5)]
        await system.until(lambda: _graded(system, cases), 30)
        shown = await _said("log", "show", cases[0], system=system)
        assert shown.count("admitted") >= 5
        assert "complaints.intake.lodged.v1" in shown
        assert "My engine stalls" not in shown

        before, ends = await _rows(system), await system.log_ends()
        for service in SERVICES:
            await _said("rebuild", service, system=system)
        await system.until(lambda: _same(system, before), 30)
        assert await system.log_ends() == ends
        page = await system.get(f"complaints/{cases[0]}")
        assert page["text"] == "My engine stalls"

        assert "nothing" in await _said("redrive", "triage", system=system)


async def _case(system: System) -> str:
    headers = {"Authorization": f"Bearer {system.stack.token('complainant')}", "Idempotency-Key": str(uuid4())}
    body = {"channel": "app", "text": "My engine stalls"}
    answer = (await system.api.post("/v1/complaints", json=body, headers=headers)).raise_for_status()
    return str(answer.json()["complaint_id"])


async def _graded(system: System, cases: list[str]) -> bool:
    pages = [await system.api.get(f"/v1/complaints/{case}") for case in cases]
    return all(page.status_code == 200 and page.json().get("offer") for page in pages)


async def _rows(system: System) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(system.stack.database_url)
    try:
        return {
            service: [tuple(row) for row in await connection.fetch(_STREAMS.format(service))] for service in SERVICES
        }
    finally:
        await connection.close()


async def _same(system: System, before: dict[str, list[Any]]) -> bool:
    return await _rows(system) == before


async def _said(*command: str, system: System) -> str:
    where = ("--data", str(system.stack.data.root))
    process = await asyncio.create_subprocess_exec(
        COMPLAINTS, *command, *where, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, err.decode()
    return out.decode()
