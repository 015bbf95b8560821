"""Facts that the tests of triage begin with. No test stands here."""

from datetime import UTC, datetime, timedelta

from events.accountability import ComplaintReopened
from events.escalation import ClockBreached
from events.fact import Fact, Origin
from events.intake import ComplaintLodged, SourceReported
from events.triage import ComplaintGraded
from given import Story, story
from rulebooks.state import Rulebook
from shipped import books
from triage.decider import DECIDER
from triage.decider.state import ImportBatch, State
from triage.rulebooks import rules_in

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = rules_in(books(), NOON)
LATER = NOON + timedelta(days=1)
KNOWN_UNTIL = NOON + timedelta(days=30)
SOURCE = Origin(source="boston311", reference="101")
LODGED = ComplaintLodged(at=NOON, channel="phone")
TOLD = ComplaintLodged(at=NOON, channel="phone", category="Pothole", reported=SOURCE)
OLD = TOLD.model_copy(update={"history": "import/b1"})
REOPENED = ComplaintReopened(at=LATER, reason="not solved", cycle=2, by="handler-1")


def told(*facts: Fact, known_until: datetime | None = None) -> Story[State | Rulebook]:
    return story(DECIDER, RULES, *facts, others={"import/b1": ImportBatch(known_until)}, stream="complaint/c1")


def reported(fact: str, at: datetime = LATER, category: str | None = None) -> SourceReported:
    return SourceReported.model_validate({"at": at, "fact": fact, "reported": SOURCE, "category": category})


def breached(clock: str, at: datetime) -> ClockBreached:
    return ClockBreached(at=at, clock=clock)


def raises(given: Story[State | Rulebook], now: datetime = KNOWN_UNTIL) -> list[tuple[str, str | None]]:
    """To which grade, and because of what, the case comes by itself."""
    return [(fact.grade, fact.cause) for fact in given.added(now) if isinstance(fact, ComplaintGraded)]


def steps(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.type.split(".")[2] for fact in facts]
