"""How clocks begin, pause and end in the state. Pure steps of `fold.py`; what sets them off is noted in `occasions.py`,
when one is judged stands in `judging.py`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from escalation.decider.heard import NOTHING_HEARD, Report, counts_from
from escalation.decider.occasions import is_ours, occasion, stopped_by_screening
from escalation.decider.state import Asked, Case, Occasion, Running, Step
from events.changed import changed
from events.escalation import (
    GIVEN,
    CaseEscalated,
    ClockBreached,
    ClockExtended,
    ClockMet,
    ClockNotStarted,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    OwnershipOffered,
)
from events.fact import BY_RULE, EARLIEST, Fact
from rulebooks.books import parsed

SOURCE = "source"
"""The `by` of a pause that another system reported."""
StepFact = ClockPaused | ClockResumed | ClockExtended | ClockRecalculated | ClockWarned | ClockBreached
ClockFact = ClockStarted | ClockNotStarted | ClockMet | ClockStopped | StepFact
BY_SCREENING = "screened as no complaint"
"""Why a clock was stopped, where that was it."""


# --- what shows that they were set off -------------------------------------------------------------------------------


def settled(case: Case, fact: Fact) -> Case:
    """What this chapter says by rule of time and answers comes after all clocks were set off (the order of `due`): the
    occasions that stood then are done with. Those that other chapters made stay, unless the fact relies on them all;
    and all stay where it names a rulebook that could not be read then: what they set off by it begins later.
    """
    match fact:
        case ClockMet(unread=None) | ClockStopped(unread=None):
            return changed(case, occasions=tuple(one for one in case.occasions if not is_ours(one.what)))
        case ClockWarned(unread=None) | ClockBreached(unread=None):
            return changed(case, occasions=())
        case OwnershipOffered(unread=None, by=by) | CaseEscalated(unread=None, by=by) if by == BY_RULE:
            return changed(case, occasions=())
        case _:
            return case


# --- what this chapter itself said of a clock ------------------------------------------------------------------------


def clock_moved(case: Case, fact: ClockFact) -> Case:
    match fact:
        case ClockStarted():
            return _started(case, fact)
        case ClockNotStarted(clock=name, set_off_by=by):
            asked = tuple(one for one in case.asked if one.clock != name)
            if len(asked) != len(case.asked):
                return changed(case, asked=asked)
            return changed(
                case, occasions=tuple(_set_off(one, name) if one.name == by else one for one in _left(case, by))
            )
        case ClockMet(clock=name) | ClockStopped(clock=name):
            return _over(case, name, fact)
        case ClockBreached(clock=name, at=at):
            breached = next((clock for clock in case.running if clock.name == name), None)
            case = _each(case, name, lambda clock: changed(clock, breached_at=at))
            return case if breached is None else _followed(case, "breached", breached, at, since=at)
        case _:
            return _each(case, fact.clock, lambda clock: _stepped(clock, fact))


def _each(case: Case, name: str, change: Callable[[Running], Running]) -> Case:
    return changed(case, running=tuple(change(clock) if clock.name == name else clock for clock in case.running))


def _started(case: Case, fact: ClockStarted) -> Case:
    """What was noted on the asked or set-off clock goes on with it."""
    before: Asked | Occasion | None = next((one for one in case.asked if one.clock == fact.clock), None)
    case = changed(case, asked=tuple(one for one in case.asked if one.clock != fact.clock))
    if before is None:
        occasions = _left(case, fact.set_off_by)
        before = next((one for one in occasions if one.name == fact.set_off_by), None)
        case = changed(
            case,
            occasions=tuple(_set_off(one, fact.clock) if one.name == fact.set_off_by else one for one in occasions),
        )
    running = Running(
        name=fact.clock,
        at=fact.at,
        policy=fact.policy,
        calendar=fact.calendar,
        stated=fact.due if fact.policy == GIVEN else None,
        warns=fact.warn_at is not None or fact.policy != GIVEN,
        heard=before.heard if before else NOTHING_HEARD,
        set_off_by=before.name if isinstance(before, Occasion) else "",
        known_at=before.known_at if isinstance(before, Occasion) else None,
    )
    named = case.rest.named if fact.set_off_by.startswith("message:") else (*case.rest.named, fact.clock)
    rest = changed(case.rest, named=tuple(dict.fromkeys(named)))
    others = tuple(clock for clock in case.running if clock.name != fact.clock)
    return changed(case, rest=rest, running=(*others, running))


def _left(case: Case, name: str) -> tuple[Occasion, ...]:
    """Occasions are gone through in order: those before the one that has just set something off are settled."""
    at = next((number for number, one in enumerate(case.occasions) if one.name == name), 0)
    return case.occasions[at:]


def _set_off(one: Occasion, clock: str) -> Occasion:
    return changed(one, started=(*one.started, clock))


def _over(case: Case, name: str, fact: ClockMet | ClockStopped) -> Case:
    over = next((clock for clock in case.running if clock.name == name), None)
    case = changed(case, running=tuple(clock for clock in case.running if clock.name != name))
    if over is None:
        return case
    if isinstance(fact, ClockStopped):
        return stopped_by_screening(case, over, fact.at) if fact.reason == BY_SCREENING else case
    end = next((one for one in over.heard.ends if one.at == fact.at), None)
    return _followed(case, "met", over, fact.at, since=fact.at if end is None else counts_from(end, EARLIEST))


def _followed(case: Case, how: str, clock: Running, at: datetime, *, since: datetime) -> Case:
    """Another clock of the same pack may begin where this one ended, as was known `since`."""
    policy = parsed(clock.policy)
    if not policy.policy:
        return case
    name, known_at = f"{how}:{clock.name}", max(since, clock.known_at or since)
    return occasion(case, f"{how}:{policy.policy}", at, name=name, pack=policy.name, known_at=known_at)


def _stepped(clock: Running, fact: StepFact) -> Running:
    match fact:
        case ClockPaused():
            step = Step("paused", fact.at, fact.reason)
            clock = changed(clock, steps=(*clock.steps, step), paused=fact.reason if fact.lawful else clock.paused)
            if fact.reported is None:
                return clock
            heard = changed(clock.heard, waits=fact.reason, reports=_after(clock.heard.reports, fact.at, fact.reason))
            return changed(clock, heard=heard)
        case ClockResumed():
            left = clock.heard.reports if fact.reported is None else _after(clock.heard.reports, fact.at, None)
            steps = (*clock.steps, Step("resumed", fact.at))
            return changed(clock, steps=steps, paused=None, heard=changed(clock.heard, waits=None, reports=left))
        case ClockExtended():
            step = Step("extended", fact.at, fact.reason, fact.amount, fact.unit, fact.noticed_at, fact.has)
            return changed(clock, steps=(*clock.steps, step))
        case ClockRecalculated():
            return changed(clock, policy=fact.policy, calendar=fact.calendar)
        case ClockWarned(percent=percent):
            return changed(clock, warned=(*clock.warned, percent or 0))
        case ClockBreached():
            return changed(clock, breached_at=fact.at)
    assert_never(fact)


def _after(reports: tuple[Report, ...], at: datetime, reason: str | None) -> tuple[Report, ...]:
    """The reports that are still to be followed. A resume leaves the report that names the next reason."""
    for number, report in enumerate(reports):
        if report.at == at:
            done = report.reason == reason
            return reports[number + 1 :] if done else reports[number:]
    return reports
