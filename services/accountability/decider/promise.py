"""The promise ledger and callbacks: what was said will be done, and whether the complainant confirms it (R96)."""

from datetime import datetime

from accountability.decider.commands import AttemptCallback, KeepPromise, MakePromise
from accountability.decider.state import Case, Closed, Open, Promise, hours_known
from accountability.rules import Rules
from events.accountability import CallbackAttempted, PromiseKept, PromiseMade
from events.decider import Refused


def make_promise(command: MakePromise) -> PromiseMade | Refused:
    """A statement of intent has an owner and a due time that is still to come."""
    if command.due <= command.now:
        return Refused("due-not-in-future", "a promise is due later than now")
    return PromiseMade(
        at=command.now,
        promise_id=command.promise_id,
        kind=command.kind,
        text=command.text,
        due=command.due,
        owner=command.owner,
        by=command.by,
    )


def keep_promise(command: KeepPromise, state: Open | Closed) -> PromiseKept | Refused:
    """With the proof; a late one is kept too, after its breach."""
    promise = _waiting(state.case, command.promise_id)
    if promise is None or promise.kind == "redress":
        return Refused("promise-not-waiting", "no such promise waits here; what was accepted is kept by giving it")
    return PromiseKept(at=command.now, promise_id=command.promise_id, evidence=command.evidence, by=command.by)


def attempt_callback(command: AttemptCallback, state: Open | Closed, rules: Rules) -> CallbackAttempted | Refused:
    """One try to call back, with its outcome; while tries are left, an unreached complainant gets a next one."""
    if command.promise_id is not None:
        promise = _waiting(state.case, command.promise_id)
        if promise is None or promise.kind != "callback":
            return Refused("promise-not-waiting", "no such promised callback waits on this case")
    if command.next_at is not None and command.next_at <= command.now:
        return Refused("next-not-in-future", "the next try lies later than now")
    return CallbackAttempted(
        at=command.now,
        promise_id=command.promise_id,
        outcome=command.outcome,
        attitude=command.attitude,
        next_at=command.next_at or _next_try(command, state, rules),
        by=command.by,
    )


def _next_try(command: AttemptCallback, state: Open | Closed, rules: Rules) -> datetime | None:
    tries = state.tries if isinstance(state, Closed) else state.decision.tries if state.decision else ()
    spent = len(rules.callbacks.counting((*tries, command.now))) >= rules.callbacks.attempts
    if command.outcome != "not-reached" or spent:
        return None
    case = state.case
    return rules.callbacks.next_try(command.now, case.branch, hours_known(case, command.now))


def _waiting(case: Case, promise_id: str) -> Promise | None:
    return next((p for p in case.promises if p.promise_id == promise_id and p.kept_at is None), None)
