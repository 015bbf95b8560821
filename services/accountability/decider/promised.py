"""What becomes of a promise in the state: made, kept, broken; an accepted offer is one. Pure steps of `fold.py`."""

from datetime import datetime
from typing import assert_never

from accountability.decider.state import Case, Promise
from events.accountability import PromiseBroken, PromiseKept, PromiseMade, RedressDue, RedressGiven
from events.changed import changed

PromiseFact = PromiseMade | PromiseKept | PromiseBroken | RedressDue


def promised(case: Case, fact: PromiseFact) -> Case:
    """The case after one more word on a promise."""
    match fact:
        case PromiseMade():
            return changed(case, promises=(*case.promises, Promise(fact.promise_id, fact.kind, fact.due)))
        case PromiseKept():
            return kept(case, fact.promise_id, fact.at)
        case PromiseBroken():
            return _broken(case, fact.promise_id)
        case RedressDue():
            return _due(case, fact)
    assert_never(fact)


def kept(case: Case, promise_id: str, at: datetime) -> Case:
    """A promise kept in time, or kept after its breach was written, is done with; otherwise the breach comes first."""
    promises = tuple(
        changed(p, kept_at=p.kept_at or at) if p.promise_id == promise_id else p
        for p in case.promises
        if p.promise_id != promise_id or (at > p.due and not p.broken)
    )
    return changed(case, promises=promises)


def given(case: Case, fact: RedressGiven) -> Case:
    """It is only a matter of looking whether it was written before when it is due (L14)."""
    accepted = tuple(changed(a, given_at=fact.at) if a.offer_id == fact.offer_id else a for a in case.accepted)
    return kept(changed(case, accepted=accepted), fact.offer_id, fact.at)


def _due(case: Case, fact: RedressDue) -> Case:
    before = next((a for a in case.accepted if a.offer_id == fact.offer_id), None)
    others = tuple(a for a in case.accepted if a is not before)
    case = changed(case, accepted=others, promises=(*case.promises, Promise(fact.offer_id, "redress", fact.due)))
    return case if before is None or before.given_at is None else kept(case, fact.offer_id, before.given_at)


def _broken(case: Case, promise_id: str) -> Case:
    promises = tuple(
        changed(p, broken=True) if p.promise_id == promise_id else p
        for p in case.promises
        if p.promise_id != promise_id or p.kept_at is None
    )
    return changed(case, promises=promises)
