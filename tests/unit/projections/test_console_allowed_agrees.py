"""The console and the services agree on whose matter a command is: the same facts, the same people, both asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import console_pages as invented
from accountability.decider import DECIDER as ACCOUNTABILITY
from accountability.decider.commands import (
    ApproveOffer,
    CloseComplaint,
    Decide,
    DeclineOffer,
    MakeFinding,
    OfferRemedy,
)
from accountability.rulebooks import rules_in
from anything import SEALED
from escalation.decider import DECIDER as ESCALATION
from escalation.decider.commands import AcceptOwnership, OfferOwnership, RefuseOwnership
from events.accountability import ComplaintClosed, ComplaintReopened, DecisionMade, OfferApproved, RemedyOffered
from events.decider import Refused
from events.escalation import OwnershipAccepted, OwnershipOffered
from events.fact import Fact
from events.intake import ComplaintLodged, ContactRecorded, MotiveRecorded
from events.roles import ROLES
from events.triage import ComplaintClassified, ComplaintGraded, ComplaintScreened, CorrectionProposed
from given import Story, story
from projections.console.allowed import Hands, hands_of
from projections.console.asking import COMMANDS
from projections.console.desk import Desk
from projections.console.forms import forms
from projections.views.ledger import line
from projections.views.timeline import entries, page_as_of, retell
from rulebooks.books import Edition
from rulebooks.forms import organisation_of
from shipped import books, text
from told import Log
from triage.decider import DECIDER as TRIAGE
from triage.decider.commands import Confirm, TurnDown

NOW = invented.NOW
STREAM = f"complaint/{invented.CASE_ID}"
LISTED = text("organisation", "default") + '\n[[competence]]\nperson = "x"\ncategories = ["billing/*"]\n'
BOOKS = books(**{"organisation/default": LISTED})
DESK = Desk(organisation_of(Edition("organisation", "default", 1, LISTED)), NOW, invented.DESK.authority)
PEOPLE = ("subject", "taker", "owner", "offerer", "approver", "decider", "closer", "proposer", "x", "nobody-yet")
OF_THE_PERSON = {
    "conflict-of-interest", "same-person", "limit-too-low", "no-authority", "same-decider", "judge-not-apart",
    "not-yours-to-refuse", "not-the-owner", "offer-open", "offered-to-somebody-else", "competence-missing",
}  # fmt: skip
"""Refusals that hang on who asks, and not on what they say or on what the case still needs."""

BY_RULE: dict[str, Any] = {"at": NOW, "reason": "r", "rule": "t@1", "by": "rule"}
MADE: dict[str, Any] = {"at": NOW, "amount_minor": 680_000, "currency": "CNY", "remedy": "money", "limit_minor": 1}
FACTS: tuple[Fact, ...] = (
    ComplaintLodged(at=NOW, channel="phone", subject_person="subject", taken_by="taker"),
    ComplaintScreened(outcome="complaint", **BY_RULE),
    ComplaintClassified(category="product/safety", dispute="product", confidence_percent=90, **BY_RULE),
    ComplaintGraded(grade="grievance", severity=2, urgency=1, inputs=(), **BY_RULE),
    OwnershipOffered(at=NOW, to="handler", by="rule", reason="r", packet_percent=0),
    OwnershipAccepted(at=NOW, owner="owner"),
    ContactRecorded(at=NOW, channel="phone", outcome="reached", facts="confirmed", agreed=True, by="owner"),
    MotiveRecorded(at=NOW, motive="compensation", by="owner"),
    CorrectionProposed(at=NOW, step="grade", grade="suggestion", reason="r", by="proposer"),
    RemedyOffered(offer_id="o", limit_rule="t@1/handler", needs_approval=True, by="offerer", **MADE),
    OwnershipOffered(at=NOW, to="reception", by="owner", reason="r", packet_percent=0),
    DecisionMade(at=NOW, outcome="upheld", root_cause="parts", reasons=SEALED, settled=False, by="decider"),
    OfferApproved(at=NOW, offer_id="o", limit_minor=2_000_000, limit_rule="t@1/approver", by="approver"),
    ComplaintClosed(at=NOW, ground="accepted", evidence="e", next_instance="n", by="closer"),
    ComplaintReopened(at=NOW, reason="r", cycle=2, by="owner"),
)


def asked(command: str, by: str, role: str) -> object:
    """The command as its service is asked for it."""
    who: dict[str, Any] = {"now": NOW, "by": by, "roles": frozenset({role})}
    match command:
        case "accept":
            return AcceptOwnership(**who)
        case "refuse":
            return RefuseOwnership(**who, reason="r")
        case "hand-on":
            return OfferOwnership(**who, to="cso", reason="r")
        case "decide":
            return Decide(**who, outcome="upheld", root_cause="parts", waiver=None, reasons=SEALED)
        case "offer":
            return OfferRemedy(**who, offer_id="p", remedy="money", amount_minor=1, currency="CNY")
        case "approve-o":
            return ApproveOffer(**who, offer_id="o")
        case "decline-o":
            return DeclineOffer(**who, offer_id="o", reason="r")
        case "close":
            return CloseComplaint(**who, ground="accepted", evidence="e", next_instance=None)
        case "find":
            return MakeFinding(**who, responsible="process", person=None, measure="none", reasons=SEALED)
        case "confirm":
            return Confirm(NOW, by)
        case "turn-down":
            return TurnDown(**who, reason="r")
    raise AssertionError(command)


ASKED_OF = {
    "accept": "escalation", "refuse": "escalation", "hand-on": "escalation",
    "confirm": "triage", "turn-down": "triage",
    **dict.fromkeys(("decide", "offer", "approve-o", "decline-o", "close", "find"), "accountability"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A case so far, as each service and the console know it."""

    stories: Mapping[str, Story[Any]]
    page: Any
    hands: Hands

    def refusals(self, by: str, role: str) -> Mapping[str, str]:
        """What each service answers, by command; empty where it lets it through."""
        answers = {name: self.stories[service].when(asked(name, by, role)) for name, service in ASKED_OF.items()}
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
        return {name: f"do-{name}" in there for name in ASKED_OF if name in open_to_role}


def told(*facts: Fact) -> Told:
    log = Log()
    log.tell(STREAM, *facts)
    records = retell(line(one)._asdict() for one in log.records)
    stories: dict[str, Story[Any]] = {
        "escalation": story(ESCALATION, None, *facts, books=BOOKS),
        "triage": story(TRIAGE, None, *facts, books=BOOKS),
        "accountability": story(ACCOUNTABILITY, rules_in(BOOKS, NOW), *facts, books=BOOKS),
    }
    return Told(stories, page_as_of(records), hands_of(entries(records)))


STEPS = [told(*FACTS[:so_far]) for so_far in range(1, len(FACTS) + 1)]
ANYBODY = [(by, role) for by in PEOPLE for role in ROLES]


@pytest.mark.parametrize("step", STEPS, ids=[type(fact).__name__ for fact in FACTS])
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


def test_each_of_these_refusals_came_up() -> None:
    codes = {code for step in STEPS for by, role in ANYBODY for code in step.refusals(by, role).values()}
    assert OF_THE_PERSON - codes == set()
