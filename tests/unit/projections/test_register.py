"""Who answers for what: each act that commits the company has a line with its name, and nothing else has one."""

import pytest

from events.accountability import (
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RedressGiven,
    RemedyOffered,
)
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockExtended,
    ClockPaused,
    ClockStarted,
    CrisisTeamCalled,
    OwnershipAccepted,
)
from events.fact import Fact, Origin
from events.intake import ComplaintLodged, DataErased, HoldLifted, HoldPlaced
from events.partition import partition_of
from events.triage import ComplaintGraded, ComplaintRouted, ComplaintScreened, OneOrManyAnswered
from projections.views import cases, register
from projections.views.chapters.page import Case
from projections.views.told import content
from told import PARTITIONS, Log
from unit.accountability.cases import NOON, SEALED, later

STREAM = "complaint/11111111-1111-5111-8111-111111111111"
LODGED = ComplaintLodged(at=NOON, channel="phone")
OFFER = RemedyOffered(
    at=NOON, offer_id="o1", remedy="refund", amount_minor=680, currency="CNY", limit_minor=100,
    limit_rule="limits@14/handler", needs_approval=True, by="handler",
)  # fmt: skip
APPROVED = OfferApproved(at=later(minutes=5), offer_id="o1", limit_minor=900, limit_rule="limits@14/lead", by="lead")
PROMISED = PromiseMade(
    at=NOON, promise_id="p1", kind="action", text=SEALED, due=later(minutes=60), owner="owner", by="handler"
)


def lines(*facts: Fact) -> list[dict[str, object]]:
    """What stands in the register after these facts."""
    page: Case | None = None
    found = []
    for told in Log().tell(STREAM, *facts):
        line = register.entry(page, told)
        page = cases.fold(page, told)
        if line is not None:
            found.append(dict(line))
    return found


def said(line: dict[str, object], *names: str) -> tuple[object, ...]:
    return tuple(line.get(name) for name in names)


def test_money_names_who_asked_who_approved_and_under_which_limit() -> None:
    """R119, R136."""
    given = RedressGiven(at=later(minutes=9), offer_id="o1", evidence="transfer 7", by="cashier")
    asked, approved, paid = lines(LODGED, OFFER, APPROVED, given)
    who = ("kind", "by", "second_person", "authority", "rule", "amount_minor", "currency")
    assert said(asked, *who) == (
        "money", "handler", None, "limit 100", "limits@14/handler", 680, "CNY",
    )  # fmt: skip
    assert said(approved, *who) == (
        "money", "lead", "handler", "limit 900", "limits@14/lead", 680, "CNY",
    )  # fmt: skip
    assert said(paid, *who) == ("money", "cashier", "lead", None, None, 680, "CNY")
    (_, by_themselves) = lines(LODGED, OFFER, given)
    assert "second_person" not in by_themselves
    declined = OfferDeclined(at=later(minutes=5), offer_id="o1", reason="too much", by="lead")
    assert said(lines(LODGED, OFFER, declined)[1], *who[:3]) == ("money", "lead", "handler")
    taken_back = OfferWithdrawn(at=later(minutes=5), offer_id="o1", reason="another", by="handler")
    assert said(lines(LODGED, OFFER, taken_back)[1], *who[:3], "amount_minor") == ("money", "handler", None, 680)
    by_lead = taken_back.model_copy(update={"by": "lead"})
    assert said(lines(LODGED, OFFER, by_lead)[1], *who[:3]) == ("money", "lead", "handler")


def test_a_broken_promise_is_the_duty_of_its_owner() -> None:
    """R96."""
    broken = PromiseBroken(at=later(minutes=60), promise_id="p1")
    made, line = lines(LODGED, PROMISED, broken)
    assert said(made, "kind", "by") == ("words", "handler")
    assert said(line, "kind", "by") == ("duty", "owner")
    assert said(lines(LODGED, broken)[0], "kind", "by") == ("duty", None)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (
            DecisionMade(at=NOON, outcome="upheld", root_cause="parts", reasons=SEALED, by="handler"),
            ("words", "handler", None, None),
        ),
        (
            ComplaintClosed(at=NOON, ground="withdrawn", evidence="e", next_instance="n", by="handler"),
            ("words", "handler", "withdrawn", None),
        ),
        (ComplaintReopened(at=NOON, reason="again", cycle=2, by="lead"), ("words", "lead", None, None)),
        (
            CaseEscalated(at=NOON, level=2, post="teamlead", clock="resolution", reason="r", unowned=True),
            ("duty", None, "level 2", "teamlead"),
        ),
        (
            CrisisTeamCalled(at=NOON, coordinator="cso", containment="x", functions=("legal",), reason="r", by="lead"),
            ("people", "lead", None, "cso"),
        ),
    ],
)
def test_each_act_has_its_kind_its_name_and_its_rule(fact: Fact, expected: tuple[object, ...]) -> None:
    (line,) = lines(LODGED, fact)
    assert said(line, "kind", "by", "rule", "after") == expected
    assert said(line, "stream", "at", "act") == (STREAM, "2026-03-02T12:00:00.000000Z", fact.type.split(".")[2])
    place = (partition_of(STREAM.encode(), PARTITIONS), 1)
    assert said(line, "partition", "offset", "detail") == (*place, content(fact))
    assert None not in line.values()


def test_who_sends_a_case_up_by_hand_is_named_and_the_ladder_too() -> None:
    """R64: a level that a clock set off is nobody's act; one that a person set off is theirs."""
    fired = CaseEscalated(
        at=NOON, level=2, post="teamlead", clock="resolution", reason="r", unowned=False, ladder="default@3"
    )
    (line,) = lines(LODGED, fired)
    assert said(line, "by", "authority", "rule") == (None, "rule only", "default@3/2")
    (own,) = lines(LODGED, fired.model_copy(update={"clock": "by-hand", "by": "lead"}))
    assert said(own, "by", "authority", "rule") == ("lead", None, "default@3/2")


def test_more_time_is_somebody_s_decision() -> None:
    """R64, R28: who took it, under which policy, from when to when; so is a pause that somebody asked for, lawful or
    not. What another system reports is nobody's here.
    """
    clock = ClockStarted(at=NOON, clock="resolution", due=later(minutes=60), policy="desk/answer@1")
    more = ClockExtended(
        at=NOON, clock="resolution", reason="r", amount=1, unit="hours", due=later(minutes=120), by="handler"
    )
    (line,) = lines(LODGED, clock, more)
    assert said(line, "kind", "by", "rule", "before", "after") == (
        "judgement", "handler", "desk/answer@1", "2026-03-02T13:00:00.000000Z", "2026-03-02T14:00:00.000000Z",
    )  # fmt: skip
    pause = ClockPaused(at=NOON, clock="resolution", reason="parts", lawful=False, by="handler")
    (line,) = lines(LODGED, clock, pause)
    assert said(line, "kind", "by", "rule", "before") == ("judgement", "handler", "desk/answer@1", None)
    assert (line["detail"], "after" in line) == (content(pause), False)
    reported = pause.model_copy(update={"by": "source", "reported": Origin(source="city", reference="1")})
    assert lines(LODGED, clock, reported) == []


@pytest.mark.parametrize(
    "fact",
    [
        ComplaintReopened(at=NOON, reason="again", cycle=2, by="city", reported=Origin(source="city", reference="1")),
        ClockBreached(at=NOON, clock="resolution"),
        OwnershipAccepted(at=NOON, owner="handler"),
        PromiseKept(at=NOON, promise_id="p1", evidence="photo", by="handler"),
    ],
)
def test_what_commits_nobody_to_anything_has_no_line(fact: Fact) -> None:
    assert lines(LODGED, fact) == []


def graded(grade: str, rule: str) -> ComplaintGraded:
    return ComplaintGraded.model_validate(
        {"at": NOON, "grade": grade, "severity": 1, "urgency": 1, "inputs": (), "reason": "r", "rule": rule, "by": "x"}
    )


def screened(outcome: str, rule: str) -> ComplaintScreened:
    return ComplaintScreened.model_validate({"at": NOON, "outcome": outcome, "reason": "r", "rule": rule, "by": "x"})


def routed(queue: str, rule: str) -> ComplaintRouted:
    return ComplaintRouted(at=NOON, queue=queue, first_owner="handler", reason="r", rule=rule, by="x")


@pytest.mark.parametrize(
    ("one", "other", "before", "after"),
    [
        (graded("grievance", "grading@1"), graded("crisis", "person"), "grievance", "crisis"),
        (screened("complaint", "screening@1"), screened("enquiry", "person"), "complaint", "enquiry"),
        (routed("products", "routing@1"), routed("crisis", "person"), "products", "crisis"),
    ],
)
def test_what_a_person_judges_otherwise_says_what_stood_there(one: Fact, other: Fact, before: str, after: str) -> None:
    """R140: overruled is only what said something else before."""
    (line,) = lines(LODGED, one, other)
    assert said(line, "kind", "override", "before", "after", "rule") == ("judgement", True, before, after, "person")
    (first,) = lines(LODGED, other)
    assert said(first, "kind", "override", "before", "after") == ("judgement", False, None, after)
    (_, again) = lines(LODGED, other, other)
    assert said(again, "override", "before") == (False, after)


@pytest.mark.parametrize("fact", [graded("grievance", "person"), screened("enquiry", "person")])
def test_what_a_second_person_confirmed_names_both(fact: Fact) -> None:
    """R08: who judged, and who had to agree since a clock was at risk; alone it is one person's."""
    (both,) = lines(LODGED, fact.model_copy(update={"confirmed_by": "li.na"}))
    assert said(both, "by", "second_person") == ("x", "li.na")
    (alone,) = lines(LODGED, fact)
    assert "second_person" not in alone


ERASED = DataErased(
    at=NOON, basis="consent-withdrawn", reference="DSR-7", party_ref="ref", key_ids=("k1",), by="privacy-office"
)
HELD = HoldPlaced(
    at=NOON, hold_id="h1", party_ref="ref", purpose="litigation", authority="court", reference="AZ-9", by="counsel"
)


def test_who_erased_what_for_which_reason() -> None:
    """R64, R62: and by which request it was asked; whose keys they were is nobody's business there."""
    (line,) = lines(LODGED, ERASED)
    assert said(line, "kind", "by", "rule") == ("record", "privacy-office", "consent-withdrawn")
    assert line["detail"] == {
        "at": "2026-03-02T12:00:00.000000Z", "basis": "consent-withdrawn", "reference": "DSR-7", "by": "privacy-office",
    }  # fmt: skip


def test_a_legal_hold_names_who_ordered_it_and_who_let_it_go() -> None:
    """R64: lifting one is an act, and whoever had placed it stands beside."""
    lifted = HoldLifted(at=later(minutes=5), hold_id="h1", reason="settled", by="manager")
    placed, let_go = lines(LODGED, HELD, lifted)
    who = ("kind", "by", "authority", "rule", "second_person")
    assert said(placed, *who) == ("record", "counsel", "court", "litigation", None)
    assert said(let_go, *who) == ("record", "manager", "court", "litigation", "counsel")
    assert "party_ref" not in str(placed)
    by_themselves = lifted.model_copy(update={"by": "counsel"})
    assert said(lines(LODGED, HELD, by_themselves)[1], *who) == ("record", "counsel", "court", "litigation", None)


def test_an_answer_to_one_or_many_says_what_it_was_before() -> None:
    """R111, R140."""
    one = OneOrManyAnswered(at=NOON, answer="one", complaint=STREAM, reason="r", by="handler")
    many = one.model_copy(update={"answer": "many", "cluster": "c1", "by": "lead"})
    first, other, again = lines(LODGED, one, many, many)
    names = ("kind", "by", "before", "after", "override")
    assert said(first, *names) == ("judgement", "handler", None, "one", False)
    assert said(other, *names) == ("judgement", "lead", "one", "c1", True)
    assert said(again, *names) == ("judgement", "lead", "c1", "c1", False)
