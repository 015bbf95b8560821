"""The promise ledger and the callback calendar: what was promised, until when, and what became of it.

Pure fold of accountability's promise and callback facts. A promise kept after it was broken stays broken: kept late.
"""

from collections.abc import Mapping
from typing import Any, Literal, Required

from typing_extensions import TypedDict

from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackPutOff,
    CallbackScheduled,
    ComplaintReopened,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RedressDue,
)
from projections.views.told import Stamped, content, stamp

PromiseFact = (
    PromiseMade
    | PromiseKept
    | PromiseBroken
    | CallbackScheduled
    | CallbackAttempted
    | CallbackMissed
    | CallbackPutOff
    | ComplaintReopened
    | RedressDue
)


class Promise(TypedDict, total=False):
    """A promise, an accepted offer (`redress`), or a callback that closing owes (`closing`). `next_at`: when to act;
    None once nobody must.
    """

    promise_id: Required[str]
    kind: Required[Literal["action", "callback", "closing", "redress"]]
    made_at: Required[Stamped]
    due: Required[Stamped]
    state: Required[Literal["open", "kept", "broken", "spent", "lapsed"]]
    """Of a closing's callback: `spent` where the rules name no further try, `lapsed` where the case was opened again
    before anybody was reached.
    """
    next_at: Stamped | None
    owner: str
    text: str
    """Sealed."""
    reason: str
    rule: str
    by: str
    attempts: list[dict[str, Any]]
    missed: int
    """How often its time came and nobody tried."""
    settled_at: Stamped
    broken_at: Stamped
    evidence: str


Promises = Mapping[str, Promise]


def due_next(promise: Mapping[str, Any]) -> str:
    """When an open one is due: a promise when it was promised, a closing's callback at its next try."""
    due: str = promise["next_at"] if promise["kind"] == "closing" else promise["due"]
    return due


def fold(promises: Promises, fact: PromiseFact) -> dict[str, Promise]:
    """All promises and callbacks of one case after one fact."""
    match fact:
        case PromiseMade():
            one = _made(fact)
        case RedressDue():
            one = _accepted(fact)
        case CallbackScheduled():
            one = _scheduled(promises, fact)
        case CallbackAttempted():
            return _attempted(promises, fact)
        case CallbackMissed() | CallbackPutOff():
            return _not_made(promises, fact)
        case ComplaintReopened():
            return {name: _lapsed(each) for name, each in promises.items()}
        case PromiseKept() | PromiseBroken():
            if fact.promise_id not in promises:
                return dict(promises)
            one = _settled(promises[fact.promise_id], fact)
    return {**promises, one["promise_id"]: one}


def _made(fact: PromiseMade) -> Promise:
    return {
        "promise_id": fact.promise_id,
        "kind": fact.kind,
        "made_at": stamp(fact.at),
        "due": stamp(fact.due),
        "state": "open",
        "next_at": stamp(fact.due),
        "owner": fact.owner,
        "text": fact.text,
        "by": fact.by,
    }


def _accepted(fact: RedressDue) -> Promise:
    at, due = stamp(fact.at), stamp(fact.due)
    return {
        "promise_id": fact.offer_id, "kind": "redress", "made_at": at, "due": due, "state": "open", "next_at": due,
        "owner": fact.owner, "rule": fact.rule,
    }  # fmt: skip


def given(promises: Promises, offer_id: str, at: str, evidence: str) -> dict[str, Promise]:
    """All promises and callbacks after an offer was given: where it was an accepted one, that is kept."""
    if offer_id not in promises:
        return dict(promises)
    return {**promises, offer_id: {**_kept(promises[offer_id], at), "evidence": evidence}}


def _scheduled(promises: Promises, fact: CallbackScheduled) -> Promise:
    number = sum(1 for one in promises.values() if one["kind"] == "closing") + 1
    return {
        "promise_id": f"closing-{number}",
        "kind": "closing",
        "made_at": stamp(fact.at),
        "due": stamp(fact.due),
        "state": "open",
        "next_at": stamp(fact.due),
        "reason": fact.reason,
        "rule": fact.rule,
    }


def _settled(promise: Promise, fact: PromiseKept | PromiseBroken) -> Promise:
    if isinstance(fact, PromiseBroken):
        return {**promise, "state": "broken", "broken_at": stamp(fact.at)}
    return {**_kept(promise, stamp(fact.at)), "evidence": fact.evidence}


def _kept(promise: Promise, at: str) -> Promise:
    state: Literal["kept", "broken"] = "broken" if promise["state"] == "broken" else "kept"
    return {**promise, "state": state, "settled_at": at, "next_at": None}


def _lapsed(promise: Promise) -> Promise:
    return {**promise, "state": "lapsed", "next_at": None} if _calls(promise) else promise


def _calls(promise: Promise) -> bool:
    """Whether it is a closing's callback that has reached nobody yet."""
    return promise["kind"] == "closing" and promise["state"] in ("open", "spent")


def _attempted(promises: Promises, fact: CallbackAttempted) -> dict[str, Promise]:
    """An attempt belongs to the promise it names, else to the closing's callback that is open; else to none.

    Reaching the complainant keeps a callback, promised or owed by closing; an action is kept by its own proof.
    """
    owed = [one for one in promises.values() if _calls(one)]
    one = promises.get(fact.promise_id or "") or (owed[0] if owed else None)
    if one is None:
        return dict(promises)
    after: Promise = {**one, "attempts": [*one.get("attempts", []), content(fact)]}
    if fact.outcome != "not-reached" and one["kind"] in ("callback", "closing"):
        after = _kept(after, stamp(fact.at))
    elif _calls(one):
        next_at = stamp(fact.next_at) if fact.next_at is not None else None
        after = {**after, "state": "spent" if next_at is None else "open", "next_at": next_at}
    elif fact.next_at is not None and one.get("next_at") is not None:
        after["next_at"] = stamp(fact.next_at)
    return {**promises, one["promise_id"]: after}


def _not_made(promises: Promises, fact: CallbackMissed | CallbackPutOff) -> dict[str, Promise]:
    """Of the closing's callback that it was due for. What is written after a later try does not move the next."""
    at = stamp(fact.at)
    before = [one for one in promises.values() if one["kind"] == "closing" and one["made_at"] < at]
    if not before:
        return dict(promises)
    one = before[-1]
    after: Promise = {**one}
    if isinstance(fact, CallbackMissed):
        after["missed"] = one.get("missed", 0) + 1
    if fact.next_at is not None and one.get("next_at") == at:
        after["next_at"] = stamp(fact.next_at)
    return {**promises, one["promise_id"]: after}
