"""The command line's tools for the record: read it, fold it anew, try again what parked."""

import asyncio
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition

from events.admission import UNNAMED, Expectation
from events.envelope import Envelope, write_headers
from events.fact import Chapter
from events.intake import ComplaintLodged
from events.partition import partition_of
from local.importing.views import caught_up
from local.ports import SERVICES
from odd_names import send_odd
from runtime.topics import LOG
from whole import COMPLAINTS, System, whole_system

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTITIONS = 12
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_PARENT = {"traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"}
_TRACED = {"OTEL_TRACES_EXPORTER": "console", "OTEL_BSP_SCHEDULE_DELAY": "200"}
_UNREADABLE = "complaint/11111111-2222-4333-8444-555555555555"
_STREAMS = "select stream, intake, triage, escalation, accountability, state from {}.streams order by stream"


async def test_the_record_is_read_and_every_service_is_folded_anew(tmp_path: Path) -> None:
    """L16, L21: after a rebuild of each service, while it runs, every row stands as before and the log is no longer.

    Before that one trace leads from a POST into every service; in the end what parked everywhere is tried again (L22).
    """
    async with whole_system(tmp_path, environment=_TRACED) as system:
        following = await _started("log", "tail", "--count", "1", system=system)
        assert following.stderr is not None
        await asyncio.wait_for(following.stderr.readline(), 60)
        cases = [await _case(system, **_PARENT), *[await _case(system) for _ in range(4)]]
        assert "complaints.intake.lodged.v1" in await _end(following)
        await system.until(lambda: _traced_everywhere(system), 30)
        await system.until(lambda: _graded(system, cases), 30)
        shown = await _said("log", "show", cases[0], system=system)
        assert shown.count("admitted") >= 5
        assert "complaints.intake.lodged.v1" in shown
        assert "My engine stalls" not in shown

        await caught_up(system.stack.kafka, system.stack.database_url)  # else some of it is still to be said or read
        before, ends = await _rows(system), await system.log_ends()
        for service in SERVICES:
            await _said("rebuild", service, system=system)
        await system.until(lambda: _same(system, before), 30)
        assert await system.log_ends() == ends
        page = await system.get(f"complaints/{cases[0]}")
        assert page["text"] == "My engine stalls"

        assert "nothing" in await _said("redrive", "triage", system=system)
        await _write_unreadable(system)
        await system.until(lambda: _parked_in(system, SERVICES), 30)
        assert "complaints.intake.lodged.v1" in await _said("log", "show", _UNREADABLE, system=system)
        for service in ("triage", "projections"):
            assert f"{service} tries {_UNREADABLE} again" in await _said("redrive", service, system=system)


async def _traced_everywhere(system: System) -> bool:
    """Whether every service has a span of the trace that the client began."""
    logs = [system.stack.data.logs / f"{service}.log" for service in SERVICES]
    return all(f'"trace_id": "0x{_TRACE}"' in log.read_text() for log in logs)


async def _write_unreadable(system: System) -> None:
    """What the law admits, and nobody can read; with a header that no client of ours writes."""
    told = Envelope(
        event_id=str(uuid4()), source="intake", type=ComplaintLodged.type, chapter=Chapter.INTAKE, stream=_UNREADABLE,
        time=NOON, recorded_time=NOON, expects=Expectation(0, UNNAMED, UNNAMED, UNNAMED),
    )  # fmt: skip
    key = _UNREADABLE.encode()
    async with AIOKafkaProducer(bootstrap_servers=system.stack.kafka) as producer:
        await send_odd(producer, TopicPartition(LOG, partition_of(key, PARTITIONS)), key, b"{}", write_headers(told))


async def _parked_in(system: System, services: tuple[str, ...]) -> bool:
    connection = await asyncpg.connect(system.stack.database_url)
    try:
        found = [await connection.fetchval(f"select min(stream) from {service}.parked") for service in services]  # noqa: S608
        return found == [_UNREADABLE] * len(services)
    finally:
        await connection.close()


async def _case(system: System, **more: str) -> str:
    headers = {"Authorization": f"Bearer {system.stack.token('complainant')}", "Idempotency-Key": str(uuid4()), **more}
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
    code, out, err = await system.told(*command)
    assert code == 0, err
    return out


async def _started(*command: str, system: System) -> Process:
    where = ("--data", str(system.stack.data.root))
    return await asyncio.create_subprocess_exec(COMPLAINTS, *command, *where, stdout=PIPE, stderr=PIPE)


async def _end(process: Process) -> str:
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, err.decode()
    return out.decode()
