"""Which commands the console knows: who may give each, when it makes sense, and what it asks for. Plain data.

Lives here: the table of commands. Must not: judge one (the services do), or any word of a page (the catalogues).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from events.accountability import (
    Attitude,
    CallbackAttempted,
    CallbackOutcome,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    Ground,
    Measure,
    OfferApproved,
    OfferDeclined,
    Outcome,
    PromiseKept,
    PromiseKind,
    PromiseMade,
    RedressGiven,
    RemedyOffered,
    Responsible,
)
from events.escalation import CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact
from events.intake import (
    AmendableField,
    ComplaintAmended,
    ComplaintWithdrawn,
    ContactRecorded,
    MessageKind,
    MessageRequested,
    Motive,
    MotiveRecorded,
)
from events.occasions import SPOKEN
from events.roles import APPROVING, CONFIRMING, FRONT, HANDLING, HOLDING, JUDGING, LEADING
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

Case = Mapping[str, Any]
Kind = Literal["line", "text", "choice", "several", "flag", "money", "count", "time", "fixed"]


@dataclass(frozen=True)
class Ask:
    """One thing that a command asks for. `group` names its choices in the catalogues; `name` is the body's member."""

    name: str
    kind: Kind = "line"
    choices: tuple[str, ...] = ()
    group: str = ""
    required: bool = True
    value: str = ""
    label: str = ""
    """The entry of the catalogues that says it, where not its name's."""


@dataclass(frozen=True)
class Thing:
    """What a command is about where a case has several of them: an offer, a promise."""

    id: str
    about: Mapping[str, Any]


NO_THING = Thing("", {})


def _the_case(_: Case) -> Sequence[Thing]:
    return (NO_THING,)


@dataclass(frozen=True)
class Command:
    """A command: its address below the case, who may give it, when, and the fact that it leaves."""

    name: str
    path: str
    roles: frozenset[str]
    fact: type[Fact]
    icon: str
    asks: tuple[Ask, ...] = ()
    when: Callable[[Case], bool] = lambda case: case["status"] != "closed"
    things: Callable[[Case], Sequence[Thing]] = _the_case
    """What it can be about; the id of each fills `{thing}` in the path and an ask of kind `fixed`."""
    key: str = ""
    """The single key that opens its form."""


def _choice(name: str, group: str, choices: tuple[str, ...], *, required: bool = True, value: str = "") -> Ask:
    return Ask(name, "choice", choices, group, required=required, value=value)


def _optional(name: str, kind: Kind = "line") -> Ask:
    return Ask(name, kind, required=False)


def _offers(state: str) -> Callable[[Case], Sequence[Thing]]:
    def found(case: Case) -> Sequence[Thing]:
        offers = case.get("offers", {})
        return [Thing(name, one) for name, one in offers.items() if one.get("state") == state]

    return found


def _open_promises(case: Case) -> Sequence[Thing]:
    promises = case.get("promises", {}).values()
    return [Thing(one["promise_id"], one) for one in promises if one["kind"] == "promise" and one.get("next_at")]


def _always(_: Case) -> bool:
    return True


def _correction_waits(case: Case) -> bool:
    return bool(case.get("proposed"))


def _heard(case: Case) -> bool:
    return case["status"] != "closed" and steps.heard(case)


CHANNELS = (
    "phone", "wechat", "weibo", "app", "website", "forum", "mail", "letter", "counter", "public-post", "regulator",
    "employee", "entrance",
)  # fmt: skip
POSTS = ("handler", "reception", "teamlead", "department-head", "cso")
PACKET = ("facts-confirmed", "motive", "promises", "authority")
FUNCTIONS = ("legal", "public-relations", "government-affairs", "administration")
CURRENCIES = ("CNY", "EUR", "USD")
_REASON, _EVIDENCE = Ask("reason"), Ask("evidence")
_PROPOSE = Ask("propose", "flag", required=False)
_CHANNEL = _choice("channel", "channel", CHANNELS)
_GROUNDS = tuple(ground for ground in get_args(Ground) if ground != "closed-at-source")

COMMANDS: tuple[Command, ...] = (
    Command("accept", "acceptance", HOLDING, OwnershipAccepted, "handoff", when=lambda case: bool(case["offered_to"])),
    Command(
        "refuse", "refusal", HOLDING, OwnershipRefused, "refused", (_REASON,), lambda case: bool(case["offered_to"])
    ),
    Command(
        "contact", "contacts", FRONT, ContactRecorded, "phone",
        (
            _choice("channel", "channel", tuple(channel for channel in CHANNELS if channel in SPOKEN)),
            _choice("outcome", "outcome", ("reached", "not-reached", "impossible")),
            _choice("facts", "facts", ("not-discussed", "confirmed", "corrected", "disputed"), value="not-discussed"),
            Ask("agreed", "flag", required=False),
            Ask("retold", "flag", required=False),
            _optional("reason"),
            _optional("note", "text"),
        ),
        when=_always, key="c",
    ),
    Command("motive", "motive", FRONT, MotiveRecorded, "person", (_choice("motive", "motive", get_args(Motive)),)),
    Command(
        "message", "messages", FRONT, MessageRequested, "send",
        (_choice("kind", "kind", get_args(MessageKind)), _CHANNEL, Ask("text", "text")), when=_always,
    ),
    Command(
        "decide", "decision", HANDLING, DecisionMade, "check",
        (
            _choice("outcome", "outcome", get_args(Outcome)),
            _optional("root_cause"),
            _optional("waiver"),
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
            _choice("currency", "currency", CURRENCIES, value="CNY"),
            _optional("reservation_id"),
        ),
        when=_heard,
    ),
    Command(
        "approve", "approval", APPROVING, OfferApproved, "check", (Ask("offer_id", "fixed"),),
        things=_offers("waiting"),
    ),
    Command(
        "decline", "approval/refusal", APPROVING, OfferDeclined, "refused", (Ask("offer_id", "fixed"), _REASON),
        things=_offers("waiting"),
    ),
    Command(
        "redress", "redress", HANDLING, RedressGiven, "gift", (Ask("offer_id", "fixed"), _EVIDENCE), _always,
        _offers("standing"),
    ),
    Command(
        "promise", "promises", FRONT, PromiseMade, "promise",
        (
            _choice("kind", "kind", get_args(PromiseKind), value="action"),
            Ask("text", "text"),
            Ask("due", "time"),
            _optional("owner"),
        ),
        when=_always,
    ),
    Command(
        "keep", "promises/{thing}/keeping", FRONT, PromiseKept, "ok", (_EVIDENCE,), _always, _open_promises
    ),
    Command(
        "callback", "callbacks", FRONT, CallbackAttempted, "phone",
        (
            _choice("outcome", "outcome", get_args(CallbackOutcome)),
            _choice("attitude", "attitude", get_args(Attitude), value="unknown"),
            _optional("next_at", "time"),
        ),
        when=lambda case: bool(case.get("decision") or case["status"] == "closed" or case.get("promises")),
    ),
    Command(
        "close", "closing", HANDLING, ComplaintClosed, "ok",
        (_choice("ground", "ground", _GROUNDS), Ask("evidence", "text"), _optional("next_instance")),
        when=lambda case: case["status"] == "decided",
    ),
    Command(
        "reopen", "reopening", FRONT, ComplaintReopened, "history", (_REASON,), lambda case: case["status"] == "closed"
    ),
    Command(
        "amend", "amendments", FRONT, ComplaintAmended, "edit",
        (_choice("field", "field", get_args(AmendableField)), Ask("after", "text"), _REASON),
        when=lambda case: not case.get("withdrawn"),
    ),
    Command(
        "hand-on", "offers-of-ownership", HOLDING, OwnershipOffered, "handoff",
        (Ask("to", "line", POSTS, "post"), _REASON, Ask("packet", "several", PACKET, "packet", required=False)),
        key="h",
    ),
    Command(
        "screen", "screening", FRONT, ComplaintScreened, "filter",
        (_choice("outcome", "screening", get_args(Screening)), _REASON, _PROPOSE),
    ),
    Command(
        "classify", "classification", FRONT, ComplaintClassified, "book",
        (Ask("category"), _choice("dispute", "dispute", get_args(Dispute)), _REASON, _PROPOSE),
    ),
    Command(
        "grade", "grade", HANDLING, ComplaintGraded, "grade",
        (_choice("grade", "grade", GRADES), _REASON, _PROPOSE),
    ),
    Command("confirm", "confirmation", CONFIRMING, ComplaintScreened, "check", when=_correction_waits),
    Command(
        "turn-down", "confirmation/refusal", FRONT, CorrectionRefused, "refused", (_REASON,), _correction_waits
    ),
    Command(
        "one-or-many", "one-or-many", FRONT, OneOrManyAnswered, "link", (_optional("cluster_id"), _REASON)
    ),
    Command(
        "route", "route", FRONT, ComplaintRouted, "sort",
        (Ask("queue"), _choice("first_owner", "post", POSTS), _REASON),
    ),
    Command(
        "crisis-team", "crisis-team", LEADING, CrisisTeamCalled, "risk",
        (
            Ask("coordinator"),
            Ask("containment", "text"),
            Ask("functions", "several", FUNCTIONS, "function"),
        ),
        when=lambda case: case.get("grade") == "crisis" and case["status"] != "closed" and "crisis" not in case,
    ),
    Command(
        "withdraw", "withdrawal", FRONT, ComplaintWithdrawn, "down", (_REASON,),
        lambda case: not case.get("withdrawn") and case["status"] != "closed",
    ),
    Command(
        "find", "finding", JUDGING, FindingMade, "shield",
        (
            _choice("responsible", "responsible", get_args(Responsible)),
            _optional("person"),
            _choice("measure", "measure", get_args(Measure), value="none"),
            Ask("reasons", "text"),
        ),
        when=lambda case: bool(case.get("decision") or case["status"] == "closed"),
    ),
)  # fmt: skip
"""In the order of a case's life."""
