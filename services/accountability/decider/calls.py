"""How the callback that closing owes moves in the state: tried, ended, missed, put off. Pure steps of `fold.py`."""

from datetime import datetime

from accountability.decider.state import Call, Case
from accountability.rules import OwnHours
from events.accountability import CallbackAttempted, CallbackMissed, CallbackPutOff
from events.changed import changed
from events.intake import ContactPreferencesStated

OWN_HOURS_MAX = 20
"""So many statements are remembered. Where more came while this service stood still, what was due before the oldest of
them is judged as if nothing had been stated.
"""


TRIES_MAX = 50
"""So many tries that reached nobody are remembered: more than any table may ask for."""


def and_tried(tries: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    """One more try that reached nobody; which of them count, the rules say."""
    return (*tries, at)[-TRIES_MAX:]


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


def due_again(
    case: Case, fact: CallbackMissed | CallbackPutOff | ContactPreferencesStated, recorded_at: datetime
) -> Case:
    """A call was not made when it was due; or it is said when to make calls from now on."""
    if isinstance(fact, CallbackMissed | CallbackPutOff):
        return _not_made(case, fact)
    own = OwnHours(fact.known_late(recorded_at) or fact.at, fact.quiet_hours, fact.zone)
    return changed(case, own_hours=(*case.own_hours, own)[-OWN_HOURS_MAX:])


def _not_made(case: Case, fact: CallbackMissed | CallbackPutOff) -> Case:
    """Its time has passed; it is due again, unless it has ended until then or the rules name no further try."""
    call = next((call for call in case.calls if call.due == fact.at), None)
    if call is None:
        return case
    others = tuple(other for other in case.calls if other is not call)
    if fact.next_at is None or (call.ended_at is not None and call.ended_at <= fact.next_at):
        return changed(case, calls=others)
    missed = call.missed + isinstance(fact, CallbackMissed)
    return changed(case, calls=(changed(call, due=fact.next_at, missed=missed), *others))
