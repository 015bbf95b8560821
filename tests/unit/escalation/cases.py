"""Facts that the tests of the clocks and of the ladder begin with. No test stands here."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.decider import DECIDER
from escalation.decider.state import ImportBatch
from events.accountability import ComplaintClosed, ComplaintReopened
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockStarted,
    ClockStopped,
    ClockWarned,
)
from events.fact import Fact, GivenDue, Origin
from events.intake import (
    ComplaintLodged,
    ContactRecorded,
    MessageReceived,
    MessageSent,
    SourceReported,
)
from events.triage import ComplaintGraded, ComplaintScreened
from given import Story, Told, story
from published import LONG_AGO, OFFICE, PACK
from rulebooks.books import as_first
from rulebooks.state import Rulebook, Version
from shipped import books

BOOKS = books()
OWN = "company-default"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
SOURCE = Origin(source="boston311", reference="101")
LODGED = ComplaintLodged(at=NOON, channel="weibo")
CLOCKS = (ClockStarted, ClockWarned, ClockBreached, ClockMet, ClockStopped)


def minutes(after_noon: float) -> datetime:
    return NOON + timedelta(minutes=after_noon)


def days(after_noon: float) -> datetime:
    return NOON + timedelta(days=after_noon)


def told(
    *facts: Fact | Told, known_until: datetime | None = None, books: Mapping[str, Rulebook] | None = None
) -> Story[Any]:
    books = BOOKS if books is None else books
    return story(DECIDER, None, *facts, others={"import/b1": ImportBatch(known_until)}, books=books)


def changed(key: str, *words: str) -> dict[str, Rulebook]:
    """The shipped rulebooks, where one has other words: old, new, old, new."""
    text = BOOKS[key].versions[0].text
    for old, new in batched(words):
        assert old in text
        text = text.replace(old, new)
    return {**BOOKS, **as_first({key: text})}


def batched(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(words[::2], words[1::2], strict=True)


def in_use(*packs: str) -> dict[str, Rulebook]:
    """The shipped rulebooks, and these examples (`cn-xinfang`) in use as well."""
    return books(*(f"pack/{pack}" for pack in packs), **{"regimes/company": regimes(*packs)})


def regimes(*packs: str) -> str:
    return f'name = "company"\ntitle = "t"\npacks = {[OWN, *packs]!r}'.replace("'", '"')


def at_desk(pack: str = PACK) -> dict[str, Rulebook]:
    """The shipped rulebooks, and in use as well a pack whose one clock may pause and be extended."""
    texts = {"pack/desk": pack, "calendar/office": OFFICE, "regimes/company": regimes("desk")}
    return {**BOOKS, **as_first(texts)}


def at(moment: str) -> datetime:
    """By the wall clock of Shanghai: `03-04T12:00`."""
    return datetime.fromisoformat(f"2026-{moment}:00+08:00").astimezone(UTC)


def graded(grade: str = "complaint", at: datetime = NOON) -> ComplaintGraded:
    return ComplaintGraded.model_validate(
        {
            "at": at,
            "grade": grade,
            "severity": 2,
            "urgency": 2,
            "inputs": (),
            "reason": "r",
            "rule": "t@1",
            "by": "rule",
        }
    )


def sent(at: datetime, kind: str = "reply", *, automatic: bool = False) -> MessageSent:
    return MessageSent.model_validate(
        {"at": at, "message_id": "o1", "kind": kind, "channel": "weibo", "automatic": automatic, "report": "r1"}
    )


def received(at: datetime, message_id: str = "m1") -> MessageReceived:
    return MessageReceived(at=at, message_id=message_id, channel="weibo")


def contact(at: datetime, outcome: str = "reached", channel: str = "phone") -> ContactRecorded:
    return ContactRecorded.model_validate({"at": at, "channel": channel, "outcome": outcome, "by": "handler-1"})


def screened(at: datetime, outcome: str = "enquiry") -> ComplaintScreened:
    return ComplaintScreened.model_validate(
        {"at": at, "outcome": outcome, "reason": "r", "rule": "person", "by": "handler-1"}
    )


def closed(at: datetime, ground: str = "accepted", reported: Origin | None = None) -> ComplaintClosed:
    return ComplaintClosed.model_validate(
        {"at": at, "ground": ground, "evidence": "e", "next_instance": "n", "by": "handler-1", "reported": reported}
    )


def reopened(at: datetime) -> ComplaintReopened:
    return ComplaintReopened(at=at, reason="not solved", cycle=2, by="handler-1")


def source(fact: str, at: datetime) -> SourceReported:
    return SourceReported.model_validate({"at": at, "fact": fact, "reported": SOURCE, "team": "N4", "line": 2})


def old(due: datetime | None, clock: str = "resolution") -> ComplaintLodged:
    dues = () if due is None else (GivenDue(clock=clock, due=due),)
    return ComplaintLodged(at=NOON, channel="web", reported=SOURCE, history="import/b1", dues=dues)


def names(facts: tuple[Fact, ...]) -> list[str]:
    return [
        f"{fact.type.split('.')[2]} {getattr(fact, 'clock', '')}".strip() for fact in facts if isinstance(fact, CLOCKS)
    ]


def published_later(
    books: Mapping[str, Rulebook], key: str, text: str, *, known_at: datetime, running: bool = False
) -> dict[str, Rulebook]:
    """One rulebook has a further version, in force from long ago and known since `known_at`."""
    before = books[key]
    number = before.versions[-1].number + 1
    version = Version(number, text, LONG_AGO, known_at, running)
    return {**books, key: replace(before, versions=(*before.versions, version))}
