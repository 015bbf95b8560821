"""`decide`: who may take, refuse or hand on a case, and who calls the crisis team."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from escalation.decider.state import Case, Done, Holding, Rest, State
from escalation.rules import Handoff, Rules
from events.decider import Context, Refused
from events.escalation import CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact


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


Command = OfferOwnership | AcceptOwnership | RefuseOwnership | CallCrisisTeam
_CONFLICT = Refused("conflict-of-interest", "whom the complaint is about, or who took it, does not hold it (R24)")


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    if not isinstance(state, Case | Done):
        return Refused("nothing-lodged", "no complaint has been lodged here")
    rest = state.rest
    if rest.closed:
        return Refused("case-closed", "the case is closed; reopen it first")
    rules: Rules = context.rules
    match command:
        case OfferOwnership():
            return _offer(command, rest, rules.handoff)
        case AcceptOwnership(now=now, by=by, roles=roles):
            return _may_answer(by, roles, rest.holding, rules.handoff) or _accept(now, by, rest)
        case RefuseOwnership(now=now, by=by, roles=roles, reason=reason):
            refused = _may_answer(by, roles, rest.holding, rules.handoff)
            return refused or OwnershipRefused(at=now, by=by, reason=reason)
        case CallCrisisTeam():
            return _call(command, rest)
    assert_never(command)


def _may_answer(by: str, roles: frozenset[str], holding: Holding, handoff: Handoff) -> Refused | None:
    """Only to whom it is offered: a post is answered by its roles, a person by that person."""
    to = holding.offered_to
    if to is None and holding.owner is not None:
        return Refused("already-owned", "somebody owns it and has not offered it")
    if to is None:
        return Refused("no-open-offer", "it is not offered to anybody at the moment")
    post = handoff.known(to)
    if roles.intersection(handoff.may_take_any) or (by == to if post is None else roles.intersection(post.roles)):
        return None
    return Refused("offered-to-somebody-else", "this offer is for another post or person")


def _accept(now: datetime, by: str, rest: Rest) -> Fact | Refused:
    if by in rest.barred:
        return _CONFLICT
    return OwnershipAccepted(at=now, owner=by)


def _offer(command: OfferOwnership, rest: Rest, handoff: Handoff) -> Fact | Refused:
    holding = rest.holding
    leads = bool(command.roles.intersection(handoff.may_take_any))
    if command.to in rest.barred:
        return _CONFLICT
    if command.to == holding.owner:
        return Refused("already-owned", "this person owns it already")
    if holding.owner not in (None, command.by) and not leads:
        return Refused("not-the-owner", "only its owner hands it on, or a team lead")
    if holding.offered_to is not None and not leads:
        return Refused("offer-open", "it is offered to somebody; that offer is answered first")
    unknown = command.packet.difference(handoff.packet)
    if unknown:
        return Refused("packet-unknown", f"a packet has: {', '.join(handoff.packet)}")
    return OwnershipOffered(
        at=command.now,
        to=command.to,
        by=command.by,
        reason=command.reason,
        packet_percent=100 * len(command.packet) // len(handoff.packet),
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
