"""What may be asked of this service: private to it, never on the wire.

`now` comes from the server, `by` and `roles` from the token.
"""

from dataclasses import dataclass
from datetime import datetime

from events.escalation import Function


@dataclass(frozen=True, slots=True)
class OfferOwnership:
    """Hand the case on to a post or a person. `packet`: what comes with it, by the names in the handoff table."""

    now: datetime
    by: str
    roles: frozenset[str]
    to: str
    reason: str
    packet: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AcceptOwnership:
    now: datetime
    by: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class RefuseOwnership:
    now: datetime
    by: str
    roles: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class CallCrisisTeam:
    """At any grade, for an urgent and thorny case (R93, R114)."""

    now: datetime
    by: str
    coordinator: str
    containment: str
    functions: tuple[Function, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class EscalateByHand:
    """Somebody sends the case up: to the next level, or to a higher one."""

    now: datetime
    by: str
    reason: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PauseClock:
    now: datetime
    by: str
    clock: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeClock:
    now: datetime
    by: str
    clock: str


@dataclass(frozen=True, slots=True)
class ExtendClock:
    """`amount` None: as much as the policy allows. `notice`: the delivered message by its id, or `contact`."""

    now: datetime
    by: str
    clock: str
    reason: str
    amount: int | None = None
    notice: str | None = None
    has: frozenset[str] = frozenset()


ClockCommand = PauseClock | ResumeClock | ExtendClock
Command = OfferOwnership | AcceptOwnership | RefuseOwnership | CallCrisisTeam | EscalateByHand | ClockCommand
