"""Which commands the console knows: who may give each, when it makes sense, and what it asks for. Plain data.

Lives here: the table, in the order of a case's life. Must not: judge one (the services do), or any word of a page.
"""

from collections.abc import Callable, Sequence
from typing import get_args

from events.accountability import (
    Attitude,
    CallbackAttempted,
    CallbackOutcome,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    Ground,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    Outcome,
    PromiseKept,
    PromiseKind,
    PromiseMade,
    RedressGiven,
    RemedyOffered,
)
from events.escalation import CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.intake import (
    AmendableField,
    ComplaintAmended,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    ErasureBasis,
    EvidenceAdded,
    FeedbackGiven,
    MessageKind,
    MessageRequested,
    Motive,
    MotiveRecorded,
)
from events.roles import APPROVING, CONFIRMING, ERASING, FRONT, HANDLING, HOLDING, LEADING
from events.triage import (
    GRADES,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    CorrectionRefused,
    Dispute,
    OneOrManyAnswered,
    Screening,
)
from projections.console import steps
from projections.console.asking import (
    CALLED_BY,
    CURRENCIES,
    EVIDENCE,
    FUNCTIONS,
    PACKET,
    POSTS,
    QUIET_HOURS,
    RATING,
    REACHED_BY,
    REASON,
    WRITTEN_TO,
    ZONE,
    Ask,
    Case,
    Choice,
    Command,
    Thing,
    always,
    choice,
    optional,
    to_be_rated,
    to_be_withdrawn,
)
from projections.console.beside_commands import BESIDE, clusters_there, queues_there, reservations
from projections.console.clock_commands import ON_CLOCKS
from projections.console.judging_commands import JUDGING_IT
from projections.console.keeping import KEEPING
from projections.console.reader import Reader


def _offers(*states: str) -> Callable[[Case], Sequence[Thing]]:
    def found(case: Case) -> Sequence[Thing]:
        offers = case.get("offers", {})
        return [Thing(name, one) for name, one in offers.items() if one.get("state") in states]

    return found


def _to_take_back(case: Case) -> Sequence[Thing]:
    return [one for one in _offers("waiting", "standing")(case) if not one.about.get("accepted")]


def _open_promises(case: Case, *kinds: PromiseKind) -> Sequence[Thing]:
    promises = case.get("promises", {}).values()
    wanted = kinds or get_args(PromiseKind)
    return [Thing(one["promise_id"], one) for one in promises if one["kind"] in wanted and one.get("next_at")]


def _promised_calls(case: Case, _: Thing, reader: Reader) -> Sequence[Choice]:
    return [Choice(one.id, reader.moment(one.about["due"])) for one in _open_promises(case, "callback")]


def _correction_waits(case: Case) -> bool:
    return bool(case.get("proposed"))


def _heard(case: Case) -> bool:
    return case["status"] != "closed" and steps.heard(case)


_PROPOSE = Ask("propose", "flag", required=False)
_GROUNDS = tuple(ground for ground in get_args(Ground) if ground != "closed-at-source")

_OF_A_CASE: tuple[Command, ...] = (
    Command("accept", "acceptance", HOLDING, OwnershipAccepted, "handoff", when=lambda case: bool(case["offered_to"])),
    Command(
        "refuse", "refusal", HOLDING, OwnershipRefused, "refused", (REASON,), lambda case: bool(case["offered_to"])
    ),
    Command(
        "contact", "contacts", FRONT, ContactRecorded, "phone",
        (
            CALLED_BY,
            choice("outcome", "outcome", ("reached", "not-reached", "impossible")),
            choice("facts", "facts", ("not-discussed", "confirmed", "corrected", "disputed"), value="not-discussed"),
            Ask("agreed", "flag", required=False),
            Ask("retold", "flag", required=False),
            optional("reason"),
            optional("note", "text"),
        ),
        when=always, key="c",
    ),
    Command(
        "prefer", "contact-preferences", FRONT, ContactPreferencesStated, "phone", (REACHED_BY, QUIET_HOURS, ZONE),
        when=always,
    ),
    Command("motive", "motive", FRONT, MotiveRecorded, "person", (choice("motive", "motive", get_args(Motive)),)),
    Command(
        "message", "messages", FRONT, MessageRequested, "send",
        (choice("kind", "kind", get_args(MessageKind)), WRITTEN_TO, Ask("text", "text")), when=always,
    ),
    Command(
        "decide", "decision", HANDLING, DecisionMade, "check",
        (
            choice("outcome", "outcome", get_args(Outcome)),
            optional("root_cause"),
            optional("waiver"),
            Ask("reasons", "text"),
            Ask("settled", "flag", required=False),
        ),
        when=_heard,
    ),
    Command(
        "offer", "offer", FRONT, RemedyOffered, "gift",
        (
            Ask("remedy"),
            Ask("amount_minor", "money"),
            choice("currency", "currency", CURRENCIES, value="CNY"),
            Ask("reservation_id", "choice", required=False, among=reservations),
        ),
        when=lambda case: case["status"] != "closed" and steps.offerable(case),
    ),
    Command(
        "approve", "approval", APPROVING, OfferApproved, "check", (Ask("offer_id", "fixed"),),
        things=_offers("waiting"),
    ),
    Command(
        "decline", "approval/refusal", APPROVING, OfferDeclined, "refused", (Ask("offer_id", "fixed"), REASON),
        things=_offers("waiting"),
    ),
    Command(
        "redress", "redress", HANDLING, RedressGiven, "gift", (Ask("offer_id", "fixed"), EVIDENCE), always,
        _offers("standing"),
    ),
    Command(
        "take-back", "offer/withdrawal", FRONT, OfferWithdrawn, "history", (Ask("offer_id", "fixed"), REASON), always,
        _to_take_back,
    ),
    Command(
        "promise", "promises", FRONT, PromiseMade, "promise",
        (
            choice("kind", "kind", get_args(PromiseKind), value="action"),
            Ask("text", "text"),
            Ask("due", "time"),
            optional("owner"),
        ),
        when=always,
    ),
    Command("keep", "promises/{thing}/keeping", FRONT, PromiseKept, "ok", (EVIDENCE,), always, _open_promises),
    Command(
        "callback", "callbacks", FRONT, CallbackAttempted, "phone",
        (
            Ask("promise_id", "choice", required=False, label="promised_call", among=_promised_calls),
            choice("outcome", "outcome", get_args(CallbackOutcome)),
            choice("attitude", "attitude", get_args(Attitude), value="unknown"),
            optional("next_at", "time"),
        ),
        when=lambda case: bool(case.get("decision") or case["status"] == "closed" or case.get("promises")),
    ),
    Command(
        "close", "closing", HANDLING, ComplaintClosed, "ok",
        (choice("ground", "ground", _GROUNDS), Ask("evidence", "text"), optional("next_instance")),
        when=lambda case: case["status"] == "decided",
    ),
    Command(
        "reopen", "reopening", FRONT, ComplaintReopened, "history", (REASON,), lambda case: case["status"] == "closed"
    ),
    Command(
        "amend", "amendments", FRONT, ComplaintAmended, "edit",
        (choice("field", "field", get_args(AmendableField)), Ask("after", "text"), REASON),
        when=lambda case: not case.get("withdrawn"),
    ),
    Command(
        "evidence", "evidence", FRONT, EvidenceAdded, "file",
        (
            Ask("file", "file", required=False, hint="file"),
            Ask("name"),
            Ask("media_type"),
            Ask("size_bytes", "count"),
            Ask("sha256"),
        ),
        when=always,
    ),
    Command(
        "hand-on", "offers-of-ownership", HOLDING, OwnershipOffered, "handoff",
        (Ask("to", "line", POSTS, "post"), REASON, Ask("packet", "several", PACKET, "packet", required=False)),
        key="h",
    ),
    Command(
        "screen", "screening", FRONT, ComplaintScreened, "filter",
        (choice("outcome", "screening", get_args(Screening)), REASON, _PROPOSE),
    ),
    Command(
        "classify", "classification", FRONT, ComplaintClassified, "book",
        (Ask("category"), choice("dispute", "dispute", get_args(Dispute)), REASON, _PROPOSE),
    ),
    Command(
        "grade", "grade", HANDLING, ComplaintGraded, "grade",
        (choice("grade", "grade", GRADES), REASON, _PROPOSE),
    ),
    Command("confirm", "confirmation", CONFIRMING, ComplaintScreened, "check", when=_correction_waits),
    Command(
        "turn-down", "confirmation/refusal", FRONT, CorrectionRefused, "refused", (REASON,), _correction_waits
    ),
    Command(
        "one-or-many", "one-or-many", FRONT, OneOrManyAnswered, "link",
        (Ask("cluster_id", "choice", required=False, among=clusters_there), REASON),
    ),
    Command(
        "route", "route", FRONT, ComplaintRouted, "sort",
        (Ask("queue", "choice", among=queues_there), choice("first_owner", "post", POSTS), REASON),
    ),
    Command(
        "crisis-team", "crisis-team", LEADING, CrisisTeamCalled, "risk",
        (
            Ask("coordinator"),
            Ask("containment", "text"),
            Ask("functions", "several", FUNCTIONS, "function"),
            REASON,
        ),
        when=lambda case: case["status"] != "closed",
    ),
    Command(
        "feedback", "feedback", FRONT, FeedbackGiven, "person",
        (*RATING, Ask("text", "text", required=False, label="their_view")), to_be_rated,
    ),
    Command(
        "withdraw", "withdrawal", FRONT, ComplaintWithdrawn, "down", (REASON,), to_be_withdrawn, asks_twice=True
    ),
    Command(
        "erase", "erasure", ERASING, DataErased, "shield",
        (
            choice("basis", "erasure_basis", get_args(ErasureBasis)),
            Ask("reference", label="file_number", hint="file_number"),
        ),
        always, asks_twice=True,
    ),
)  # fmt: skip

COMMANDS: tuple[Command, ...] = (*_OF_A_CASE, *JUDGING_IT, *KEEPING, *ON_CLOCKS, *BESIDE)
"""In the order of a case's life; then those on its clocks, and on what stands beside it."""
