"""A decider small enough to see through, for tests of the runtime: intake says, escalation owes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from events.decider import NOTHING, Context, Decider, Owed, Refused
from events.escalation import ClockBreached, OwnershipOffered
from events.fact import Chapter, Fact
from events.intake import ComplaintLodged, ComplaintWithdrawn, MotiveRecorded

PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Toy:
    """Lodged when, how often a motive was given, what has been said since."""

    lodged_at: datetime | None = None
    motives: int = 0
    withdrawn_at: datetime | None = None
    offered: bool = False
    breached: bool = False


@dataclass(frozen=True)
class Lodge:
    now: datetime


@dataclass(frozen=True)
class SayMotive:
    now: datetime
    by: str
    at_most: int = 1000


def evolve(state: Toy, fact: Fact, _recorded_at: datetime) -> Toy:
    match fact:
        case ComplaintLodged(at=at):
            return replace(state, lodged_at=at)
        case MotiveRecorded(by="poison"):
            raise ValueError("this content cannot be folded")
        case MotiveRecorded():
            return replace(state, motives=state.motives + 1)
        case ComplaintWithdrawn(at=at):
            return replace(state, withdrawn_at=at)
        case OwnershipOffered():
            return replace(state, offered=True)
        case ClockBreached():
            return replace(state, breached=True)
        case _:
            return state


def decide(command: Lodge | SayMotive, state: Toy, _: Context) -> Fact | Refused:
    if isinstance(command, Lodge):
        return (
            Refused("lodged-already", "it is lodged")
            if state.lodged_at
            else ComplaintLodged(at=command.now, channel="app")
        )
    if state.lodged_at is None:
        return Refused("not-lodged", "nothing is lodged")
    if state.motives >= command.at_most:
        return Refused("too-many", "enough motives")
    return MotiveRecorded(at=command.now, motive="venting", by=command.by)


def owed(state: Toy, _: Context, now: datetime) -> Owed:
    """An offer at once; a breach where nothing was withdrawn within the hour."""
    if state.lodged_at is None:
        return NOTHING
    if not state.offered:
        return Owed(OwnershipOffered(at=state.lodged_at, to="reception", by="rule", reason="new", packet_percent=0))
    due = state.lodged_at + PATIENCE
    if state.breached or (state.withdrawn_at is not None and state.withdrawn_at <= due):
        return NOTHING
    if (state.withdrawn_at or now) > due:
        return Owed(ClockBreached(at=due, clock="first-reply"))
    return Owed(wake_at=due)


_READS: frozenset[type[Fact]] = frozenset(
    {ComplaintLodged, MotiveRecorded, ComplaintWithdrawn, OwnershipOffered, ClockBreached}
)

SAYS: Decider[Toy] = Decider(
    chapter=Chapter.INTAKE,
    version=1,
    initial=Toy(),
    state_type=Toy,
    reads=_READS,
    evolve=evolve,
    decide=decide,
    owed=lambda _state, _context, _now: NOTHING,
)
"""Writes chapter intake; owes nothing."""

OWES: Decider[Toy] = Decider(
    chapter=Chapter.ESCALATION,
    version=1,
    initial=Toy(),
    state_type=Toy,
    reads=_READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
)
"""Writes chapter escalation: the offer, and the breach at its due time."""
