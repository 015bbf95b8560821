"""What intake accepts and remembers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.accountability import CallbackAttempted, ComplaintClosed, ComplaintReopened
from events.decider import NOTHING, Refused
from events.fact import Fact
from events.intake import (
    AmendableField,
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactRecorded,
    EvidenceAdded,
    FeedbackGiven,
    HistoryCompleted,
    ImportOpened,
    MessageFailed,
    MessageReceived,
    MessageRequested,
    MessageSent,
    MotiveRecorded,
)
from given import Story, story
from intake.channels import Channels
from intake.decider import DECIDER, State
from intake.decider.commands import (
    Amend,
    Command,
    CompleteHistory,
    Lodge,
    OpenImport,
    Record,
    ReportFailed,
    ReportSent,
    RequestMessage,
    Withdraw,
)
from intake.decider.state import Case, Empty, ImportBatch
from intake.track import progress
from rulebooks.state import Rulebook

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHANNELS = Channels("channels@1", known=frozenset({"phone", "entrance"}), entrances=frozenset({"entrance"}))
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"
OTHER = SEALED.replace("AAAA", "BBBB")

LODGED = ComplaintLodged(at=NOON, channel="phone", product="E5", text=SEALED, key_id="k")
ASKED = MessageRequested(at=NOON, message_id="m1", kind="reply", channel="app", text=SEALED, by="li.na")
REACHED = ContactRecorded(at=NOON, channel="phone", outcome="reached", by="li.na")
WITHDRAWN = ComplaintWithdrawn(at=NOON, reason=SEALED, by="li.na")
EVIDENCE = EvidenceAdded(at=NOON, name=SEALED, media_type="image/png", size_bytes=1, sha256="0" * 64, by="li.na")
OPENED = ImportOpened(at=NOON, source="crm")
COMPLETED = HistoryCompleted(at=NOON, source="crm", known_until=NOON)


def given(*facts: Fact) -> Story[State | Rulebook]:
    return story(DECIDER, CHANNELS, *facts)


def amend(name: AmendableField, after: str) -> Amend:
    return Amend(NOON, "li.na", name, after, "misheard")


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def test_a_complaint_is_lodged_once() -> None:
    assert isinstance(given().when(Lodge(LODGED)), ComplaintLodged)
    assert refused(given(LODGED).when(Lodge(LODGED))) == "already-lodged"


@pytest.mark.parametrize(
    ("channel", "rule", "entrance"),
    [("phone", "channels@1", False), ("entrance", "channels@1", True), ("pigeon", "channels@1:unknown", False)],
)
def test_an_unknown_channel_is_kept_and_flagged(channel: str, rule: str, *, entrance: bool) -> None:
    said = given().when(Lodge(LODGED.model_copy(update={"channel": channel})))
    assert isinstance(said, ComplaintLodged)
    assert (said.channel, said.channel_rule, said.entrance) == (channel, rule, entrance)


@pytest.mark.parametrize(
    "command",
    [
        amend("product", "E6"),
        Record(EVIDENCE),
        RequestMessage(ASKED),
        ReportSent(NOON, "m1", "app", "r"),
        ReportFailed(MessageFailed(at=NOON, message_id="m1", channel="app", reason=SEALED)),
        Withdraw(WITHDRAWN),
    ],
)
@pytest.mark.parametrize("before", [(), (OPENED,)])
def test_nothing_is_said_about_what_was_never_lodged(before: tuple[Fact, ...], command: Command) -> None:
    assert refused(given(*before).when(command)) == "nothing-lodged"


def test_an_amendment_says_what_stood_there_before() -> None:
    """R27, R28: reason, before and after."""
    first = given(LODGED).when(amend("product", "E6"))
    assert isinstance(first, ComplaintAmended)
    assert (first.before, first.after, first.reason) == ("E5", "E6", "misheard")
    second = given(LODGED, first).when(amend("product", "E7"))
    assert isinstance(second, ComplaintAmended)
    assert second.before == "E6"
    words = given(LODGED).when(amend("text", OTHER))
    assert isinstance(words, ComplaintAmended)
    assert words.before == SEALED


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    assert refused(given(LODGED).when(amend("product", "E5"))) == "nothing-changed"
    assert refused(given(LODGED).when(amend("identity", "royal"))) == "identity-unknown"


def test_a_contact_that_is_impossible_needs_its_reason() -> None:
    """R02."""
    impossible = ContactRecorded(at=NOON, channel="phone", outcome="impossible", by="li.na")
    assert refused(given(LODGED).when(Record(impossible))) == "reason-missing"
    why = impossible.model_copy(update={"reason": "no number"})
    assert given(LODGED).when(Record(why)) == why


@pytest.mark.parametrize("claim", [{"facts": "confirmed"}, {"agreed": True}, {"retold": True}])
def test_a_try_in_vain_says_nothing_for_the_complainant(claim: dict[str, Any]) -> None:
    """R115, R116: nobody agreed, confirmed or told anything again whom nobody reached."""
    in_vain = ContactRecorded(at=NOON, channel="phone", outcome="not-reached", by="li.na")
    impossible = in_vain.model_copy(update={"outcome": "impossible", "reason": "no number"})
    for contact in (in_vain, impossible):
        assert given(LODGED).when(Record(contact)) == contact
        assert refused(given(LODGED).when(Record(contact.model_copy(update=claim)))) == "nobody-reached"


def test_a_contact_is_a_talk_and_not_a_message() -> None:
    """R83: what reaches somebody on a net channel is a message, and counts with its delivery report."""
    written = REACHED.model_copy(update={"channel": "weibo"})
    assert refused(given(LODGED).when(Record(written))) == "contact-not-spoken"
    letter = written.model_copy(update={"outcome": "impossible", "reason": "an anonymous letter"})
    assert given(LODGED).when(Record(letter)) == letter


def test_a_motive_is_recorded_and_may_be_understood_better_later() -> None:
    """R45."""
    venting = MotiveRecorded(at=NOON, motive="venting", by="li.na")
    help_ = MotiveRecorded(at=NOON, motive="wants-to-help", by="li.na")
    assert refused(given(LODGED, venting).when(Record(venting))) == "nothing-changed"
    assert given(LODGED, venting).when(Record(help_)) == help_


def test_after_the_entrance_no_machine_speaks_before_a_person() -> None:
    """R19, R20."""
    automatic = ASKED.model_copy(update={"automatic": True})
    entrance = given(LODGED.model_copy(update={"entrance": True}))
    assert refused(entrance.when(RequestMessage(automatic))) == "person-first"
    assert entrance.when(RequestMessage(ASKED)) == ASKED
    assert entrance.then(REACHED).when(RequestMessage(automatic)) == automatic
    tried = REACHED.model_copy(update={"outcome": "not-reached"})
    assert refused(entrance.then(tried).when(RequestMessage(automatic))) == "person-first"
    assert given(LODGED).when(RequestMessage(automatic)) == automatic


def test_a_delivery_counts_once_and_as_what_we_asked_for() -> None:
    """R83: kind and automatic come from the request, never from the gateway."""
    waiting = given(LODGED, ASKED.model_copy(update={"automatic": True}))
    sent = waiting.when(ReportSent(NOON, "m1", "sms", "r-1"))
    assert sent == MessageSent(at=NOON, message_id="m1", kind="reply", channel="sms", automatic=True, report="r-1")
    assert isinstance(sent, MessageSent)
    assert refused(waiting.then(sent).when(ReportSent(NOON, "m1", "sms", "r-2"))) == "no-such-message"
    assert refused(waiting.when(ReportSent(NOON, "m2", "sms", "r-1"))) == "no-such-message"


def test_of_several_messages_each_is_reported_for_itself() -> None:
    """R83."""
    later = ASKED.model_copy(update={"message_id": "m2", "kind": "decision", "automatic": True})
    both = given(LODGED, ASKED, later)
    for first, second, kind in (("m1", "m2", "reply"), ("m2", "m1", "decision")):
        sent = both.when(ReportSent(NOON, first, "sms", "r"))
        assert isinstance(sent, MessageSent)
        assert (sent.kind, sent.automatic) == (kind, kind == "decision")
        assert refused(both.then(sent).when(ReportSent(NOON, first, "sms", "r"))) == "no-such-message"
        assert isinstance(both.then(sent).when(ReportSent(NOON, second, "sms", "r")), MessageSent)


def test_a_failed_delivery_may_still_arrive() -> None:
    failed = MessageFailed(at=NOON, message_id="m1", channel="sms", reason=SEALED)
    waiting = given(LODGED, ASKED)
    assert waiting.when(ReportFailed(failed)) == failed
    assert isinstance(waiting.then(failed).when(ReportSent(NOON, "m1", "sms", "r")), MessageSent)
    assert refused(given(LODGED).when(ReportFailed(failed))) == "no-such-message"


def test_a_withdrawn_case_still_takes_evidence_contacts_and_messages() -> None:
    """R30."""
    withdrawn = given(LODGED, WITHDRAWN)
    assert refused(withdrawn.when(Withdraw(WITHDRAWN))) == "already-withdrawn"
    assert refused(withdrawn.when(amend("product", "E6"))) == "withdrawn"
    for said in (EVIDENCE, REACHED, MessageReceived(at=NOON, message_id="x", channel="app")):
        assert withdrawn.when(Record(said)) == said
    feedback = FeedbackGiven(at=NOON, process_score=1, outcome_score=2)
    assert withdrawn.when(Record(feedback)) == feedback


def test_a_withdrawal_counts_for_its_cycle_only() -> None:
    """R30: a case that was reopened can be amended, and withdrawn again."""
    closed = ComplaintClosed(at=NOON, ground="withdrawn", evidence="call", next_instance="ombudsman", by="li.na")
    reopened = given(LODGED, WITHDRAWN, closed, ComplaintReopened(at=NOON, reason="x", cycle=2, by="li.na"))
    assert isinstance(reopened.state, Case)
    assert progress(reopened.state)["withdrawn_at"] is None
    assert isinstance(reopened.when(amend("product", "E6")), ComplaintAmended)
    again = Withdraw(WITHDRAWN.model_copy(update={"at": NOON + timedelta(days=1)}))
    assert reopened.when(again) == again.withdrawal
    assert refused(reopened.then(again.withdrawal).when(again)) == "already-withdrawn"


def test_who_is_not_satisfied_at_a_callback_has_taken_nothing_back() -> None:
    """R30, R96: it can be amended, and withdrawn again; a call that reached nobody changes nothing."""
    for outcome, code in (("not-satisfied", None), ("satisfied", "withdrawn"), ("not-reached", "withdrawn")):
        called = CallbackAttempted.model_validate({"at": NOON, "outcome": outcome, "by": "li.na"})
        answer = given(LODGED, WITHDRAWN, called).when(amend("product", "E6"))
        assert (answer.code if isinstance(answer, Refused) else None) == code
    assert (
        given(LODGED, WITHDRAWN, called.model_copy(update={"outcome": "not-satisfied"})).when(Withdraw(WITHDRAWN))
        == WITHDRAWN
    )


def test_a_batch_is_opened_and_completed_once_by_its_source() -> None:
    assert given().when(OpenImport(OPENED)) == OPENED
    assert refused(given(OPENED).when(OpenImport(OPENED))) == "import-already-open"
    assert refused(given(LODGED).when(OpenImport(OPENED))) == "import-already-open"
    assert refused(given().when(CompleteHistory(COMPLETED))) == "import-not-open"
    assert given(OPENED).when(CompleteHistory(COMPLETED)) == COMPLETED
    foreign = COMPLETED.model_copy(update={"source": "other"})
    assert refused(given(OPENED).when(CompleteHistory(foreign))) == "import-of-another-source"
    assert refused(given(OPENED, COMPLETED).when(CompleteHistory(COMPLETED))) == "import-already-complete"
    assert given(OPENED, COMPLETED).state == ImportBatch("crm", NOON)


def test_intake_owes_nothing() -> None:
    assert given(LODGED, ASKED).owes(NOON + timedelta(days=400)) == NOTHING


def test_the_key_is_the_one_that_the_complaint_was_lodged_with() -> None:
    assert DECIDER.key_of(given(LODGED).state) == "k"
    assert DECIDER.key_of(Empty()) is None
