"""`evolve`: what each fact changes in what escalation remembers. Total: a fact that fits nothing changes nothing.

What is to follow from a fact is noted here, in the order of the log, and written by `due.py`: so it does not matter
how many facts are folded before somebody asks (L14).
"""

from dataclasses import replace
from typing import assert_never, get_args

from escalation.decider.clocks import (
    ClockFact,
    clock_moved,
    ended,
    first_clocks,
    message_left,
    resolution_begun,
)
from escalation.decider.holding import HoldingFact, held, wants_owner
from escalation.decider.state import Case, Custody, Done, Empty, End, ImportBatch, Rest, State
from events.accountability import ComplaintClosed, ComplaintReopened
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    CrisisTeamCalled,
    CustodyReported,
    OwnershipAccepted,
    OwnershipOffered,
    OwnershipRefused,
)
from events.fact import Fact
from events.intake import (
    ComplaintLodged,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MessageReceived,
    MessageSent,
    SourceReported,
)
from events.triage import SCREENED_OUT, ComplaintGraded, ComplaintRouted, ComplaintScreened

OwnFact = CaseEscalated | CrisisTeamCalled | CustodyReported
_HEARD: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        ContactRecorded,
        MessageReceived,
        MessageSent,
        SourceReported,
        ImportOpened,
        HistoryCompleted,
        ComplaintScreened,
        ComplaintGraded,
        ComplaintRouted,
        ComplaintClosed,
        ComplaintReopened,
    }
)
_OWN: frozenset[type[Fact]] = frozenset({*get_args(ClockFact), *get_args(HoldingFact), *get_args(OwnFact)})
READS = _HEARD | _OWN


def evolve(state: State, fact: Fact) -> State:
    match state:
        case Case():
            return _at_rest(_went_on(state, fact))
        case Done(rest=rest):
            return _at_rest(_went_on(Case(rest), fact))
        case Empty():
            return _begin(fact)
        case ImportBatch():
            return ImportBatch(fact.known_until) if isinstance(fact, HistoryCompleted) else state
    assert_never(state)


def _begin(fact: Fact) -> State:
    match fact:
        case ComplaintLodged():
            barred = tuple(person for person in (fact.subject_person, fact.taken_by) if person is not None)
            waiting, timed = first_clocks(fact)
            rest = Rest(since=fact.at, barred=barred, history=fact.history, timed=timed, resolutions=int(timed))
            return Case(rest, waiting=waiting)
        case ImportOpened():
            return ImportBatch()
        case HistoryCompleted(known_until=known_until):
            return ImportBatch(known_until)
        case _:
            return Empty()


def _at_rest(case: Case) -> State:
    """Nothing runs and nothing is still to be written: only what a reopening needs is kept."""
    busy = case.running or case.waiting or case.custody or case.wanted or case.crisis_at
    return case if busy or not case.rest.closed else Done(case.rest)


def _went_on(case: Case, fact: Fact) -> Case:
    match fact:
        case ClockStarted() | ClockWarned() | ClockBreached() | ClockMet() | ClockStopped():
            return clock_moved(case, fact)
        case OwnershipOffered() | OwnershipAccepted() | OwnershipRefused():
            return held(case, fact)
        case CaseEscalated() | CrisisTeamCalled() | CustodyReported():
            return _own(case, fact)
        case MessageReceived():
            return message_left(case, fact)
        case MessageSent(at=at, kind=message, automatic=automatic):
            return ended(case, End(at, "message-sent", message, automatic))
        case ContactRecorded(at=at, outcome="reached"):
            return ended(case, End(at, "contact-recorded"))
        case SourceReported():
            return _source(case, fact)
        # What accountability repeats from a source has been heard from the source itself.
        case ComplaintClosed(at=at, reported=None, ground=ground):
            return _closed(case, End(at, "withdrawn" if ground == "withdrawn" else "closed"))
        case ComplaintReopened(reported=None) if case.rest.closed:
            return _reopened(case, fact)
        case ComplaintScreened() | ComplaintGraded() | ComplaintRouted():
            return _sorted(case, fact)
        case _:
            return case


def _source(case: Case, fact: SourceReported) -> Case:
    match fact.fact:
        case "custody":
            custody = Custody(fact.at, fact.team, fact.owner, fact.line, fact.reported)
            return replace(case, custody=(*case.custody, custody))
        case "closed":
            return _closed(case, End(fact.at, "closed"))
        case "reopened" if case.rest.closed:
            return _reopened(case, fact)
        case _:
            return case


def _closed(case: Case, end: End) -> Case:
    if case.rest.closed:
        return case
    rest = replace(case.rest, closed=True, timed=True, holding=replace(case.rest.holding, offered_to=None))
    return ended(replace(case, rest=rest), end)


def _reopened(case: Case, fact: Fact) -> Case:
    """A new cycle with its own clock; what the first one left stays as it was."""
    rest = replace(case.rest, closed=False, timed=False, since=fact.at)
    case = resolution_begun(replace(case, rest=rest))
    return wants_owner(case, fact.at, "reopened") if rest.grade is not None else case


def _sorted(case: Case, fact: ComplaintScreened | ComplaintGraded | ComplaintRouted) -> Case:
    rest = case.rest
    match fact:
        case ComplaintScreened(at=at, outcome=outcome) if outcome in SCREENED_OUT:
            case = ended(replace(case, rest=replace(rest, screened_out=True, timed=True)), End(at, "screened-out"))
            return case if rest.closed else wants_owner(case, at, "screened-out")
        case ComplaintScreened() if rest.screened_out:
            return resolution_begun(replace(case, rest=replace(rest, screened_out=False, timed=rest.closed)))
        case ComplaintScreened():
            return case
        case ComplaintGraded(at=at, grade=grade):
            crisis = grade == "crisis" and rest.grade != "crisis" and not rest.closed
            return resolution_begun(
                replace(case, rest=replace(rest, grade=grade), crisis_at=at if crisis else case.crisis_at)
            )
        case ComplaintRouted(at=at, first_owner=first_owner):
            return wants_owner(case, at, "routed", first_owner)
    assert_never(fact)


def _own(case: Case, fact: OwnFact) -> Case:
    match fact:
        case CaseEscalated(at=at, level=level):
            at = max(at, case.rest.level_at or at)
            rest = replace(case.rest, level=max(level, case.rest.level), level_at=at)
            return replace(case, rest=rest, crisis_at=None if fact.clock == "crisis" else case.crisis_at)
        case CrisisTeamCalled():
            return replace(case, rest=replace(case.rest, crisis_team=True))
        case CustodyReported():
            return replace(case, custody=case.custody[1:])
    assert_never(fact)
