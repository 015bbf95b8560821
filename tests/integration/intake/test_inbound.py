"""The inbound gateway in a real intake process: every record is answered, none blocks the next, none counts twice."""

import asyncio
import json
import time
import uuid
from typing import Any

import asyncpg
import pytest
from aiokafka import TopicPartition

from events.ids import reported_stream
from intake.told import import_stream
from intake_process import LIMIT_SECONDS, Publisher, System
from odd_names import send_odd

pytestmark = pytest.mark.asyncio(loop_scope="package")

LODGED = {"channel": "weibo", "text": "刹车失灵", "contact": "13800138000", "product": "E5", "told_people": 3}


async def test_a_complaint_told_is_admitted_and_told_again_it_is_the_same(publisher: Publisher) -> None:
    """L4: the stream is named by source and reference, the event by source and id."""
    event_id = str(uuid.uuid4())
    first = await publisher.tell("complaint.lodged.v1", "case 7", LODGED, ce_id=event_id)
    assert first["outcome"] == "admitted"
    assert f"complaint/{first['complaint_id']}" == reported_stream(publisher.source, "case 7")
    again = await publisher.tell("complaint.lodged.v1", "case 7", LODGED, ce_id=event_id)
    assert (again["outcome"], again["position"]) == ("already", first["position"])
    other = await publisher.tell("complaint.lodged.v1", "case 7", {**LODGED, "text": "别的"}, ce_id=event_id)
    assert (other["outcome"], other["code"]) == ("refused", "event-id-reused")


async def test_what_follows_in_one_case_comes_in_its_order(publisher: Publisher) -> None:
    """L2: many events of one case in one batch, each decided on what was admitted before it."""
    events: list[tuple[str, dict[str, Any]]] = [("complaint.lodged.v1", {"channel": "phone"})]
    events += [("complaint.reported.v1", {"fact": "custody", "team": f"team {n}", "line": 1}) for n in range(6)]
    events += [("complaint.message.v1", {"channel": "mail", "text": "还没有回复"})]
    before = len(publisher.receipts)
    ids = [
        await publisher.send("case 8", publisher.event(kind, "case 8"), json.dumps(data).encode())
        for kind, data in events
    ]
    answers = [await publisher.receipt(lambda r, i=i: r.get("event_id") == i, before) for i in ids]  # type: ignore[misc]
    assert [answer["outcome"] for answer in answers] == ["admitted"] * len(events)
    offsets = [int(answer["position"].rsplit(".", 1)[1]) for answer in answers]
    assert offsets == sorted(offsets)


async def test_a_rule_refuses_with_its_code_and_what_was_refused_is_kept(system: System, publisher: Publisher) -> None:
    refused = await publisher.tell("complaint.reported.v1", "never lodged", {"fact": "closed"})
    assert (refused["outcome"], refused["code"]) == ("refused", "nothing-lodged")
    assert "complaint_id" not in refused
    async with asyncio.timeout(LIMIT_SECONDS):
        while not (kept := await _kept(system, "nothing-lodged")):  # it is kept where the position moves: afterwards
            await asyncio.sleep(0.05)
    assert json.loads(kept[-1]["value"]) == {"fact": "closed"}


BAD: list[tuple[str, dict[str, str | None], bytes | None]] = [
    ("id: is missing", {"ce_id": None}, b"{}"),
    ("source: is missing", {"ce_source": ""}, b"{}"),
    ("specversion: is not 1.0", {"ce_specversion": "0.3"}, b"{}"),
    ("time: is not an RFC 3339 time", {"ce_time": "2026-03-02 12:00"}, b"{}"),
    ("time: is not an RFC 3339 time", {"ce_time": "1900-03-02T12:00:00Z"}, b"{}"),
    ("time: lies in the future", {"ce_time": "2099-03-02T12:00:00Z"}, b'{"channel":"app"}'),
    ("time: is not an RFC 3339 time", {"ce_time": "1893456000"}, b"{}"),
    ("type: taken are", {"ce_type": "complaint.lodged.v9"}, b"{}"),
    ("data: #/channel (missing)", {}, b"{}"),
    ("data: #/colour (extra-forbidden)", {}, b'{"channel":"app","colour":"red"}'),
    ("data: #/told_people (int-type)", {}, b'{"channel":"app","told_people":"3"}'),
    (
        "data: #/dues/0/due (datetime-parsing)",
        {},
        b'{"channel":"app","dues":[{"clock":"resolution","due":"1893456000"}]}',
    ),
    ("data: #/text (text-unfit)", {}, b'{"channel":"app","text":"a\\u0000b"}'),
    ("data: #/text (text-unfit)", {}, b'{"channel":"app","text":"\\ud800"}'),
    ("data: #/told_people (number-unfit)", {}, b'{"channel":"app","told_people":' + b"9" * 10_000 + b"}"),
    ("data: #/a\ufffdb (extra-forbidden)", {}, b'{"channel":"app","a\\u0000b":1}'),
    ("data: ", {}, b"\xff\xfe\x00"),
    ("data: ", {}, b"[" * 10_000),
    ("data: there is none", {}, None),
    ("content-type: send JSON", {"content-type": "text/plain"}, b"{}"),
]


@pytest.mark.parametrize(("why", "changed", "value"), BAD)
async def test_a_bad_record_is_refused_with_the_field_and_never_blocks_the_next(
    publisher: Publisher, why: str, changed: dict[str, str | None], value: bytes | None
) -> None:
    subject = f"bad {uuid.uuid4()}"
    before = len(publisher.receipts)
    await publisher.send(subject, publisher.event("complaint.lodged.v1", subject, **changed), value)
    good = await publisher.tell("complaint.lodged.v1", subject, {"channel": "app"})
    assert good["outcome"] == "admitted"
    refused = await publisher.receipt(lambda receipt: receipt["outcome"] == "refused", before)
    assert refused["why"].startswith(why), refused
    if why.startswith("data: #"):
        places = [f"{one['pointer']} ({one['code']})" for one in refused["errors"]]
        assert refused["why"] == f"data: {', '.join(places)}"


async def test_a_header_whose_name_is_not_utf8_is_refused_and_never_blocks_the_next(publisher: Publisher) -> None:
    """Kafka takes any bytes as a header's name, and other clients than ours send them."""
    before = len(publisher.receipts)
    headers = publisher.event("complaint.lodged.v1", "odd name")
    await send_odd(
        publisher.producer, TopicPartition("complaints.inbound", 0), b"odd name", b'{"channel":"app"}', headers
    )
    refused = await publisher.receipt(lambda receipt: receipt["record"].startswith("0."), before)
    assert (refused["outcome"], refused["why"]) == ("refused", "ce_\ufffd\ufffd: is no name of an attribute")
    assert (await publisher.tell("complaint.lodged.v1", "after it", {"channel": "app"}))["outcome"] == "admitted"


async def test_structured_mode_is_taken_too(publisher: Publisher) -> None:
    event_id, subject = str(uuid.uuid4()), "case s"
    event = {
        "specversion": "1.0", "id": event_id, "source": publisher.source, "type": "complaint.lodged.v1",
        "subject": subject, "time": "2026-03-02T04:00:00Z", "data": LODGED, "partitionkey": subject,
    }  # fmt: skip
    headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    await publisher.send(subject, headers, json.dumps(event).encode())
    assert (await publisher.receipt(lambda r: r.get("event_id") == event_id))["outcome"] == "admitted"


async def test_a_batch_of_history_is_opened_and_completed_once(publisher: Publisher) -> None:
    """The lodged case names exactly the stream that the batch is (2-domain, imported history)."""
    batch, until = f"file {uuid.uuid4()}", {"known_until": "2026-03-01T00:00:00Z"}
    early = await publisher.tell("history.completed.v1", batch, until)
    assert (early["outcome"], early["code"]) == ("refused", "import-not-open")
    opened = await publisher.tell("history.opened.v1", batch, {})
    assert (opened["outcome"], opened["stream"]) == ("admitted", import_stream(publisher.source, batch))
    lodged = await publisher.tell("complaint.lodged.v1", "old 1", {"channel": "phone", "history": batch})
    assert lodged["outcome"] == "admitted"
    assert (await publisher.tell("history.completed.v1", batch, until))["outcome"] == "admitted"
    assert (await publisher.tell("history.completed.v1", batch, until))["code"] == "import-already-complete"


async def test_nothing_told_is_lost_or_doubled_when_intake_is_killed(system: System, publisher: Publisher) -> None:
    """Kill -9 in the middle: every event has a receipt, and each was admitted once."""
    before = len(publisher.receipts)
    ids = set()
    for number in range(1500):
        data = {"channel": "app", "text": f"第 {number} 个"}
        subject = f"kill {number}"
        headers = publisher.event("complaint.lodged.v1", subject)
        ids.add(next(raw.decode() for name, raw in headers if name == "ce_id"))
        await publisher.producer.send(
            "complaints.inbound", json.dumps(data).encode(), key=subject.encode(), headers=headers
        )
        if number == 700:
            await publisher.producer.flush()
            await publisher.receipt(lambda r: r.get("event_id") in ids, before)
            system.kill()
            restart = asyncio.create_task(system.start())
    await publisher.producer.flush()
    await restart
    answered: dict[str, set[str]] = {}
    async with asyncio.timeout(LIMIT_SECONDS):
        while waiting := ids - set(answered):
            await publisher.receipt(lambda r, waiting=waiting: r.get("event_id") in waiting, before)  # type: ignore[misc]
            for receipt in publisher.receipts[before:]:
                if receipt.get("event_id") in ids:
                    assert receipt["outcome"] in ("admitted", "already"), receipt
                    answered.setdefault(receipt["event_id"], set()).add(receipt["position"])
    assert all(len(places) == 1 for places in answered.values())
    rows = await _fetch(system, "select intake from intake.streams where stream = any($1)",
                        [reported_stream(publisher.source, f"kill {n}") for n in range(1500)])  # fmt: skip
    assert [row["intake"] for row in rows] == [1] * 1500


async def test_many_are_answered_quickly(publisher: Publisher) -> None:
    """A floor that leaves room for a busy machine: an import must not wait for one verdict after another."""
    count, before = 4000, len(publisher.receipts)
    started = time.monotonic()
    for number in range(count):
        data = {"channel": "app", "text": f"第 {number} 个"}
        subject = f"many {number // 2}"
        kind = "complaint.message.v1" if number % 2 else "complaint.lodged.v1"
        await publisher.producer.send(
            "complaints.inbound", json.dumps(data).encode(), key=subject.encode(),
            headers=publisher.event(kind, subject),
        )  # fmt: skip
    await publisher.producer.flush()
    async with asyncio.timeout(LIMIT_SECONDS):
        while len(publisher.receipts) - before < count:
            await publisher.receipt(lambda _: True, len(publisher.receipts))
    rate_per_second = count / (time.monotonic() - started)
    assert {r["outcome"] for r in publisher.receipts[before:]} == {"admitted"}
    assert rate_per_second > 200


async def _kept(system: System, code: str) -> list[Any]:
    return await _fetch(system, "select * from intake_edge.inbound_refused where code = $1 order by refused_at", code)


async def _fetch(system: System, query: str, *arguments: object) -> list[Any]:
    connection = await asyncpg.connect(system.database)
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()
