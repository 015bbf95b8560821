"""The record itself, over HTTP: every record found, each admitted fact given once, and whether the readers agree."""

import asyncio

import httpx
import orjson

from asked import EPOCH, NOON, closed, got, lodged, sealed, started, stream
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
