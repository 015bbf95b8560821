"""L1 of every command that intake and escalation take: what a chapter says on which the answer does not rely, is no
reason for it. Triage's and accountability's stand with their other laws.
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anything import NOON, SEALED, any_of, facts
from escalation.decider import DECIDER as ESCALATION
from escalation.decider.commands import (
    AcceptOwnership,
    CallCrisisTeam,
    EscalateByHand,
    ExtendClock,
    OfferOwnership,
    PauseClock,
    RefuseOwnership,
    ResumeClock,
)
from escalation.decider.commands import Command as EscalationCommand
from escalation.decider.state import ImportBatch as Loaded
from events.decider import Refused
from events.fact import Chapter, Fact, chapter_of
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    DataErased,
    HistoryCompleted,
    HoldLifted,
    HoldPlaced,
    ImportOpened,
    MessageFailed,
    MessageRequested,
    MotiveRecorded,
)
from examples import examples
from given import Story, story
from intake.channels import Channels
from intake.decider import DECIDER as INTAKE
from intake.decider.commands import (
    Amend,
    CompleteHistory,
    Erase,
    LiftHold,
    Lodge,
    OpenImport,
    PlaceHold,
    Record,
    ReportFailed,
    ReportSent,
    RequestMessage,
    Withdraw,
)
from intake.decider.commands import Command as IntakeCommand
from sensible import sensible
from unit.escalation.cases import at_desk

NOW = NOON + timedelta(hours=1)
BOOKS = at_desk()
BATCH = "import/b1"
NAMES = st.sampled_from(("handler-1", "handler-2", "reception", "teamlead"))
ROLES = st.sets(st.sampled_from(("reception", "handler", "teamlead", "cso"))).map(frozenset)
CLOCK = st.just("desk:answer")
NOTICES = st.sampled_from((None, "contact", "m1"))
FEW, ONE_OR_TWO = st.sampled_from((None, 1, 2, 4)), st.sampled_from((None, 1))
LODGED = any_of(
    ComplaintLodged,
    history=st.sampled_from((None, BATCH)),
    channel=st.sampled_from(("phone", "weibo")),
    at=st.just(NOON),
).map(sensible)
IN_ESCALATION = st.tuples(
    st.builds(OfferOwnership, st.just(NOW), NAMES, ROLES, st.just("handler-1"), st.just("r")),
    st.builds(AcceptOwnership, st.just(NOW), st.just("handler-1"), ROLES),
    st.builds(RefuseOwnership, st.just(NOW), st.just("handler-1"), ROLES, st.just("r")),
    st.builds(CallCrisisTeam, st.just(NOW), NAMES, NAMES, st.just("x"), st.just(("legal",)), st.just("r")),
    st.builds(EscalateByHand, st.just(NOW), NAMES, st.just("r"), FEW),
    st.builds(PauseClock, st.just(NOW), NAMES, CLOCK, st.just("evidence")),
    st.builds(ResumeClock, st.just(NOW), NAMES, CLOCK),
    st.builds(ExtendClock, st.just(NOW), NAMES, CLOCK, st.just("r"), ONE_OR_TWO, NOTICES),
).flatmap(st.permutations)
WORD = MessageRequested(at=NOW, message_id="m1", kind="reply", channel="app", text=SEALED, automatic=True, by="li.na")
WITHDRAW = Withdraw(ComplaintWithdrawn(at=NOW, reason=SEALED, by="li.na"))
LODGING = ComplaintLodged(at=NOON, channel="phone")
HELD = HoldPlaced(at=NOW, hold_id="h1", purpose="audit", authority="the bank", reference="A-1", by="chen.yu")
IN_INTAKE: tuple[tuple[tuple[Fact, ...], tuple[IntakeCommand, ...]], ...] = (
    ((), (Lodge(LODGING),)),
    (
        (),
        (
            OpenImport(ImportOpened(at=NOW, source="s")),
            CompleteHistory(HistoryCompleted(at=NOW, source="s", known_until=NOON)),
        ),
    ),
    (
        (LODGING,),
        (
            Amend(NOW, "li.na", "product", "E6", "r"),
            Record(MotiveRecorded(at=NOW, motive="sympathy", by="li.na")),
            RequestMessage(WORD),
            ReportFailed(MessageFailed(at=NOW, message_id="m1", channel="app")),
            ReportSent(NOW, "m1", "app", "r"),
            PlaceHold(HELD),
            LiftHold(HoldLifted(at=NOW, hold_id="h1", reason="r", by="chen.yu")),
            Erase(DataErased(at=NOW, basis="objection", reference="DSR-1", key_ids=("k",), by="chen.yu")),
            WITHDRAW,
            WITHDRAW,
            Amend(NOW, "li.na", "product", "E7", "r"),
        ),
    ),
)
"""What stands there, and what is asked then."""
CHANNELS = Channels("channels@1", frozenset({"phone"}), frozenset({"entrance"}))


def in_escalation(*history: Fact) -> Story[Any]:
    return story(ESCALATION, None, *history, others={BATCH: Loaded(NOON)}, books=BOOKS)


def in_intake(*history: Fact) -> Story[Any]:
    return story(INTAKE, CHANNELS, *history)


def of_others(begun: Callable[..., Story[Any]], declared: Collection[Chapter] = ()) -> st.SearchStrategy[list[Fact]]:
    """What chapters say that are neither its own nor among those."""
    decider = begun().decider
    kinds = [kind for kind in decider.reads if chapter_of(kind) not in {decider.chapter, *declared}]
    return st.lists(facts(kinds).map(sensible), max_size=4) if kinds else st.just([])


def each_has_only_declared_reasons(
    begun: Callable[..., Story[Any]], history: list[Fact], asked: list[Any], data: st.DataObject, seen: Counter[type]
) -> None:
    """Each command that is let through is answered alike where undeclared chapters said less, and more."""
    told = begun(*history).settled(NOW)
    for command in asked:
        answer = told.when(command)
        if isinstance(answer, Refused):
            continue
        seen[type(command)] += 1
        declared = {told.decider.chapter, *answer.relied_on()}
        kept = [
            fact
            for fact in told.history
            if isinstance(fact, ComplaintLodged) or chapter_of(type(fact)) in declared or data.draw(st.booleans())
        ]
        assert begun(*kept, *data.draw(of_others(begun, declared))).when(command) == answer
        told = told.then(answer, *data.draw(of_others(begun)))


def test_a_command_to_escalation_has_only_reasons_that_its_answer_declares() -> None:
    """L1: hand on, take, refuse, call the crisis team, send up, pause, resume, extend; each comes up."""
    seen: Counter[type] = Counter()

    @given(data=st.data(), first=LODGED, rest=of_others(in_escalation), asked=IN_ESCALATION)
    @settings(max_examples=examples(150))
    def holds(data: st.DataObject, first: Fact, rest: list[Fact], asked: list[Any]) -> None:
        each_has_only_declared_reasons(in_escalation, [first, *rest], asked, data, seen)

    holds()
    assert set(seen) == commands_of(EscalationCommand)


@pytest.mark.parametrize(("first", "commands"), IN_INTAKE, ids=["lodging", "importing", "on a case"])
def test_a_command_to_intake_has_only_reasons_that_its_answer_declares(
    first: tuple[Fact, ...], commands: tuple[IntakeCommand, ...]
) -> None:
    """L1: each comes up; all ten stand in the table."""
    seen: Counter[type] = Counter()

    @given(data=st.data(), rest=of_others(in_intake), asked=st.permutations(commands))
    @settings(max_examples=examples(100))
    def holds(data: st.DataObject, rest: list[Fact], asked: list[Any]) -> None:
        each_has_only_declared_reasons(in_intake, [*first, *rest], asked, data, seen)

    holds()
    assert set(seen) == {type(command) for command in commands}
    assert {type(command) for _, all_of_them in IN_INTAKE for command in all_of_them} == commands_of(IntakeCommand)


def commands_of(union: Any) -> set[type]:  # noqa: ANN401 - a union of commands is no type
    return set(get_args(union))
