"""R24, over every command: whom a complaint or a finding is about is heard, and handles, decides and closes nothing.

A new command is not forgotten: it has to stand here, kept from them, or open to them with the reason.
"""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from accountability.decider import DECIDER as ACCOUNTABILITY
from accountability.decider import commands as answering
from accountability.rulebooks import rules_in
from escalation.decider import DECIDER as ESCALATION
from escalation.decider import commands as holding
from events import intake as said
from events.accountability import FindingMade
from events.decider import Refused
from events.fact import Chapter, Fact, chapter_of
from events.triage import ClusterProposed
from given import Story, story
from intake.channels import Channels
from intake.decider import DECIDER as INTAKE
from intake.decider import commands as saying
from shipped import books
from triage.decider import DECIDER as TRIAGE
from triage.decider import commands as sorting
from triage.rulebooks import rules_in as tables_in

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BOOKS = books()
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"
SUBJECT, BLAMED = "agent-x", "blamed"
LODGED = said.ComplaintLodged(at=NOON, channel="phone", subject_person=SUBJECT, taken_by="sun")
FOUND = FindingMade(at=NOON, responsible="person", person=BLAMED, measure="sanction", reasons=SEALED, by="judge")
ROLES = frozenset({"reception", "handler", "teamlead", "cso", "judge", "manager"})


def said_by(by: str) -> list[Any]:
    """Of intake."""
    word = said.MessageRequested(at=NOON, message_id="m", kind="reply", channel="phone", text=SEALED, by=by)
    hold = said.HoldPlaced(at=NOON, hold_id="h", purpose="audit", authority="the bank", reference="A-1", by=by)
    erasure = said.DataErased(at=NOON, basis="unlawful", reference="DSR-1", key_ids=("k",), by=by)
    return [
        saying.Erase(erasure),
        saying.PlaceHold(hold),
        saying.LiftHold(said.HoldLifted(at=NOON, hold_id="h", reason="r", by=by)),
        saying.Amend(now=NOON, by=by, field="product", after="E6", reason="r"),
        saying.Record(said.ContactRecorded(at=NOON, channel="phone", outcome="reached", facts="confirmed", by=by)),
        saying.Record(said.MotiveRecorded(at=NOON, motive="venting", by=by)),
        saying.Record(said.ContactPreferencesStated(at=NOON, quiet_hours="08:00-20:00", by=by)),
        saying.Record(said.FeedbackGiven(at=NOON, process_score=5, outcome_score=5), by=by),
        saying.Record(said.MessageReceived(at=NOON, message_id="m", channel="phone", text=SEALED), by=by),
        saying.RequestMessage(word),
        saying.Withdraw(said.ComplaintWithdrawn(at=NOON, reason=SEALED, by=by)),
    ]


def sorted_by(by: str) -> list[Any]:
    """Of triage."""
    return [
        sorting.Screen(NOON, by, "enquiry", "r"),
        sorting.Classify(NOON, by, "billing", "service", "r"),
        sorting.Regrade(NOON, by, "crisis", "r"),
        sorting.Reroute(NOON, by, "products", "handler", "r"),
        sorting.Confirm(NOON, by),
        sorting.TurnDown(NOON, by, ROLES, "r"),
        sorting.AnswerOneOrMany(NOON, by, "c1", None, "r"),
        sorting.AddMember(NOON, by, "c1", "e", 90, about=(SUBJECT, BLAMED)),
        sorting.RemoveMember(NOON, by, "c1", "r", about=(SUBJECT, BLAMED)),
    ]


def held_by(by: str) -> list[Any]:
    """Of escalation."""
    return [
        holding.OfferOwnership(NOON, by, ROLES, "cso", "r"),
        holding.AcceptOwnership(NOON, by, ROLES),
        holding.CallCrisisTeam(NOON, by, "wu", "c", ("legal",), "r"),
        holding.EscalateByHand(NOON, by, "r"),
        holding.PauseClock(NOON, by, "resolution", "evidence"),
        holding.ResumeClock(NOON, by, "resolution"),
        holding.ExtendClock(NOON, by, "resolution", "r"),
    ]


def answered_by(by: str) -> list[Any]:
    """Of accountability."""
    who: dict[str, Any] = {"now": NOON, "by": by, "roles": ROLES}
    return [
        answering.Decide(**who, outcome="upheld", root_cause="parts", waiver=None, reasons=SEALED),
        answering.OfferRemedy(**who, offer_id="o", remedy="voucher", amount_minor=1, currency="CNY"),
        answering.ApproveOffer(**who, offer_id="o"),
        answering.DeclineOffer(**who, offer_id="o", reason="r"),
        answering.WithdrawOffer(**who, offer_id="o", reason="r"),
        answering.GiveRedress(**who, offer_id="o", evidence="e"),
        answering.NameBudget(**who, budget="harbour:2026-Q4", reason="r"),
        answering.Reserve(**who, reservation="r", complaint="c1", amount_minor=1, about=(SUBJECT, BLAMED)),
        answering.Release(**who, reservation="r", reason="r", complaint="c1", given_up=True, about=(SUBJECT, BLAMED)),
        answering.GiveUpReservation(**who, reservation="r", reason="r"),
        answering.MakePromise(**who, promise_id="p", kind="action", text=SEALED, due=NOON, owner="li"),
        answering.KeepPromise(**who, promise_id="p", evidence="e"),
        answering.AttemptCallback(**who, promise_id=None, outcome="satisfied", attitude="unknown", next_at=None),
        answering.CloseComplaint(**who, ground="accepted", evidence="e", next_instance=None),
        answering.ReopenComplaint(**who, reason="r"),
        answering.AskForReply(**who, of=None),
        answering.MakeFinding(**who, responsible="process", person=None, measure="none", reasons=SEALED),
    ]


OPEN: dict[type, str] = {
    saying.Lodge: "nobody is complained about before",
    said.EvidenceAdded: "so they are heard (R60)",
    answering.GiveReply: "so they are heard before it is found who answers for it (R60)",
    holding.RefuseOwnership: "so they leave it to others",
    **dict.fromkeys((saying.OpenImport, saying.CompleteHistory, said.SourceReported), "another system says it"),
    **dict.fromkeys((saying.ReportSent, saying.ReportFailed), "a gateway says it"),
    **dict.fromkeys((sorting.ProposeCluster, answering.SetBudget), "it names no complaint"),
}


def case() -> dict[str, Story[Any]]:
    """Where each command is asked for: on the complaint, or on what names it."""
    channels = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
    proposed = ClusterProposed(at=NOON, title="t", reason="r", by="li")
    return {
        "intake": story(INTAKE, channels, LODGED, FOUND),
        "triage": story(TRIAGE, tables_in(BOOKS, NOON), LODGED, FOUND, stream="complaint/c1").settled(NOON),
        "cluster": story(TRIAGE, tables_in(BOOKS, NOON), proposed),
        "escalation": story(ESCALATION, None, LODGED, FOUND, books=BOOKS).settled(NOON),
        "accountability": story(ACCOUNTABILITY, rules_in(BOOKS, NOON), LODGED, FOUND),
        "budget": story(ACCOUNTABILITY, rules_in(BOOKS, NOON), budget_set()),
    }


def budget_set() -> Fact:
    answer = story(ACCOUNTABILITY, rules_in(BOOKS, NOON)).when(
        answering.SetBudget(now=NOON, by="li", amount_minor=9, currency="CNY", reason="r")
    )
    assert isinstance(answer, Fact)
    return answer


CASE = case()
ALL = {"intake": said_by, "triage": sorted_by, "escalation": held_by, "accountability": answered_by}
BESIDE: dict[type, str] = {
    **dict.fromkeys((sorting.AddMember, sorting.RemoveMember), "cluster"),
    **dict.fromkeys((answering.Reserve, answering.Release), "budget"),
}
KEPT = [(service, number) for service, of in ALL.items() for number in range(len(of(SUBJECT)))]


def kind_of(command: Any) -> type:  # noqa: ANN401 - a command of any service
    return type(command.said) if isinstance(command, saying.Record) else type(command)


def code(service: str, command: Any) -> str:  # noqa: ANN401 - the same
    answer = CASE[BESIDE.get(type(command), service)].when(command)
    return answer.code if isinstance(answer, Refused) else ""


@pytest.mark.parametrize("who", [SUBJECT, BLAMED])
@pytest.mark.parametrize(("service", "number"), KEPT, ids=[kind_of(ALL[of](SUBJECT)[n]).__name__ for of, n in KEPT])
def test_whom_it_is_about_does_nothing_but_be_heard(service: str, number: int, who: str) -> None:
    """R24: as who is complained about, or as whom a finding holds answerable. Others are not kept out for that."""
    assert code(service, ALL[service](who)[number]) == "conflict-of-interest"
    assert code(service, ALL[service]("li")[number]) != "conflict-of-interest"


def test_what_others_say_relies_on_nobody_having_been_found_to_answer_for_it() -> None:
    """L1: a finding in the same moment comes before it or after it; clusters and budgets are streams of their own."""
    for service, of in ALL.items():
        for command in of("li"):
            answer = None if type(command) in BESIDE else CASE[service].when(command)
            assert not isinstance(answer, Fact) or Chapter.ACCOUNTABILITY in {
                *answer.relied_on(),
                chapter_of(type(answer)),
            }


def test_every_command_is_kept_from_them_or_has_a_reason_to_be_open() -> None:
    unions = (saying.Command, sorting.Command, holding.Command, answering.Command, saying.Said)
    there = {kind for union in unions for kind in get_args(union)} - {saying.Record}
    kept = {kind_of(command) for of in ALL.values() for command in of(SUBJECT)}
    assert there - kept - set(OPEN) == set(), "give one of each in its service's list above, or say why in OPEN"
    assert kept | set(OPEN) == there
    assert kept & set(OPEN) == set()


def test_whom_it_is_about_is_heard_and_leaves_it_to_others() -> None:
    """R60: evidence is taken from everybody. Who was asked to take it says no."""
    seen = said.EvidenceAdded(at=NOON, name=SEALED, media_type="a/b", size_bytes=1, sha256="0" * 64, by=SUBJECT)
    assert CASE["intake"].when(saying.Record(seen)) == seen
    assert not code("accountability", answering.GiveReply(now=NOON, by=SUBJECT, roles=ROLES, text=SEALED))
    assert code("escalation", holding.RefuseOwnership(NOON, SUBJECT, ROLES, "r")) == "no-open-offer"
