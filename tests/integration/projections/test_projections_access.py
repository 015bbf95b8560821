"""Who read what, as auditors ask for it: by reader, by stream, newest first; for nobody else."""

from collections.abc import Callable

import httpx
import pytest

from asked import NOON, complaint_id, got, lodged, started, stream
from folded import Folded
from issuer import Issuer
from projections import feeds
from projections.accesses import record_accesses
from projections.queries import SQL
from runtime.witness import Reading

As = Callable[..., dict[str, str]]


def told(actor: str, number: int, **members: object) -> bytes:
    content = {
        "service": "projections", "actor": actor, "roles": ["handler"], "method": "GET",
        "route": "/v1/complaints/{complaint_id}", "streams": [stream(number)], "filters": [], "status": 200, "rows": 1,
        "at": NOON, "trace_id": "0" * 32, "request_id": complaint_id(number),
    }  # fmt: skip
    return Reading.model_validate(content | members).model_dump_json().encode()


@pytest.fixture
async def read(folded: Folded) -> Folded:
    """Four readings, the topic told twice and with a record in between that is none."""
    records = [
        (0, told("li.na", 1)),
        (1, b"no reading"),
        (2, told("wu", 1)),
        (3, told("li.na", 2, rows=None)),
        (4, told("wu", 1, streams=[stream(1), stream(2)], filters=["stream"], rows=7)),
    ]
    for some in (records[:3], records):
        await record_accesses(folded.pool, some)
    return folded


@pytest.mark.usefixtures("read")
async def test_by_reader_and_by_stream(api: httpx.AsyncClient, role: As) -> None:
    api.headers.update(role("auditor"))
    everything = (await got(api, "/v1/access"))["items"]
    assert [(one["actor"], one["rows"]) for one in everything] == [("wu", 7), ("li.na", None), ("wu", 1), ("li.na", 1)]
    assert [one["rows"] for one in (await got(api, "/v1/access", actor="li.na"))["items"]] == [None, 1]
    of_one = (await got(api, "/v1/access", stream=stream(2)))["items"]
    assert [(one["actor"], one["filters"], one["at"]) for one in of_one] == [
        ("wu", ["stream"], "2026-03-02T12:00:00.000000Z"),
        ("li.na", [], "2026-03-02T12:00:00.000000Z"),
    ]


@pytest.mark.usefixtures("read")
async def test_in_pages(api: httpx.AsyncClient, role: As) -> None:
    api.headers.update(role("auditor"))
    first = await api.get("/v1/access", params={"limit": 3})
    (last,) = (await got(api, first.links["next"]["url"]))["items"]
    assert (last["actor"], last["rows"]) == ("li.na", 1)


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("other", ["manager", "ops", "cso", "inspector"])
async def test_for_auditors_only(api: httpx.AsyncClient, role: As, other: str) -> None:
    answer = await api.get("/v1/access", headers=role(other))
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")


async def test_a_restart_goes_on_where_it_stood(folded: Folded) -> None:
    """The topic is kept for ever; nobody reads all of it at each start but the first."""
    assert await folded.pool.fetchval(SQL["first_access"]) == 0
    await record_accesses(folded.pool, [(4, told("li.na", 1))])
    assert await folded.pool.fetchval(SQL["first_access"]) == 5


async def test_who_looks_at_the_board_is_recorded(
    api: httpx.AsyncClient, folded: Folded, issuer: Issuer, readings: list[Reading]
) -> None:
    """It says which cases break next, and whose they are; what counts only is no reading."""
    folded.log.tell(stream(1), lodged(1), started(60))
    await folded.catch_up()
    await got(api, "/v1/statistics/handoffs")
    assert (await got(api, "/v1/sla-board"))["next"]
    cookie = {"cookie": f"complaints_session={issuer.token('handler', sub='zhou')}"}
    page = await api.get("/console/sla", headers=cookie)
    assert page.status_code == 200
    told = [(one.actor, one.route, one.rows) for one in readings]
    assert told == [("li.na", "/v1/sla-board", 1), ("zhou", "/console/sla", 1)]


@pytest.mark.parametrize("asked", [{}, {"stream": stream(1)}])
async def test_of_a_followed_feed_nobody_knows_how_much_it_will_show(
    api: httpx.AsyncClient, readings: list[Reading], asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "FOLLOW_SECONDS_MAX", 0.0)
    answer = await api.get("/v1/facts", params=asked, headers={"accept": "text/event-stream"})
    assert answer.status_code == 200
    ((rows, streams),) = [(one.rows, one.streams) for one in readings]
    assert (rows, streams) == (None, tuple(asked.values()))
