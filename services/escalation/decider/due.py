"""`owed`: what escalation should have said by now, judged by the times in the history (L14).

Reported custody and started clocks come first and at once, also while history loads. Then offers. Then what time and
answers bring, the earliest first: so each level of the ladder fires once and in order, whenever somebody looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.decider.holding import BY_RULE
from escalation.decider.state import Case, Custody, End, ImportBatch, Running, State, Waiting, Wanted, is_reply
from escalation.rules import Handoff, Ladder, Rules
from escalation.weekdays import add_weekdays
from events.decider import NOTHING, Context, Owed
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    CustodyReported,
    OwnershipOffered,
)
from events.fact import EARLIEST, LATEST, Fact, Origin

CRISIS = "crisis"
GIVEN = "given"
_JUST_AFTER = timedelta(microseconds=1)
"""An answer at the very due time is in time; one moment later it is late."""
_LAST = LATEST - _JUST_AFTER
_STOPPED = {"screened-out": "screened as no complaint", "case-closed": "the case was closed"}


def owed(state: State, context: Context, now: datetime) -> Owed:
    """At most one fact, and when to look again."""
    if not isinstance(state, Case):
        return NOTHING
    rules: Rules = context.rules
    if state.custody:
        return Owed(_custody(state.custody[0]))
    if state.waiting:
        return Owed(_started(state.waiting[0], state, rules))
    known_until = _known_until(state, context)
    if known_until is None:
        return NOTHING
    if state.wanted:
        return Owed(_offered(state.wanted[0], state.rest.barred, rules.handoff))
    return _in_time(state, rules, known_until, now)


def leans_on(state: State) -> tuple[str, ...]:
    """The import that brought the case, where anything but a report may come to be owed."""
    if not isinstance(state, Case) or state.rest.history is None:
        return ()
    return (state.rest.history,) if state.running or state.waiting or state.wanted or state.crisis_at else ()


def _known_until(case: Case, context: Context) -> datetime | None:
    """Until when the history of this case is known; None while it loads. Live cases have none to wait for."""
    if case.rest.history is None:
        return EARLIEST
    batch = context.others.get(case.rest.history)
    return batch.known_until if isinstance(batch, ImportBatch) else None


def _custody(custody: Custody) -> CustodyReported:
    return CustodyReported(
        at=custody.at, team=custody.team, owner=custody.owner, line=custody.line, reported=custody.origin
    )


# --- clocks start ----------------------------------------------------------------------------------------------------


def _started(clock: Waiting, case: Case, rules: Rules) -> ClockStarted:
    policies = rules.policies
    if clock.given is not None:
        reported = Origin(source=clock.basis, reference=clock.reference) if clock.basis else None
        warn_percent = policies.given.warn_percent if case.rest.history is None else None
        return _clock(clock, clock.given, GIVEN, warn_percent=warn_percent, reported=reported)
    if is_reply(clock.name):
        reply = policies.for_channel(clock.basis)
        due = clock.since + reply.within
        return _clock(clock, due, f"{reply.name}@{policies.version}", warn_percent=reply.warn_percent)
    resolution = policies.for_grade(clock.basis)
    due = add_weekdays(clock.since, resolution.weekdays, rules.zone)
    return _clock(clock, due, f"{resolution.name}@{policies.version}", warn_percent=resolution.warn_percent)


def _clock(
    clock: Waiting, due: datetime, policy: str, *, warn_percent: int | None, reported: Origin | None = None
) -> ClockStarted:
    """A due time given before the start is kept as given, and leaves nothing to warn of."""
    due = min(due, _LAST)
    warn_at = None
    if warn_percent is not None and due > clock.since:
        warn_at = clock.since + (due - clock.since) * warn_percent / 100
    return ClockStarted(at=clock.since, clock=clock.name, due=due, warn_at=warn_at, policy=policy, reported=reported)


# --- offers ----------------------------------------------------------------------------------------------------------


def _offered(wanted: Wanted, barred: tuple[str, ...], handoff: Handoff) -> OwnershipOffered:
    """By rule: nobody has filled in a packet."""
    to = _asked(wanted, handoff)
    return OwnershipOffered(
        at=wanted.at,
        to=handoff.fallback if to in barred else to,
        by=BY_RULE,
        reason=f"{wanted.because}: {handoff.ref}",
        packet_percent=0,
    )


def _asked(wanted: Wanted, handoff: Handoff) -> str:
    if wanted.because == "routed" and wanted.post is not None:
        return wanted.post
    if wanted.refusals >= handoff.refusals_max:
        return handoff.after_refusals
    refused = handoff.known(wanted.post or "")
    return handoff.fallback if refused is None else refused.after_refusal


# --- what time and answers bring -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Next:
    """A fact that is due at `at`; `sure` where the history has settled it, else it comes true by silence."""

    at: datetime
    sure: bool
    fact: Fact


def _in_time(case: Case, rules: Rules, known_until: datetime, now: datetime) -> Owed:
    first: _Next | None = None
    wake_at: datetime | None = None
    for candidate in _candidates(case, rules, known_until):
        if candidate.sure or now > candidate.at:
            if first is None or candidate.at < first.at:
                first = candidate
        elif wake_at is None or candidate.at + _JUST_AFTER < wake_at:
            wake_at = candidate.at + _JUST_AFTER
    return Owed(wake_at=wake_at) if first is None else Owed(first.fact)


def _candidates(case: Case, rules: Rules, known_until: datetime) -> Iterator[_Next]:
    """The next fact of each clock, and of the ladder."""
    ladder = rules.ladder
    crisis = ladder.crisis_level
    if case.crisis_at is not None and case.rest.level < crisis:
        at = max(case.crisis_at, known_until)
        fact = _escalated(case, ladder, crisis, at=at, clock=CRISIS, why="it is graded as a crisis")
        yield _Next(at, sure=True, fact=fact)
    for clock in case.running:
        end = _end(clock, rules)
        yield from _of_clock(clock, end)
        if clock.breached and case.rest.level < len(ladder.level):
            at = _level_due(case, clock, rules, known_until)
            if end is None or at < end.at:
                why = f"{clock.name} was not answered in time"
                fact = _escalated(case, ladder, case.rest.level + 1, at=at, clock=clock.name, why=why)
                yield _Next(at, sure=end is not None, fact=fact)


def _of_clock(clock: Running, end: End | None) -> Iterator[_Next]:
    if clock.warn_at is not None and clock.warn_at < clock.due and (end is None or clock.warn_at < end.at):
        yield _Next(clock.warn_at, sure=end is not None, fact=ClockWarned(at=clock.warn_at, clock=clock.name))
    elif not clock.breached and (end is None or clock.due < end.at):
        yield _Next(clock.due, sure=end is not None, fact=ClockBreached(at=clock.due, clock=clock.name))
    elif end is not None:
        yield _Next(end.at, sure=True, fact=_judged(clock, end))


def _end(clock: Running, rules: Rules) -> End | None:
    """The first thing in the log that ends this clock, by its policy."""
    if not clock.ends:
        return None
    policy = rules.policies.named(clock.policy)
    for end in clock.ends:
        if end.how == "message-sent":
            if end.message in policy.answered_by and (policy.automatic_counts or not end.automatic):
                return end
        elif end.how != "contact-recorded" or policy.contact_counts:
            return end
    return None


def _judged(clock: Running, end: End) -> ClockMet | ClockStopped:
    if end.how in _STOPPED:
        return ClockStopped(at=end.at, clock=clock.name, reason=_STOPPED[end.how])
    return ClockMet(at=end.at, clock=clock.name, answered_by=end.how)


def _level_due(case: Case, clock: Running, rules: Rules, known_until: datetime) -> datetime:
    """When the next level has its duty: its own time after the level below, and not before this clock was breached.
    Old history is judged as of the moment until which it is known.
    """
    wait = timedelta(minutes=rules.ladder.level[case.rest.level].after_minutes)
    below = case.rest.level_at
    at = max(clock.due, known_until) + wait if below is None else max(clock.due, known_until, below + wait)
    return min(at, _LAST)


def _escalated(case: Case, ladder: Ladder, level: int, *, at: datetime, clock: str, why: str) -> CaseEscalated:
    owned_since = case.rest.holding.owned_since
    return CaseEscalated(
        at=at,
        level=level,
        post=ladder.level[level - 1].post,
        clock=clock,
        reason=f"{why}: {ladder.ref}",
        unowned=owned_since is None or owned_since > at,
    )
