"""Deciders small enough to see through, with every means that a law speaks of: a limit, an absence, a due time, a
context, an older and a newer version, and content that the older version cannot take.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anything import SEALED
from events.decider import NOTHING, Context, Decider, Owed, Refused
from events.escalation import ClockBreached, OwnershipAccepted, OwnershipOffered
from events.fact import Chapter, Fact
from events.intake import ComplaintLodged, ComplaintWithdrawn, HistoryCompleted, ImportOpened, MotiveRecorded

PATIENCE = timedelta(seconds=8)
MOTIVES_MAX = 3
BITTER = "bitter"
"""Intake's older `evolve` cannot take a motive by this person."""
SOUR = "sour"
"""Nor can escalation's."""
SALTY = "salty"
"""With this one escalation's older `owed` cannot cope."""


@dataclass(frozen=True)
class Story:
    """All that any of the toy's rules reads of a stream."""

    lodged_at: datetime | None = None
    history: str | None = None
    motives: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None
    offered_to: str | None = None
    owner: str | None = None
    breached: bool = False
    opened: bool = False
    known_until: datetime | None = None


@dataclass(frozen=True)
class Lodge:
    now: datetime
    history: str | None = None


@dataclass(frozen=True)
class SayMotive:
    now: datetime
    by: str


@dataclass(frozen=True)
class Withdraw:
    now: datetime
    by: str


@dataclass(frozen=True)
class Accept:
    now: datetime
    by: str


@dataclass(frozen=True)
class OpenImport:
    now: datetime


@dataclass(frozen=True)
class CompleteImport:
    now: datetime


Command = Lodge | SayMotive | Withdraw | Accept | OpenImport | CompleteImport


def _evolve(state: Story, fact: Fact, _recorded_at: datetime) -> Story:
    match fact:
        case ComplaintLodged(at=at, history=history):
            return replace(state, lodged_at=at, history=history)
        case MotiveRecorded(by=by):
            return replace(state, motives=(*state.motives, by))
        case ComplaintWithdrawn(at=at):
            return replace(state, withdrawn_at=state.withdrawn_at or at)
        case OwnershipOffered(to=to):
            return replace(state, offered_to=to)
        case OwnershipAccepted(owner=owner):
            return replace(state, owner=owner)
        case ClockBreached():
            return replace(state, breached=True)
        case ImportOpened():
            return replace(state, opened=True)
        case HistoryCompleted(known_until=known_until):
            return replace(state, known_until=known_until)
        case _:
            return state


def _choking(on: str) -> Callable[[Story, Fact, datetime], Story]:
    def evolve(state: Story, fact: Fact, recorded_at: datetime) -> Story:
        if isinstance(fact, MotiveRecorded) and fact.by == on:
            raise ValueError("this content cannot be folded")
        return _evolve(state, fact, recorded_at)

    return evolve


def _decide(command: Command, state: Story, context: Context) -> Fact | Refused:
    now = command.now
    match command:
        case Lodge(history=history):
            if state.lodged_at is not None:
                return Refused("lodged-already", "it is lodged")
            return ComplaintLodged(at=now, channel="app", history=history)
        case OpenImport():
            return Refused("opened-already", "it is open") if state.opened else ImportOpened(at=now, source="toy")
        case CompleteImport():
            if not state.opened or state.known_until is not None:
                return Refused("not-open", "nothing to complete")
            return HistoryCompleted(at=now, source="toy", known_until=now)
    if state.lodged_at is None:
        return Refused("not-lodged", "nothing is lodged")
    match command:
        case SayMotive(by=by):
            if len(state.motives) >= MOTIVES_MAX:
                return Refused("too-many", "enough motives")
            return MotiveRecorded(at=now, motive="venting", by=by)
        case Withdraw(by=by):
            if state.withdrawn_at is not None:
                return Refused("withdrawn-already", "it is withdrawn")
            if state.history is not None and _known_until(state, context) is None:
                return Refused("still-loading", "the history is not complete")
            return ComplaintWithdrawn(at=now, reason=SEALED, by=by)
        case Accept(by=by):
            if state.owner is not None:
                return Refused("owned-already", "somebody has it")
            return OwnershipAccepted(at=now, owner=by)


def _known_until(state: Story, context: Context) -> datetime | None:
    batch = context.others.get(state.history or "")
    return batch.known_until if isinstance(batch, Story) else None


def _owing(target: str, trouble: str | None) -> Callable[[Story, Context, datetime], Owed]:
    """An offer at once; a breach where nothing was withdrawn in time. Old history waits until it is complete."""

    def owed(state: Story, context: Context, now: datetime) -> Owed:
        if trouble is not None and trouble in state.motives:
            raise ValueError("this cannot be judged")
        since = state.lodged_at
        if since is not None and state.history is not None:
            known = _known_until(state, context)
            since = None if known is None else max(known, since)
        if since is None:
            return NOTHING
        if state.owner is None and state.offered_to != target:
            return Owed(OwnershipOffered(at=since, to=target, by="rule", reason="new", packet_percent=0))
        due = since + PATIENCE
        if state.breached or (state.withdrawn_at is not None and state.withdrawn_at <= due):
            return NOTHING
        if (state.withdrawn_at or now) > due:
            return Owed(ClockBreached(at=due, clock="first-reply"))
        return Owed(wake_at=due + timedelta(microseconds=1))

    return owed


def _leans_on(state: Story) -> tuple[str, ...]:
    return () if state.history is None else (state.history,)


_READS: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        MotiveRecorded,
        ComplaintWithdrawn,
        OwnershipOffered,
        OwnershipAccepted,
        ClockBreached,
        ImportOpened,
        HistoryCompleted,
    }
)


def _intake(version: int, evolve: Callable[[Story, Fact, datetime], Story]) -> Decider[Story]:
    return Decider(
        chapter=Chapter.INTAKE,
        version=version,
        initial=Story(),
        state_type=Story,
        reads=_READS,
        evolve=evolve,
        decide=_decide,
        owed=lambda _state, _context, _now: NOTHING,
        leans_on=_leans_on,
    )


def _escalation(
    version: int, evolve: Callable[[Story, Fact, datetime], Story], owed: Callable[[Story, Context, datetime], Owed]
) -> Decider[Story]:
    return Decider(
        chapter=Chapter.ESCALATION,
        version=version,
        initial=Story(),
        state_type=Story,
        reads=_READS,
        evolve=evolve,
        decide=_decide,
        owed=owed,
        leans_on=_leans_on,
    )


INTAKE_OLDER = _intake(1, _choking(BITTER))
INTAKE = _intake(2, _evolve)
ESCALATION_OLDER = _escalation(1, _choking(SOUR), _owing("reception", SALTY))
ESCALATION = _escalation(2, _evolve, _owing("desk", None))
