"""Intake over HTTP, as a process: what is said comes in, messages go out, and the complainant sees how far it is."""

import asyncio
import json
import uuid
from typing import Any

import asyncpg
import httpx
import pytest

from intake_process import LIMIT_SECONDS, Publisher, System

pytestmark = pytest.mark.asyncio(loop_scope="package")

WORDS = {"channel": "wechat", "text": "高速上突然失去动力", "contact": "138 0013 8000", "demand": "退车"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


async def lodged(system: System, **changed: object) -> dict[str, Any]:
    async with system.client() as somebody:
        answer = await somebody.post("/v1/complaints", json={**WORDS, **changed}, headers=key())
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/v1/complaints/{content['complaint_id']}"
    assert answer.headers["ETag"] == f'"{content["head"]}"'
    assert answer.headers["Complaint-Position"] == content["position"]
    return content


async def track(system: System, code: str, position: str | None = None) -> dict[str, Any]:
    async with system.client() as somebody:
        headers = {"Complaint-Position": position} if position else {}
        answer = await somebody.get(f"/v1/track/{code}", headers=headers)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def tracked_until(system: System, code: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(LIMIT_SECONDS):
        while (seen := await track(system, code))["status"] != status:
            await asyncio.sleep(0.05)
    return seen


async def test_anybody_lodges_and_follows_it_with_the_secret_code(system: System) -> None:
    """R68: an id and a secret tracking code at once, without an account."""
    case = await lodged(system)
    seen = await track(system, case["tracking_code"], case["position"])
    assert (seen["complaint_id"], seen["status"]) == (case["complaint_id"], "received")
    async with system.client() as somebody:
        wrong = await somebody.get(f"/v1/track/{case['tracking_code'][:-1]}")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(("role", "status"), [("manager", 201), ("inspector", 201), ("auditor", 403), ("ops", 403)])
async def test_any_of_the_staff_takes_down_a_signal(system: System, role: str, status: int) -> None:
    """R113: whoever notices something before it is a complaint says so under their own name. Who reads all and changes
    nothing does not.
    """
    async with system.client(role) as somebody:
        answer = await somebody.post(
            "/v1/complaints",
            json={"channel": "staff", "nature": "signal", "text": "两位客人没有办完就走了", "identity": "vip"},
            headers=key(),
        )
    assert answer.status_code == status, answer.text


async def test_the_same_key_gives_the_same_complaint_and_another_body_is_told_apart(system: System) -> None:
    """L4, L8."""
    headers = key()
    async with system.client("reception") as desk:
        first = await desk.post("/v1/complaints", json=WORDS, headers=headers)
        again = await desk.post("/v1/complaints", json=WORDS, headers=headers)
        other = await desk.post("/v1/complaints", json={**WORDS, "text": "别的"}, headers=headers)
    assert (first.status_code, first.json()) == (201, again.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_the_words_of_people_stand_nowhere_in_clear(system: System) -> None:
    """Section 6: sealed in the event, wherever a complainant speaks in words of their own."""
    secret = f"暗号{uuid.uuid4().hex}"
    case = await lodged(system, text=secret, demand=secret, contact=secret)
    said: tuple[tuple[str, dict[str, object]], ...] = (
        ("feedback", {"process_score": 2, "outcome_score": 4, "text": secret}),
        ("evidence", {"name": secret, "media_type": "video/mp4", "size_bytes": 12, "sha256": "0" * 64}),
        ("messages/received", {"channel": "website", "text": secret}),
        ("withdrawal", {"reason": secret}),
    )
    async with system.client() as somebody:
        for path, body in said:
            proof = {"Tracking-Code": case["tracking_code"]}
            answer = await somebody.post(
                f"/v1/complaints/{case['complaint_id']}/{path}", json=body, headers={**key(), **proof}
            )
            assert answer.status_code == 201, answer.text
    kept = [path.read_bytes() for path in (system.folder / "kafka").rglob("*.log")]
    assert any(case["complaint_id"].encode() in content for content in kept)
    assert all(secret.encode() not in content for content in kept)
    assert secret not in system.said()


async def test_a_case_is_amended_evidenced_spoken_about_and_withdrawn(system: System) -> None:
    case = await lodged(system)
    async with system.client("handler", subject="wang.lei") as handler:

        async def post(path: str, **body: object) -> httpx.Response:
            return await handler.post(f"/v1/complaints/{case['complaint_id']}/{path}", json=body, headers=key())

        assert (await post("amendments", field="product", after="E5 2025", reason="misheard")).status_code == 201
        same = await post("amendments", field="product", after="E5 2025", reason="misheard")
        assert (same.status_code, same.json()["code"]) == (409, "nothing-changed")
        assert (await post("amendments", field="text", after="动力受限到 30", reason="dashcam")).status_code == 201
        evidence = {"name": "行车记录.mp4", "media_type": "video/mp4", "size_bytes": 12, "sha256": "0" * 64}
        assert (await post("evidence", **evidence)).status_code == 201
        impossible = await post("contacts", channel="phone", outcome="impossible")
        assert (impossible.status_code, impossible.json()["code"]) == (409, "reason-missing")
        assert (await post("contacts", channel="phone", outcome="reached", note="很着急")).status_code == 201
        assert (await post("motive", motive="sympathy")).status_code == 201
        assert (await post("withdrawal", reason="solved by a friend")).status_code == 201
        assert (await post("withdrawal", reason="again")).json()["code"] == "already-withdrawn"
        last = await post("evidence", **evidence)
        assert last.status_code == 201
    seen = await track(system, case["tracking_code"], last.json()["position"])
    assert seen["withdrawn_at"] is not None


async def test_a_complainant_proves_the_case_by_its_code(system: System) -> None:
    mine, other = await lodged(system), await lodged(system)
    path = f"/v1/complaints/{mine['complaint_id']}/feedback"
    scores = {"process_score": 2, "outcome_score": 4, "text": "太慢"}
    async with system.client() as somebody:
        for code in ({}, {"Tracking-Code": other["tracking_code"]}):
            assert (await somebody.post(path, json=scores, headers={**key(), **code})).status_code == 404
        own = {"Tracking-Code": mine["tracking_code"]}
        assert (await somebody.post(path, json=scores, headers={**key(), **own})).status_code == 201
        for name, value in (("identity", "vip"), ("subject_person", "zhang.san")):
            answer = await somebody.post("/v1/complaints", json={**WORDS, name: value}, headers=key())
            assert (answer.status_code, answer.json()["code"]) == (403, f"{name.replace('_', '-')}-by-staff")
    async with system.client("reception") as desk:
        answer = await desk.post("/v1/complaints", json={**WORDS, "subject_person": "zhang.san"}, headers=key())
        assert answer.status_code == 201


async def test_a_complainant_leaves_a_further_message_on_their_own_case(system: System) -> None:
    """R83: by the tracking code alone, also after withdrawing; sent twice with one key it is left once."""
    mine, other = await lodged(system), await lodged(system)
    path = f"/v1/complaints/{mine['complaint_id']}/messages/received"
    body, own = {"channel": "website", "text": "还没有人联系我"}, {"Tracking-Code": mine["tracking_code"]}
    async with system.client() as somebody:
        for code in ({}, {"Tracking-Code": other["tracking_code"]}):
            assert (await somebody.post(path, json=body, headers={**key(), **code})).status_code == 404
        empty = await somebody.post(path, json={**body, "text": ""}, headers={**key(), **own})
        assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (422, "#/text")
        once = {**key(), **own}
        first, again = [await somebody.post(path, json=body, headers=once) for _ in range(2)]
        assert (first.status_code, first.json()) == (201, again.json())
        assert first.json()["message_id"]
        gone = await somebody.post(
            path.replace("messages/received", "withdrawal"), json={"reason": "x"}, headers={**key(), **own}
        )
        assert gone.status_code == 201
        later = await somebody.post(path, json=body, headers={**key(), **own})
    assert later.json()["message_id"] != first.json()["message_id"]


async def test_after_the_entrance_a_person_speaks_before_any_machine(system: System) -> None:
    """R19, R20: the dedicated entrance."""
    case = await lodged(system, channel="entrance")
    async with system.client("handler") as handler:

        async def post(path: str, **body: object) -> httpx.Response:
            return await handler.post(f"/v1/complaints/{case['complaint_id']}/{path}", json=body, headers=key())

        automatic = {"kind": "acknowledgement", "channel": "app", "text": "已收到", "automatic": True}
        refused = await post("messages", **automatic)
        assert (refused.status_code, refused.json()["code"]) == (409, "person-first")
        assert (await post("contacts", channel="phone", outcome="reached")).status_code == 201
        assert (await post("messages", **automatic)).status_code == 201


async def test_a_reply_leaves_once_is_delivered_and_counts_only_then(system: System, publisher: Publisher) -> None:
    """R83: a message counts when a channel says that it arrived; also over a kill -9 in between."""
    case = await lodged(system)
    text = "您好，检测报告周五给您。"
    async with system.client("handler") as handler:
        path = f"/v1/complaints/{case['complaint_id']}/messages"
        sent = await handler.post(path, json={"kind": "reply", "channel": "wechat", "text": text}, headers=key())
        assert sent.status_code == 201
    system.kill()
    await system.start()
    seen = await tracked_until(system, case["tracking_code"], "answered")
    message_id = sent.json()["message_id"]
    file = system.outbox / f"{message_id}.json"
    written = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert (written["text"], written["complaint_id"]) == (text, case["complaint_id"])
    assert seen["messages"] == [written["delivered_at"]]
    report = {"message_id": message_id, "kind": "reply", "channel": "wechat", "report": "again"}
    again = await publisher.tell("message.delivered.v1", f"complaint/{case['complaint_id']}", report)
    assert (again["outcome"], again["code"]) == ("refused", "no-such-message")


async def test_a_report_is_never_refused_for_what_intake_has_yet_to_read(system: System, publisher: Publisher) -> None:
    """A message leaves before intake's tables know it: a gateway that reports sooner is heard once they do (R83)."""
    case = await lodged(system)
    connection = await asyncpg.connect(system.database)
    async with system.client("handler") as handler:
        async with connection.transaction():
            await connection.execute("lock table intake.streams in share mode")  # nobody can commit what was read
            path = f"/v1/complaints/{case['complaint_id']}/messages"
            body = {"kind": "reply", "channel": "wechat", "text": "已收到"}
            asking = asyncio.create_task(handler.post(path, json=body, headers=key()))
            await _judged_or_waits(system, publisher)
        await asking
    await connection.close()
    await tracked_until(system, case["tracking_code"], "answered")


async def _judged_or_waits(system: System, publisher: Publisher) -> None:
    """Until the demo gateway's report has its receipt, or the inbound edge says that it cannot go on yet."""
    async with asyncio.timeout(LIMIT_SECONDS), system.client() as anybody:
        while not publisher.receipts and "edge inbound" not in (await anybody.get("/readyz")).text:
            await publisher.receive()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**WORDS, "colour": "red"}, "#/colour"),
        ({**WORDS, "told_people": "3"}, "#/told_people"),
        ({**WORDS, "told_people": -1}, "#/told_people"),
        ({**WORDS, "text": ""}, "#/text"),
        ({**WORDS, "text": "龘" * 60_000}, "#/text"),
        ({**WORDS, "channel": "x" * 300}, "#/channel"),
        ({"channel": "app"}, "#/text"),
    ],
)
async def test_a_bad_body_is_answered_with_the_field(system: System, body: dict[str, Any], pointer: str) -> None:
    async with system.client("reception") as desk:
        answer = await desk.post("/v1/complaints", json=body, headers=key())
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_a_rebuild_sends_no_message_twice(system: System) -> None:
    """Throwing the tables away and reading the log again tells nobody anything."""
    case = await lodged(system)
    async with system.client("handler") as handler:
        path = f"/v1/complaints/{case['complaint_id']}/messages"
        body = {"kind": "decision", "channel": "wechat", "text": "同意换车"}
        assert (await handler.post(path, json=body, headers=key())).status_code == 201
    await tracked_until(system, case["tracking_code"], "answered")
    left = await system.count_outbound()
    system.kill()
    await system.drop_tables()
    await system.start()
    await tracked_until(system, case["tracking_code"], "answered")
    assert await system.count_outbound() == left


async def test_it_stops_in_order_within_ten_seconds(system: System) -> None:
    """Edges and all."""
    process = system.processes[-1]
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) == 0
    await system.start()
