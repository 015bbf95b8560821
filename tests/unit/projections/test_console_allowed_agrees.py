"""The console and the services agree on whose matter a command is: the same facts, the same people, both asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

import console_pages as invented
from accountability.decider import DECIDER as ACCOUNTABILITY
from accountability.decider import commands as answering
from accountability.rulebooks import rules_in
from anything import SEALED
from escalation.decider import DECIDER as ESCALATION
from escalation.decider import commands as holding
from events.accountability import (
    BudgetNamed,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    OfferApproved,
    RemedyOffered,
    ReplyAsked,
)
from events.budgets import BudgetReserved, BudgetSet
from events.decider import Refused
from events.escalation import (
    CaseEscalated,
    ClockExtended,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    OwnershipAccepted,
    OwnershipOffered,
)
from events.fact import Fact
from events.intake import ComplaintLodged, ComplaintWithdrawn, ContactRecorded, EvidenceAdded, MotiveRecorded
from events.roles import ROLES
from events.triage import (
    ClusterMemberAdded,
    ClusterProposed,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintScreened,
    CorrectionProposed,
)
from given import Story, story
from intake.decider import DECIDER as INTAKE
from intake.decider.commands import Record, Withdraw
from projections.console.allowed import Hands, hands_of
from projections.console.commands import COMMANDS
from projections.console.forms import forms
from projections.reckoning import Counting, recorded
from projections.views.ledger import line
from projections.views.timeline import entries, page_as_of, retell
from published import OFFICE, PACK
from rulebooks.books import Edition
from rulebooks.forms import organisation_of
from shipped import books, text
from told import Log
from triage.decider import DECIDER as TRIAGE
from triage.decider.commands import AddMember, Confirm, ProposeCluster, RemoveMember, TurnDown

NOW = invented.NOW
STREAM = f"complaint/{invented.CASE_ID}"
LISTED = text("organisation", "default") + '\n[[competence]]\nperson = "x"\ncategories = ["billing/*"]\n'
BOOKS = books(**{"organisation/default": LISTED, "pack/desk": PACK, "calendar/office": OFFICE})
DESK = replace(invented.DESK, company=organisation_of(Edition("organisation", "default", 1, LISTED)))
PEOPLE = ("subject", "taker", "owner", "offerer", "approver", "decider", "closer", "proposer", "x", "nobody-yet")
OF_THE_PERSON = {
    "conflict-of-interest", "same-person", "limit-too-low", "no-authority", "same-decider", "judge-not-apart",
    "not-yours-to-refuse", "not-the-owner", "offer-open", "offered-to-somebody-else", "competence-missing",
    "ladder-at-top", "not-yours-to-withdraw", "reply-not-asked",
}  # fmt: skip
"""Refusals that hang on who asks, and not on what they say or on what the case still needs; and the ladder's end."""

EARLIER, DUE = NOW - timedelta(hours=1), NOW + timedelta(days=1)
BY_RULE: dict[str, Any] = {"at": NOW, "reason": "r", "rule": "t@1", "by": "rule"}
MADE: dict[str, Any] = {"at": NOW, "amount_minor": 680_000, "currency": "CNY", "remedy": "money", "limit_minor": 1}
FACTS: tuple[Fact, ...] = (
    ComplaintLodged(at=NOW, channel="phone", subject_person="subject", taken_by="taker"),
    ComplaintScreened(outcome="complaint", **BY_RULE),
    ComplaintClassified(category="product/safety", dispute="product", confidence_percent=90, **BY_RULE),
    ComplaintGraded(grade="grievance", severity=2, urgency=1, inputs=(), **BY_RULE),
    OwnershipOffered(at=NOW, to="handler", by="rule", reason="r", packet_percent=0),
    OwnershipAccepted(at=NOW, owner="owner"),
    ClockStarted(at=EARLIER, due=DUE, clock="desk:answer", policy="desk/answer@1", calendar="office@1"),
    ClockPaused(at=NOW, clock="desk:answer", reason="evidence", lawful=True, by="owner"),
    ClockResumed(at=NOW, clock="desk:answer", due=DUE, by="owner"),
    ClockExtended(at=NOW, clock="desk:answer", reason="r", amount=4, unit="business-hours", due=DUE, by="owner"),
    CaseEscalated(at=EARLIER, level=3, post="department-head", clock="by-hand", reason="r", unowned=False),
    CaseEscalated(at=EARLIER, level=4, post="cso", clock="by-hand", reason="r", unowned=False),
    ContactRecorded(at=NOW, channel="phone", outcome="reached", facts="confirmed", agreed=True, by="owner"),
    MotiveRecorded(at=NOW, motive="compensation", by="owner"),
    CorrectionProposed(at=NOW, step="grade", grade="suggestion", reason="r", by="proposer"),
    RemedyOffered(offer_id="o", limit_rule="t@1/handler", needs_approval=True, by="offerer", **MADE),
    OwnershipOffered(at=NOW, to="reception", by="owner", reason="r", packet_percent=0),
    DecisionMade(at=NOW, outcome="upheld", root_cause="parts", reasons=SEALED, settled=False, by="decider"),
    OfferApproved(at=NOW, offer_id="o", limit_minor=2_000_000, limit_rule="t@1/approver", by="approver"),
    ReplyAsked(at=NOW, of="x", by="nobody-yet"),
    ComplaintClosed(at=NOW, ground="accepted", evidence="e", next_instance="n", by="closer"),
    ComplaintReopened(at=NOW, reason="r", cycle=2, by="owner", apart_from=("decider",)),
    OwnershipOffered(at=NOW, to="handler", by="owner", reason="r", packet_percent=0),
    FindingMade(at=NOW, responsible="person", person="closer", measure="commendation", reasons=SEALED, by="nobody-yet"),
    FindingMade(at=NOW, responsible="person", person="offerer", measure="sanction", reasons=SEALED, by="nobody-yet"),
    BudgetNamed(at=NOW, budget="harbour:2026-Q3", reason="r", by="owner"),
    ComplaintWithdrawn(at=NOW, reason=SEALED, by="owner"),
)


IN, OUT = "in-it", "not-in-it"
"""Two clusters: the case belongs to one of them."""
PROPOSED = ClusterProposed(at=NOW, title="t", reason="r", by="x")
JOINED = ClusterMemberAdded(at=NOW, complaint_id=invented.CASE_ID, evidence="e", confidence_percent=90, by="x")
KEPT: dict[str, Any] = {"reservation": "r-1", "complaint": invented.CASE_ID, "amount_minor": 5_000}
BUDGET = (
    BudgetSet(at=NOW, amount_minor=100_000, currency="CNY", reason="r", by="x"), BudgetReserved(at=NOW, by="x", **KEPT),
)  # fmt: skip
BESIDE = {"clusters": [{"id": IN, "title": "t"}], "beside": {"clusters": [{"id": OUT, "title": "t"}]}}


def asked(command: str, by: str, role: str, about: tuple[str | None, ...]) -> object:
    """The command as its service is asked for it."""
    who: dict[str, Any] = {"now": NOW, "by": by, "roles": frozenset({role})}
    match command:
        case "accept":
            return holding.AcceptOwnership(**who)
        case "refuse":
            return holding.RefuseOwnership(**who, reason="r")
        case "hand-on":
            return holding.OfferOwnership(**who, to="cso", reason="r")
        case "decide":
            return answering.Decide(**who, outcome="upheld", root_cause="parts", waiver=None, reasons=SEALED)
        case "offer":
            return answering.OfferRemedy(**who, offer_id="p", remedy="money", amount_minor=1, currency="CNY")
        case "approve-o":
            return answering.ApproveOffer(**who, offer_id="o")
        case "decline-o" | "take-back-o":
            kind = answering.DeclineOffer if command == "decline-o" else answering.WithdrawOffer
            return kind(**who, offer_id="o", reason="r")
        case "ask-reply":
            return answering.AskForReply(**who, of="whoever")
        case "reply":
            return answering.GiveReply(**who, text=SEALED)
        case "close":
            return answering.CloseComplaint(**who, ground="accepted", evidence="e", next_instance=None)
        case "callback":
            return answering.AttemptCallback(
                **who, promise_id=None, outcome="satisfied", attitude="unknown", next_at=None
            )
        case "find":
            return answering.MakeFinding(**who, responsible="process", person=None, measure="none", reasons=SEALED)
        case "confirm":
            return Confirm(NOW, by)
        case "turn-down":
            return TurnDown(**who, reason="r")
    return of_no_person(command, who, about)


def of_no_person(command: str, who: dict[str, Any], about: tuple[str | None, ...]) -> object:
    """The same of what is refused for nobody's sake."""
    now, by, this = who["now"], who["by"], invented.CASE_ID
    match command:
        case "evidence":
            return Record(EvidenceAdded(at=now, name=SEALED, media_type="a/b", size_bytes=1, sha256="0" * 64, by=by))
        case "withdraw":
            return Withdraw(ComplaintWithdrawn(at=now, reason=SEALED, by=by))
        case "pause-desk:answer":
            return holding.PauseClock(now, by, "desk:answer", "evidence")
        case "resume-desk:answer":
            return holding.ResumeClock(now, by, "desk:answer")
        case "extend-desk:answer":
            return holding.ExtendClock(now, by, "desk:answer", "r")
        case "escalate":
            return holding.EscalateByHand(now, by, "r", None)
        case "budget":
            return answering.NameBudget(**who, budget="harbour:2026-Q4", reason="r")
        case "join":
            return AddMember(now, by, this, "e", 90, about)
        case "leave-in-it":
            return RemoveMember(now, by, this, "r", about)
        case "start-cluster":
            return ProposeCluster(now, by, "t", "r")
        case "reserve-harbour:2026-Q3":
            return answering.Reserve(**who, reservation="r-2", complaint=this, amount_minor=1, about=about)
        case "release-r-1":
            kept: dict[str, Any] = {"reservation": "r-1", "complaint": this, "about": about}
            return answering.Release(**who, **kept, reason="r", given_up=True)
    raise AssertionError(command)


ASKED_OF = {
    "accept": "escalation", "refuse": "escalation", "hand-on": "escalation",
    "confirm": "triage", "turn-down": "triage",
    **dict.fromkeys(("decide", "offer", "approve-o", "decline-o", "take-back-o"), "accountability"),
    **dict.fromkeys(("callback", "close", "find", "ask-reply", "reply"), "accountability"),
}  # fmt: skip
BY_STATE = {
    "evidence": "intake", "budget": "accountability", "escalate": "escalation",
    **dict.fromkeys(("pause-desk:answer", "resume-desk:answer", "extend-desk:answer"), "escalation"),
    "withdraw": "said", "join": "other", "leave-in-it": "cluster", "start-cluster": "nothing",
    **dict.fromkeys(("reserve-harbour:2026-Q3", "release-r-1"), "budget"),
}  # fmt: skip
"""Commands that anybody with a role for them may give, where they make sense, but whom it is about."""


@dataclass(frozen=True)
class Told:
    """A case so far, as each service and the console know it."""

    stories: Mapping[str, Story[Any]]
    page: Any
    hands: Hands

    def refusals(self, by: str, role: str) -> Mapping[str, str]:
        """What each service answers, by command; empty where it lets it through."""
        asked_of = ASKED_OF | BY_STATE
        about = self.stories["accountability"].state.case.about
        answers = {name: self.stories[of].when(asked(name, by, role, about)) for name, of in asked_of.items()}
        return {name: answer.code if isinstance(answer, Refused) else "" for name, answer in answers.items()}

    def offered(self, by: str, role: str) -> Mapping[str, bool]:
        """Which of these the console offers, of all that make sense for somebody with this role on such a case."""
        there = {form.id for form in forms(self.page, invented.reader(role, subject=by), DESK, self.hands)}
        open_to_role = {
            f"{one.name}-{thing.id}" if thing.id else one.name
            for one in COMMANDS
            if role in one.roles and one.when({"offered_to": None, **self.page})
            for thing in one.things(self.page)
        }
        return {name: f"do-{name}" in there for name in (*ASKED_OF, *BY_STATE) if name in open_to_role}


def told(*facts: Fact) -> Told:
    log = Log()
    log.tell(STREAM, *facts)
    records = retell(line(one)._asdict() for one in log.records)
    page: Any = page_as_of(records)
    counting = Counting(page, recorded(records), BOOKS, NOW)
    for name, clock in page.get("clocks", {}).items():
        clock["allows"] = counting.allows(name)
    kept = {"r-1": {**KEPT, "by": "x"}}
    budget = {"id": "harbour:2026-Q3", "left_minor": 95_000, "currency": "CNY", "reservations": kept}
    page |= BESIDE
    page["beside"] = {
        **page["beside"], "budgets": ["harbour:2026-Q4"], "budget": budget if page.get("budget") else None,
    }  # fmt: skip
    stories: dict[str, Story[Any]] = {
        "escalation": story(ESCALATION, None, *facts, books=BOOKS),
        "triage": story(TRIAGE, None, *facts, books=BOOKS),
        "accountability": story(ACCOUNTABILITY, rules_in(BOOKS, NOW), *facts, books=BOOKS),
        "intake": story(INTAKE, None, *facts, books=BOOKS),
        "said": story(INTAKE, None, *facts, books=BOOKS),
        "cluster": story(TRIAGE, None, PROPOSED, JOINED, books=BOOKS),
        "other": story(TRIAGE, None, PROPOSED, books=BOOKS),
        "nothing": story(TRIAGE, None, books=BOOKS),
        "budget": story(ACCOUNTABILITY, rules_in(BOOKS, NOW), *BUDGET, books=BOOKS),
    }
    return Told(stories, page, hands_of(entries(records)))


STEPS = [told(*FACTS[:so_far]) for so_far in range(1, len(FACTS) + 1)]
ANYBODY = [(by, role) for by in PEOPLE for role in ROLES]


@pytest.mark.parametrize("step", STEPS, ids=[f"{at}-{type(fact).__name__}" for at, fact in enumerate(FACTS, 1)])
def test_what_is_absent_is_what_would_be_refused_for_who_asks(step: Told) -> None:
    """Principle 4, after each fact of a case, for each person and role."""
    differ = [
        (by, role, name, answers[name])
        for by, role in ANYBODY
        for answers in [step.refusals(by, role)]
        for name, there in step.offered(by, role).items()
        if there is (answers[name] in OF_THE_PERSON)
    ]
    assert not differ, differ


@pytest.mark.parametrize("step", STEPS, ids=[f"{at}-{type(fact).__name__}" for at, fact in enumerate(FACTS, 1)])
def test_what_hangs_on_no_person_is_there_where_it_is_let_through(step: Told) -> None:
    """Of the case's own clocks, levels and evidence: there if and only if. Of what stands beside it the case decides
    nothing, nor does intake of withdrawing what is closed; where it makes no sense it is absent: there only if.
    """
    answers, there = step.refusals("nobody-yet", "cso"), step.offered("nobody-yet", "cso")
    let_through = {name for name in BY_STATE if not answers[name]}
    offered = {name for name in BY_STATE if there.get(name)}
    assert offered <= let_through
    assert {name for name in let_through - offered if BY_STATE[name] in {"escalation", "intake"}} == set()


def test_each_of_these_is_offered_and_absent() -> None:
    """So that the tests above compare something: each came up, and each but the ones that never end went."""
    offered = [{name for name, one in step.offered("nobody-yet", "cso").items() if one} for step in STEPS]
    always = {name for name in BY_STATE if all(name in one for one in offered)}
    assert set(BY_STATE) - {name for one in offered for name in one} == set()
    assert always == {"evidence", "join", "leave-in-it", "start-cluster"}
    codes = {code for step in STEPS for by, role in ANYBODY for code in step.refusals(by, role).values()}
    assert OF_THE_PERSON - codes == set()
