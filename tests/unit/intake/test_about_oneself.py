"""Whom a complaint is about speaks for themselves only: never for the complainant, and never about what was said."""

from datetime import UTC, datetime

import pytest

from events.decider import Refused
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    EvidenceAdded,
    FeedbackGiven,
    MessageReceived,
    MessageRequested,
    MotiveRecorded,
)
from given import story
from intake.channels import Channels
from intake.decider import DECIDER
from intake.decider.rules import Amend, Command, Record, RequestMessage, Withdraw

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHANNELS = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"
LODGED = ComplaintLodged(at=NOON, channel="phone", text=SEALED, key_id="k", subject_person="agent-x", taken_by="sun")


def commands(by: str) -> list[Command]:
    return [
        Amend(now=NOON, by=by, field="product", after="E6", reason="r"),
        Record(ContactRecorded(at=NOON, channel="phone", outcome="reached", facts="confirmed", by=by)),
        Record(MotiveRecorded(at=NOON, motive="venting", by=by)),
        Record(ContactPreferencesStated(at=NOON, quiet_hours="08:00-20:00", by=by)),
        Record(FeedbackGiven(at=NOON, process_score=5, outcome_score=5), by=by),
        Record(MessageReceived(at=NOON, message_id="m", channel="phone", text=SEALED), by=by),
        RequestMessage(MessageRequested(at=NOON, message_id="m", kind="reply", channel="phone", text=SEALED, by=by)),
        Withdraw(ComplaintWithdrawn(at=NOON, reason=SEALED, by=by)),
    ]


@pytest.mark.parametrize("number", range(len(commands("li.na"))))
def test_who_is_complained_about_says_nothing_for_the_complainant(number: int) -> None:
    """R24: no contact that opens the gates, no praise, no withdrawal, no milder words. Others may, its taker too."""
    here = story(DECIDER, CHANNELS, LODGED)
    answer = here.when(commands("agent-x")[number])
    assert isinstance(answer, Refused)
    assert answer.code == "conflict-of-interest"
    for other in ("li.na", "sun"):
        assert not isinstance(here.when(commands(other)[number]), Refused)


def test_who_is_complained_about_is_heard() -> None:
    """Both sides are (R60): evidence is taken from everybody. Where nobody is named, nobody is kept out."""
    seen = EvidenceAdded(at=NOON, name=SEALED, media_type="image/png", size_bytes=1, sha256="0" * 64, by="agent-x")
    assert story(DECIDER, CHANNELS, LODGED).when(Record(seen)) == seen
    nobody = story(DECIDER, CHANNELS, LODGED.model_copy(update={"subject_person": None}))
    assert not any(isinstance(nobody.when(one), Refused) for one in commands("agent-x"))
