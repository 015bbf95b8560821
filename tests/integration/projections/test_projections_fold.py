"""Folding into real tables: the same rows however the log is cut, and nothing built on what was rolled back."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from events.accountability import ComplaintClosed, ComplaintReopened, OfferApproved, PromiseMade, RemedyOffered
from events.escalation import CaseEscalated, ClockBreached, ClockMet, ClockPaused, ClockStarted, OwnershipAccepted
from events.fact import Fact, Origin
from events.ids import COMPLAINT
from events.intake import ComplaintLodged, SourceReported
from events.triage import ClusterMemberAdded, ClusterProposed, ComplaintGraded
from folded import Folded
from projections.queries import reader_hashes
from projections.store import READER_MARKS_KEPT, Shelf, Views, ViewsDiffer, record_reader
from projections.views import cases
from projections.views.chapters.page import Case
from projections.views.told import Told
from runtime.rows import Judged

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"


def stream(number: int) -> str:
    return f"complaint/{UUID(int=number)}"


def story(number: int) -> list[Fact]:
    """One of everything that the tables hold."""

    def after(minutes: float) -> datetime:
        return NOON + timedelta(minutes=number + minutes)

    origin = Origin(source="desk", reference=f"r{number}")
    return [
        ComplaintLodged(at=after(0), channel="weibo", text=SEALED, product="E6", reported=origin),
        ComplaintGraded(
            at=after(1), grade="complaint", severity=2, urgency=2, inputs=(), reason="x", rule="grade@1", by="triage"
        ),
        ClockStarted(at=after(1), clock="resolution", due=after(60), warn_at=None, policy="reply@1"),
        OwnershipAccepted(at=after(2), owner=f"handler-{number % 3}"),
        SourceReported(at=after(3), fact="custody", reported=origin, team="A", owner="o1", line=1, status="Accepted"),
        SourceReported(at=after(4), fact="custody", reported=origin, team="B", owner="o2", line=2, status="Queued"),
        RemedyOffered(
            at=after(5),
            offer_id="o1",
            remedy="refund",
            amount_minor=5,
            currency="CNY",
            limit_minor=1,
            limit_rule="limits@1",
            needs_approval=True,
            by="handler-1",
        ),
        OfferApproved(at=after(6), offer_id="o1", limit_minor=9, limit_rule="limits@1", by="chen"),
        PromiseMade(at=after(7), promise_id="p1", kind="callback", text=SEALED, due=after(90), owner="h", by="h"),
        ClockBreached(at=after(60), clock="resolution"),
        CaseEscalated(at=after(60), level=1, post="teamlead", clock="resolution", reason="breached", unowned=False),
        ClockMet(at=after(70), clock="resolution", answered_by="closed"),
        ComplaintClosed(at=after(70), ground="accepted", evidence="call", next_instance="ombudsman", by="h"),
        ClockStarted(
            at=after(71), clock="reply:m", due=after(95), policy="reply@1", standing="M", provisional=number % 2 == 0
        ),
        ClockPaused(at=after(72), clock="reply:m", reason="evidence", lawful=True, by="h"),
    ]


def tell_everything(folded: Folded, cases: int) -> None:
    """Stories told at once, interleaved, with records that do not count among them."""
    chance = random.Random(7)
    waiting = {number: story(number) for number in range(cases)}
    cluster = [ClusterProposed(at=NOON, title="contactors", reason="x", by="ma")]
    cluster_facts: list[Fact] = [
        *cluster,
        *(
            ClusterMemberAdded(at=NOON, complaint_id=str(UUID(int=n)), evidence="x", confidence_percent=9, by="ma")
            for n in range(3)
        ),
    ]
    while waiting:
        number = chance.choice(sorted(waiting))
        fact = waiting[number].pop(0)
        folded.log.tell(stream(number), fact)
        if not waiting[number]:
            del waiting[number]
        match chance.randrange(12):
            case 0:
                folded.log.refuse(stream(number), fact)
            case 1:
                folded.log.broken(chance.randrange(12), b"\xff\x00", "ce_id is \x00 missing")
            case 2 if cluster_facts:
                folded.log.tell("cluster/k-31", cluster_facts.pop(0))


async def test_the_rows_are_the_same_however_the_log_is_cut(folded: Folded) -> None:
    """A rebuild in one go, batches of 7, one by one, with views that have nothing at hand: every row is the same."""
    tell_everything(folded, 20)
    await folded.catch_up(batch=100_000)
    whole = await folded.tables()
    assert len(whole["ledger"]) == len(folded.log.records)
    assert {name: len(rows) for name, rows in whole.items() if name in ("cases", "clocks", "promises", "handoffs")} == {
        "cases": 20, "clocks": 40, "promises": 20, "handoffs": 20,
    }  # fmt: skip
    assert len(whole["register"]) == 20 * 6 + 4, "six of each case, and those of the cluster"
    for batch, at_hand in ((7, 3), (1, 100)):
        for table in whole:
            await folded.pool.execute(f"truncate {table}")
        folded.told, folded.views = 0, Views(pages_at_hand_max=at_hand)
        await folded.catch_up(batch=batch)
        assert await folded.tables() == whole


async def test_nothing_is_built_on_what_was_rolled_back(folded: Folded) -> None:
    """L18, L19: a batch whose positions were lost is folded again from the tables, not from the pages at hand."""
    tell_everything(folded, 5)
    records = folded.log.records
    await folded.fold(records[:30])
    async with folded.pool.acquire() as connection:
        lost = connection.transaction()
        await lost.start()
        await folded.views.fold(connection, records[30:60])
        await lost.rollback()
    await folded.fold(records[30:45])
    await Folded(folded.pool, folded.log, Views()).fold(records[45:50])  # another owner for a while
    await folded.fold(records[50:])
    folded.told = len(records)
    apart = await folded.tables()
    for table in apart:
        await folded.pool.execute(f"truncate {table}")
    folded.told, folded.views = 0, Views()
    await folded.catch_up()
    assert await folded.tables() == apart


async def test_a_refused_and_an_admitted_record_may_share_an_event_id(folded: Folded) -> None:
    """L5: both stand in the ledger, each by its own place, and only the one that counts moves a view."""
    lodged, *others = story(1)
    folded.log.tell(stream(1), lodged)
    (counts,) = folded.log.tell(stream(1), others[0])
    twin = folded.log.refuse(stream(1), others[0])
    assert counts.envelope is not None
    folded.log.records[-1] = replace(twin, envelope=counts.envelope)
    folded.log.tell(stream(1), *others[1:])
    await folded.catch_up()
    kept = await folded.pool.fetch(
        'select "offset", verdict from ledger where event_id = $1 order by "offset"', counts.envelope.event_id
    )
    assert [tuple(row) for row in kept] == [(counts.offset, "admitted"), (twin.offset, "refused")]
    page = await folded.pool.fetchval("select page from pages")
    assert orjson.loads(page)["head"] == list(folded.log.heads[stream(1)])


async def test_views_of_another_log_are_not_built_upon(folded: Folded) -> None:
    """A page that is missing or stands elsewhere than the log says stops the fold, and names the stream."""
    folded.log.tell(stream(1), *story(1))
    await folded.fold(folded.log.records[:2])
    with pytest.raises(ViewsDiffer, match=stream(1)):
        await folded.fold(folded.log.records[5:])


async def test_content_that_cannot_be_read_parks_one_case_and_no_other(folded: Folded) -> None:
    """L22: the others go on; the parked one says why, and a redrive folds it anew from the ledger."""
    broken = folded.log.tell(stream(1), *story(1))[2]
    readable = broken.value
    folded.log.garble(broken, "due: missing")
    folded.log.tell(stream(2), *story(2))
    await folded.catch_up()
    assert [row["id"] for row in await folded.pool.fetch("select id from unjudged")] == [str(UUID(int=1))]
    assert await folded.pool.fetchval("select reason from parked where stream = $1", stream(1)) == "due: missing"

    repaired = "update ledger set value = $2, why = null where stream = $1 and why is not null"
    await folded.pool.execute(repaired, stream(1), readable)
    await folded.pool.execute("insert into redrives values ($1)", stream(1))
    await folded.fold([])
    assert await folded.pool.fetchval("select status from cases where id = $1", str(UUID(int=1))) == "closed"
    answered = "select state from clocks where complaint_id = $1 and clock = 'resolution'"
    assert await folded.pool.fetchval(answered, str(UUID(int=1))) == "late"
    assert await folded.pool.fetchval("select count(*) from unjudged") == 0


async def test_a_fold_that_raises_parks_its_case(folded: Folded) -> None:
    """L22: a defect in a view is a finding about one stream, not the end of the reader."""
    (lodged,) = folded.log.tell(stream(1), story(1)[0])
    impossible: Judged = replace(
        lodged, fact=lodged.fact and lodged.fact.model_copy(update={"dues": 5, "at": "no time"})
    )
    folded.log.records[0] = impossible
    folded.log.tell(stream(2), *story(2))
    await folded.catch_up()
    (unjudged,) = await folded.pool.fetch("select id from unjudged")
    assert unjudged["id"] == str(UUID(int=1))
    assert await folded.pool.fetchval("select status from cases where id <> $1", unjudged["id"]) == "closed"


async def test_a_register_told_by_a_parked_page_is_told_anew_with_it(folded: Folded) -> None:
    """L22: who asked for the redress that was approved stands in the register, once the offer could be folded."""
    offered, approved = (fact for fact in story(1) if isinstance(fact, RemedyOffered | OfferApproved))
    folded.log.tell(stream(1), story(1)[0], offered, approved)

    def unable(page: Case | None, told: Told) -> Case:
        if type(told.fact) is RemedyOffered:
            raise ArithmeticError
        return cases.fold(page, told)

    folded.views = Views(cases=Shelf(COMPLAINT, unable, cases.moved, "cases"))
    await folded.catch_up()
    second = "select second_person, amount_minor from register where act = 'offer-approved'"
    assert tuple(await folded.pool.fetchrow(second)) == (None, None)
    folded.views = Views()
    await folded.pool.execute("insert into redrives values ($1)", stream(1))
    await folded.fold([])
    assert tuple(await folded.pool.fetchrow(second)) == ("handler-1", 5)


async def test_whatever_is_told_again_the_row_is_as_the_page(folded: Folded) -> None:
    """A promise under the same name, and a lodging after the first acts: batches of one and of all give the same."""
    (made,) = (fact for fact in story(1) if isinstance(fact, PromiseMade))
    taken = OwnershipAccepted(at=NOON, owner="handler-1")
    again = made.model_copy(update={"at": NOON + timedelta(hours=9), "kind": "action"})
    folded.log.tell(stream(1), taken, made, story(1)[0], again)
    await folded.catch_up(batch=1)
    (promise,) = await folded.pool.fetch("select kind, made_at from promises")
    assert tuple(promise) == ("action", again.at)
    assert await folded.pool.fetchval("select source from handoffs") == "desk"


async def test_the_largest_count_that_a_fact_can_say_stops_nothing(folded: Folded) -> None:
    """L22: whoever wrote it, no admitted record stands the views still."""
    again = ComplaintReopened(at=NOON, reason="again", cycle=2**53, by="h")
    folded.log.tell(stream(1), story(1)[0], again)
    await folded.catch_up()
    assert await folded.pool.fetchval("select cycle from cases") == again.cycle


async def test_marks_of_readers_are_kept_and_compared(folded: Folded) -> None:
    """L7: equal marks are compared, old ones are trimmed: of each service in each partition its own."""
    for service, partition in (("intake", 3), ("escalation", 2)):
        await record_reader(folded.pool, service=service, partition=partition, mark=0, digest="0", reported_at=NOON)
    for mark in range(READER_MARKS_KEPT + 5):
        for service in ("intake", "triage"):
            digest = f"{mark}" if service == "intake" or mark != READER_MARKS_KEPT else "differs"
            await record_reader(folded.pool, service=service, partition=2, mark=mark, digest=digest, reported_at=NOON)
    found, other = await reader_hashes(folded.pool)
    assert (found.partition, found.agree, found.differing) == (2, False, READER_MARKS_KEPT)
    assert (other.partition, other.latest) == (3, {"intake": 0})
    kept = await folded.pool.fetch(
        "select service, partition, count(*), min(mark) from readers group by 1, 2 order by 1, 2"
    )
    assert [tuple(row) for row in kept] == [
        ("escalation", 2, 1, 0),
        ("intake", 2, READER_MARKS_KEPT, 5),
        ("intake", 3, 1, 0),
        ("triage", 2, READER_MARKS_KEPT, 5),
    ]
