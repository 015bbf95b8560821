"""Figures on real tables: what a board or a statistic counts is what the pages of the cases say, added up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import httpx
import orjson
import pytest

from asked import after, complaint_id, got, lodged, started, stream
from events.escalation import (
    ClockBreached,
    ClockExtended,
    ClockMet,
    ClockNotStarted,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    OwnershipAccepted,
)
from events.fact import Fact, Origin
from events.intake import SourceReported
from events.triage import ComplaintGraded, ComplaintRouted
from folded import Folded
from projections.queries import SQL, By, rulebook_streams

FIRST = started(60).model_copy(
    update={
        "policy": "a@1", "calendar": "office@1", "pack": "p", "standing": "M", "basis": "category=x",
        "stated_due": after(61), "warn_at": after(30),
    }
)  # fmt: skip
ENDS: dict[str, list[Fact]] = {
    "met": [ClockMet(at=after(50), clock="resolution", answered_by="closed")],
    "late": [ClockMet(at=after(70), clock="resolution", answered_by="closed")],
    "open_past_due": [ClockBreached(at=after(60), clock="resolution")],
    "stopped": [ClockStopped(at=after(50), clock="resolution", reason="withdrawn")],
    "at_risk": [ClockWarned(at=after(30), clock="resolution")],
    "paused": [ClockPaused(at=after(30), clock="resolution", reason="evidence", lawful=True, by="li.na")],
    "running": [],
}


def custody(number: int, minutes: float, **seen: Any) -> SourceReported:  # noqa: ANN401 - any member
    origin = Origin(source="bpi2013", reference=f"ref-{number}")
    return SourceReported(at=after(minutes), fact="custody", reported=origin, **seen)


async def pages(folded: Folded) -> list[Mapping[str, Any]]:
    return [orjson.loads(row["page"]) for row in await folded.pool.fetch("select page from pages order by id")]


async def test_each_class_of_the_board_has_the_cases_that_are_of_it(api: httpx.AsyncClient, folded: Folded) -> None:
    """R36, R37: by what it is, the product, the branch, who complains, the channel, whoever holds it."""
    for number, word in ((1, "a"), (2, "b"), (3, "b")):
        first = lodged(number, product=f"product-{word}", branch=f"branch-{word}", category=f"category-{word}")
        grade = ComplaintGraded(
            at=after(1), grade="crisis" if word == "a" else "grievance", severity=1, urgency=1, inputs=(), reason="r",
            rule="grade@1", by="triage",
        )  # fmt: skip
        owner = OwnershipAccepted(at=after(2), owner=f"owner-{word}")
        channel = "phone" if word == "a" else "app"
        folded.log.tell(stream(number), first.model_copy(update={"channel": channel}), grade, owner)
    folded.log.tell(stream(4), lodged(4, source="elsewhere"))
    await folded.catch_up()
    for by in get_args(By):
        classes = (await got(api, "/v1/sla-board", by=by, source="boston311"))["classes"]
        there = Counter(page.get(by) for page in await pages(folded) if page["source"] == "boston311")
        assert {one["class"]: one["cases"] for one in classes} == there, by


@pytest.mark.parametrize("end", ENDS)
async def test_a_case_counts_as_one_thing_on_every_part_of_the_board_and_as_none_while_it_waits_for_repair(
    api: httpx.AsyncClient, folded: Folded, end: str
) -> None:
    """Of a parked case nothing is said but that it is there, withdrawn or screened out (L22)."""
    folded.log.tell(stream(1), lodged(1), FIRST, *ENDS[end])
    folded.log.tell(stream(2), lodged(2, source="elsewhere"), FIRST)
    await folded.catch_up()
    board = await got(api, "/v1/sla-board", source="boston311")
    (clock,) = board["clocks"]
    for counted in (board, board["classes"][0], clock):
        assert [name for name in ENDS if counted[name]] == [end]
        assert (counted[end], counted["unconfirmed"], counted["no_deadline"]) == (1, 1, 0)
    assert (board["due_compared"], board["due_within_5_minutes"], board["unjudged"]) == (1, 1, 0)
    judged = end in ("met", "late", "open_past_due")
    assert [(one["met"], one["judged"]) for one in board["weeks"]] == ([(int(end == "met"), 1)] if judged else [])
    assert [one["complaint_id"] for one in board["next"]] == (
        [complaint_id(1)] if end in ("at_risk", "running") else []
    )
    opened = await folded.pool.fetch(SQL["board_buckets"], "boston311", "resolution")
    assert len(opened) == (end in ("at_risk", "running", "open_past_due"))

    await folded.pool.execute("insert into parked values ($1, 'content', 0, 0, 'why', 1)", stream(1))
    board = await got(api, "/v1/sla-board", source="boston311")
    assert [name for name, figure in board.items() if type(figure) is int and figure] == ["cases", "unjudged"]
    assert [board[part] for part in ("clocks", "weeks", "next")] == [[], [], []]
    assert await folded.pool.fetch(SQL["board_buckets"], "boston311", "resolution") == []


async def test_what_has_no_policy_is_not_told_of_a_case_that_waits_for_repair(
    api: httpx.AsyncClient, folded: Folded
) -> None:
    for number, reason in ((1, "no-policy"), (2, "no-policy"), (3, "another")):
        folded.log.tell(stream(number), lodged(number), ClockNotStarted(at=after(1), clock="resolution", reason=reason))
    await folded.catch_up()
    await folded.pool.execute("insert into parked values ($1, 'content', 0, 0, 'why', 1)", stream(2))
    board = await got(api, "/v1/sla-board")
    assert [board[name] for name in ("cases", "no_deadline", "no_policy", "unjudged")] == [3, 2, 1, 1]


async def test_figures_of_handoffs_are_those_of_the_pages_of_a_source(api: httpx.AsyncClient, folded: Folded) -> None:
    """Told one by one: what a later report changes, the row has too."""
    wait = {"status": "Accepted", "sub_status": "Wait - User"}
    first = [
        custody(1, 1, team="A", owner="a", line=1, impact="Low"), custody(1, 2, team="B", owner="b", line=3, **wait),
        custody(1, 9, team="A", owner="a", line=2, status="Completed", sub_status="Resolved", impact="High"),
        custody(1, 12, status="Accepted", sub_status="Wait"), custody(1, 15, status="Queued"),
    ]  # fmt: skip
    paused = ClockPaused(at=after(5), clock="resolution", reason="evidence", lawful=True, by="li.na")
    resumed = ClockResumed(at=after(20), clock="resolution", due=after(75), by="li.na")
    folded.log.tell(stream(1), lodged(1, source="bpi2013"), FIRST, paused, resumed, *first)
    folded.log.tell(stream(2), lodged(2, source="bpi2013"), custody(2, 1, team="C", line=2), custody(2, 2, line=1))
    folded.log.tell(stream(3), lodged(3, source="bpi2013"), started(30), custody(3, 1, team="D", line=1))
    folded.log.tell(stream(4), lodged(4, source="bpi2013"))
    elsewhere = [OwnershipAccepted(at=after(minute), owner=str(minute)) for minute in (1, 2)]
    folded.log.tell(stream(5), lodged(5, source="other"), FIRST, paused, resumed, custody(5, 1, team="E", line=3))
    folded.log.tell(stream(6), lodged(6, source="other"), *elsewhere)
    await folded.catch_up(batch=1)
    figures = await got(api, "/v1/statistics/handoffs", source="bpi2013")
    own = [page for page in await pages(folded) if page["source"] == "bpi2013"]
    held = [page["handoffs"] for page in own if "handoffs" in page]
    pauses = [sum(one.get("paused_seconds", 0) for one in page.get("clocks", {}).values()) for page in own]
    summed = (
        "events", "team_handoffs", "ping_pongs", "owner_changes", "line_escalations", "line_deescalations", "reopens",
        "wait_user_seconds", "wait_any_seconds",
    )  # fmt: skip
    some = {"ping_pongs": "ping_pongs", "reopens": "reopens", "wait_any_seconds": "waits"}
    wanted: dict[str, Any] = {name: sum(one[name] for one in held) for name in summed}
    assert all(wanted.values()), wanted
    wanted |= {f"cases_with_{word}": sum(one[name] > 0 for one in held) for name, word in some.items()}
    lines = Counter(one["highest_support_line"] for one in held)
    wanted |= {f"highest_line_{line}": lines[line] for line in (1, 2, 3)}
    wanted |= {"source": "bpi2013", "cases": 4, "cases_with_custody": len(held)}
    assert figures == wanted | {"paused_seconds": sum(pauses), "cases_with_pauses": sum(one > 0 for one in pauses)}


async def test_rows_of_clocks_and_cases_are_as_the_page_however_often_they_change(folded: Folded) -> None:
    """Each column, after every fact in a batch of its own: what a fact takes away is gone from the row, too."""
    given = ClockStarted(at=after(0), clock="reply", due=after(99), policy="given", reported=lodged(1).reported)
    pause = ClockPaused(at=after(5), clock="resolution", reason="evidence", lawful=True, by="li.na")
    moved = ClockRecalculated(
        at=after(22), clock="resolution", old_due=after(75), new_due=after(80), cause="c", policy="b@2",
        calendar="other@2", standing="V",
    )  # fmt: skip
    extended = ClockExtended(
        at=after(21), clock="resolution", reason="r", amount=1, unit="hours", due=after(78), provisional=True, by="chen"
    )
    again = FIRST.model_copy(update={"at": after(90), "stated_due": after(190), "basis": "category=y", "pack": "q"})
    told: Sequence[Fact] = [
        given, FIRST, ClockNotStarted(at=after(0), clock="city", reason="no-policy", pack="boston"),
        pause, ClockResumed(at=after(20), clock="resolution", due=after(75), by="li.na"), extended, moved,
        ClockWarned(at=after(40), clock="resolution"), ClockBreached(at=after(80), clock="resolution"),
        ClockMet(at=after(85), clock="resolution", answered_by="closed"), again,
        ClockBreached(at=after(95), clock="resolution"), ClockStopped(at=after(96), clock="resolution", reason="x"),
        started(50, "city"), pause.model_copy(update={"clock": "reply"}),
        ComplaintRouted(at=after(97), queue="q", first_owner="x", reason="r", rule="rules@1", by="triage"),
        OwnershipAccepted(at=after(98), owner="li.na"),
    ]  # fmt: skip
    folded.log.tell(stream(1), lodged(1), *told)
    for _ in folded.log.records:
        await folded.fold(folded.log.records[folded.told : folded.told + 1])
        folded.told += 1
        (page,) = await pages(folded)
        for row in map(dict, await folded.pool.fetch("select * from clocks")):
            clock = page["clocks"][row["clock"]]
            told_of = {"complaint_id": page["id"], "provisional": False, "paused_seconds": 0, **clock}
            assert {name: written(value) for name, value in row.items()} == {name: told_of.get(name) for name in row}
        (case,) = map(dict, await folded.pool.fetch("select * from cases"))
        named = {name: page.get(name) for name in case if name in page}
        assert {name: written(case[name]) for name in named if name not in ("next_due_at", "next_clock")} == {
            name: value for name, value in named.items() if name not in ("next_due_at", "next_clock")
        }
        assert (written(case["running_due_at"]), case["running_clock"]) == (
            page.get("next_due_at"), page.get("next_clock"),
        )  # fmt: skip


def written(value: object) -> object:
    """As pages hold times."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z" if isinstance(value, datetime) else value


async def test_a_rulebook_that_nobody_was_let_write_is_none(folded: Folded) -> None:
    folded.log.refuse("rulebook/routing/a", lodged(1))
    folded.log.tell("rulebook/routing/c", lodged(1))
    folded.log.tell("rulebook/routing/b", lodged(1), lodged(2))
    await folded.catch_up()
    assert await rulebook_streams(folded.pool) == ["rulebook/routing/b", "rulebook/routing/c"]


async def test_a_feed_of_some_streams_ends_where_it_was_told_to(api: httpx.AsyncClient, folded: Folded) -> None:
    folded.log.tell(stream(1), *(started(minute) for minute in range(5)))
    await folded.catch_up()
    answer = await api.get("/v1/facts", params={"stream": stream(1), "limit": 2})
    assert len(answer.content.splitlines()) == 2
    rest = await api.get("/v1/facts", params={"stream": stream(1), "after": answer.headers["complaint-after"]})
    assert len(rest.content.splitlines()) == 3


async def test_open_clocks_stand_in_the_column_of_the_time_that_is_left(folded: Folded) -> None:
    """The chart: over by more than a day, over, then up to an hour, two, four, a day, two, four days, more."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    for number, hours in enumerate((-30, -1, 0.5, 1.5, 3, 12, 30, 70, 200), start=1):
        clock = ClockStarted(at=now - 99 * hour, clock="resolution", due=now + hours * hour, policy="given")
        folded.log.tell(stream(number), lodged(number), clock)
    await folded.catch_up()
    found = await folded.pool.fetch(SQL["board_buckets"], None, "resolution")
    assert [tuple(row) for row in found] == [(column, 1) for column in range(9)]
