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
from escalation.decider.clocks import BY_SCREENING
from escalation.decider.judging import Standing, standing
from escalation.decider.missed import Late
from escalation.decider.recalculating import recalculated
from escalation.decider.starting import asked_for, set_off
from escalation.decider.state import Case, Custody, ImportBatch, Running, State, Wanted
from escalation.decider.waiting import paused_at_source
from events.decider import NOTHING, Context, Owed
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStopped,
    ClockWarned,
    CustodyReported,
    OwnershipOffered,
)
from events.fact import BY_RULE, EARLIEST, LAST, Fact
from rulebooks.books import NotReadYet, parsed, rulebook_stream
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
    "screened-out": BY_SCREENING,
    "closed": "the case was closed",
    "closed-withdrawn": "the case was closed",
    "withdrawn": "the complaint was withdrawn",
}


def owed(state: State, context: Context, now: datetime) -> Owed:
    """At most one fact, and when to look again. Raises UnknownRulebook where a case names one that is not there."""
    if not isinstance(state, Case):
        return NOTHING
    if state.custody:
        return Owed(_custody(state.custody[0]))
    books: Books = context.books
    if not _is_busy(state):
        return NOTHING
    if not reading.has_regimes(books):
        return Owed(wake_at=now + SOON)
    loaded = _loaded(state, context)
    begun, unread = _if_read(partial(_begun, state, books))
    if begun is not None:
        return Owed(begun)
    paused = paused_at_source(state, books, LAST if loaded is None else loaded.known_at)
    if paused is not None and (loaded is None or paused[1] <= loaded.known_at):
        return Owed(paused[0])  # as it would be while history loads, whether anybody looked then or not
    if loaded is None:
        return Owed(wake_at=None if unread is None else now + LATER)
    offered, nobody = _if_read(lambda: _offered(state.wanted[0], books) if state.wanted else None)
    owes = Owed(offered)
    if offered is None:
        waits = unread is not None or nobody is not None
        owes = _in_time(state, books, loaded, now, waits=waits, paused=paused)
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
        rulebook_stream("pack", parsed(one.policy).name): None for one in state.asked if one.policy is not None
    }
    for clock in state.running:
        if clock.calendar is not None and clock.breached_at is None:
            followed[rulebook_stream("pack", parsed(clock.policy).name)] = None
            followed[rulebook_stream("calendar", parsed(clock.calendar).name)] = None
    return (*history, *followed)


def _is_busy(case: Case) -> bool:
    return bool(case.running or case.asked or case.occasions or case.wanted or case.crises or case.missed.late)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Until when the history of a case is known, and when that was known: nobody judged it before."""

    until: datetime
    known_at: datetime


_LIVE = _Loaded(EARLIEST, EARLIEST)


def _loaded(case: Case, context: Context) -> _Loaded | None:
    """None while its history loads. Live cases have none to wait for."""
    if case.rest.history is None:
        return _LIVE
    batch = context.others.get(case.rest.history)
    if not isinstance(batch, ImportBatch) or batch.known_until is None:
        return None
    return _Loaded(batch.known_until, batch.known_at or batch.known_until)


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


def _offered(wanted: Wanted, books: Books) -> OwnershipOffered | None:
    """By rule: nobody has filled in a packet. None where no organisation covers the moment."""
    found = reading.organisation(books, wanted.at)
    if found is None:
        return None
    company, ref = found
    to = _asked(wanted, company)
    if to in wanted.barred or not company.may_own(to, wanted.category, wanted.grade):
        to = company.fallback
    person = "" if company.known(to) else ", to a person (no post is called so)"  # or to a post misspelt
    return OwnershipOffered(
        at=wanted.at,
        to=to,
        by=BY_RULE,
        reason=f"{wanted.because}{person}: {ref}",
        packet_percent=0,
        organisation=ref,
    )


def _asked(wanted: Wanted, company: Organisation) -> str:
    if wanted.because in ("routed", "reopened", "named") and wanted.post is not None:
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
    since: datetime = EARLIEST
    """When its clock was known: before that nobody could tell it."""

    @property
    def order(self) -> tuple[datetime, datetime, datetime, str]:
        return max(self.at, self.since), self.at, self.begun, self.clock


def _in_time(
    case: Case,
    books: Books,
    loaded: _Loaded,
    now: datetime,
    *,
    waits: bool,
    paused: tuple[ClockPaused | ClockResumed, datetime] | None,
) -> Owed:
    """A source's pause waits for what came before it was known: whoever looked then has told that already."""
    first: _Next | None = None
    wake_at = now + LATER if waits else None
    for candidate in _candidates(case, books, loaded):
        if paused is not None and candidate is not None and max(candidate.at, candidate.since) >= paused[1]:
            continue
        if candidate is None:
            wake_at = min(wake_at or LAST, now + LATER)
        elif candidate.sure or now > candidate.at:
            if first is None or candidate.order < first.order:
                first = candidate
        elif wake_at is None or candidate.at + _JUST_AFTER < wake_at:
            wake_at = candidate.at + _JUST_AFTER
    if first is None:
        return Owed(wake_at=wake_at) if paused is None else Owed(paused[0])
    return Owed(first.fact() if isinstance(first.fact, partial) else first.fact)


def _candidates(case: Case, books: Books, loaded: _Loaded) -> Iterator[_Next | None]:
    """The next fact of each clock, and of the ladder; None for one that waits for a rulebook."""
    for graded_at in case.crises:
        crisis, unread = _if_read(partial(ladder.crisis_level, case, books, max(graded_at, loaded.until)))
        if unread is not None:
            yield None
        if crisis is not None:
            yield _Next(crisis.at, sure=True, fact=crisis)
    for clock in case.running:
        stands = standing(clock, books, loaded.known_at)
        of_clock, unread = _if_read(partial(_of_clock, clock, stands, books))
        yield from of_clock or (None,) * (unread is not None)
        if clock.breached_at is not None and stands.escalates:
            breached = Late(clock.name, max(clock.breached_at, clock.known_at or EARLIEST), stands.over_at)
            yield from _level(breached, "answered", case, books, loaded)
    for late in case.missed.late:
        yield from _level(late, "done", case, books, loaded)


def _level(late: Late, how: str, case: Case, books: Books, loaded: _Loaded) -> Iterator[_Next | None]:
    """The next level that fires because of this, unless it is over by then."""
    begun = max(late.begun, loaded.until)
    why = f"{late.name} was not {how} in time"
    level, unread = _if_read(partial(ladder.next_level, case, books, late.name, begun, why))
    if unread is not None:
        yield None
    if level is not None and (late.over_at is None or level.at < late.over_at):
        yield _Next(level.at, sure=late.over_at is not None, fact=level, begun=begun, clock=late.name)


def _of_clock(clock: Running, stands: Standing, books: Books) -> tuple[_Next, ...]:
    """In the order of time; a recalculation that was known by the due time comes before the breach."""
    over_at, due = stands.over_at, stands.due
    sure, since = over_at is not None, clock.known_at or EARLIEST
    changed = recalculated(clock, books, over_at)
    first = () if changed is None else (_Next(changed.at, sure=sure, fact=changed, since=since),)
    warning = stands.warning
    if warning is not None and clock.breached_at is None and (over_at is None or warning[0] < over_at):
        warned = partial(ClockWarned, at=warning[0], clock=clock.name, percent=warning[1])
        return (*first, _Next(warning[0], sure=sure, fact=warned, since=since))
    if clock.breached_at is None and due is not None and (over_at is None or due < over_at):
        breached = partial(ClockBreached, at=due, clock=clock.name)
        return (*first, _Next(due, sure=sure, fact=breached, since=since))
    if over_at is None:
        return first
    return (*first, _Next(over_at, sure=True, fact=_judged(clock, stands), since=since))


def _judged(clock: Running, stands: Standing) -> ClockMet | ClockStopped:
    end = stands.end
    assert end is not None
    if not stands.met:
        return ClockStopped(at=end.at, clock=clock.name, reason=_STOPPED.get(end.word, f"ended by {end.word}"))
    return ClockMet(at=end.at, clock=clock.name, answered_by=_ANSWERED_BY.get(end.word, "message-sent") or end.word)
