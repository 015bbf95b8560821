"""The proof of any clock that was started: counted again, or, where a publisher gave its due time, who gave it.

Pure, and made of facts alone: the same on a server and from an export. Must not: count (`histories`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from clocks import Proof
from clocks.given import GivenProof, Giver, Later, What
from events.escalation import GIVEN, ClockBreached, ClockMet, ClockPaused, ClockStarted, ClockStopped, ClockWarned
from events.fact import Fact
from events.intake import ComplaintLodged
from rulebooks.histories import Recorded, proof_of
from rulebooks.state import Books


def proved(told: Sequence[Recorded], books: Books, clock: str, as_of: datetime) -> Proof | GivenProof:
    """How the clock came to its due time. Raises NotCounted where there is none, UnknownRulebook."""
    start = next((one for one in reversed(told) if _starts(one.fact, clock)), None)
    if start is None or not isinstance(start.fact, ClockStarted) or start.fact.policy != GIVEN:
        return proof_of(told, books, clock, as_of)
    due = start.fact.due or start.fact.at
    return GivenProof(
        policy=GIVEN,
        given_by=_giver(next(one for one in told if _gives(one.fact, clock))),
        started=start.fact.at,
        started_by=start.event,
        due=due,
        later=tuple(_later([one for one in told[told.index(start) :] if one.fact.at <= as_of], clock, due)),
    )


def _starts(fact: Fact, clock: str) -> bool:
    return isinstance(fact, ClockStarted) and fact.clock == clock


def _gives(fact: Fact, clock: str) -> bool:
    """Whether it says of this clock when it is due: the lodging does, where it came from another system."""
    return _starts(fact, clock) or (
        isinstance(fact, ComplaintLodged) and any(one.clock == clock and one.policy is None for one in fact.dues)
    )


def _giver(one: Recorded) -> Giver:
    origin = one.fact.reported if isinstance(one.fact, ComplaintLodged | ClockStarted) else None
    if origin is None:
        return Giver(one.event, one.fact.at, None, None)
    return Giver(one.event, one.fact.at, origin.source, origin.reference)


def _later(told: Sequence[Recorded], clock: str, due: datetime) -> Iterator[Later]:
    late = False
    for one in told:
        late = late or (isinstance(one.fact, ClockBreached) and one.fact.clock == clock)
        said = _said(one.fact, clock, late=late or one.fact.at > due)
        if said is not None:
            yield Later(one.fact.at, one.event, *said)


def _said(fact: Fact, clock: str, *, late: bool) -> tuple[What, str] | None:
    """What the fact says of this clock, and why; None where it says nothing."""
    match fact:
        case ClockWarned(clock=name, percent=percent) if name == clock:
            return "warned", "nothing had answered" if percent is None else f"{percent} percent of the time was over"
        case ClockBreached(clock=name) if name == clock:
            return "breached", "nothing had answered when the time was over"
        case ClockMet(clock=name, answered_by=what) if name == clock:
            return "late" if late else "met", f"answered by {what}"
        case ClockStopped(clock=name, reason=reason) if name == clock:
            return "stopped", reason
        case ClockPaused(clock=name, reason=reason) if name == clock:
            return "paused", f"{reason}; it moves no due time that was given"
        case _:
            return None
