"""`decide`: who may take, refuse or hand on a case, who sends it up the ladder, and who calls the crisis team."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from escalation.decider import ladder, reading
from escalation.decider.clock_commands import ClockCommand, ExtendClock, PauseClock, ResumeClock, decide_clock
from escalation.decider.state import Case, Holding, Rest, State
from events.decider import Context, Refused, UnknownRulebook
from events.escalation import CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact
from rulebooks.posts import Organisation
from rulebooks.state import Books


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
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalateByHand:
    """Somebody sends the case up: to the next level, or to a higher one."""

    now: datetime
    by: str
    reason: str
    level: int | None = None


Command = OfferOwnership | AcceptOwnership | RefuseOwnership | CallCrisisTeam | EscalateByHand | ClockCommand
_CONFLICT = Refused("conflict-of-interest", "whom the complaint is about, or who took it, does not hold it (R24)")


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    if not isinstance(state, Case):
        return Refused("nothing-lodged", "no complaint has been lodged here")
    books: Books = context.books
    if isinstance(command, PauseClock | ResumeClock | ExtendClock):
        return decide_clock(command, state, books)
    rest = state.rest
    if rest.closed:
        return Refused("case-closed", "the case is closed; reopen it first")
    match command:
        case OfferOwnership(now=now):
            return _offer(command, rest, _organisation(books, now))
        case AcceptOwnership(now=now, by=by, roles=roles):
            return _may_answer(by, roles, rest.holding, books, now) or _accept(now, by, rest)
        case RefuseOwnership(now=now, by=by, roles=roles, reason=reason):
            refused = _may_answer(by, roles, rest.holding, books, now)
            return refused or OwnershipRefused(at=now, by=by, reason=reason)
        case CallCrisisTeam():
            return _call(command, rest)
        case EscalateByHand():
            return _escalate(command, state, books)
    assert_never(command)


def _organisation(books: Books, now: datetime) -> Organisation:
    found = reading.organisation(books, now)
    if found is None:
        raise UnknownRulebook("organisation")
    return found[0]


def _may_answer(by: str, roles: frozenset[str], holding: Holding, books: Books, now: datetime) -> Refused | None:
    """Only to whom it is offered: a post is answered by those who hold it now, by its roles where none is named; a
    person by that person.
    """
    to = holding.offered_to
    if to is None and holding.owner is not None:
        return Refused("already-owned", "somebody owns it and has not offered it")
    if to is None:
        return Refused("no-open-offer", "it is not offered to anybody at the moment")
    if _organisation(books, now).may_answer(to, by, roles, now):
        return None
    return Refused("offered-to-somebody-else", "this offer is for another post or person")


def _accept(now: datetime, by: str, rest: Rest) -> Fact | Refused:
    if by in rest.barred:
        return _CONFLICT
    return OwnershipAccepted(at=now, owner=by)


def _offer(command: OfferOwnership, rest: Rest, company: Organisation) -> Fact | Refused:
    holding = rest.holding
    leads = bool(command.roles.intersection(company.may_take_any))
    if command.to in rest.barred:
        return _CONFLICT
    if command.to == holding.owner:
        return Refused("already-owned", "this person owns it already")
    if holding.owner not in (None, command.by) and not leads:
        return Refused("not-the-owner", "only its owner hands it on, or a team lead")
    if holding.offered_to is not None and not leads:
        return Refused("offer-open", "it is offered to somebody; that offer is answered first")
    unknown = command.packet.difference(company.packet)
    if unknown:
        return Refused("packet-unknown", f"a packet has: {', '.join(company.packet)}")
    return OwnershipOffered(
        at=command.now,
        to=command.to,
        by=command.by,
        reason=command.reason,
        packet_percent=100 * len(command.packet) // len(company.packet),
    )


def _call(command: CallCrisisTeam, rest: Rest) -> Fact | Refused:
    if rest.crisis_team:
        return Refused("crisis-team-already-called", "the crisis team has been called for this case")
    return CrisisTeamCalled(
        at=command.now,
        coordinator=command.coordinator,
        containment=command.containment,
        functions=command.functions,
        by=command.by,
    )


def _escalate(command: EscalateByHand, case: Case, books: Books) -> Fact | Refused:
    """Each level fires once, also by hand."""
    level = case.rest.level + 1 if command.level is None else command.level
    if level <= case.rest.level:
        return Refused("level-fired", "this level has its duty already; name a higher one")
    told = ladder.by_hand(case, books, level, command.now)
    if told is not None:
        return told.model_copy(update={"by": command.by, "reason": command.reason})
    return Refused("ladder-at-top", "the ladder has no such level above the one that has the duty")
