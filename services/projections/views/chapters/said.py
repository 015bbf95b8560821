"""Chapter intake on the page of a case: what was said, by whom, through which channel."""

from events.fact import Fact
from events.intake import (
    ComplaintAmended,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    EvidenceAdded,
    FeedbackGiven,
    HoldLifted,
    HoldPlaced,
    MessageFailed,
    MessageReceived,
    MessageRequested,
    MessageSent,
    MotiveRecorded,
    SourceReported,
)
from projections.views.chapters.page import Case, Changes, How, after_source, counted
from projections.views.told import Plain, content, stamp

_KEPT_ELSEWHERE = ("reported", "dues")


def _lodged(_: Case, fact: ComplaintLodged) -> Changes:
    page = {name: value for name, value in content(fact, without=_KEPT_ELSEWHERE).items() if value is not False}
    page["lodged_at"] = page.pop("at")
    if fact.reported is not None:
        page["source"], page["source_ref"] = fact.reported.source, fact.reported.reference
    if "category" in page:
        page["category_told"] = True
    return page


def _amended(case: Case, fact: ComplaintAmended) -> Changes:
    return {fact.field: fact.after, "amendments": case.get("amendments", 0) + 1}


def _evidence(case: Case, fact: EvidenceAdded) -> Changes:
    return {"evidence": [*case.get("evidence", []), content(fact)]}


def _contacted(case: Case, fact: ContactRecorded) -> Changes:
    return {
        "contacts": [*case.get("contacts", []), content(fact)],
        "retellings": case.get("retellings", 0) + fact.retold,
        "last_contact_at": stamp(fact.at),
        "last_contact_channel": fact.channel,
    }


def _preferred(_: Case, fact: ContactPreferencesStated) -> Changes:
    return {"contact_preferences": content(fact)}


def _motive(_: Case, fact: MotiveRecorded) -> Changes:
    return {"motive": fact.motive, "motive_by": fact.by}


def _message(case: Case, message_id: str, change: Plain) -> Changes:
    messages = case.get("messages", {})
    return {"messages": {**messages, message_id: {**messages.get(message_id, {}), **change}}}


def _received(case: Case, fact: MessageReceived) -> Changes:
    change = _message(case, fact.message_id, {"direction": "in", "state": "received", **content(fact)})
    return {**change, "last_contact_at": stamp(fact.at), "last_contact_channel": fact.channel}


def _requested(case: Case, fact: MessageRequested) -> Changes:
    return _message(case, fact.message_id, {"direction": "out", "state": "requested", **content(fact)})


def _sent(case: Case, fact: MessageSent) -> Changes:
    change = {"direction": "out", "state": "sent", "sent_at": stamp(fact.at), **content(fact, without=("message_id",))}
    del change["at"]
    return {
        **_message(case, fact.message_id, change),
        "last_contact_at": stamp(fact.at),
        "last_contact_channel": fact.channel,
    }


def _failed(case: Case, fact: MessageFailed) -> Changes:
    change = {"direction": "out", "state": "failed", "failed_at": stamp(fact.at)}
    because = {} if fact.reason is None else {"failed_because": fact.reason}
    return _message(case, fact.message_id, {**change, **because})


def _withdrawn(_: Case, fact: ComplaintWithdrawn) -> Changes:
    return {"withdrawn": content(fact)}


def _erased(_: Case, _fact: DataErased) -> Changes:
    """Put beside the page where it is read: it is said on one case, and holds for all of this person."""
    return {}


def _held(case: Case, fact: HoldPlaced) -> Changes:
    return {"holds": {**case.get("holds", {}), fact.hold_id: content(fact, without=("party_ref",))}}


def _let_go(case: Case, fact: HoldLifted) -> Changes:
    return {"holds": {name: one for name, one in case.get("holds", {}).items() if name != fact.hold_id}}


def _feedback(case: Case, fact: FeedbackGiven) -> Changes:
    return {"feedback": [*case.get("feedback", []), content(fact)]}


def _reported(case: Case, fact: SourceReported) -> Changes:
    """The source's word stands on the page as the source's word; the owning chapter says what follows from it."""
    match fact.fact:
        case "custody":
            return {"custody": content(fact, without=("fact", "reported")), **counted(case, fact)}
        case "closed":
            return {"closed_at_source": content(fact, without=("fact", "reported")), **after_source(case)}
        case "reopened":
            return {"open_at_source": True}
        case "classified":
            return {}


HOW: dict[type[Fact], How] = {
    ComplaintLodged: _lodged,
    ComplaintAmended: _amended,
    EvidenceAdded: _evidence,
    ContactPreferencesStated: _preferred,
    ContactRecorded: _contacted,
    MotiveRecorded: _motive,
    MessageReceived: _received,
    MessageRequested: _requested,
    MessageSent: _sent,
    MessageFailed: _failed,
    ComplaintWithdrawn: _withdrawn,
    DataErased: _erased,
    HoldPlaced: _held,
    HoldLifted: _let_go,
    FeedbackGiven: _feedback,
    SourceReported: _reported,
}
