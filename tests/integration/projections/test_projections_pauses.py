"""What stands still, only measures, or was not started: in the worklist and on the board, on real tables."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from asked import after, closed, complaint_id, got, lodged, stream
from clocked import ANSWER, CLOCKS, RESOLVE, at, pause, started
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockNotStarted,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    OwnershipAccepted,
)
from events.fact import Fact
from folded import Folded
from projections.pausing import Pauses
from projections.queries import SQL, sla_board

HALF_AN_HOUR = timedelta(minutes=30)


async def test_a_paused_clock_takes_its_place_in_the_worklist_as_if_resumed_now(
    api: httpx.AsyncClient, case: Folded
) -> None:
    """The earliest due among running clocks orders the list; a paused one moves back with each open hour it stands."""
    await pause(case)
    given = ClockStarted(at=at(2, 15), clock="resolution", due=at(4, 11), policy="given")
    paused = ClockPaused(at=at(2, 16), clock=ANSWER, reason="evidence", lawful=True, by="x")
    case.log.tell(stream(2), lodged(2), given)
    case.log.tell(stream(3), lodged(3), started(ANSWER, at(4, 10)), paused)
    await case.catch_up()

    async def listed() -> list[tuple[str, str, str | None]]:
        items = (await got(api, "/v1/complaints"))["items"]
        return [(one["source_ref"], one["next_due_at"][5:13], one["next_clock"]) for one in items]

    runs = ("ref-2", "03-04T03", "resolution")
    assert await listed() == [("ref-1", "03-03T10", ANSWER), ("ref-3", "03-04T02", ANSWER), runs]
    pauses = Pauses()
    assert await pauses.recount(case.pool, at(3, 11)) == 2
    assert await listed() == [runs, ("ref-1", "03-04T06", ANSWER), ("ref-3", "03-04T06", ANSWER)]
    assert await pauses.recount(case.pool, at(9, 17)) == 2
    assert await listed() == [runs, ("ref-1", "03-09T01", "resolution"), ("ref-3", "03-11T03", ANSWER)]
    case.log.tell(stream(3), ClockResumed(at=at(9, 17), clock=ANSWER, due=at(11, 11), by="x"))
    await case.catch_up()
    assert await listed() == [runs, ("ref-1", "03-09T01", "resolution"), ("ref-3", "03-11T03", ANSWER)]
    assert await pauses.recount(case.pool, at(10, 17)) == 1


async def test_a_case_that_is_being_written_is_counted_the_next_time(case: Folded) -> None:
    """Whoever counts waits for no batch, and changes nothing of what a batch resumed meanwhile."""
    await pause(case)
    sooner = ClockPaused(at=at(2, 15) + HALF_AN_HOUR, clock=ANSWER, reason="evidence", lawful=True, by="x")
    case.log.tell(stream(2), lodged(2), started(ANSWER, at(3, 18)), sooner)
    await case.catch_up()
    pauses = Pauses()

    async def counted() -> list[datetime | None]:
        rows = await case.pool.fetch("select resumed_due_at from cases order by id")
        return [row["resumed_due_at"] for row in rows]

    async with case.pool.acquire() as batch, batch.transaction():
        await batch.execute("update cases set owner = 'li.na' where id = $1", complaint_id(1))
        async with asyncio.timeout(10):
            await pauses.recount(case.pool, at(3, 11))
    second = at(4, 14) + HALF_AN_HOUR
    assert await counted() == [at(3, 18), second]
    await pauses.recount(case.pool, at(3, 11))
    assert await counted() == [at(4, 14), second]
    case.log.tell(stream(2), ClockResumed(at=at(3, 11), clock=ANSWER, due=second, by="x"))
    await case.catch_up()
    await case.pool.execute(SQL["write_resumed"], [complaint_id(2)], [second], [ANSWER], [False])
    assert await counted() == [at(4, 14), None]


async def test_what_runs_on_after_a_closing_keeps_its_place_page_by_page(api: httpx.AsyncClient, case: Folded) -> None:
    """The earliest due among running clocks orders the worklist, of closed cases too; each row once on any page."""

    def reply(day: int, hour: int) -> ClockStarted:
        return ClockStarted(at=at(3, 9), clock="reply:m", due=at(day, hour), policy="given")

    given = ClockStarted(at=at(2, 15), clock="resolution", due=at(5, 9), policy="given")
    met = ClockMet(at=after(-60), clock="resolution", answered_by="closed")
    breached = ClockBreached(at=at(3, 10), clock="reply:m")
    stands = ClockPaused(at=at(3, 12), clock=ANSWER, reason="evidence", lawful=True, by="x")
    shut = closed(-60)
    stories: list[list[Fact]] = [
        [shut, reply(3, 10), breached],
        [given, shut, met],
        [shut, started(ANSWER, at(4, 10)), stands],
        [shut, reply(4, 9)],
    ]
    for number, facts in enumerate(stories, start=2):
        case.log.tell(stream(number), lodged(number), *facts)
    await case.catch_up()
    assert await Pauses().recount(case.pool, at(9, 17)) == 1

    async def by_ones(**asked: str) -> list[str]:
        found = await api.get("/v1/complaints", params={"limit": 1, **asked})
        refs = [one["source_ref"] for one in found.json()["items"]]
        while "next" in found.links:
            found = await api.get(found.links["next"]["url"])
            refs += [one["source_ref"] for one in found.json()["items"]]
        return refs

    owed = ["ref-2", "ref-1", "ref-5", "ref-4"]
    assert await by_ones() == [*owed, "ref-3"]
    assert await by_ones(sort="-next_due_at") == ["ref-3", *reversed(owed)]
    assert await by_ones(owed="true") == owed
    assert await by_ones(owed="false") == ["ref-3"]
    assert await by_ones(status="open") == ["ref-1"]
    board = await got(api, "/v1/sla-board", clock="reply:m")
    assert [(one["clock"], one["complaint_id"]) for one in board["next"] if one["clock"] == "reply:m"] == [
        ("reply:m", complaint_id(5))
    ]
    assert (board["open_past_due"], board["late"], board["running"]) == (1, 0, 1)
    assert (await got(api, "/v1/sla-board"))["met"] == 1
    buckets = await case.pool.fetch(SQL["board_buckets"], None, "reply:m")
    assert sum(row["clocks"] for row in buckets) == 2


async def test_a_paused_clock_is_as_sure_as_the_due_time_that_it_is_shown_with(
    api: httpx.AsyncClient, case: Folded
) -> None:
    """Resumed now it would be due in a year that its calendar does not know, or no more: told with that due time."""
    await pause(case)
    path, pauses = "/v1/complaints", Pauses()

    async def shown() -> tuple[str, str, bool]:
        (line,) = (await got(api, path))["items"]
        page = await got(api, f"{path}/{complaint_id(1)}")
        assert page["next_provisional"] is line["provisional"]
        return line["next_clock"], line["next_due_at"][:4], line["provisional"]

    case.log.tell(stream(1), *(ClockMet(at=at(2, 17), clock=one, answered_by="x") for one in (RESOLVE, "resolution")))
    await case.catch_up()
    assert await shown() == (ANSWER, "2026", False)
    await pauses.recount(case.pool, at(2, 17) + timedelta(days=400))
    assert await shown() == (ANSWER, "2027", True)
    case.log.tell(stream(1), OwnershipAccepted(at=at(2, 18), owner="li.na"))
    await case.catch_up()
    assert await shown() == (ANSWER, "2027", True)
    await pauses.recount(case.pool, at(3, 9))
    assert await shown() == (ANSWER, "2026", False)


async def test_a_limit_that_nobody_confirmed_is_told_as_such(api: httpx.AsyncClient, case: Folded) -> None:
    """Standing M is never shown as law: in the list of clocks, the worklist, and on the board beside its figures."""
    told = started(ANSWER, at(2, 16)).model_copy(update={"clock": "resolution", "standing": "M"})
    case.log.tell(stream(2), lodged(2), told)
    await case.catch_up()
    (line,) = (await got(api, "/v1/complaints", source_ref="ref-2"))["items"]
    (other,) = (await got(api, "/v1/complaints", source_ref="ref-1"))["items"]
    assert (line["standing"], other["standing"]) == ("M", None)
    assert (await got(api, f"/v1/complaints/{complaint_id(2)}"))["clocks"]["resolution"]["standing"] == "M"
    (clock,) = (await got(api, CLOCKS.replace(complaint_id(1), complaint_id(2))))["items"]
    assert clock["standing"] == "M"
    board = await got(api, "/v1/sla-board")
    assert (board["cases"], board["unconfirmed"]) == (2, 1)
    assert {one["clock"]: one["unconfirmed"] for one in board["clocks"]}["resolution"] == 1
    assert [one["standing"] for one in board["next"] if one["complaint_id"] == complaint_id(2)] == ["M"]


async def test_the_board_counts_what_pauses_what_only_measures_and_what_was_not_started(
    api: httpx.AsyncClient, case: Folded
) -> None:
    """Every case once: a clock without a due time is no deadline; one that stands still is neither late nor on time."""
    measured = started(ANSWER, at(4, 10)).model_copy(update={"clock": "resolution", "due": None})
    none = ClockNotStarted(at=at(2, 15), clock="resolution", reason="no-policy")
    stands: list[Fact] = [
        started(ANSWER, at(4, 10)).model_copy(update={"clock": "resolution", "provisional": True}),
        ClockPaused(at=at(2, 16), clock="resolution", reason="evidence", lawful=True, by="x"),
    ]
    stories: list[list[Fact]] = [[measured], [none], stands]
    for number, facts in enumerate(stories, start=2):
        case.log.tell(stream(number), lodged(number), *facts)
    await case.catch_up()
    board = await got(api, "/v1/sla-board")
    figures = {name: board[name] for name in ("cases", "running", "no_deadline", "paused", "met", "late", "unjudged")}
    assert figures == {"cases": 4, "running": 1, "no_deadline": 2, "paused": 1, "met": 0, "late": 0, "unjudged": 0}
    by_clock = {row["clock"]: (row["clocks"], row["paused"], row["no_deadline"]) for row in board["clocks"]}
    assert by_clock == {"resolution": (4, 1, 2), ANSWER: (1, 0, 0), RESOLVE: (1, 0, 0), "city": (1, 0, 1)}
    assert "provisional" in board["next"][0]
    (line,) = (await got(api, "/v1/complaints", source_ref="ref-4"))["items"]
    assert (line["next_clock_state"], line["provisional"]) == ("paused", True)
    buckets = await case.pool.fetch(SQL["board_buckets"], None, "resolution")
    assert [row["clocks"] for row in buckets] == [1]
    assert [one["state"] for one in (await got(api, CLOCKS.replace(complaint_id(1), complaint_id(2))))["items"]] == [
        "running"
    ]


async def test_a_week_of_the_board_begins_on_monday_in_utc(folded: Folded) -> None:
    """Whatever zone a PostgreSQL of one's own keeps: the same log gives the same weeks."""
    monday = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
    met = ClockMet(at=at(2, 15), clock="resolution", answered_by="closed")
    for number, due in ((1, monday), (2, monday - timedelta(hours=4))):
        due_then = ClockStarted(at=at(2, 9), clock="resolution", due=due, policy="given")
        folded.log.tell(stream(number), lodged(number), due_then, met)
    await folded.catch_up()
    async with folded.pool.acquire() as connection:
        for zone in ("America/New_York", "Asia/Shanghai"):
            await connection.execute(f"set time zone '{zone}'")
            weeks = (await sla_board(connection))["weeks"]
            assert [(one["week"], one["met"]) for one in weeks] == [
                ("2026-03-09T00:00:00.000000Z", 1),
                ("2026-03-02T00:00:00.000000Z", 1),
            ]
