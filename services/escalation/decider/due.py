"""`owed`: what escalation should have said by now, judged by the times in the history (L14).

Reported custody, a source's pauses and started clocks come first and at once, also while history loads. Then offers.
Then what time and answers bring, the earliest first: so each level of the ladder fires once and in order, whenever
somebody looks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from escalation.decider import ladder, reading
from escalation.decider.judging import Standing, standing
from escalation.decider.recalculating import recalculated
from escalation.decider.starting import asked_for, set_off
from escalation.decider.state import Case, Custody, ImportBatch, Running, State, Wanted
from escalation.decider.waiting import paused_at_source
from events.decider import NOTHING, Context, Owed
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStopped,
    ClockWarned,
    CustodyReported,
    OwnershipOffered,
)
from events.fact import BY_RULE, EARLIEST, LAST, Fact
from rulebooks.books import NotReadYet, parsed, stream_of
from rulebooks.posts import Organisation
from rulebooks.state import Books

Told = TypeVar("Told")
SOON = timedelta(seconds=1)
"""How soon to look again while no regimes are published yet."""
LATER = timedelta(seconds=30)
"""How soon where a rulebook that another one names has not been read yet. What leans on it waits, and nothing else."""
_JUST_AFTER = timedelta(microseconds=1)
"""An answer at the very due time is in time; one moment later it is late."""
_ANSWERED_BY = {
    "contact": "contact-recorded",
    "closed-withdrawn": "withdrawn",
    **dict.fromkeys(("closed", "withdrawn", "accepted", "refused", "offered"), ""),
}
"""How facts call what answered; all other words are messages."""
_STOPPED = {
    "screened-out": "screened as no complaint",
    "closed": "the case was closed",
    "closed-withdrawn": "the case was closed",
    "withdrawn": "the complaint was withdrawn",
}


def owed(state: State, context: Context, now: datetime) -> Owed:
    """At most one fact, and when to look again. Raises UnknownRulebook where a case names one that is not there."""
    try:
        return _owed(state, context, now)
    except NotReadYet:
        return Owed(wake_at=now + LATER)


def _owed(state: State, context: Context, now: datetime) -> Owed:
    if not isinstance(state, Case):
        return NOTHING
    if state.custody:
        return Owed(_custody(state.custody[0]))
    books: Books = context.books
    if not _is_busy(state):
        return NOTHING
    if not reading.has_regimes(books):
        return Owed(wake_at=now + SOON)
    known_until = _known_until(state, context)
    begun, unread = _if_read(partial(_begun, state, books))
    begun = begun or paused_at_source(state, books)
    if begun is not None:
        return Owed(begun if known_until is None else _recalculated_before(begun, state, books) or begun)
    if known_until is None:
        return NOTHING if unread is None else Owed(wake_at=now + LATER)
    offered, nobody = _if_read(lambda: _offered(state.wanted[0], state.rest.barred, books) if state.wanted else None)
    owes = Owed(offered)
    if offered is None:
        owes = _in_time(state, books, known_until, now, waits=unread is not None or nobody is not None)
    return owes if unread is None or owes.fact is None else Owed(_meanwhile(owes.fact, unread))


def _begun(case: Case, books: Books) -> Fact | None:
    return asked_for(case.asked[0], case, books) if case.asked else set_off(case, books)


def _meanwhile(fact: Fact, unread: str) -> Fact:
    """It says what could not be read: the fold keeps for it what it would drop (`clocks.settled`)."""
    return fact.model_copy(update={"unread": unread}) if "unread" in type(fact).model_fields else fact


def _if_read(told: Callable[[], Told | None]) -> tuple[Told | None, str | None]:
    """What is told, or the rulebook for which it has to wait."""
    try:
        return told(), None
    except NotReadYet as name:
        return None, str(name)


def leans_on(state: State) -> tuple[str, ...]:
    """The import that brought the case, where anything but a report may come to be owed; the rulebooks that its running
    clocks follow, whose next version may apply to them; and the packs that clocks are asked for by, known or not.
    """
    if not isinstance(state, Case):
        return ()
    history = (state.rest.history,) if state.rest.history is not None and _is_busy(state) else ()
    followed: dict[str, None] = {
        stream_of("pack", parsed(one.policy).name): None for one in state.asked if one.policy is not None
    }
    for clock in state.running:
        if clock.calendar is not None and clock.breached_at is None:
            followed[stream_of("pack", parsed(clock.policy).name)] = None
            followed[stream_of("calendar", parsed(clock.calendar).name)] = None
    return (*history, *followed)


def _is_busy(case: Case) -> bool:
    return bool(case.running or case.asked or case.occasions or case.wanted or case.crises)


def _known_until(case: Case, context: Context) -> datetime | None:
    """Until when the history of this case is known; None while it loads. Live cases have none to wait for."""
    if case.rest.history is None:
        return EARLIEST
    batch = context.others.get(case.rest.history)
    return batch.known_until if isinstance(batch, ImportBatch) else None


def _custody(custody: Custody) -> CustodyReported:
    return CustodyReported(
        at=custody.at,
        team=custody.team,
        owner=custody.owner,
        line=custody.line,
        waiting=custody.waiting,
        reported=custody.origin,
    )


# --- offers ----------------------------------------------------------------------------------------------------------


def _offered(wanted: Wanted, barred: tuple[str, ...], books: Books) -> OwnershipOffered | None:
    """By rule: nobody has filled in a packet. None where no organisation covers the moment."""
    found = reading.organisation(books, wanted.at)
    if found is None:
        return None
    company, ref = found
    to = _asked(wanted, company)
    may = to not in barred and company.may_own(to, wanted.category, wanted.grade)
    return OwnershipOffered(
        at=wanted.at,
        to=to if may else company.fallback,
        by=BY_RULE,
        reason=f"{wanted.because}: {ref}",
        packet_percent=0,
        organisation=ref,
    )


def _asked(wanted: Wanted, company: Organisation) -> str:
    if wanted.because == "routed" and wanted.post is not None:
        return wanted.post
    if wanted.refusals >= company.refusals_max:
        return company.after_refusals
    refused = company.known(wanted.post or "")
    return company.fallback if refused is None else refused.after_refusal


# --- what time and answers bring -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Next:
    """A fact that is due at `at`; `sure` where the history has settled it, else it comes true by silence."""

    at: datetime
    sure: bool
    fact: Fact | partial[ClockWarned] | partial[ClockBreached]
    """What mostly lies in the future is made where it is said."""
    begun: datetime = EARLIEST
    """Of a level, when the clock that it names began to climb: of what is due at one instant levels come last, and of
    several clocks the one that is late the longest is named, however early or late each of them was set off.
    """
    clock: str = ""

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        return self.at, self.begun, self.clock


def _in_time(case: Case, books: Books, known_until: datetime, now: datetime, *, waits: bool) -> Owed:
    first: _Next | None = None
    wake_at = now + LATER if waits else None
    for candidate in _candidates(case, books, known_until):
        if candidate is None:
            wake_at = min(wake_at or LAST, now + LATER)
        elif candidate.sure or now > candidate.at:
            if first is None or candidate.order < first.order:
                first = candidate
        elif wake_at is None or candidate.at + _JUST_AFTER < wake_at:
            wake_at = candidate.at + _JUST_AFTER
    if first is None:
        return Owed(wake_at=wake_at)
    return Owed(first.fact() if isinstance(first.fact, partial) else first.fact)


def _candidates(case: Case, books: Books, known_until: datetime) -> Iterator[_Next | None]:
    """The next fact of each clock, and of the ladder; None for one that waits for a rulebook."""
    for graded_at in case.crises:
        crisis, unread = _if_read(partial(ladder.crisis_level, case, books, max(graded_at, known_until)))
        if unread is not None:
            yield None
        if crisis is not None:
            yield _Next(crisis.at, sure=True, fact=crisis)
    for clock in case.running:
        stands = standing(clock, books)
        of_clock, unread = _if_read(partial(_of_clock, clock, stands, books))
        yield from of_clock or (None,) * (unread is not None)
        if clock.breached_at is not None and stands.escalates:
            begun = max(clock.breached_at, clock.known_at or EARLIEST, known_until)
            why = f"{clock.name} was not answered in time"
            level, unread = _if_read(partial(ladder.next_level, case, books, clock.name, begun, why))
            if unread is not None:
                yield None
            if level is not None and (stands.end is None or level.at < stands.end.at):
                yield _Next(level.at, sure=stands.end is not None, fact=level, begun=begun, clock=clock.name)


def _of_clock(clock: Running, stands: Standing, books: Books) -> tuple[_Next, ...]:
    """In the order of time; a recalculation that was known by the due time comes before the breach."""
    end, due = stands.end, stands.due
    changed = recalculated(clock, books, end)
    first = () if changed is None else (_Next(changed.at, sure=end is not None, fact=changed),)
    warning = stands.warning
    if warning is not None and clock.breached_at is None and (end is None or warning[0] < end.at):
        warned = partial(ClockWarned, at=warning[0], clock=clock.name, percent=warning[1])
        return (*first, _Next(warning[0], sure=end is not None, fact=warned))
    if clock.breached_at is None and due is not None and (end is None or due < end.at):
        return (*first, _Next(due, sure=end is not None, fact=partial(ClockBreached, at=due, clock=clock.name)))
    return first if end is None else (*first, _Next(end.at, sure=True, fact=_judged(clock, stands)))


def _recalculated_before(begun: Fact, case: Case, books: Books) -> ClockRecalculated | None:
    """What was known before a source's pause or resumption: the due time that this one names already follows it."""
    if not isinstance(begun, ClockPaused | ClockResumed):
        return None
    clock = next(clock for clock in case.running if clock.name == begun.clock)
    earlier = (one.fact for one in _of_clock(clock, standing(clock, books), books) if one.at < begun.at)
    return next((fact for fact in earlier if isinstance(fact, ClockRecalculated)), None)


def _judged(clock: Running, stands: Standing) -> ClockMet | ClockStopped:
    end = stands.end
    assert end is not None
    if not stands.met:
        return ClockStopped(at=end.at, clock=clock.name, reason=_STOPPED.get(end.word, f"ended by {end.word}"))
    return ClockMet(at=end.at, clock=clock.name, answered_by=_ANSWERED_BY.get(end.word, "message-sent") or end.word)
