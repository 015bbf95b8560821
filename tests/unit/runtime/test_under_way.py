"""What is under way is not said twice, and who is outrun gives way (L12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from events.admission import Expectation, Head, Verdict, expectation
from events.envelope import Envelope
from events.fact import Chapter
from events.ids import owed_event_id
from runtime.judging import MACHINE
from runtime.proposals import ASK_AGAIN, FORGET_UNACKED_SECONDS, GIVE_WAY, Proposal, UnderWay
from runtime.rows import Judged, Outgoing, Place

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREAM, OURS = "complaint/1", Chapter.ESCALATION
BREACHED = "complaints.escalation.clock-breached.v1"
HEAD = Head(intake=2, escalation=4)


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def proposal(head: Head = HEAD) -> Proposal:
    event_id = owed_event_id(stream=STREAM, chapter=OURS, counter=head.escalation, fact_type=BREACHED)
    expects = expectation(head, frozenset({OURS, Chapter.INTAKE}))
    return Proposal((event_id, expects), Outgoing(STREAM, 3, [], b"{}"))


def test_the_same_fact_on_a_newer_head_is_another_proposal_under_the_same_id() -> None:
    """L12: remembered under id and whole expectation, never the id alone."""
    older, newer = proposal(), proposal(Head(intake=3, escalation=4))
    assert older.name[0] == newer.name[0]
    under_way = UnderWay()
    under_way.remember(older)
    assert older.name in under_way
    assert newer.name not in under_way


def test_a_proposal_is_forgotten_when_the_reader_has_passed_it() -> None:
    """L12: and not before, whatever other partitions do."""
    under_way, one = UnderWay(), proposal()
    under_way.remember(one)
    under_way.acked(one, 20)
    under_way.passed({3: 20, 1: 500})
    assert one.name in under_way
    under_way.passed({3: 21})
    assert one.name not in under_way


@pytest.mark.parametrize("acked", [False, True], ids=["no ack", "an ack without an offset"])
def test_a_proposal_without_an_ack_is_forgotten_after_a_while(acked: bool) -> None:
    """L12: an ack without a valid offset counts as none."""
    clock = Clock()
    under_way, one = UnderWay(clock=clock), proposal()
    under_way.remember(one)
    if acked:
        under_way.acked(one, None)
    under_way.passed({3: 10_000})
    assert one.name in under_way
    clock.now += FORGET_UNACKED_SECONDS + 1
    under_way.passed({3: 0})
    assert one.name not in under_way


def test_a_stream_waits_for_what_stands_in_the_log_beyond_the_round() -> None:
    """L12: reading it asks again; what has no offset, or was passed, may never be read, and holds nothing back."""
    under_way, one = UnderWay(), proposal()
    under_way.remember(one)

    assert held_back(under_way, 20) == {}
    under_way.acked(one, 20)
    assert held_back(under_way, 20) == {STREAM: NOON + ASK_AGAIN}
    assert held_back(under_way, 21) == {}


def held_back(under_way: UnderWay, end: int, *judged: Judged, now: datetime = NOON) -> Mapping[str, datetime]:
    """What a round that touches one stream and ends there does not propose on, and until when."""
    return under_way.gives_way(judged, OURS, [STREAM], {3: Place(end)}, now)


def test_what_is_forgotten_takes_nothing_of_what_came_after_it_along() -> None:
    """L12: of the same stream; and in the end nothing is left, of however many streams there were."""
    under_way, older, newer = UnderWay(), proposal(), proposal(Head(intake=3, escalation=4))
    for one in (older, newer):
        under_way.remember(one)
    under_way.acked(newer, 20)
    for _ in range(2):
        under_way.forget(older)
        assert held_back(under_way, 20) == {STREAM: NOON + ASK_AGAIN}
    under_way.passed({3: 21})
    assert (under_way.sent, under_way._latest) == ({}, {})


def refusal(*, verdict: Verdict = Verdict.REFUSED, auth_type: str = MACHINE, chapter: Chapter = OURS) -> Judged:
    """What a reader says of a record on the stream."""
    envelope = Envelope(
        "an id", "/services/test", BREACHED, chapter, STREAM, NOON, NOON, Expectation(), auth_type=auth_type
    )
    return Judged(3, 7, 0, verdict, None, None, envelope)


def test_who_was_outrun_gives_way_for_a_moment() -> None:
    """L12: who works on the case now will do so again; after that it is asked as ever."""
    under_way, until = UnderWay(), NOON + GIVE_WAY
    assert held_back(under_way, 8, refusal()) == {STREAM: until}
    assert held_back(under_way, 9, now=until - timedelta(microseconds=1)) == {STREAM: until}
    assert held_back(under_way, 10, now=until) == {}


@pytest.mark.parametrize(
    "other",
    [
        refusal(verdict=Verdict.ADMITTED),
        refusal(auth_type="user"),
        refusal(chapter=Chapter.TRIAGE),
        Judged(3, 7, 0, Verdict.MALFORMED, None, None),
    ],
    ids=["admitted", "a person's", "another service's", "malformed"],
)
def test_nobody_gives_way_for_anything_else(other: Judged) -> None:
    """L12."""
    assert held_back(UnderWay(), 8, other) == {}


def test_a_failed_append_is_forgotten_at_once_and_a_late_ack_does_no_harm() -> None:
    """L12."""
    under_way, one = UnderWay(), proposal()
    under_way.remember(one)
    under_way.forget(one)
    under_way.acked(one, 5)
    assert one.name not in under_way
