"""The record itself, over HTTP: every record found, each admitted fact given once, and whether the readers agree."""

import asyncio

import httpx
import orjson

from asked import EPOCH, NOON, closed, complaint_id, got, lodged, sealed, started, stream
from events.budgets import BudgetSet
from events.triage import ClusterProposed
from folded import Folded
from projections import feeds
from projections.records import Feed, facts
from projections.sources import Sources
from projections.store import record_reader
from runtime.sealing import ERASED
from told import PARTITIONS


async def test_every_record_can_be_found(api: httpx.AsyncClient, folded: Folded) -> None:
    """Admitted, refused and malformed ones, by position, stream, actor, type and verdict; sealed text stays sealed."""
    folded.log.tell(stream(1), lodged(1), by="li.na")
    refused = folded.log.refuse(stream(1), closed(9), by="wu.hao")
    broken = folded.log.broken(3, b"\xff\x00", "ce_id is missing")
    await folded.catch_up()
    (found,) = (await got(api, "/v1/records", position=f"{EPOCH}.3.{broken.offset}"))["items"]
    assert (found["verdict"], found["data_base64"], found["key"]) == ("malformed", "/wA=", "key")
    assert (await got(api, "/v1/records", position=f"3.{broken.offset}"))["items"] == [found]  # as `log show` has it
    assert len((await got(api, "/v1/records", stream=stream(1)))["items"]) == 2
    (found,) = (await got(api, "/v1/records", actor="wu.hao"))["items"]
    assert (found["position"], found["why"]) == (f"{EPOCH}.{refused.partition}.{refused.offset}", "somebody was faster")
    (found,) = (await got(api, "/v1/records", type="complaints.intake.lodged.v1"))["items"]
    assert found["data"]["text"] == sealed()
    assert len((await got(api, "/v1/records", verdict="refused"))["items"]) == 1
    assert (await got(api, "/v1/records", position=f"{EPOCH}.3.99"))["items"] == []


async def test_a_place_in_the_log_is_written_in_one_way(api: httpx.AsyncClient, folded: Folded) -> None:
    """L10: whatever names a record, the page of a case and the register too, names it as the ledger finds it."""
    folded.log.tell(stream(1), lodged(1), closed(9))
    folded.log.tell("cluster/k-31", ClusterProposed(at=NOON, title="contactors", reason="x", by="ma"))
    folded.log.tell(
        "budget/harbour:2026-Q4", BudgetSet(at=NOON, amount_minor=9, currency="CNY", reason="fourth quarter", by="ma")
    )
    await folded.catch_up()
    case = f"/v1/complaints/{complaint_id(1)}"
    last = (await got(api, f"{case}/timeline"))["items"][-1]["position"]
    page = await api.get(case)
    (line,) = (await got(api, "/v1/register", complaint_id=complaint_id(1)))["items"]
    assert page.json()["position"] == page.headers["complaint-position"] == line["position"] == last
    (found,) = (await got(api, "/v1/records", position=last))["items"]
    assert found["type"] == "complaints.accountability.closed.v1"
    for path, listed in (("/v1/clusters/k-31", "/v1/clusters"), ("/v1/budgets/harbour:2026-Q4", "/v1/budgets")):
        one, (same,) = await got(api, path), (await got(api, listed))["items"]
        assert one["position"] == same["position"]
        (found,) = (await got(api, "/v1/records", position=one["position"]))["items"]
        assert found["stream"] == one["stream"]


async def test_the_feed_gives_each_admitted_fact_once_in_its_order(api: httpx.AsyncClient, folded: Folded) -> None:
    """Read in small pages it is the whole log; where one stands is said with every page."""
    for number in range(1, 6):
        folded.log.tell(stream(number), lodged(number), started(60), closed(9))
        folded.log.refuse(stream(number), closed(9))
    await folded.catch_up()
    admitted = [f"{EPOCH}.{one.partition}.{one.offset}" for one in folded.log.records if one.fact is not None]
    seen: list[str] = []
    after_this = ""
    while True:
        answer = await api.get("/v1/facts", params={"limit": 4} | ({"after": after_this} if after_this else {}))
        assert answer.headers["content-type"] == "application/x-ndjson"
        lines = [orjson.loads(line) for line in answer.content.splitlines()]
        seen += [line["position"] for line in lines]
        if not lines:
            break
        after_this = answer.headers["complaint-after"]
    assert sorted(seen) == sorted(admitted)
    for partition in {one.partition for one in folded.log.records}:
        offsets = [int(place.rsplit(".", 1)[1]) for place in seen if place.startswith(f"{EPOCH}.{partition}.")]
        assert offsets == sorted(offsets)
    alone = await api.get("/v1/facts", params={"after": seen[-1]})
    assert len(alone.content.splitlines()) < len(seen)


async def test_the_feed_can_be_followed_and_resumed(folded: Folded) -> None:
    """Server-sent events: what is there, then what comes; each names where to go on from."""
    sources = Sources(folded.pool, lambda _: asyncio.sleep(0), lambda _, __: ERASED, EPOCH, PARTITIONS)
    folded.log.tell(stream(1), lodged(1))
    await folded.catch_up()
    follow = feeds.follow(sources, Feed.after(None, EPOCH, PARTITIONS))
    async with asyncio.timeout(60):
        assert (await anext(follow)).startswith(b":")
        first = await anext(follow)
        folded.log.tell(stream(1), closed(9))
        await folded.catch_up()
        second = await anext(follow)
    await follow.aclose()
    assert b"complaints.intake.lodged.v1" in first
    assert b"complaints.accountability.closed.v1" in second
    resumed = Feed.after(first.split(b"\n")[0].removeprefix(b"id: ").decode(), EPOCH, PARTITIONS)
    (row,) = await facts(folded.pool, resumed, 10)
    assert row["type"] == "complaints.accountability.closed.v1"


async def test_whether_the_readers_agree(api: httpx.AsyncClient, folded: Folded) -> None:
    """L7."""
    for service, digest in (("intake", "a"), ("triage", "a")):
        await record_reader(folded.pool, service=service, partition=1, mark=100, digest=digest, reported_at=NOON)
    found = await got(api, "/v1/readers")
    assert (found["agree"], found["items"][0]["services"], found["items"][0]["mark"]) == (
        True,
        ["intake", "triage"],
        100,
    )
    await record_reader(folded.pool, service="escalation", partition=1, mark=100, digest="b", reported_at=NOON)
    assert (await got(api, "/v1/readers"))["agree"] is False
