"""Readings on a real log: written before the answer, found by the auditor; without Kafka no case is shown."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from brokers import own_broker
from processes import CHECKOUT, LIMIT_SECONDS, System, running
from runtime.log import KafkaLog
from runtime.problems import Problem
from runtime.topics import ACCESS, ensure_topics
from runtime.witness import Reading, Witness
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(stores, tmp_path_factory.mktemp("access"), "intake", "projections") as services:
        yield services


async def get(system: System, service: str, path: str, *roles: str, subject: str, **headers: str) -> httpx.Response:
    token = {"Authorization": f"Bearer {system.issuer.token(*roles, sub=subject)}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.ports[service]}", timeout=20) as client:
        return await client.get(path, headers=(token if roles else {}) | headers)


async def test_every_api_says_who_read_a_case(system: System) -> None:
    """The case page, its timeline, the export, a draft tried on it, the complainant's own page: with their readers."""
    lodged = await system.post("intake", "/v1/complaints", {"channel": "phone", "text": "刹车失灵"}, "reception")
    assert lodged.status_code == 201, lodged.text
    told: dict[str, Any] = lodged.json()
    case, position = told["complaint_id"], {"Complaint-Position": told["position"]}
    for path in (f"/v1/complaints/{case}", f"/v1/complaints/{case}/timeline", f"/v1/facts?stream=complaint/{case}"):
        answer = await get(system, "projections", path, "auditor", subject="zhou", **position)
        assert answer.status_code == 200, answer.text
    page = await get(system, "projections", f"/console/cases/{case}", subject="", Cookie=cookie(system, "handler"))
    assert page.status_code == 200
    assert (await get(system, "intake", f"/v1/track/{told['tracking_code']}", subject="")).status_code == 200

    always = (CHECKOUT / "rules" / "calendar" / "always.toml").read_text("utf-8")
    draft = {"calendar": {"name": "always", "text": always}, "complaints": [case]}
    tried = await system.post("projections", "/v1/clocks/preview", draft, "manager", subject="wu")
    assert tried.status_code == 200, tried.text

    found = await readings(system, case, 6)
    assert {(one["actor"], one["service"], one["route"]) for one in found} == {
        ("zhou", "projections", "/v1/complaints/{complaint_id}"),
        ("zhou", "projections", "/v1/complaints/{complaint_id}/timeline"),
        ("zhou", "projections", "/v1/facts"),
        ("li.na", "projections", "/console/cases/{complaint_id}"),
        ("wu", "projections", "/v1/clocks/preview"),
        ("anonymous", "intake", "/v1/track/{code}"),
    }
    assert {one["status"] for one in found} == {200}


def cookie(system: System, *roles: str) -> str:
    return f"complaints_session={system.issuer.token(*roles)}"


async def readings(system: System, case: str, count: int) -> list[dict[str, Any]]:
    until = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < until:
        answer = await get(system, "projections", f"/v1/access?stream=complaint/{case}", "auditor", subject="auditor")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = [one for one in answer.json()["items"] if one["actor"] != "auditor"]
        if len(items) >= count:
            return items
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(items)} readings of {count}\n{system.everybody_said()}")


def reading(actor: str) -> Reading:
    return Reading(
        service="trial", actor=actor, roles=("handler",), method="GET", route="/v1/complaints", streams=(), filters=(),
        status=200, rows=3, at=AT, trace_id="0" * 32, request_id=str(uuid.uuid4()),
    )  # fmt: skip


async def test_a_reading_is_on_the_log_or_refused_in_time(tmp_path: Path) -> None:
    """Many at once are all there once each has returned; with the broker away each is refused within the limit."""
    async with own_broker(tmp_path) as broker:
        await ensure_topics(broker.bootstrap, 3)
        log = KafkaLog(broker.bootstrap, "complaints.log", "trial-0")
        patient = Witness("trial", log, seconds_max=LIMIT_SECONDS)
        await asyncio.gather(*(patient.write(reading(f"reader-{number}")) for number in range(200)))
        assert await actors(broker.bootstrap) == {f"reader-{number}" for number in range(200)}
    started = time.monotonic()
    with pytest.raises(Problem, match="cannot be written"):
        await Witness("trial", log, seconds_max=1.0).write(reading("late"))
    assert time.monotonic() - started < 5
    await log.stop()


async def actors(bootstrap: str) -> set[str]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        place = TopicPartition(ACCESS, 0)
        consumer.assign([place])
        end, found = (await consumer.end_offsets([place]))[place], set[str]()
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found |= {record.key.decode() for record in records}
        return found
    finally:
        await consumer.stop()
