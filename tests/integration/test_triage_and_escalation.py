"""Triage and escalation as real processes beside intake: what follows from a lodging, and two people at once."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from events.admission import Head, admits
from events.codec import decode
from events.envelope import Envelope, open_envelope
from events.escalation import OwnershipAccepted, OwnershipOffered
from events.fact import Fact
from events.triage import ComplaintGraded, ComplaintRouted
from issuer import AUDIENCE, ISSUER, Issuer
from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from local.postgres import Postgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "triage", "escalation")
PARTITIONS = 3
LIMIT_SECONDS = 60.0


@dataclass
class System:
    """Three services that meet in one log."""

    folder: Path
    kafka: str
    database: str
    issuer: Issuer
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.kafka, "DATABASE_URL": self.database, "HTTP_PORT": str(self.ports[name]),
            "LOG_PARTITIONS": str(PARTITIONS), "SECRETS_DIR": str(self.folder / "secrets"),
            "JWKS_FILE": str(self.issuer.file), "TOKEN_ISSUER": ISSUER, "TOKEN_AUDIENCE": AUDIENCE,
            "RULES_DIR": str(CHECKOUT / "rules"), "OUTBOX_DIR": str(self.folder / "outbox"),
        }  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", name], env=environment, cwd=CHECKOUT, stdout=log, stderr=log
            )
        async with httpx.AsyncClient() as client:
            until = time.monotonic() + LIMIT_SECONDS
            while time.monotonic() < until:
                assert self.processes[name].poll() is None, self.said(name)
                try:
                    if (await client.get(f"http://127.0.0.1:{self.ports[name]}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"{name} did not get ready:\n{self.said(name)}")

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-8000:]

    async def post(
        self, service: str, path: str, body: dict[str, Any], *roles: str, subject: str = "li.na", after: str = ""
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.issuer.token(*roles, sub=subject)}",
            "Idempotency-Key": str(uuid.uuid4()),
            **({"Complaint-Position": after} if after else {}),
        }
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.ports[service]}", timeout=20) as client:
            return await client.post(path, json=body, headers=headers)

    async def lodge(self, **body: object) -> str:
        """A complaint's id, once triage and escalation have said their first words about it."""
        content = {"channel": "weibo", "text": "刹车失灵", **body}
        answer = await self.post("intake", "/v1/complaints", content, "reception")
        assert answer.status_code == 201, answer.text
        complaint_id: str = answer.json()["complaint_id"]
        await self.told(complaint_id, "ownership-offered")
        return complaint_id

    async def told(self, complaint_id: str, last: str) -> list[Fact]:
        """The admitted facts of a complaint, once one of this name is among them."""
        until = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < until:
            facts = await self.admitted(f"complaint/{complaint_id}")
            if any(fact.type.split(".")[2] == last for fact in facts):
                return facts
            await asyncio.sleep(0.1)
        raise AssertionError(f"no {last}: {[fact.type for fact in facts]}\n{self.said('escalation')}")

    async def admitted(self, stream: str) -> list[Fact]:
        """The log from its beginning, admitted by the few lines that everybody has."""
        head, facts = Head(), []
        async with self.everything() as records:
            for record in records:
                found = open_envelope(record.key, record.headers, record.partition, PARTITIONS)
                if not isinstance(found, Envelope) or found.stream != stream or not admits(head, found.expects):
                    continue
                head = head.after(found.chapter)
                fact = decode(found.type, found.time, record.value)
                assert isinstance(fact, Fact)
                facts.append(fact)
        return facts

    @asynccontextmanager
    async def everything(self) -> AsyncIterator[list[Any]]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition("complaints.log", partition) for partition in range(PARTITIONS)]
            consumer.assign(places)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(places)
            records = []
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                found = await consumer.getmany(timeout_ms=200)
                records += [record for some in found.values() for record in some]
            yield records
        finally:
            await consumer.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder: Path = tmp_path_factory.mktemp("triage")
    port, controller_port, database_port, *ports = free_ports(6)
    broker = Broker(DataDir(folder), port=port, controller_port=controller_port)
    postgres = Postgres(DataDir(folder), port=database_port)
    (folder / "secrets").mkdir()
    for name in ("kek", "tracking", "contact"):
        (folder / "secrets" / name).write_text(secrets.token_hex(32))
        (folder / "secrets" / name).chmod(0o600)
    await asyncio.gather(broker.start(), postgres.start())
    running = System(
        folder,
        broker.bootstrap,
        postgres.url,
        Issuer(folder / "jwks.json"),
        dict(zip(SERVICES, ports, strict=True)),
    )
    await asyncio.gather(*(running.start(name) for name in SERVICES))
    yield running
    for process in running.processes.values():
        process.terminate()
        process.wait(15)
    await asyncio.gather(broker.stop(), postgres.stop())


async def test_a_lodged_complaint_is_triaged_timed_and_offered_by_itself(system: System) -> None:
    """Section 4 of the architecture: nothing but the lodging was asked for."""
    complaint_id = await system.lodge(injury=True, told_people=12)
    facts = await system.told(complaint_id, "escalated")
    names = [fact.type.split(".")[2] for fact in facts]
    assert [name for name in names if name in ("screened", "classified", "graded", "routed")] == [
        "screened",
        "classified",
        "graded",
        "routed",
    ]
    assert {"clock-started", "ownership-offered", "escalated"} <= set(names)
    (graded,) = [fact for fact in facts if isinstance(fact, ComplaintGraded)]
    (offered,) = [fact for fact in facts if isinstance(fact, OwnershipOffered)]
    assert (graded.grade, offered.to) == ("crisis", "teamlead")


async def test_of_two_who_take_a_case_at_once_one_is_told_that_it_is_owned(system: System) -> None:
    """A lost race: both are answered, one owns it."""
    complaint_id = await system.lodge()
    path = f"/v1/complaints/{complaint_id}/acceptance"
    answers = await asyncio.gather(
        *(system.post("escalation", path, {}, "handler", subject=who) for who in ("handler-1", "handler-2"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
    assert [answer.json()["code"] for answer in answers if answer.status_code == 409] == ["already-owned"]
    assert (
        len([f for f in await system.told(complaint_id, "ownership-accepted") if isinstance(f, OwnershipAccepted)]) == 1
    )


async def test_a_refusal_a_handoff_and_a_new_route_offer_it_to_others(system: System) -> None:
    """R117."""
    complaint_id = await system.lodge()
    path = f"/v1/complaints/{complaint_id}"
    refused = await system.post("escalation", f"{path}/refusal", {"reason": "on leave"}, "handler")
    assert refused.status_code == 201, refused.text
    route = {"queue": "projects", "first_owner": "teamlead", "reason": "a project after all"}
    routed = await system.post("triage", f"{path}/route", route, "handler")
    assert routed.status_code == 201, routed.text
    until = time.monotonic() + LIMIT_SECONDS
    offered: list[str] = []
    while offered != ["handler", "reception", "teamlead"] and time.monotonic() < until:
        offered = [f.to for f in await system.told(complaint_id, "routed") if isinstance(f, OwnershipOffered)]
        await asyncio.sleep(0.1)
    assert offered == ["handler", "reception", "teamlead"]
    assert len([f for f in await system.told(complaint_id, "routed") if isinstance(f, ComplaintRouted)]) == 2


async def test_a_person_corrects_what_a_rule_decided_and_sees_where_it_may_not(system: System) -> None:
    """R140, R13: and each refusal says why."""
    complaint_id = await system.lodge()
    path = f"/v1/complaints/{complaint_id}"
    lowered = await system.post("triage", f"{path}/grade", {"grade": "suggestion", "reason": "a wish"}, "handler")
    assert lowered.status_code == 201, lowered.text
    again = await system.post("triage", f"{path}/grade", {"grade": "suggestion", "reason": "a wish"}, "handler")
    assert (again.status_code, again.json()["code"]) == (409, "nothing-changed")
    wrong = await system.post("triage", f"{path}/grade", {"grade": "cake", "reason": "r", "more": 1}, "handler")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "body-invalid")
    stranger = await system.post("triage", f"{path}/grade", {"grade": "crisis", "reason": "r"}, "complainant")
    assert stranger.status_code == 403
    nowhere = await system.post(
        "triage", f"/v1/complaints/{uuid.uuid4()}/screening", {"outcome": "enquiry", "reason": "r"}, "handler"
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "nothing-lodged")


async def test_a_cluster_gains_and_loses_members(system: System) -> None:
    """R111."""
    proposed = await system.post("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")
    assert proposed.status_code == 201, proposed.text
    path = f"/v1/clusters/{proposed.json()['cluster_id']}/members"
    member = {"complaint_id": str(uuid.uuid4()), "evidence": "part number", "confidence_percent": 80}
    added = [await system.post("triage", path, member, "handler") for _ in range(2)]
    assert [answer.status_code for answer in added] == [201, 409]
    removal = f"{path}/{member['complaint_id']}/removal"
    removed = [await system.post("triage", removal, {"reason": "another part"}, "handler") for _ in range(2)]
    assert [answer.status_code for answer in removed] == [201, 409]


async def test_the_crisis_team_is_called_by_a_lead(system: System) -> None:
    """R93."""
    complaint_id = await system.lodge()
    body = {"coordinator": "teamlead-1", "containment": "stop the sale", "functions": ["legal", "public-relations"]}
    path = f"/v1/complaints/{complaint_id}/crisis-team"
    assert (await system.post("escalation", path, body, "handler")).status_code == 403
    assert (await system.post("escalation", path, body, "teamlead")).status_code == 201
