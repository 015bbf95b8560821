"""What the console asks the views for, on real tables: what is left is counted by the rulebooks for each row shown."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

import console_pages as invented
import shipped
from asked import complaint_id, lodged, stream
from clocked import ANSWER, at, pause, started
from events.accountability import BudgetNamed
from events.budgets import BudgetReserved, BudgetSet
from events.escalation import ClockStarted
from events.triage import ClusterMemberAdded, ClusterProposed, ComplaintRouted
from folded import Folded
from projections.console import board, questions, worklist
from projections.console.beside_commands import kept as kept_of
from projections.console.case import shown
from projections.console.questions import Asked, Questions
from projections.console.reader import Reader
from projections.freshness import Freshness
from projections.pausing import Pauses
from projections.reckoning import NOW, Moments
from projections.sources import Sources
from published import published
from runtime.caller import Position
from runtime.sealing import ERASED, Opened
from told import PARTITIONS


def views_of(folded: Folded) -> Questions:
    async def reached(_: Position | None) -> None:
        return None

    def unseal(_: str, __: str) -> Opened:
        return ERASED

    return Questions(Sources(folded.pool, reached, unseal, "epoch1", PARTITIONS), Freshness())


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


async def test_a_case_is_found_by_the_number_that_pages_show(case: Folded) -> None:
    """It is what a complainant reads to reception; where two begin alike, the worklist says that none fits."""
    rest = "-9e66-4d42-8f7a-2f3b1c0d9e8f"
    prefixes = ("075af094", "8b9309e6", "8b9309e7", "8b9309e7")
    numbers = [UUID(prefix + rest).int + place for place, prefix in enumerate(prefixes)]
    for place, number in enumerate(numbers, 2):
        case.log.tell(stream(number), lodged(place))
    await case.catch_up()
    views = views_of(case)
    assert await views.numbered("075AF094") == complaint_id(numbers[0])
    assert await views.numbered(complaint_id(numbers[1])) == complaint_id(numbers[1])
    assert await views.numbered(complaint_id(numbers[1])[:13]) == complaint_id(numbers[1])
    assert await views.numbered("8b9309e7") is None
    assert await views.numbered("075af09") is None
    assert await views.numbered("ffffffff") is None


ROUTING = """
name = "routing"
rule = [
  { queue = "complaint-entrance", first_owner = "reception", when = { channel = ["entrance"] }, reason = "r" },
  { queue = "products", first_owner = "handler", when = { dispute = ["product"] }, reason = "r" },
  { queue = "products", first_owner = "teamlead", reason = "r" },
]
"""


async def test_the_worklist_is_narrowed_to_one_of_the_queues_that_the_table_in_force_names(case: Folded) -> None:
    """R19: the queue of the complaint entrance is one look away."""
    views, reader = views_of(case), looking(at(3, 10))
    assert await views.queues() == []
    case.log.tell("rulebook/routing/routing", *published(ROUTING))
    for number, queue in ((2, "complaint-entrance"), (3, "products")):
        routed = ComplaintRouted(at=at(2, 15), queue=queue, first_owner="x", reason="r", rule="routing@1", by="rule")
        case.log.tell(stream(number), lodged(number), routed)
    await case.catch_up()
    assert await views.queues() == ["complaint-entrance", "products"]
    cases, _ = await views.worklist(Asked("open", queue="complaint-entrance"), reader)
    assert [one["id"] for one in cases] == [complaint_id(2)]


async def test_the_proof_on_a_case_as_it_was_is_of_that_time(case: Folded) -> None:
    """L24: before it was paused nothing of the pause is told; before it began there is no proof."""
    await pause(case)
    views, reader = views_of(case), looking(at(4, 10))

    async def told(moments: Moments) -> str:
        found = await views.proof(complaint_id(1), ANSWER, reader, moments)
        return "" if found is None else found.as_text()

    assert "paused" in await told(NOW)
    before = await told(Moments(as_of=at(2, 15)))
    assert before
    assert "paused" not in before
    assert not await told(Moments(as_of=at(2, 14)))


async def test_a_clock_that_stands_still_shows_how_much_of_its_time_is_used(case: Folded) -> None:
    """As on the page of the case: an open hour of ten, however long it is paused."""
    await pause(case)
    await Pauses().recount(case.pool, at(3, 10))
    reader = looking(at(3, 10))
    (found,), _ = await views_of(case).worklist(Asked("open"), reader)
    due = worklist.row(found, reader).due
    assert (found["next_clock"], due.tone, due.share) == (ANSWER, "paused", 10.0)


async def test_the_clusters_that_a_case_may_join_are_the_newest(case: Folded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form has room for so many; an id says nothing of when its cluster was proposed, and of one that nobody proposed
    there is no title to choose by.
    """
    monkeypatch.setattr(questions, "BESIDE_MAX", 2)
    added = ClusterMemberAdded(at=at(2, 16), complaint_id=complaint_id(5), evidence="e", confidence_percent=9, by="x")
    case.log.tell(f"cluster/{complaint_id(6)}", added)
    for number, minute in ((7, 3), (8, 1), (9, 2)):
        proposed = ClusterProposed(at=at(2, 15) + timedelta(minutes=minute), title=f"t {number}", reason="r", by="x")
        case.log.tell(f"cluster/{complaint_id(number)}", proposed)
    await case.catch_up()
    story = await views_of(case).story(complaint_id(1), looking(at(3, 10)))
    assert story is not None
    assert [one["title"] for one in story.case["beside"]["clusters"]] == ["t 7", "t 9"]


async def test_a_case_says_what_its_commands_may_name(case: Folded) -> None:
    """Its clusters and the others, budgets, what is left of its own, what the policy of a clock allows; as it was, it
    offers no command and says nothing of these.
    """
    now = at(3, 10)
    inside, outside = complaint_id(8), complaint_id(9)
    for one in (inside, outside):
        case.log.tell(f"cluster/{one}", ClusterProposed(at=now, title=f"t {one[:1]}", reason="r", by="x"))
    member = ClusterMemberAdded(at=now, complaint_id=complaint_id(1), evidence="e", confidence_percent=90, by="x")
    case.log.tell(f"cluster/{inside}", member)
    kept = BudgetReserved(at=now, reservation="r", complaint=complaint_id(1), amount_minor=40, by="x")
    case.log.tell("budget/sales:2026", BudgetSet(at=now, amount_minor=100, currency="CNY", reason="r", by="x"))
    case.log.tell("budget/care:2026", BudgetSet(at=now, amount_minor=100, currency="CNY", reason="r", by="x"), kept)
    case.log.tell(stream(1), BudgetNamed(at=now, budget="care:2026", reason="r", by="x"))
    await case.catch_up()
    views, reader = views_of(case), looking(now)
    story = await views.story(complaint_id(1), reader)
    assert story is not None
    beside = story.case["beside"]
    assert [one["id"] for one in story.case["clusters"]] == [inside]
    assert [one["id"] for one in beside["clusters"]] == [outside]
    assert (beside["budgets"], beside["budget"]["left_minor"]) == (["care:2026", "sales:2026"], 60)
    assert story.case["clocks"][ANSWER]["allows"]["pauses"] == ["evidence"]
    assert [one.id for one in kept_of(story.case)] == ["r"]
    then = await views.story(complaint_id(1), reader, Moments(as_of=now))
    assert then is not None
    assert then.case["beside"] is None
    assert len((await views.listed("clusters", None, None)).items) == 2
    assert list((await views.cluster(inside))["members"]) == [complaint_id(1)]


async def test_an_open_case_comes_with_the_playbook_of_its_route(case: Folded) -> None:
    """R86: as it is in force now; a closed case needs none, and a name that nobody published has none."""
    routed = ComplaintRouted(
        at=at(2, 10), queue="q", first_owner="handler", playbook="crisis", reason="r", rule="routing@1", by="rule"
    )
    case.log.tell(stream(1), routed)
    case.log.tell("rulebook/playbook/crisis", *published(shipped.text("playbook", "crisis")))
    await case.catch_up()
    views = views_of(case)
    story = await views.story(complaint_id(1), looking(at(3, 10)))
    assert story is not None
    found = await views.playbook(story.case)
    assert found is not None
    assert found["title"]["en"] == "A crisis"
    assert await views.playbook({**story.case, "status": "closed"}) is None
    assert await views.playbook({**story.case, "route": {"playbook": "panic"}}) is None
