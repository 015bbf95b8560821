"""`owed`: what this chapter should say by now and does not, judged by the times in the history (L14).

Reported facts come at once, in the order told, after what our own decision or closing before them brings about; what
time or a rule of ours causes waits until the import that brought the case is complete (2-domain, imported history).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from accountability.decider.budget import budget_stream
from accountability.decider.closing import reopened
from accountability.decider.state import (
    Budget,
    Call,
    Case,
    Closed,
    Empty,
    ImportBatch,
    Open,
    Promise,
    State,
    hours_known,
)
from accountability.rulebooks import LIMITS
from accountability.rules import Rules
from events.accountability import (
    CallbackMissed,
    CallbackPutOff,
    CallbackScheduled,
    ComplaintClosed,
    ComplaintReopened,
    PromiseBroken,
    RedressDue,
)
from events.decider import NOTHING, Context, Owed
from events.fact import Fact
from rulebooks import books

_JUST_AFTER = timedelta(microseconds=1)
"""A promise may be kept until its due time, that instant included, and a call made; one moment later it is too late."""
_LIMITS = (books.rulebook_stream("limits", LIMITS),)


def owed(state: State, context: Context, now: datetime) -> Owed:
    """At most one fact, and when to look again."""
    if isinstance(state, Empty | ImportBatch | Budget):
        return NOTHING
    rules: Rules = context.rules
    is_loading = _is_loading(state.case, context)
    if not is_loading:
        fact = _settled(state, rules) if isinstance(state, Open) else _after_closing(state, rules)
        fact = fact or _redress_due(state.case, rules)
        if fact is not None:
            return Owed(fact)
    if state.case.pending:
        return Owed(_as_reported(state.case, rules))
    if is_loading:
        return NOTHING
    later = _in_time(state.case, rules, now)
    return replace(later, waits_for=_LIMITS) if _would_be_called(state) else later


def _would_be_called(state: Open | Closed) -> bool:
    """Closed on a ground that the table asks no callback for; another version may."""
    return isinstance(state, Closed) and state.callback == "owed"


def leans_on(state: State) -> tuple[str, ...]:
    """The import that brought the case, where anything but a report may come to be owed; and the budget that pays."""
    if isinstance(state, Empty | ImportBatch | Budget):
        return ()
    budget = (budget_stream(state.case.budget),) if state.case.budget is not None and isinstance(state, Open) else ()
    if state.case.history is None:
        return budget
    waits = bool(state.case.promises or state.case.calls or state.case.accepted) or (
        state.is_settled if isinstance(state, Open) else state.callback == "owed" or state.unsatisfied_at is not None
    )
    return (state.case.history, *budget) if waits else budget


def _is_loading(case: Case, context: Context) -> bool:
    if case.history is None:
        return False
    batch = context.others.get(case.history)
    return not isinstance(batch, ImportBatch) or batch.known_until is None


def _as_reported(case: Case, rules: Rules) -> Fact:
    report = case.pending[0]
    if report.fact == "closed":
        return ComplaintClosed(
            at=report.at,
            ground="closed-at-source",
            evidence=report.remark,
            next_instance=rules.closing.next_instance,
            by=report.origin.source,
            reported=report.origin,
        )
    return ComplaintReopened(
        at=report.at,
        reason=report.remark,
        cycle=case.cycle + 1,
        by=report.origin.source,
        reported=report.origin,
    )


def _settled(state: Open, rules: Rules) -> Fact | None:
    """Settled in one call takes one step: the closing follows from the decision (R46, R145)."""
    if state.decision is None or not state.decision.settled:
        return None
    return ComplaintClosed(
        at=state.decision.at,
        ground="accepted",
        evidence="decided, told and accepted in one call",
        next_instance=rules.closing.next_instance,
        by=state.decision.by,
    )


def _after_closing(state: Closed, rules: Rules) -> Fact | None:
    """The callback that closing owes; then, where one did not satisfy, the next cycle."""
    days = rules.callbacks.days_after_closing.get(state.ground)
    if state.callback == "owed" and days is not None:
        at = max(state.at, rules.since)  # nobody is late by a rule that was not known when the case was closed
        return CallbackScheduled(
            at=at,
            due=rules.callbacks.quiet.after(at + timedelta(days=days), state.case.branch, hours_known(state.case, at)),
            reason=f"closed as {state.ground}",
            rule=rules.ref,
        )
    if state.unsatisfied_at is None:
        return None
    why = "not satisfied at the callback"
    return reopened(state.case, rules, at=state.unsatisfied_at, reason=why, by=state.unsatisfied_by)


def _redress_due(case: Case, rules: Rules) -> RedressDue | None:
    """What was accepted is a promise with a time, counted from when a rule was known."""
    if not case.accepted:
        return None
    first = case.accepted[0]
    at = max(first.at, rules.since)
    due = at + timedelta(days=rules.redress.within_days)
    return RedressDue(at=at, offer_id=first.offer_id, due=due, owner=first.by, rule=rules.ref)


def _in_time(case: Case, rules: Rules, now: datetime) -> Owed:
    """What was not done until its time, the earliest first."""
    waiting = [promise for promise in case.promises if not promise.broken]
    first = min(waiting, key=lambda promise: (promise.due, promise.promise_id), default=None)
    call = min(case.calls, key=lambda call: call.due, default=None)
    if call is not None and (first is None or call.due < first.due):
        return _call(call, case, rules, now)
    return NOTHING if first is None else _promise(first, now)


def _promise(promise: Promise, now: datetime) -> Owed:
    if (promise.kept_at or now) > promise.due:
        return Owed(PromiseBroken(at=promise.due, promise_id=promise.promise_id))
    return Owed(wake_at=promise.due + _JUST_AFTER)


def _call(call: Call, case: Case, rules: Rules, now: datetime) -> Owed:
    if (call.ended_at or now) <= call.due:
        return Owed(wake_at=call.due + _JUST_AFTER)
    own = hours_known(case, call.due)
    if own is not None and (allowed := rules.callbacks.quiet.after(call.due, case.branch, own)) > call.due:
        return Owed(CallbackPutOff(at=call.due, next_at=allowed, rule=rules.ref))
    missed = call.missed + 1
    again = rules.callbacks.next_try(call.due, case.branch, own) if missed < rules.callbacks.misses else None
    return Owed(CallbackMissed(at=call.due, missed=missed, next_at=again, rule=rules.ref))
