"""What raises a grade by itself and what needs a second person, in real processes that meet only in the log."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from events.admission import Head, expectation
from events.codec import encode
from events.envelope import Envelope, write_headers
from events.escalation import ClockWarned
from events.fact import Chapter
from events.partition import partition_of
from events.triage import ComplaintGraded, ComplaintScreened
from processes import CHECKOUT, LIMIT_SECONDS, PARTITIONS, System, running
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(stores, tmp_path_factory.mktemp("drift"), "intake", "triage") as services:
        yield services


async def lodge(system: System) -> str:
    answer = await system.post("intake", "/v1/complaints", {"channel": "phone", "text": "门关不上"}, "reception")
    assert answer.status_code == 201, answer.text
    complaint_id: str = answer.json()["complaint_id"]
    await system.told(complaint_id, "routed")
    return complaint_id


async def says(
    system: System, service: str, path: str, body: dict[str, Any], *, role: str = "handler", subject: str = "li.na"
) -> dict[str, Any]:
    answer = await system.post(service, path, body, role, subject=subject)
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def grades(system: System, complaint_id: str, count: int) -> list[tuple[str, str | None]]:
    """The grades so far and what raised them, once there are so many."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            facts = await system.admitted(f"complaint/{complaint_id}")
            graded = [fact for fact in facts if isinstance(fact, ComplaintGraded)]
            if len(graded) >= count:
                return [(fact.grade, fact.cause) for fact in graded]
            await asyncio.sleep(0.1)


async def leans(system: System, complaint_id: str) -> list[str]:
    """What triage keeps of the streams that the case leans on."""
    connection = await asyncpg.connect(system.database)
    try:
        found = await connection.fetch(
            "select context from triage.leans where stream = $1", f"complaint/{complaint_id}"
        )
        return [row["context"] for row in found]
    finally:
        await connection.close()


async def warn(system: System, complaint_id: str) -> None:
    """What the service escalation would write of a clock that runs out soon."""
    stream, now = f"complaint/{complaint_id}", datetime.now(UTC)
    fact = ClockWarned(at=now, clock="resolution", percent=75)
    envelope = Envelope(
        event_id=str(uuid.uuid4()),
        source="/services/escalation",
        type=fact.type,
        chapter=Chapter.ESCALATION,
        stream=stream,
        time=now,
        recorded_time=now,
        expects=expectation(Head(), frozenset({Chapter.ESCALATION})),
        auth_type="system",
        auth_id="escalation",
    )
    async with AIOKafkaProducer(bootstrap_servers=system.kafka) as producer:
        await producer.send_and_wait(
            "complaints.log",
            encode(fact),
            key=stream.encode(),
            headers=write_headers(envelope),
            partition=partition_of(stream.encode(), PARTITIONS),
        )


async def test_a_loss_makes_it_a_complaint(system: System) -> None:
    """R16."""
    complaint_id = await lodge(system)
    await says(system, "intake", f"/v1/complaints/{complaint_id}/motive", {"motive": "compensation"})
    assert await grades(system, complaint_id, 2) == [("grievance", None), ("complaint", "motive:compensation")]


@pytest.mark.parametrize("answers", [True, False], ids=["says that it is one of many", "was never asked"])
async def test_a_cluster_that_grows_makes_its_case_a_crisis(system: System, answers: bool) -> None:
    """R17, L15: the cluster names the case, which is asked again when it grows, whatever the case knows of it."""
    complaint_id = await lodge(system)
    proposed = await says(system, "triage", "/v1/clusters", {"title": "doors", "reason": "one part"})
    cluster_id = proposed["cluster_id"]
    if answers:
        answer = {"cluster_id": cluster_id, "reason": "the same part"}
        await says(system, "triage", f"/v1/complaints/{complaint_id}/one-or-many", answer)
    members = [complaint_id, *await asyncio.gather(*(lodge(system) for _ in range(11)))]
    for member in members:
        assert await grades(system, complaint_id, 1) == [("grievance", None)]
        body = {"complaint_id": member, "evidence": "part number", "confidence_percent": 80}
        await says(system, "triage", f"/v1/clusters/{cluster_id}/members", body)
    assert await grades(system, complaint_id, 2) == [("grievance", None), ("crisis", f"cluster:{cluster_id}")]


async def test_a_case_that_a_table_could_raise_is_asked_again_when_that_changes(system: System) -> None:
    """L15: the table does not count this motive, the next one does; what waits for nothing leans on nothing."""
    waiting, resting = [await lodge(system) for _ in range(2)]
    await says(system, "intake", f"/v1/complaints/{waiting}/motive", {"motive": "venting"})
    async with asyncio.timeout(LIMIT_SECONDS):
        while await leans(system, waiting) != ["rulebook/grade/grading"]:
            await asyncio.sleep(0.1)
    assert await leans(system, resting) == []
    text = (CHECKOUT / "rules" / "grade" / "grading.toml").read_text("utf-8")
    counting = text.replace('names = ["compensation"]', 'names = ["compensation", "venting"]')
    assert counting != text
    path, draft = "/v1/rulebooks/grade/grading", {"text": counting, "why": "it counts", "consulted": ["care"]}
    await says(system, "triage", f"{path}/drafts", draft, role="manager")
    await says(system, "triage", f"{path}/approval", {"version": 2}, role="cso", subject="wang")
    assert await grades(system, waiting, 2) == [("grievance", None), ("complaint", "motive:venting")]
    assert await grades(system, resting, 1) == [("grievance", None)]


async def test_while_a_clock_is_at_risk_a_correction_needs_a_second_person(system: System) -> None:
    """R08."""
    complaint_id = await lodge(system)
    path = f"/v1/complaints/{complaint_id}"
    await warn(system, complaint_id)
    await system.told(complaint_id, "clock-warned")
    out = {"outcome": "enquiry", "reason": "asks for opening hours"}
    alone = await system.post("triage", f"{path}/screening", out, "handler")
    assert (alone.status_code, alone.json()["code"]) == (409, "second-person-needed")
    await says(system, "triage", f"{path}/screening", {**out, "propose": True})
    assert (await system.post("triage", f"{path}/confirmation", {}, "handler")).status_code == 403
    own = await system.post("triage", f"{path}/confirmation", {}, "teamlead")
    assert (own.status_code, own.json()["code"]) == (409, "same-person")
    refusal = await system.post("triage", f"{path}/confirmation/refusal", {"reason": "r"}, "handler", subject="chen")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "not-yours-to-refuse")
    await says(system, "triage", f"{path}/confirmation", {}, role="teamlead", subject="wang")
    screened = [f for f in await system.told(complaint_id, "screened") if isinstance(f, ComplaintScreened)]
    assert (screened[-1].outcome, screened[-1].by, screened[-1].confirmed_by) == ("enquiry", "li.na", "wang")
