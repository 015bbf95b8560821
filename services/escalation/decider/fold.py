"""`evolve`: what each fact changes in what escalation remembers. Total: a fact that fits nothing changes nothing.

What is to follow from a fact is noted here, in the order of the log, and written by `due.py`: so it does not matter
how many facts are folded before somebody asks (L14). What others say is noted with the time at which it was known, too:
the record says when (L24), never who looks.
"""

from datetime import datetime
from typing import assert_never, cast, get_args

from escalation.decider.clocks import ClockFact, clock_moved, settled
from escalation.decider.heard import End, Report
from escalation.decider.hearing import ended, undone, waiting_at_source
from escalation.decider.holding import HoldingFact, held, kept_apart, offered_no_longer, wants_owner
from escalation.decider.ladder import CRISIS, climbed
from escalation.decider.missed import MissedFact, calls_over, told
from escalation.decider.occasions import (
    first_clocks,
    graded_clocks,
    known_as,
    message_left,
    occasion,
    screened_back,
)
from escalation.decider.state import Case, Custody, Empty, ImportBatch, Rest, State
from events.accountability import ComplaintClosed, ComplaintReopened, FindingMade, OfferWithdrawn
from events.changed import changed
from events.escalation import (
    CaseEscalated,
    CrisisTeamCalled,
    CustodyReported,
    OwnershipAccepted,
    OwnershipOffered,
    OwnershipRefused,
)
from events.fact import BY_RULE, Fact
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MessageReceived,
    MessageSent,
    SourceReported,
)
from events.occasions import SPOKEN
from events.triage import SCREENED_OUT, ComplaintClassified, ComplaintGraded, ComplaintRouted, ComplaintScreened

OtherFact = CaseEscalated | CrisisTeamCalled | CustodyReported
"""What this chapter says beside clocks and who holds the case."""
_HEARD: frozenset[type[Fact]] = frozenset(
    {
        ComplaintLodged,
        ComplaintWithdrawn,
        ContactRecorded,
        MessageReceived,
        MessageSent,
        SourceReported,
        ImportOpened,
        HistoryCompleted,
        ComplaintScreened,
        ComplaintClassified,
        ComplaintGraded,
        ComplaintRouted,
        ComplaintClosed,
        ComplaintReopened,
        FindingMade,
        OfferWithdrawn,
    }
)
_OF_CLOCKS: frozenset[type[Fact]] = frozenset(get_args(ClockFact))
_OF_PROMISES: frozenset[type[Fact]] = frozenset(get_args(MissedFact))
READS = _HEARD | _OF_CLOCKS | _OF_PROMISES | frozenset({*get_args(HoldingFact), *get_args(OtherFact)})


def evolve(state: State, fact: Fact, recorded_at: datetime) -> State:
    known_at = fact.known_late(recorded_at)
    match state:
        case Case():
            return _went_on(settled(state, fact), fact, known_at)
        case Empty():
            return _begin(fact, known_at)
        case ImportBatch():
            return _loaded(fact, state.known_at or known_at) if isinstance(fact, HistoryCompleted) else state
    assert_never(state)


def _loaded(fact: HistoryCompleted, known_at: datetime | None) -> ImportBatch:
    return ImportBatch(fact.known_until, known_at)


def _begin(fact: Fact, known_at: datetime | None) -> State:
    """A lodging is known from its own time on, however late it is told: nobody judged the case before."""
    match fact:
        case ComplaintLodged():
            rest = Rest(
                since=fact.at,
                channel=fact.channel,
                branch=fact.branch,
                category=fact.category,
                subject=fact.subject_person,
                barred=tuple(person for person in (fact.subject_person, fact.taken_by) if person is not None),
                history=fact.history,
            )
            return first_clocks(Case(rest), fact)
        case ImportOpened():
            return ImportBatch()
        case HistoryCompleted():
            return _loaded(fact, known_at)
        case _:
            return Empty()


def _went_on(case: Case, fact: Fact, known_at: datetime | None) -> Case:
    """What this chapter says is known when what it follows from is: when somebody wrote it down does not count."""
    match fact:
        case OwnershipOffered() | OwnershipAccepted() | OwnershipRefused():
            return _handed(case, fact)
        case CaseEscalated() | CrisisTeamCalled() | CustodyReported():
            return _other(case, fact)
        case SourceReported():
            return _source(case, fact, known_at)
        case ComplaintScreened() | ComplaintClassified() | ComplaintGraded() | ComplaintRouted():
            return _sorted(case, fact, known_at)
        case ComplaintClosed() | ComplaintReopened():
            return _open_or_closed(case, fact, known_at)
        case FindingMade(against=str(person)):
            blamed = changed(case, blamed=(*case.blamed, person))
            return _named(kept_apart(blamed, (person,)), fact.at, known_at)
        case OfferWithdrawn(at=at):
            return occasion(case, "offer-withdrawn", at, known_at=known_at) if fact.told else case
        case _ if type(fact) in _OF_CLOCKS:
            return clock_moved(case, cast("ClockFact", fact))
        case _ if type(fact) in _OF_PROMISES:
            return changed(case, missed=told(case.missed, cast("MissedFact", fact), known_at))
        case _:
            return _said(case, fact, known_at)


def _said(case: Case, fact: Fact, known_at: datetime | None) -> Case:
    """What passed between us and the complainant: the only things that answer a clock of replies (R83)."""
    match fact:
        case MessageReceived():
            return message_left(case, fact, known_at)
        case MessageSent(at=at, kind=kind, automatic=automatic, message_id=message_id):
            notice = None if automatic else message_id
            return ended(case, End(at, f"automatic:{kind}" if automatic else kind, known_at), notice=notice)
        case ContactRecorded(at=at, outcome="reached", channel=channel) if channel in SPOKEN:
            return ended(case, End(at, "contact", known_at), notice="contact")
        case ComplaintWithdrawn(at=at):
            return ended(case, End(at, "withdrawn", known_at))
        case _:
            return case


def _handed(case: Case, fact: HoldingFact) -> Case:
    """Offers and acceptances end clocks of the post before, and may set off those of the next (R35)."""
    match fact:
        case OwnershipOffered(at=at, to=to, by=by):
            if by == BY_RULE and case.wanted:
                return occasion(held(case, fact), "offered", at, known_at=case.wanted[0].known_at, post=to)
            return occasion(held(ended(case, End(at, "offered")), fact), "offered", at, post=to)
        case OwnershipAccepted(at=at, owner=owner):
            post = case.rest.holding.offered_to or owner
            return occasion(held(ended(case, End(at, "accepted")), fact), "accepted", at, post=post)
        case OwnershipRefused(at=at):
            return held(ended(case, End(at, "refused")), fact)
    assert_never(fact)


def _source(case: Case, fact: SourceReported, known_at: datetime | None) -> Case:
    match fact.fact:
        case "custody":
            case = waiting_at_source(case, Report(fact.at, fact.waiting, fact.reported, 0, known_at))
            custody = Custody(fact.at, fact.team, fact.owner, fact.line, fact.reported, fact.waiting)
            return changed(case, custody=(*case.custody, custody))
        case ("closed" | "reopened") as how if (how == "reopened") is case.rest.closed:
            is_closed = how == "closed"
            case = _closed(case, fact.at, fact.ground, known_at) if is_closed else _reopened(case, fact, known_at)
            return changed(case, rest=changed(case.rest, there=(*case.rest.there, (how, fact.at))))
        case _:
            return case


def _open_or_closed(case: Case, fact: ComplaintClosed | ComplaintReopened, known_at: datetime | None) -> Case:
    """What accountability repeats has mostly been heard from the source itself. Where that changed nothing then, since
    the word that it follows was still to be written, it counts now: both chapters call the same cases open (L14).
    """
    there = case.rest.there
    word = ("closed" if isinstance(fact, ComplaintClosed) else "reopened", fact.at)
    if fact.reported is not None and word in there:
        return changed(case, rest=changed(case.rest, there=there[there.index(word) + 1 :]))
    if fact.reported is None and there:
        case = changed(case, rest=changed(case.rest, there=()))
    if isinstance(fact, ComplaintClosed):
        return _closed(case, fact.at, fact.ground, known_at)
    return _reopened(case, fact, known_at) if case.rest.closed else case


def _named(case: Case, at: datetime, known_at: datetime | None) -> Case:
    """A finding is about somebody: what they own, or are asked to take, goes to other hands (R24)."""
    rest = case.rest
    if rest.closed or (rest.holding.owner or rest.holding.offered_to) not in rest.barred:
        return case
    return wants_owner(case, at, "named", rest.holding.routed_to, known_at=known_at)


def _closed(case: Case, at: datetime, ground: str | None, known_at: datetime | None) -> Case:
    if case.rest.closed:
        return case
    since = at if known_at is None or case.rest.history is not None else known_at
    holding, closings = changed(case.rest.holding, offered_to=None), (*case.rest.closings, since)
    rest = changed(case.rest, closed=True, timed=True, closings=closings, holding=holding)
    case = offered_no_longer(changed(case, rest=rest))
    return ended(case, End(at, "closed-withdrawn" if ground == "withdrawn" else "closed", known_at))


def _reopened(case: Case, fact: Fact, known_at: datetime | None) -> Case:
    """A new cycle with its own clocks and its own ladder; what the first one left stays as it was."""
    since = known_at or fact.at
    reopenings = (*case.rest.reopenings, since if case.rest.history is None else fact.at)
    rest = undone(case.rest, "closed", "closed-withdrawn", known_at=since)
    rest = changed(rest, closed=False, timed=False, coordinator=None)
    holding = changed(rest.holding, refusals=0)
    rest = changed(rest, since=fact.at, cycle="reopened", reopenings=reopenings, holding=holding)
    crises = (*case.crises, since) if rest.grade == "crisis" else case.crises
    case = changed(case, rest=rest, crises=crises, missed=calls_over(case.missed, since))
    if isinstance(fact, ComplaintReopened):
        case = kept_apart(case, fact.apart_from)
    case = occasion(case, "reopened", fact.at, known_at=known_at, part="early", inherits=False)
    case = graded_clocks(case, since)
    is_sorted = rest.grade is not None or rest.screened_out  # else its route or its screening asks for an owner
    post = None if rest.screened_out else rest.holding.routed_to
    return wants_owner(case, fact.at, "reopened", post, known_at=known_at) if is_sorted else case


def _sorted(
    case: Case,
    fact: ComplaintScreened | ComplaintClassified | ComplaintGraded | ComplaintRouted,
    known_at: datetime | None,
) -> Case:
    rest, since = case.rest, known_at or fact.at
    match fact:
        case ComplaintScreened(at=at, outcome=outcome) if outcome in SCREENED_OUT:
            case = changed(case, rest=changed(rest, screened_out=True, timed=True))
            case = ended(case, End(at, "screened-out", known_at))
            return case if rest.closed else wants_owner(case, at, "screened-out", known_at=known_at)
        case ComplaintScreened() if rest.screened_out:
            return graded_clocks(screened_back(case, since), since)
        case ComplaintScreened():
            return case
        case ComplaintClassified(category=category):
            first = rest.category or category
            return changed(case, rest=changed(known_as(rest, since, rest.grade, first), classified=category))
        case ComplaintGraded(grade=grade):
            crisis = grade == "crisis" and rest.grade != "crisis" and not rest.closed
            crises = (*case.crises, since) if crisis else case.crises
            return graded_clocks(changed(case, rest=known_as(rest, since, grade, rest.category), crises=crises), since)
        case ComplaintRouted(at=at, first_owner=first_owner):
            holding = changed(rest.holding, routed_to=first_owner)
            case = changed(case, rest=changed(rest, holding=holding))
            return wants_owner(case, at, "routed", first_owner, known_at=known_at)
    assert_never(fact)


def _other(case: Case, fact: OtherFact) -> Case:
    match fact:
        case CaseEscalated(at=at):
            crises = tuple(one for one in case.crises if one > at) if fact.clock == CRISIS else case.crises
            case = changed(case, rest=climbed(case.rest, fact), crises=crises)
            return occasion(case, "escalated", at, post=fact.post)
        case CrisisTeamCalled():
            return changed(case, rest=changed(case.rest, coordinator=fact.coordinator))
        case CustodyReported():
            return changed(case, custody=case.custody[1:])
    assert_never(fact)
