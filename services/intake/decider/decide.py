"""What intake accepts: a command carries the fact somebody wants on record, a rule says if it may stand."""

from typing import assert_never, get_args

from events.apart import about_oneself
from events.decider import NOTHING_LODGED, Context, Refused
from events.fact import Fact
from events.intake import (
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    EvidenceAdded,
    HoldLifted,
    HoldPlaced,
    Identity,
    MessageRequested,
    MessageSent,
    MotiveRecorded,
)
from events.occasions import SPOKEN
from intake.channels import Channels
from intake.decider.commands import (
    Amend,
    Command,
    CompleteHistory,
    Erase,
    LiftHold,
    Lodge,
    OnCase,
    OpenImport,
    PlaceHold,
    Record,
    ReportFailed,
    ReportSent,
    RequestMessage,
    Said,
    Withdraw,
)
from intake.decider.fold import preferences_of
from intake.decider.state import Case, Empty, ImportBatch, OnItsWay, State

WORDS_ERASED = Refused("words-erased", "what stood here was erased; nothing is put in its place")
NO_SUCH_MESSAGE = Refused("no-such-message", "no message of ours with this message_id waits for a delivery report")
NOTHING_TO_ERASE = Refused("nothing-to-erase", "nothing of this person is readable: it was erased, or never said")


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    """The fact that goes on record, or the rule that says no."""
    match command:
        case OpenImport() | CompleteHistory():
            return _hand_over(command, state)
        case Lodge(complaint) if isinstance(state, Empty):
            return _with_channel_looked_up(complaint, context.rules)
        case Lodge():
            return Refused("already-lodged", "a complaint stands here already; add to it instead")
        case _:
            if not isinstance(state, Case):
                return NOTHING_LODGED
            return about_oneself(_says(command), state.about) or _on_case(command, state)


def _says(command: OnCase) -> str | None:
    """Who says it, where that matters: whom it is about is heard by evidence, and says nothing else here, for the
    complainant least of all (R24).
    """
    match command:
        case Record(EvidenceAdded()) | ReportSent() | ReportFailed():
            return None
        case Record(said, by):
            named: str | None = getattr(said, "by", None)
            return by or named
        case RequestMessage(MessageRequested(by=by)) | Withdraw(ComplaintWithdrawn(by=by)) | Erase(DataErased(by=by)):
            return by
        case PlaceHold(HoldPlaced(by=by)) | LiftHold(HoldLifted(by=by)):
            return by
        case Amend(by=by):
            return by
    assert_never(command)


def _on_case(command: OnCase, case: Case) -> Fact | Refused:
    match command:
        case Amend():
            return _amend(command, case)
        case Record(said):
            return _record(said, case)
        case RequestMessage(message):
            if message.automatic and case.entrance and not case.spoken:
                return Refused("person-first", "it came through the complaint entrance: a person speaks first")
            return message
        case ReportSent(now, message_id, channel, report):
            sent = _waiting(case, message_id)
            if sent is None:
                return NO_SUCH_MESSAGE
            return MessageSent(
                at=now, message_id=message_id, kind=sent.kind, channel=channel, automatic=sent.automatic, report=report
            )
        case ReportFailed(failure):
            return NO_SUCH_MESSAGE if _waiting(case, failure.message_id) is None else failure
        case Withdraw(withdrawal):
            return Refused("already-withdrawn", "it was withdrawn before") if case.withdrawn_at else withdrawal
        case Erase(erasure, held_in):
            return _kept_by_law(case, held_in) or (erasure if erasure.key_ids else NOTHING_TO_ERASE)
        case PlaceHold(hold):
            stands = any(one.reference == hold.reference for one in case.holds)
            return Refused("hold-stands", "a hold by this order stands already") if stands else hold
        case LiftHold(lifted):
            stands = any(one.hold_id == lifted.hold_id for one in case.holds)
            return lifted if stands else Refused("no-such-hold", "no hold with this id stands on this case")
    assert_never(command)


def _kept_by_law(case: Case, held_in: tuple[str, ...]) -> Refused | None:
    where = [f"the hold {one.reference} on this case" for one in case.holds]
    where += [f"the hold on case {one} of the same person" for one in held_in]
    if not where:
        return None
    return Refused("under-legal-hold", f"the law wants it kept: {', '.join(where)} is lifted first")


def _amend(command: Amend, case: Case) -> Fact | Refused:
    if case.withdrawn_at is not None:
        return Refused("withdrawn", "a withdrawn complaint stays as it was said; evidence can still be added")
    if command.field == "identity" and command.after not in get_args(Identity):
        return Refused("identity-unknown", f"identity is one of: {', '.join(get_args(Identity))}")
    before: str | None = getattr(case.said, command.field)
    if before == command.after:
        return Refused("nothing-changed", f"{command.field} says that already")
    return ComplaintAmended(
        at=command.now, field=command.field, before=before, after=command.after, reason=command.reason, by=command.by
    )


def _record(said: Said, case: Case) -> Fact | Refused:
    match said:
        case ContactPreferencesStated() if preferences_of(said) == case.preferences:
            return Refused("nothing-changed", "these preferences are on record already")
        case ContactRecorded(outcome="impossible", reason=None):
            return Refused("reason-missing", "a contact that is impossible needs the reason why")
        case ContactRecorded(outcome="not-reached" | "impossible") if _claims(said):
            return Refused("nobody-reached", "what is said of the facts is said by somebody who was reached")
        case ContactRecorded(outcome="reached", channel=channel) if channel not in SPOKEN:
            spoken = ", ".join(sorted(SPOKEN))
            return Refused(
                "contact-not-spoken", f"`channel` of a contact is one of: {spoken}; elsewhere a message is sent"
            )
        case MotiveRecorded(motive=motive) if motive == case.motive:
            return Refused("nothing-changed", "this motive is on record already")
    return said


def _claims(contact: ContactRecorded) -> bool:
    """Whether it says what the complainant said (R115, R116)."""
    return contact.agreed or contact.retold or contact.facts != "not-discussed"


def _hand_over(command: OpenImport | CompleteHistory, state: State) -> Fact | Refused:
    match command, state:
        case OpenImport(opened), Empty():
            return opened
        case CompleteHistory(completed), ImportBatch(source=source, known_until=None) if source == completed.source:
            return completed
        case OpenImport(), _:
            return Refused("import-already-open", "this batch was opened before; a new batch needs a new name")
        case CompleteHistory(), ImportBatch(known_until=None):
            return Refused("import-of-another-source", "only the source that opened a batch completes it")
        case CompleteHistory(), ImportBatch():
            return Refused("import-already-complete", "this batch was completed before; a new batch needs a new name")
        case _:
            return Refused("import-not-open", "no batch of this name was opened")


def _with_channel_looked_up(complaint: ComplaintLodged, channels: Channels) -> ComplaintLodged:
    """An unknown channel is kept as it came, and flagged."""
    rule = channels.rule if complaint.channel in channels.known else f"{channels.rule}:unknown"
    return complaint.model_copy(update={"channel_rule": rule, "entrance": complaint.channel in channels.entrances})


def _waiting(case: Case, message_id: str) -> OnItsWay | None:
    return next((message for message in case.on_its_way if message.message_id == message_id), None)
