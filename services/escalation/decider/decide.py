"""Who may take, refuse or hand on a case, who sends it up the ladder, and who calls the crisis team."""

from datetime import datetime
from typing import assert_never

from escalation.decider import ladder, reading
from escalation.decider.commands import (
    AcceptOwnership,
    CallCrisisTeam,
    Command,
    EscalateByHand,
    ExtendClock,
    OfferOwnership,
    PauseClock,
    RefuseOwnership,
    ResumeClock,
)
from escalation.decider.pausing import on_clock
from escalation.decider.state import Case, Holding, Rest, State
from events.apart import about_oneself
from events.decider import NOTHING_LODGED, Context, Refused, UnknownRulebook
from events.escalation import CrisisTeamCalled, OwnershipAccepted, OwnershipOffered, OwnershipRefused
from events.fact import Fact
from rulebooks.posts import Organisation
from rulebooks.state import Books

_CONFLICT = Refused("conflict-of-interest", "whom it is about, who took it or decided it before, does not hold it")


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    if not isinstance(state, Case):
        return NOTHING_LODGED
    if not isinstance(command, RefuseOwnership):  # whom it is about leaves it to others, and does nothing else here
        refused = about_oneself(command.by, state.about)
        if refused is not None:
            return refused
    books: Books = context.books
    if isinstance(command, PauseClock | ResumeClock | ExtendClock):
        return on_clock(command, state, books)
    rest = state.rest
    if rest.closed:
        return Refused("case-closed", "the case is closed; reopen it first")
    match command:
        case OfferOwnership():
            return _offer(command, rest, *_organisation(books, command.now))
        case AcceptOwnership():
            return _accept(command, rest, *_organisation(books, command.now))
        case RefuseOwnership():
            return _refuse(command, rest, *_organisation(books, command.now))
        case CallCrisisTeam():
            return _call(command, state)
        case EscalateByHand():
            return _escalate(command, state, books)
    assert_never(command)


def _organisation(books: Books, now: datetime) -> tuple[Organisation, str]:
    found = reading.organisation(books, now)
    if found is None:
        raise UnknownRulebook("organisation")
    return found


def _not_asked(command: AcceptOwnership | RefuseOwnership, holding: Holding, company: Organisation) -> Refused | None:
    """Only whom it is offered to answers: of a post those who hold it now, by its roles where none is named; a person.
    A post is answered by nobody who lacks the skills that it requires (R34).
    """
    to = holding.offered_to
    if to is None and holding.owner is not None:
        return Refused("already-owned", "somebody owns it and has not offered it")
    if to is None:
        return Refused("no-open-offer", "it is not offered to anybody at the moment")
    if not company.is_asked(to, command.by, command.roles, command.now):
        return Refused("offered-to-somebody-else", "this offer is for another post or person")
    lacks = company.lacks(to, command.by)
    if lacks:
        why = f"{to} requires what the organisation does not list of you: {', '.join(lacks)} (R34)"
        return Refused("competence-missing", why)
    return None


def _not_competent(person: str, rest: Rest, company: Organisation) -> Refused | None:
    if company.may_own(person, rest.classified, rest.grade):
        return None
    why = "the organisation does not list cases of this grade or category among those that this person may own (R34)"
    return Refused("competence-missing", why)


def _accept(command: AcceptOwnership, rest: Rest, company: Organisation, ref: str) -> Fact | Refused:
    not_asked = _not_asked(command, rest.holding, company)
    if not_asked is not None:
        return not_asked
    if command.by in rest.barred:
        return _CONFLICT
    missing = _not_competent(command.by, rest, company)
    return missing or OwnershipAccepted(at=command.now, owner=command.by, organisation=ref)


def _refuse(command: RefuseOwnership, rest: Rest, company: Organisation, ref: str) -> Fact | Refused:
    refused = OwnershipRefused(at=command.now, by=command.by, reason=command.reason, organisation=ref)
    return _not_asked(command, rest.holding, company) or refused


def _offer(command: OfferOwnership, rest: Rest, company: Organisation, ref: str) -> Fact | Refused:
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
    return _not_competent(command.to, rest, company) or OwnershipOffered(
        at=command.now,
        to=command.to,
        by=command.by,
        reason=command.reason,
        packet_percent=100 * len(command.packet) // len(company.packet),
        organisation=ref,
    )


def _call(command: CallCrisisTeam, case: Case) -> Fact | Refused:
    if command.coordinator in case.about:
        return _CONFLICT
    called = case.rest.coordinator
    if called is not None and called not in case.about:
        return Refused("crisis-team-already-called", "the crisis team has been called for this case")
    return CrisisTeamCalled(
        at=command.now,
        coordinator=command.coordinator,
        containment=command.containment,
        functions=command.functions,
        reason=command.reason,
        by=command.by,
    )


def _escalate(command: EscalateByHand, case: Case, books: Books) -> Fact | Refused:
    """Each level fires once in a cycle, also by hand."""
    fired = ladder.level_at(case.rest, command.now)
    level = fired + 1 if command.level is None else command.level
    if level <= fired:
        return Refused("level-fired", "this level has its duty already; name a higher one")
    told = ladder.by_hand(case, books, level, command.now)
    if told is not None:
        return told.model_copy(update={"by": command.by, "reason": command.reason})
    return Refused("ladder-at-top", "the ladder has no such level above the one that has the duty")
