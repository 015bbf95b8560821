"""What was promised and not done in time, which climbs the ladder until it is. Pure steps of `fold.py`.

The promises stand in accountability, which says when one was broken and when a callback was missed. Here stands only
what may still climb; a closed case climbs too, as long as it owes something.
"""

from dataclasses import dataclass
from datetime import datetime

from events.accountability import CallbackAttempted, CallbackMissed, PromiseBroken, PromiseKept, RedressGiven
from events.changed import changed
from events.fact import WORD_CHARACTERS_MAX

MissedFact = PromiseBroken | PromiseKept | RedressGiven | CallbackMissed | CallbackAttempted
CALLBACK = "callback"
_DONE_MAX = 16


@dataclass(frozen=True)
class Late:
    """One thing that was not done in time, from when that was known until it was done."""

    name: str
    """As a level names it: `promise:<id>`, or `callback`."""
    begun: datetime
    over_at: datetime | None = None


@dataclass(frozen=True)
class Missed:
    """All that was, on one case."""

    late: tuple[Late, ...] = ()
    done: tuple[str, ...] = ()
    """Promises that were kept lately: that one of them was late may be said only after it was kept (L14)."""
    called_at: datetime | None = None
    """When somebody tried the callback last, or nobody waited for it any more: misses before that are over."""


NOTHING_MISSED = Missed()


def told(missed: Missed, fact: MissedFact, known_at: datetime | None) -> Missed:
    """What is left to climb after one more word of accountability."""
    match fact:
        case PromiseBroken(promise_id=promise):
            name = _promise(promise)
            return missed if name in missed.done else _begun(missed, name, known_at or fact.at)
        case CallbackMissed(at=due):
            is_over = missed.called_at is not None and missed.called_at >= due
            return missed if is_over else _begun(missed, CALLBACK, known_at or due)
        case PromiseKept(promise_id=promise) | RedressGiven(offer_id=promise):
            return _kept(missed, _promise(promise), known_at or fact.at)
        case CallbackAttempted(promise_id=None):
            return calls_over(missed, fact.at, known_at)
        case CallbackAttempted(promise_id=str(promise), outcome="satisfied" | "not-satisfied"):
            return _kept(missed, _promise(promise), known_at or fact.at)
        case _:
            return missed


def calls_over(missed: Missed, at: datetime, known_at: datetime | None = None) -> Missed:
    """Somebody tried the callback that closing owes, or the case is open again: nobody waits for it."""
    return changed(_over(missed, CALLBACK, known_at or at), called_at=max(missed.called_at or at, at))


def _promise(promise: str) -> str:
    return f"promise:{promise}"[:WORD_CHARACTERS_MAX]


def _begun(missed: Missed, name: str, at: datetime) -> Missed:
    """Once: what is missed again, since nobody tried, goes on."""
    if any(one.name == name and one.over_at is None for one in missed.late):
        return missed
    return changed(missed, late=(*missed.late, Late(name, at)))


def _kept(missed: Missed, name: str, at: datetime) -> Missed:
    return changed(_over(missed, name, at), done=(*missed.done, name)[-_DONE_MAX:])


def _over(missed: Missed, name: str, at: datetime) -> Missed:
    late = tuple(changed(one, over_at=at) if one.name == name and one.over_at is None else one for one in missed.late)
    return changed(missed, late=late)
