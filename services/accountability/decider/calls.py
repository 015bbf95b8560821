"""How the callback that closing owes moves in the state: tried, ended, missed. Pure steps of `fold.py`."""

from datetime import datetime

from accountability.decider.state import Call, Case
from events.accountability import CallbackAttempted, CallbackMissed
from events.changed import changed


def tried(case: Case, fact: CallbackAttempted) -> Case:
    """A try that names no promise is one of the callback that closing owes; it may name the next."""
    if fact.promise_id is not None:
        return case
    case = calls_end(case, fact.at)
    again = fact.next_at if fact.outcome == "not-reached" else None
    return case if again is None else changed(case, calls=(*case.calls, Call(again)))


def calls_end(case: Case, at: datetime) -> Case:
    """Nobody waits for these calls any more; one that was due before leaves its miss to be written."""
    late = tuple(changed(call, ended_at=call.ended_at or at) for call in case.calls if call.ended_at or call.due < at)
    return changed(case, calls=late)


def missed(case: Case, fact: CallbackMissed) -> Case:
    call = next((call for call in case.calls if call.due == fact.at), None)
    if call is None:
        return case
    others = tuple(other for other in case.calls if other is not call)
    if fact.next_at is None or (call.ended_at is not None and call.ended_at <= fact.next_at):
        return changed(case, calls=others)
    return changed(case, calls=(changed(call, due=fact.next_at, missed=call.missed + 1), *others))
