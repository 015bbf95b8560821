"""What the console asks the views for, on real tables: what is left is counted by the rulebooks for each row shown."""

from dataclasses import replace
from datetime import datetime

import console_pages as invented
from asked import complaint_id, lodged, stream
from clocked import ANSWER, at, pause, started
from events.escalation import ClockStarted
from folded import Folded
from projections.console import board, worklist
from projections.console.case import shown
from projections.console.reader import Reader
from projections.console.views import Asked, Views
from projections.freshness import Freshness
from projections.pausing import Pauses
from projections.reckoning import Moments
from projections.sources import Sources
from runtime.caller import Position
from runtime.sealing import ERASED, Opened
from told import PARTITIONS


def views_of(folded: Folded) -> Views:
    async def reached(_: Position | None) -> None:
        return None

    def unseal(_: str, __: str) -> Opened:
        return ERASED

    return Views(Sources(folded.pool, reached, unseal, "epoch1", PARTITIONS), Freshness())


def looking(now: datetime) -> Reader:
    return replace(invented.reader("manager"), now=now)


async def test_worklist_board_and_case_say_the_same_business_time(case: Folded) -> None:
    """Console, principle 1: one office day of seven hours is left, of a night and a day on the wall. What a publisher
    stated, and what no rulebook here counts, stands on the wall alone.
    """
    given = ClockStarted(at=at(2, 15), clock="resolution", due=at(4, 11), policy="given")
    case.log.tell(stream(2), lodged(2), given)
    case.log.tell(stream(3), lodged(3), started("other:answer", at(4, 12)))
    await case.catch_up()
    views, reader = views_of(case), looking(at(3, 10))
    cases, _ = await views.worklist(Asked("open"), reader)
    rows = {row.id: row.due for group in worklist.grouped(cases, reader) for row in group.rows}
    assert [rows[complaint_id(number)].text for number in (1, 2, 3)] == ["1 d 0 h left", "1 d 1 h left", "1 d 2 h left"]
    assert rows[complaint_id(1)].share == 30.0
    story = await views.story(complaint_id(1), reader, Moments(as_of=reader.now))
    assert story is not None
    page = shown(story.case, reader, story.clocks)
    figures, buckets = await views.board(None, reader)
    upcoming = [one.due.text for one in board.shown(figures, buckets, reader).next if one.id == complaint_id(1)]
    assert upcoming == ["1 d 0 h left", "5 d 23 h left", "4 d 6 h left"]
    assert upcoming[0] == rows[complaint_id(1)].text
    assert sorted(upcoming) == sorted(one.due.text for one in page.clocks if one.address)


async def test_a_clock_that_stands_still_shows_how_much_of_its_time_is_used(case: Folded) -> None:
    """As on the page of the case: an open hour of ten, however long it is paused."""
    await pause(case)
    await Pauses().recount(case.pool, at(3, 10))
    reader = looking(at(3, 10))
    (found,), _ = await views_of(case).worklist(Asked("open"), reader)
    due = worklist.row(found, reader).due
    assert (found["next_clock"], due.tone, due.share) == (ANSWER, "paused", 10.0)
