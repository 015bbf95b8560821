"""The promise ledger and the callback calendar: what was promised, until when, and what became of it.

Pure fold of accountability's promise and callback facts. A promise kept after it was broken stays broken: kept late.
"""

from collections.abc import Mapping
from typing import Any, Literal, Required, TypedDict

from events.accountability import CallbackAttempted, CallbackScheduled, PromiseBroken, PromiseKept, PromiseMade
from projections.views.told import content, stamp

PromiseFact = PromiseMade | PromiseKept | PromiseBroken | CallbackScheduled | CallbackAttempted


class Promise(TypedDict, total=False):
    """A promise, or a callback that closing owes. `next_at` is when somebody must act; absent once nobody must."""

    promise_id: Required[str]
    kind: Required[Literal["promise", "callback"]]
    made_at: Required[str]
    due: Required[str]
    state: Required[Literal["open", "kept", "broken", "done"]]
    next_at: str | None
    owner: str
    text: str
    """Sealed."""
    reason: str
    rule: str
    by: str
    attempts: list[dict[str, Any]]
    settled_at: str
    broken_at: str
    evidence: str


Promises = Mapping[str, Promise]


def fold(promises: Promises, fact: PromiseFact) -> dict[str, Promise]:
    """All promises and callbacks of one case after one fact."""
    match fact:
        case PromiseMade():
            one: Promise = {
                "promise_id": fact.promise_id,
                "kind": "promise",
                "made_at": stamp(fact.at),
                "due": stamp(fact.due),
                "state": "open",
                "next_at": stamp(fact.due),
                "owner": fact.owner,
                "text": fact.text,
                "by": fact.by,
            }
        case CallbackScheduled():
            one = _scheduled(promises, fact)
        case CallbackAttempted():
            return _attempted(promises, fact)
        case PromiseKept() | PromiseBroken():
            if fact.promise_id not in promises:
                return dict(promises)
            one = _settled(promises[fact.promise_id], fact)
    return {**promises, one["promise_id"]: one}


def _settled(promise: Promise, fact: PromiseKept | PromiseBroken) -> Promise:
    at = stamp(fact.at)
    if isinstance(fact, PromiseBroken):
        return {**promise, "state": "broken", "broken_at": at}
    state: Literal["kept", "broken"] = "broken" if promise["state"] == "broken" else "kept"
    return {**promise, "state": state, "settled_at": at, "evidence": fact.evidence, "next_at": None}


def _scheduled(promises: Promises, fact: CallbackScheduled) -> Promise:
    number = sum(1 for one in promises.values() if one["kind"] == "callback") + 1
    return {
        "promise_id": f"callback-{number}",
        "kind": "callback",
        "made_at": stamp(fact.at),
        "due": stamp(fact.due),
        "state": "open",
        "next_at": stamp(fact.due),
        "reason": fact.reason,
        "rule": fact.rule,
    }


def _attempted(promises: Promises, fact: CallbackAttempted) -> dict[str, Promise]:
    """An attempt belongs to the promise it names, else to the callback that is open longest; else to none."""
    calling = [one for one in promises.values() if one["kind"] == "callback" and one["state"] == "open"]
    named = promises.get(fact.promise_id or "")
    one = named or (min(calling, key=lambda each: each["due"]) if calling else None)
    if one is None:
        return dict(promises)
    after: Promise = {**one, "attempts": [*one.get("attempts", []), content(fact)]}
    if fact.outcome == "not-reached":
        after["next_at"] = stamp(fact.next_at) if fact.next_at else one.get("next_at")
    elif one["kind"] == "callback":
        after["state"], after["settled_at"], after["next_at"] = "done", stamp(fact.at), None
    return {**promises, one["promise_id"]: after}
