"""L22: what is parked in any service is seen, on the board, in the worklist and on the case, until it is mended."""

from datetime import timedelta

import httpx
import pytest

from asked import EPOCH, NOON, complaint_id, got, lodged, started, stream
from folded import Folded
from projections.parkings import record_parkings
from runtime.parking import Parking


def parking(number: int, service: str = "escalation", **members: object) -> bytes:
    told = {
        "service": service, "stream": stream(number), "kind": "proposals", "partition": 1, "offset": 7,
        "reason": "owed raised UnknownRulebook", "attempts": 1, "since": NOON, "mend_until": NOON + timedelta(hours=1),
    }  # fmt: skip
    return Parking.model_validate(told | members).model_dump_json(exclude_none=True).encode()


@pytest.fixture
async def two_cases(folded: Folded) -> Folded:
    for number in (1, 2):
        folded.log.tell(stream(number), lodged(number), started(60))
    await folded.catch_up()
    return folded


async def test_a_case_parked_in_any_service_is_unjudged_until_it_is_mended(
    api: httpx.AsyncClient, two_cases: Folded
) -> None:
    """Neither met nor late on the board; the case says in which service, since when, and until when it is mended."""
    pool = two_cases.pool
    await record_parkings(pool, [(0, parking(1)), (1, parking(1, "triage")), (2, b"no parking"), (3, None)])
    board = await got(api, "/v1/sla-board")
    assert (board["cases"], board["unjudged"], board["running"]) == (2, 1, 1)
    assert [(row["clock"], row["running"]) for row in board["clocks"]] == [("resolution", 1)]
    (line,) = (await got(api, "/v1/complaints", unjudged="true"))["items"]
    assert (line["id"], line["unjudged"]) == (complaint_id(1), True)
    waits = (await got(api, f"/v1/complaints/{complaint_id(1)}"))["unjudged"]
    assert [(one["service"], one["mend_until"]) for one in waits] == [
        ("escalation", "2026-03-02T13:00:00.000000Z"),
        ("triage", "2026-03-02T13:00:00.000000Z"),
    ]
    mended = NOON + timedelta(minutes=5)
    await record_parkings(pool, [(4, parking(1, mended_at=mended)), (5, parking(1, "triage", mended_at=mended))])
    assert (await got(api, "/v1/sla-board"))["unjudged"] == 0
    assert (await got(api, f"/v1/complaints/{complaint_id(1)}"))["unjudged"] == []


async def test_what_waits_is_told_the_longest_first(api: httpx.AsyncClient, two_cases: Folded) -> None:
    """Since when, then in which service, then of what, then what of it: on the list, and on the case."""
    earlier = parking(1, "intake", since=NOON - timedelta(minutes=1))
    told = [parking(2), parking(1, "triage"), parking(1), parking(1, kind="content"), earlier]
    await record_parkings(two_cases.pool, list(enumerate(told)))
    first, second = stream(1), stream(2)
    order = [
        ("intake", first, "proposals"),
        ("escalation", first, "content"),
        ("escalation", first, "proposals"),
        ("escalation", second, "proposals"),
        ("triage", first, "proposals"),
    ]
    lines = (await got(api, "/v1/parked"))["items"]
    assert [(one["service"], one["stream"], one["kind"]) for one in lines] == order
    assert (await got(api, "/v1/parked", stream=second))["items"] == [lines[3]]
    waits = (await got(api, f"/v1/complaints/{complaint_id(1)}"))["unjudged"]
    assert [(one["service"], first, one["kind"]) for one in waits] == [one for one in order if one[1] == first]


async def test_the_list_of_what_waits(api: httpx.AsyncClient, two_cases: Folded) -> None:
    """The longest first, in pages; overdue where the time to mend it has passed; rulebooks too."""
    told = [parking(1, since=NOON + timedelta(minutes=3)), parking(2, "triage"), parking(2, stream="rulebook/pack/x")]
    await record_parkings(two_cases.pool, list(enumerate(told)))
    first = await api.get("/v1/parked", params={"limit": 2})
    items = first.json()["items"]
    assert [(one["service"], one["complaint_id"], one["overdue"]) for one in items] == [
        ("escalation", None, True),
        ("triage", complaint_id(2), True),
    ]
    (last,) = (await got(api, first.links["next"]["url"]))["items"]
    assert (last["stream"], last["reason"], last["attempts"]) == (stream(1), "owed raised UnknownRulebook", 1)
    assert (last["since"], last["position"]) == ("2026-03-02T12:03:00.000000Z", f"{EPOCH}.1.7")
    assert [one["stream"] for one in (await got(api, "/v1/parked", service="triage"))["items"]] == [stream(2)]


async def test_the_latest_word_stays_however_often_the_topic_is_read(two_cases: Folded) -> None:
    """The topic is read from its start by every process: an older word never takes the place of a newer one."""
    story = [(0, parking(1)), (1, parking(1, mended_at=NOON)), (2, parking(2))]
    for told in (story, story[:1], story):
        await record_parkings(two_cases.pool, told)
    assert [row["stream"] for row in await two_cases.pool.fetch("select stream from unmended")] == [stream(2)]


async def test_what_parks_again_stands_as_it_was_told_last(api: httpx.AsyncClient, two_cases: Folded) -> None:
    """Every word of it: elsewhere, for another reason, since then, with a time of its own to be mended in."""
    since, mend_until = (NOON + timedelta(hours=hours) for hours in (5, 6))
    again = parking(
        1, partition=2, offset=9, reason="owed raised ZeroDivisionError", attempts=2, since=since, mend_until=mend_until
    )
    await record_parkings(two_cases.pool, [(0, parking(1))])
    await record_parkings(two_cases.pool, [(1, again)])
    (line,) = (await got(api, "/v1/parked"))["items"]
    assert line["position"] == f"{EPOCH}.2.9"
    assert (line["reason"], line["attempts"]) == ("owed raised ZeroDivisionError", 2)
    assert (line["since"], line["mend_until"]) == ("2026-03-02T17:00:00.000000Z", "2026-03-02T18:00:00.000000Z")


async def test_each_change_of_what_is_parked_waits_to_be_told(two_cases: Folded) -> None:
    """Parked, parked again, mended, thrown away by a rebuild: each is written down with the change itself."""
    pool = two_cases.pool
    park = """insert into parked (stream, kind, partition, "offset", reason) values ($1, 'content', 0, 0, 'x')
              on conflict (stream, kind) do update set attempts = parked.attempts + 1"""
    for number in (1, 1, 2):
        await pool.execute(park, stream(number))
    await pool.execute("delete from parked where stream = $1", stream(1))
    await pool.execute("truncate parked")
    news = await pool.fetch("select stream, attempts, mended_at is not null as mended from parked_news order by id")
    assert [tuple(row) for row in news] == [
        (stream(1), 1, False),
        (stream(1), 2, False),
        (stream(2), 1, False),
        (stream(1), 2, True),
        (stream(2), 1, True),
    ]
