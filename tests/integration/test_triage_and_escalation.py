"""Triage and escalation as real processes beside intake: what follows from a lodging, and two people at once."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from events.escalation import ClockPaused, OwnershipAccepted, OwnershipOffered
from events.triage import ComplaintGraded, ComplaintRouted
from processes import LIMIT_SECONDS, System, running
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(stores, tmp_path_factory.mktemp("triage"), "intake", "triage", "escalation") as services:
        yield services


async def lodge(system: System, **body: object) -> str:
    """A complaint's id, once triage and escalation have said their first words about it."""
    content = {"channel": "weibo", "text": "刹车失灵", **body}
    answer = await system.post("intake", "/v1/complaints", content, "reception")
    assert answer.status_code == 201, answer.text
    complaint_id: str = answer.json()["complaint_id"]
    await system.told(complaint_id, "ownership-offered")
    until = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < until:  # the log knows of the offer; the service answers by it once it has read it
        answer = await system.post("escalation", f"/v1/complaints/{complaint_id}/acceptance", {}, "reception")
        if answer.json()["code"] == "offered-to-somebody-else":
            return complaint_id
        await asyncio.sleep(0.1)
    raise AssertionError(answer.text)


async def test_a_lodged_complaint_is_triaged_timed_and_offered_by_itself(system: System) -> None:
    """Section 4 of the architecture: nothing but the lodging was asked for."""
    complaint_id = await lodge(system, injury=True, told_people=12)
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
    complaint_id = await lodge(system)
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
    complaint_id = await lodge(system)
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
    complaint_id = await lodge(system)
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
    """R111; not by whom the case is about (R24)."""
    proposed = await system.post("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")
    assert proposed.status_code == 201, proposed.text
    path = f"/v1/clusters/{proposed.json()['cluster_id']}/members"
    case = await lodge(system, subject_person="agent-x")
    member = {"complaint_id": case, "evidence": "part number", "confidence_percent": 80}
    added = [await system.post("triage", path, member, "handler") for _ in range(2)]
    assert [answer.status_code for answer in added] == [201, 409]
    removal = f"{path}/{case}/removal"
    for own, body in ((path, member), (removal, {"reason": "another part"})):
        refused = await system.post("triage", own, body, "handler", subject="agent-x")
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict-of-interest")
    removed = [await system.post("triage", removal, {"reason": "another part"}, "handler") for _ in range(2)]
    assert [answer.status_code for answer in removed] == [201, 409]


async def test_a_sales_opportunity_leaves_for_sales_without_a_word_of_the_person(system: System) -> None:
    """R09: screened so by a person, it stands on the case, and sales is told of it."""
    complaint_id = await lodge(system, product="pump")
    found = {"outcome": "sales-opportunity", "reason": "wants two more"}
    screened = await system.post("triage", f"/v1/complaints/{complaint_id}/screening", found, "handler")
    assert screened.status_code == 201, screened.text
    await system.told(complaint_id, "opportunity-handed-on")
    topic = AIOKafkaConsumer("complaints.outbound", bootstrap_servers=system.kafka, auto_offset_reset="earliest")
    async with topic, asyncio.timeout(LIMIT_SECONDS):
        left = await anext(one async for one in topic if one.key == f"complaint/{complaint_id}".encode())
        assert dict(left.headers)["ce_type"] == b"opportunity.found.v1"
        assert orjson.loads(left.value)["product"] == "pump"
        back = {"outcome": "complaint", "reason": "is angry about the first one"}
        await system.post("triage", f"/v1/complaints/{complaint_id}/screening", back, "handler")
        gone = await anext(one async for one in topic if one.key == f"complaint/{complaint_id}".encode())
    assert dict(gone.headers)["ce_type"] == b"opportunity.gone.v1"


async def test_only_what_is_there_is_grouped(system: System) -> None:
    """R111: whoever counts members counts complaints; an id that nobody lodged or proposed is refused."""
    complaint_id = await lodge(system)
    proposed = await system.post("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")
    cluster_id = proposed.json()["cluster_id"]
    for invented in (str(uuid.uuid4()), cluster_id):
        member = {"complaint_id": invented, "evidence": "part number", "confidence_percent": 80}
        refused = await system.post("triage", f"/v1/clusters/{cluster_id}/members", member, "handler")
        assert said_of(refused) == (409, "nothing-lodged", ["#/complaint_id"])
    path = f"/v1/complaints/{complaint_id}/one-or-many"
    for invented in (str(uuid.uuid4()), complaint_id):
        refused = await system.post("triage", path, {"cluster_id": invented, "reason": "the same part"}, "handler")
        assert said_of(refused) == (409, "no-such-cluster", ["#/cluster_id"])
    alone = await system.post("triage", path, {"cluster_id": cluster_id, "reason": "the same part"}, "handler")
    assert alone.status_code == 201, alone.text


async def test_what_was_lodged_a_moment_ago_is_there(system: System) -> None:
    """L10: also for whoever sends no position; "not there" is said of the log, not of what was read of it so far."""
    proposed = await system.post("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")
    path = f"/v1/clusters/{proposed.json()['cluster_id']}/members"
    for _ in range(5):
        lodged = await system.post("intake", "/v1/complaints", {"channel": "weibo", "text": "刹车失灵"}, "reception")
        member = {"complaint_id": lodged.json()["complaint_id"], "evidence": "part number", "confidence_percent": 80}
        added = await system.post("triage", path, member, "handler")
        assert added.status_code == 201, added.text


def said_of(refused: httpx.Response) -> tuple[int, str, list[str]]:
    return refused.status_code, refused.json()["code"], [one["pointer"] for one in refused.json()["errors"]]


async def test_what_was_just_lodged_joins_once_triage_has_read_of_it(system: System) -> None:
    """L10: with the position of the lodging the command waits for it."""
    proposed = await system.post("triage", "/v1/clusters", {"title": "brakes", "reason": "one part"}, "handler")
    lodged = await system.post("intake", "/v1/complaints", {"channel": "weibo", "text": "刹车失灵"}, "reception")
    member = {"complaint_id": lodged.json()["complaint_id"], "evidence": "part number", "confidence_percent": 80}
    path, position = f"/v1/clusters/{proposed.json()['cluster_id']}/members", lodged.headers["complaint-position"]
    added = await system.post("triage", path, member, "handler", after=position)
    assert added.status_code == 201, added.text


async def test_the_crisis_team_is_called_by_a_lead(system: System) -> None:
    """R93."""
    complaint_id = await lodge(system)
    functions = ["legal", "public-relations"]
    body = {"coordinator": "li", "containment": "stop the sale", "functions": functions, "reason": "a crew is here"}
    path = f"/v1/complaints/{complaint_id}/crisis-team"
    misspelt = await system.post("escalation", path, {**body, "functions": ["pr"]}, "teamlead")
    assert (misspelt.status_code, misspelt.json()["errors"][0]["pointer"]) == (422, "#/functions/0")
    assert (await system.post("escalation", path, body, "handler")).status_code == 403
    assert (await system.post("escalation", path, body, "teamlead")).status_code == 201


async def test_clocks_and_the_ladder_take_commands_and_say_what_a_policy_does_not_allow(system: System) -> None:
    """2-domain, clocks: an unlawful pause is recorded and stops nothing; each refusal has its code."""
    complaint_id = await lodge(system)
    path = f"/v1/complaints/{complaint_id}"
    clock = f"{path}/clocks/first-reply"
    lunch = await system.post("escalation", f"{clock}/pause", {"reason": "lunch"}, "handler")
    assert lunch.status_code == 201, lunch.text
    paused = [fact for fact in await system.told(complaint_id, "clock-paused") if isinstance(fact, ClockPaused)]
    assert [(fact.reason, fact.lawful) for fact in paused] == [("lunch", False)]
    up = await system.post("escalation", f"{path}/escalation", {"reason": "the press calls", "level": 2}, "handler")
    assert up.status_code == 201, up.text
    for role, where, body, code in (
        ("handler", f"{clock}/resume", {}, "clock-not-paused"),
        ("teamlead", f"{clock}/extension", {"reason": "r"}, "extension-not-allowed"),
        ("handler", f"{path}/clocks/resolution%232/pause", {"reason": "r"}, "clock-not-running"),
        ("handler", f"{path}/clocks/resolution/of/theirs/pause", {"reason": "r"}, "clock-not-running"),
        ("handler", f"{path}/escalation", {"reason": "r", "level": 1}, "level-fired"),
        ("handler", f"{path}/escalation", {"reason": "r", "level": 9}, "ladder-at-top"),
    ):
        refused = await system.post("escalation", where, body, role)
        assert (refused.status_code, refused.json()["code"]) == (409, code), refused.text
    assert (await system.post("escalation", f"{clock}/extension", {"reason": "r"}, "handler")).status_code == 403
