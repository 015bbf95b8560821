"""What stands still, only measures, or was not started: in the worklist and on the board, on real tables."""

import httpx

from asked import complaint_id, got, lodged, stream
from clocked import ANSWER, CLOCKS, RESOLVE, at, pause, started
from events.escalation import ClockNotStarted, ClockPaused, ClockResumed, ClockStarted
from events.fact import Fact
from folded import Folded
from projections.pausing import Pauses
from projections.queries import SQL


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
