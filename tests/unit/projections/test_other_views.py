"""What must hold for the smaller views: promises, register, clusters, handoffs, ledger, readers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given

from anything import SEALED, histories
from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackPutOff,
    CallbackScheduled,
    ComplaintClosed,
    ComplaintReopened,
    FindingMade,
    OfferApproved,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RemedyOffered,
)
from events.escalation import OwnershipAccepted
from events.fact import Fact, Origin
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed, ComplaintClassified
from projections.views import cases, clusters, handoffs, ledger, promises, readers, register
from projections.views.chapters.page import Case
from projections.views.clusters import Cluster
from projections.views.promises import Promise
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREAM = "complaint/11111111-1111-5111-8111-111111111111"
MADE = PromiseMade(
    at=NOON,
    promise_id="p1",
    kind="action",
    text=SEALED,
    due=NOON + timedelta(hours=1),
    owner="handler-1",
    by="handler-1",
)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def promised(*facts: promises.PromiseFact) -> dict[str, Promise]:
    found: dict[str, Promise] = {}
    for fact in facts:
        found = promises.fold(found, fact)
    return found


def test_a_broken_promise_stays_broken_when_it_is_kept_late() -> None:
    broken = PromiseBroken(at=after(60), promise_id="p1")
    one = promised(MADE, broken)["p1"]
    assert (one["state"], one["next_at"]) == ("broken", "2026-03-02T13:00:00.000000Z")
    one = promised(MADE, broken, PromiseKept(at=after(90), promise_id="p1", evidence="x", by="h"))["p1"]
    assert (one["state"], one["settled_at"], one["next_at"]) == ("broken", "2026-03-02T13:30:00.000000Z", None)


def test_a_callback_is_done_when_somebody_was_reached_and_moves_when_not() -> None:
    """R96: each attempt is on record; a try that reached nobody has a next one."""
    scheduled = CallbackScheduled(at=NOON, due=after(30), reason="closing", rule="callbacks@1")
    missed = CallbackAttempted(at=after(31), promise_id=None, outcome="not-reached", next_at=after(90), by="h")
    one = promised(scheduled, missed)["closing-1"]
    assert (one["state"], one["next_at"], len(one["attempts"])) == ("open", "2026-03-02T13:30:00.000000Z", 1)
    reached = CallbackAttempted(at=after(91), promise_id=None, outcome="satisfied", next_at=None, by="h")
    one = promised(scheduled, missed, reached)["closing-1"]
    assert (one["state"], one["next_at"], len(one["attempts"])) == ("kept", None, 2)


def test_reaching_the_complainant_keeps_a_promised_callback_and_no_other_promise() -> None:
    reached = CallbackAttempted(at=after(5), promise_id="p1", outcome="satisfied", by="h")
    assert promised(MADE.model_copy(update={"kind": "callback"}), reached)["p1"]["state"] == "kept"
    assert promised(MADE, reached)["p1"]["state"] == "open"


def test_a_closing_callback_lapses_when_the_case_is_opened_again() -> None:
    scheduled = CallbackScheduled(at=NOON, due=after(30), reason="closing", rule="callbacks@1")
    one = promised(scheduled, ComplaintReopened(at=after(5), reason="new facts", cycle=2, by="h"))["closing-1"]
    assert (one["state"], one["next_at"]) == ("lapsed", None)


def test_a_missed_callback_moves_to_its_next_try_and_in_the_end_stays_overdue() -> None:
    """R96: on the calendar until somebody calls."""
    scheduled = CallbackScheduled(at=NOON, due=after(30), reason="closing", rule="callbacks@1")
    missed = CallbackMissed(at=after(30), missed=1, next_at=after(90), rule="callbacks@1")
    last = CallbackMissed(at=after(90), missed=2, rule="callbacks@1")
    one = promised(scheduled, missed)["closing-1"]
    assert (one["state"], one["next_at"], one["missed"]) == ("open", "2026-03-02T13:30:00.000000Z", 1)
    one = promised(scheduled, missed, last)["closing-1"]
    assert (one["state"], one["next_at"], one["missed"]) == ("open", "2026-03-02T13:30:00.000000Z", 2)
    tried = CallbackAttempted(at=after(40), promise_id=None, outcome="satisfied", next_at=None, by="h")
    one = promised(scheduled, tried, missed)["closing-1"]
    assert (one["state"], one["next_at"], one["missed"]) == ("kept", None, 1)


def test_a_callback_that_is_put_off_moves_and_was_not_missed() -> None:
    """ADR 27: on the calendar at its new time; written after somebody tried, it moves nothing."""
    scheduled = CallbackScheduled(at=NOON, due=after(30), reason="closing", rule="callbacks@1")
    put_off = CallbackPutOff(at=after(30), next_at=after(90), rule="callbacks@1")
    one = promised(scheduled, put_off)["closing-1"]
    assert (one["state"], one["next_at"], "missed" in one) == ("open", "2026-03-02T13:30:00.000000Z", False)
    tried = CallbackAttempted(at=after(40), promise_id=None, outcome="satisfied", next_at=None, by="h")
    one = promised(scheduled, tried, put_off)["closing-1"]
    assert (one["state"], one["next_at"]) == ("kept", None)


PROMISES = (
    PromiseMade,
    PromiseKept,
    PromiseBroken,
    CallbackScheduled,
    CallbackAttempted,
    CallbackMissed,
    CallbackPutOff,
    ComplaintReopened,
)


@given(histories(PROMISES))
def test_any_history_of_promises_is_folded(history: list[promises.PromiseFact]) -> None:
    for one in promised(*history).values():
        assert (one.get("next_at") is None) == (one["state"] in ("kept", "lapsed") or "settled_at" in one)


def lines(*facts: Fact) -> list[register.Entry]:
    page: Case | None = None
    found = []
    for told in Log().tell(STREAM, *facts):
        line = register.entry(page, told)
        page = cases.fold(page, told)
        if line is not None:
            found.append(line)
    return found


OFFER = RemedyOffered(
    at=NOON, offer_id="o1", remedy="refund", amount_minor=680_000, currency="CNY", limit_minor=100_000,
    limit_rule="limits@14", needs_approval=True, by="handler-1",
)  # fmt: skip


def test_an_approval_names_the_limit_the_rule_and_the_one_who_asked() -> None:
    approved = OfferApproved(at=after(5), offer_id="o1", limit_minor=1_000_000, limit_rule="limits@14", by="chen")
    asked, given_by = lines(OFFER, approved)
    assert (asked["kind"], asked["by"], asked["authority"]) == ("money", "handler-1", "limit 100000")
    assert (given_by["by"], given_by["second_person"], given_by["rule"]) == ("chen", "handler-1", "limits@14")
    assert given_by["amount_minor"] == 680_000


def test_a_person_who_overrules_a_rule_is_in_the_register_and_a_rule_alone_is_not() -> None:
    by_rule = ComplaintClassified(
        at=NOON,
        category="charging",
        dispute="product",
        confidence_percent=71,
        reason="words",
        rule="taxonomy@1",
        by="triage",
    )
    by_person = by_rule.model_copy(update={"category": "cabin-air", "rule": "person", "by": "ma.li"})
    (line,) = lines(by_rule, by_person)
    assert (line["override"], line["before"], line["after"], line["by"]) == (True, "charging", "cabin-air", "ma.li")


def test_what_another_system_decided_is_not_our_decision() -> None:
    origin = Origin(source="boston311", reference="1")
    closed = ComplaintClosed(
        at=NOON, ground="closed-at-source", evidence="x", next_instance="none", by="accountability", reported=origin
    )
    assert lines(closed) == []
    assert len(lines(closed.model_copy(update={"reported": None}))) == 1


def test_praise_is_in_the_register_as_well() -> None:
    """R92."""
    finding = FindingMade(
        at=NOON, responsible="person", person="sun", measure="commendation", reasons=SEALED, by="judge"
    )
    assert [(line["kind"], line["after"]) for line in lines(finding)] == [("people", "commendation")]


@given(histories())
def test_any_history_can_be_registered(history: list[Fact]) -> None:
    lines(*history)


def test_membership_of_a_cluster_stands_in_its_own_stream() -> None:
    """R111: who was removed stays readable, with the reason."""
    page: Cluster | None = None
    added = ClusterMemberAdded(
        at=NOON, complaint_id="complaint/c1", evidence="same text", confidence_percent=90, by="ma"
    )
    facts = (
        ClusterProposed(at=NOON, title="contactors", reason="nine voices", by="ma"),
        added,
        added.model_copy(update={"complaint_id": "c2"}),
        ClusterMemberRemoved(at=after(5), complaint_id="c2", reason="another car", by="ma"),
    )
    for told in Log().tell("cluster/k-31", *facts):
        page = clusters.fold(page, told)
    assert page is not None
    assert (page["title"], list(page["members"]), list(page["removed"])) == ("contactors", ["c1"], ["c2"])


def test_the_handoffs_of_a_case_of_our_own() -> None:
    figures: handoffs.Handoffs | None = None
    for owner in ("a", "b", "a"):
        figures = handoffs.fold(figures, OwnershipAccepted(at=NOON, owner=owner), imported=False)
    assert figures is not None
    assert (figures["owner_changes"], figures["distinct_owners"], figures["team_handoffs"]) == (2, 2, 0)
    assert handoffs.fold(None, OwnershipAccepted(at=NOON, owner="a"), imported=True) is None


def test_the_ledger_keeps_what_nobody_can_read() -> None:
    """A record without an envelope is kept with its bytes; a NUL in a header stops nobody."""
    log = Log()
    kept = ledger.line(log.broken(3, b"\xff\x00", "ce_\x00x is repeated"))
    assert (kept.value, kept.key, kept.why, kept.stream) == (b"\xff\x00", b"key", "ce_\ufffdx is repeated", None)


def mark(service: str, at: int, text: str, partition: int = 0) -> readers.Mark:
    return readers.Mark(service, partition, at, text, NOON)


def test_readers_are_compared_at_equal_marks() -> None:
    """L7: the highest mark that most have told; a difference at any mark kept is found."""
    same = [mark("intake", 100, "a"), mark("triage", 100, "a"), mark("intake", 200, "b")]
    (one,) = readers.agreements(same)
    assert (one.mark, one.services, one.agree, one.latest) == (
        100,
        ("intake", "triage"),
        True,
        {"intake": 200, "triage": 100},
    )
    (one,) = readers.agreements([*same, mark("triage", 200, "c")])
    assert (one.agree, one.differing) == (False, 200)
