"""Facts and commands that the tests of accountability begin with. No test stands here."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from accountability.decider import DECIDER, State
from accountability.decider.commands import (
    ApproveOffer,
    AttemptCallback,
    CloseComplaint,
    Decide,
    DeclineOffer,
    GiveRedress,
    KeepPromise,
    MakeFinding,
    MakePromise,
    OfferRemedy,
    ReopenComplaint,
)
from accountability.rulebooks import rules_in
from events.accountability import CallbackOutcome, Ground, PromiseKind
from events.decider import Refused
from events.fact import Fact, Origin
from events.intake import ComplaintLodged, ContactRecorded, MessageSent, MotiveRecorded, SourceReported
from given import Story, story
from rulebooks.state import Rulebook
from shipped import books

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = rules_in(books(), NOON)
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:reasons:AAAA"
BATCH = "import/spring"


def later(*, days: float = 0, minutes: float = 0) -> datetime:
    """A moment after the Monday noon on which every story begins."""
    return NOON + timedelta(days=days, minutes=minutes)


LODGED = ComplaintLodged(at=NOON, channel="phone", subject_person="agent-x", taken_by="taker")
OLD = ComplaintLodged(at=NOON, channel="web", history=BATCH, reported=Origin(source="city", reference="1"))
CONTACT = ContactRecorded(at=NOON, channel="phone", outcome="reached", facts="confirmed", agreed=True, by="handler")
MOTIVE = MotiveRecorded(at=NOON, motive="compensation", by="handler")
HEARD = (LODGED, CONTACT, MOTIVE)
ANSWER = MessageSent(at=later(days=1), message_id="m1", kind="decision", channel="mail", report="r1")


def asked(by: str = "handler", *roles: str, now: datetime = NOON) -> dict[str, Any]:
    """Who asks; a person has the role of their name unless others are given."""
    return {"now": now, "by": by, "roles": frozenset(roles or {by})}


def decision(by: str = "handler") -> Decide:
    return Decide(**asked(by), outcome="upheld", root_cause="late-parts", waiver=None, reasons=SEALED)


def offer(by: str = "handler", amount_minor: int = 10_000, currency: str = "CNY", offer_id: str = "o1") -> OfferRemedy:
    return OfferRemedy(**asked(by), offer_id=offer_id, remedy="voucher", amount_minor=amount_minor, currency=currency)


def approval(by: str = "teamlead", offer_id: str = "o1") -> ApproveOffer:
    return ApproveOffer(**asked(by), offer_id=offer_id)


def refusal(by: str = "teamlead", offer_id: str = "o1") -> DeclineOffer:
    return DeclineOffer(**asked(by), offer_id=offer_id, reason="too much")


def redress(offer_id: str = "o1") -> GiveRedress:
    return GiveRedress(**asked(), offer_id=offer_id, evidence="transfer 7")


def promise(due: datetime, promise_id: str = "p1", kind: PromiseKind = "action") -> MakePromise:
    return MakePromise(**asked(), promise_id=promise_id, kind=kind, text=SEALED, due=due, owner="handler")


def keeping(now: datetime, promise_id: str = "p1") -> KeepPromise:
    return KeepPromise(**asked(now=now), promise_id=promise_id, evidence="photo")


def callback(
    outcome: CallbackOutcome, now: datetime, promise_id: str | None = None, next_at: datetime | None = None
) -> AttemptCallback:
    return AttemptCallback(
        **asked(now=now), promise_id=promise_id, outcome=outcome, attitude="unknown", next_at=next_at
    )


def closing(ground: Ground = "accepted", by: str = "handler", now: datetime = NOON) -> CloseComplaint:
    return CloseComplaint(**asked(by, now=now), ground=ground, evidence="on file", next_instance=None)


def reopening(now: datetime = NOON) -> ReopenComplaint:
    return ReopenComplaint(**asked(now=now), reason="came back")


def finding(by: str = "judge", *roles: str) -> MakeFinding:
    who = asked(by, *(roles or ("judge",)))
    return MakeFinding(**who, responsible="process", person=None, measure="training", reasons=SEALED)


def reported(fact: Literal["closed", "reopened"], at: datetime) -> SourceReported:
    return SourceReported(at=at, fact=fact, reported=Origin(source="city", reference="1"), status="done")


def told(*facts: Fact) -> Story[State | Rulebook]:
    """Given these facts, by the rules as shipped."""
    return story(DECIDER, RULES, *facts)


def did(start: Story[State | Rulebook], *commands: object) -> Story[State | Rulebook]:
    """The story after these commands, each of which must be let through."""
    for command in commands:
        fact = start.when(command)
        assert not isinstance(fact, Refused), f"{command} was refused: {fact}"
        start = start.then(fact)
    return start


def refused(start: Story[State | Rulebook], command: object) -> str:
    """The code with which a command is refused."""
    answer = start.when(command)
    assert isinstance(answer, Refused), f"let through: {answer}"
    return answer.code
