"""What must hold for the page of a case."""

import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given

from anything import SEALED, histories
from events.accountability import ComplaintClosed, ComplaintReopened, PromiseKept, PromiseMade
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.codec import TYPES
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockPaused,
    ClockStarted,
    CrisisTeamCalled,
    OwnershipAccepted,
    OwnershipOffered,
    OwnershipRefused,
)
from events.fact import Fact, Origin
from events.intake import (
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MotiveRecorded,
    SourceReported,
)
from events.rulebook import Approved, Drafted, DraftRefused
from events.triage import (
    ClusterMemberAdded,
    ClusterMemberRemoved,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
)
from paged import STREAM, page_of
from projections.showing import case_line
from projections.views import cases
from projections.views.chapters.page import Case
from projections.views.ledger import line
from projections.views.timeline import entries, page_as_of, retell
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ELSEWHERE = {
    ImportOpened,
    HistoryCompleted,
    ClusterProposed,
    ClusterMemberAdded,
    ClusterMemberRemoved,
    BudgetSet,
    BudgetReserved,
    BudgetReleased,
} | {kind for kind in TYPES.values() if issubclass(kind, Drafted | Approved | DraftRefused)}
"""Facts of other kinds of streams."""


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


LODGED = ComplaintLodged(at=NOON, channel="weibo", product="E6", text=SEALED, injury=True)


def test_every_fact_of_a_complaint_has_its_place_on_the_page() -> None:
    """A new event type cannot be forgotten here."""
    differ = (set(TYPES.values()) - ELSEWHERE) ^ set(cases.HOW)
    assert not differ, "say in HOW of projections/views/chapters what each changes on the page of a case"


@given(histories(tuple(cases.HOW)))
def test_a_page_has_no_member_that_its_form_does_not_name(history: list[Fact]) -> None:
    """Else /openapi.json says nothing of it, and no type is checked where it is read."""
    assert set(page_of(LODGED, *history)) - set(Case.__annotations__) == set(), "name it in Case of chapters/page.py"


def test_a_fresh_complaint() -> None:
    page = page_of(LODGED)
    assert page["id"] == STREAM.removeprefix("complaint/")
    assert (page["status"], page["channel"], page["product"], page["injury"]) == ("lodged", "weibo", "E6", True)
    assert (page["text"], page["head"], "anonymous" in page) == (SEALED, [1, 0, 0, 0], False)


def test_the_holder_is_the_one_who_accepted() -> None:
    offered = OwnershipOffered(at=after(1), to="post:reception", by="escalation", reason="x", packet_percent=50)
    page = page_of(LODGED, offered)
    assert (page["status"], page["offered_to"], page.get("owner")) == ("offered", "post:reception", None)
    page = page_of(LODGED, offered, OwnershipRefused(at=after(2), by="a", reason="conflict"))
    assert (page["status"], page["offered_to"], page["bounces"]) == ("lodged", None, 1)
    page = page_of(LODGED, offered, OwnershipAccepted(at=after(3), owner="handler-1"))
    assert (page["status"], page["owner"], page["owned_since"]) == ("owned", "handler-1", "2026-03-02T12:03:00.000000Z")


def test_what_closing_answers_is_due_no_more_and_reopening_brings_back_what_runs_anew() -> None:
    clock = ClockStarted(at=NOON, clock="resolution", due=after(60), warn_at=None, policy="p@1")
    closed = ComplaintClosed(at=after(5), ground="accepted", evidence="call", next_instance="ombudsman", by="h")
    assert page_of(LODGED, clock)["next_due_at"] == "2026-03-02T13:00:00.000000Z"
    met = ClockMet(at=after(5), clock="resolution", answered_by="closed")
    page = page_of(LODGED, clock, closed, met)
    assert (page["status"], page["closed_at"], page["next_due_at"]) == ("closed", "2026-03-02T12:05:00.000000Z", None)
    again = clock.model_copy(update={"clock": "resolution#2", "due": after(90)})
    page = page_of(LODGED, clock, closed, met, ComplaintReopened(at=after(9), reason="x", cycle=2, by="h"), again)
    assert (page["status"], page["cycle"], page["next_clock"]) == ("lodged", 2, "resolution#2")


def test_a_withdrawal_counts_for_its_cycle_only() -> None:
    """R30: a reopened case is no withdrawn one; withdrawn again, it is."""
    withdrawn = ComplaintWithdrawn(at=after(2), reason=SEALED, by="complainant")
    closed = ComplaintClosed(at=after(5), ground="withdrawn", evidence="call", next_instance="ombudsman", by="h")
    reopened = ComplaintReopened(at=after(9), reason="x", cycle=2, by="h")
    told = (LODGED, withdrawn, closed)
    assert case_line(page_of(*told), None)["withdrawn"] is True
    assert case_line(page_of(*told, reopened), None)["withdrawn"] is False
    again = withdrawn.model_copy(update={"at": after(12)})
    assert case_line(page_of(*told, reopened, again), None)["withdrawn"] is True
    assert "withdrawn" not in page_of(LODGED, closed, reopened)


def test_a_crisis_team_is_called_for_its_cycle_only() -> None:
    """R114: a reopened case has none until it is called again."""
    team = CrisisTeamCalled(at=after(1), coordinator="wu", containment="x", functions=("legal",), reason="r", by="h")
    closed = ComplaintClosed(at=after(5), ground="accepted", evidence="call", next_instance="ombudsman", by="h")
    reopened = ComplaintReopened(at=after(9), reason="x", cycle=2, by="h")
    assert page_of(LODGED, team, closed)["crisis"] is not None
    assert page_of(LODGED, team, closed, reopened)["crisis"] is None
    assert "crisis" not in page_of(LODGED, closed, reopened)


def test_a_clock_that_runs_on_after_the_closing_is_due_like_any_other() -> None:
    """The earliest due of the clocks that run orders the worklist: a message to a closed case, unanswered, is seen."""
    closed = ComplaintClosed(at=after(5), ground="accepted", evidence="call", next_instance="ombudsman", by="h")
    reply = ClockStarted(at=after(30), clock="reply:m", due=after(50), policy="p@1", provisional=True)
    breached = ClockBreached(at=after(50), clock="reply:m")
    for page in (page_of(LODGED, closed, reply), page_of(LODGED, closed, reply, breached)):
        assert (page["status"], page["next_clock"]) == ("closed", "reply:m")
        assert page["next_due_at"] == "2026-03-02T12:50:00.000000Z"
    stands = ClockPaused(at=after(40), clock="reply:m", reason="evidence", lawful=True, by="h")
    page = page_of(LODGED, closed, reply, stands)
    assert (page["next_clock"], page["resumed_clock"], page["resumed_provisional"]) == (None, "reply:m", True)
    answered = ClockMet(at=after(45), clock="reply:m", answered_by="message-sent")
    assert page_of(LODGED, closed, reply, answered)["next_clock"] is None


def test_an_offer_of_ownership_does_not_outlive_a_closing() -> None:
    """As escalation folds it: after a reopening nobody is asked who was asked before, or meanwhile."""
    offer = OwnershipOffered(at=after(1), to="reception", by="h", reason="r", packet_percent=0)
    closed = ComplaintClosed(at=after(2), ground="accepted", evidence="e", next_instance="n", by="h")
    reopened = ComplaintReopened(at=after(3), reason="r", cycle=2, by="h")
    assert page_of(LODGED, offer)["offered_to"] == "reception"
    for story in ([offer, closed], [closed, offer], [offer, closed, reopened], [closed, offer, reopened]):
        assert page_of(LODGED, *story)["offered_to"] is None


def test_what_its_source_opened_again_is_offered_before_or_after_that_is_repeated() -> None:
    """As escalation folds it: it offers the case at once, while accountability still writes what the source told."""
    there = Origin(source="city", reference="1")
    told = [
        SourceReported(at=after(1), fact="closed", reported=there),
        SourceReported(at=after(2), fact="reopened", reported=there),
    ]
    closed = ComplaintClosed(
        at=after(1), ground="closed-at-source", evidence="e", next_instance="n", by="city", reported=there
    )
    reopened = ComplaintReopened(at=after(2), reason="r", cycle=2, by="city", reported=there)
    offer = OwnershipOffered(at=after(2), to="reception", by="rule", reason="reopened", packet_percent=0)
    for rest in ([offer, closed, reopened], [closed, offer, reopened], [closed, reopened, offer]):
        assert page_of(LODGED, *told, *rest)["offered_to"] == "reception"
        again = closed.model_copy(update={"at": after(3), "ground": "accepted", "reported": None})
        assert page_of(LODGED, *told, *rest, again)["offered_to"] is None
        assert page_of(LODGED, *told, *rest, again, offer)["offered_to"] is None


def test_an_amendment_replaces_what_was_said_and_is_counted() -> None:
    amended = ComplaintAmended(at=after(1), field="product", before="E6", after="E3", reason="typing error", by="h")
    page = page_of(LODGED, amended)
    assert (page["product"], page["amendments"]) == ("E3", 1)


def test_the_page_says_whose_word_the_category_is() -> None:
    """R13: until triage has judged it is theirs who lodged it; what another system calls it stays its word."""
    told = ComplaintLodged(at=NOON, channel="phone", category="brakes")
    ours = ComplaintClassified(
        at=NOON, category="brakes", dispute="product", confidence_percent=90, reason="r", rule="taxonomy@1", by="rule"
    )
    theirs = ours.model_copy(update={"reported": Origin(source="shop", reference="1")})
    for history, is_told in (
        ((told,), True),
        ((told, ours), False),
        ((told, theirs), True),
        ((told, theirs, ours), False),
    ):
        page = page_of(*history)
        assert (page["category"], page["category_told"]) == ("brakes", is_told)
        assert case_line(page, None)["category_told"] is is_told
    assert "category_told" not in page_of(told.model_copy(update={"category": None}))


def test_who_judged_the_motive_is_on_the_page() -> None:
    """R04, R45: it is a person's judgement, not the complainant's word."""
    page = page_of(MotiveRecorded(at=NOON, motive="venting", by="li"))
    assert (page["motive"], page["motive_by"]) == ("venting", "li")


def test_retellings_are_counted() -> None:
    """R115: each time the complainant has to tell the story again counts."""
    contact = ContactRecorded(at=after(1), channel="phone", outcome="reached", retold=True, by="h")
    page = page_of(LODGED, contact, contact)
    assert (page["retellings"], len(page["contacts"]), page["last_contact_channel"]) == (2, 2, "phone")


def test_a_type_nobody_here_knows_moves_the_head_and_nothing_else() -> None:
    """L21."""
    log = Log()
    first, second = log.tell(STREAM, LODGED, OwnershipAccepted(at=after(1), owner="a"))
    page = cases.fold(cases.fold(None, first), replace(second, fact=None, why=None))
    assert (page["head"], "owner" in page, "parked" in page) == ([1, 0, 1, 0], False, False)


@given(histories(tuple(cases.HOW)))
def test_any_history_gives_a_page_that_is_the_same_after_it_was_stored(history: list[Fact]) -> None:
    """Total, pure, and plain JSON all through: a page from the table goes on exactly like the page at hand."""
    page: Case | None = None
    stored: Case | None = None
    for told in Log().tell(STREAM, *history):
        before = copy.deepcopy(page)
        after_this = cases.fold(page, told)
        assert page == before
        stored = orjson.loads(orjson.dumps(cases.fold(stored, told)))
        page = after_this
        assert stored == page


def ledger_rows(log: Log) -> list[dict[str, object]]:
    return [line(told)._asdict() for told in log.records]


def test_the_page_as_it_was_true_and_as_it_was_known() -> None:
    """L24: `as_of` goes by when it happened, `known_at` by when we knew."""
    log = Log()
    log.tell(STREAM, LODGED)
    late_word = ComplaintGraded(
        at=after(10), grade="crisis", severity=3, urgency=3, inputs=(), reason="injury", rule="grade@1", by="triage"
    )
    log.tell(STREAM, late_word, recorded=after(100))
    told = retell(ledger_rows(log))
    assert page_as_of(told, as_of=after(-1)) is None
    then = page_as_of(told, as_of=after(50))
    assert then is not None
    assert then["grade"] == "crisis"
    known = page_as_of(told, as_of=after(50), known_at=after(50))
    assert known is not None
    assert "grade" not in known


def test_the_timeline_shows_before_and_after_and_who_was_too_late() -> None:
    """A refused attempt stands in the story, marked, and changes nothing."""
    log = Log()
    log.tell(STREAM, LODGED)
    amended = ComplaintAmended(at=after(1), field="product", before="E6", after="E3", reason="typing error", by="h")
    log.tell(STREAM, amended)
    log.refuse(STREAM, amended.model_copy(update={"after": "E9"}), by="handler-9")
    lodged, edit, refused = entries(retell(ledger_rows(log)))
    assert (lodged["fact"], lodged["number"], lodged["changes"]) == ("lodged", 1, [])
    assert edit["changes"] == [{"field": "product", "before": "E6", "after": "E3"}]
    assert (refused["verdict"], refused["number"], refused["changes"]) == ("refused", None, [])
    assert (refused["data"]["after"], refused["actor"]["id"], refused["why"]) == (
        "E9",
        "handler-9",
        "somebody was faster",
    )


def test_a_case_whose_fold_raises_is_shown_as_far_as_it_goes() -> None:
    """L22: it parks, as in the tables; its page as it was, and its timeline, can be read all the same."""
    log = Log()
    log.tell(STREAM, LODGED, LODGED.model_copy(update={"product": "E9"}))
    lodged, again = retell(ledger_rows(log))
    impossible = replace(again, fact=again.fact and again.fact.model_copy(update={"at": "no time"}))
    page = page_as_of([lodged, impossible])
    assert page is not None
    assert (page["parked"]["why"], page.get("product")) == (f"AttributeError on {LODGED.type}", LODGED.product)
    assert [entry["changes"] for entry in entries([lodged, impossible])] == [[], []]


def test_a_promise_kept_after_it_was_due_is_seen_on_the_page() -> None:
    made = PromiseMade(at=NOON, promise_id="p1", kind="action", text=SEALED, due=after(60), owner="h", by="h")
    page = page_of(LODGED, made, PromiseKept(at=after(5), promise_id="p1", evidence="call 5", by="h"))
    assert page["promises"]["p1"]["state"] == "kept"
