"""How clocks begin and end in the state. Pure steps of `fold.py`; when a clock is judged stands in `due.py`."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, assert_never

from escalation.decider.state import FIRST_REPLY, REPLY, RESOLUTION, Case, End, Running, Waiting, is_reply
from events.escalation import ClockBreached, ClockMet, ClockStarted, ClockStopped, ClockWarned
from events.intake import ComplaintLodged, MessageReceived

ClockFact = ClockStarted | ClockWarned | ClockBreached | ClockMet | ClockStopped
_NAME_CHARACTERS_MAX = 200
_FINAL = frozenset({"closed", "withdrawn", "case-closed", "screened-out"})
"""After one of these nothing can end the clock any more."""


def first_clocks(fact: ComplaintLodged) -> tuple[tuple[Waiting, ...], bool]:
    """The clocks that a lodging sets off, and whether the resolution is among them. Old history gets the given ones."""
    source = "" if fact.reported is None else fact.reported.source
    reference = "" if fact.reported is None else fact.reported.reference
    clocks: dict[str, Waiting] = {}
    for due in fact.dues:
        clocks.setdefault(
            due.clock, Waiting(due.clock, since=fact.at, basis=source, given=due.due, reference=reference)
        )
    if fact.history is None:
        clocks.setdefault(FIRST_REPLY, Waiting(FIRST_REPLY, since=fact.at, basis=fact.channel))
    return tuple(clocks.values()), RESOLUTION in clocks


def message_left(case: Case, fact: MessageReceived) -> Case:
    """Every further message is owed an answer (R83); also where the case was closed before."""
    name = f"{REPLY}{fact.message_id}"[:_NAME_CHARACTERS_MAX]
    rest = case.rest
    names = {clock.name for clock in case.waiting} | {clock.name for clock in case.running}
    if rest.history is not None or rest.screened_out or name in names:
        return case
    return replace(case, waiting=(*case.waiting, Waiting(name, since=fact.at, basis=fact.channel)))


def resolution_begun(case: Case) -> Case:
    """The resolution clock of this cycle, once its grade is known. A later grade leaves it as it is."""
    rest = case.rest
    if rest.timed or rest.screened_out or rest.closed or rest.grade is None or rest.history is not None:
        return case
    count = rest.resolutions + 1
    name = RESOLUTION if count == 1 else f"{RESOLUTION}#{count}"
    clock = Waiting(name, since=rest.since, basis=rest.grade)
    return replace(case, rest=replace(rest, timed=True, resolutions=count), waiting=(*case.waiting, clock))


C = TypeVar("C", Waiting, Running)


def ended(case: Case, end: End) -> Case:
    """The end is noted on every clock that it may end; the first one of its kind stays."""
    if not case.waiting and not case.running:
        return case
    return replace(
        case,
        waiting=tuple(_noted(clock, end) for clock in case.waiting),
        running=tuple(_noted(clock, end) for clock in case.running),
    )


def _noted(clock: C, end: End) -> C:
    answers = end.how in ("message-sent", "contact-recorded")
    if answers and (not is_reply(clock.name) or end.at < clock.since):
        return clock
    if end.how in ("closed", "withdrawn") and is_reply(clock.name):
        end = End(end.at, "case-closed")
    known = any(
        one.how in _FINAL or (one.how, one.message, one.automatic) == (end.how, end.message, end.automatic)
        for one in clock.ends
    )
    return clock if known else replace(clock, ends=(*clock.ends, end))


def clock_moved(case: Case, fact: ClockFact) -> Case:
    """What this chapter itself said of a clock."""
    match fact:
        case ClockStarted():
            return _started(case, fact)
        case ClockWarned(clock=name):
            return replace(case, running=_each(case.running, name, lambda clock: replace(clock, warn_at=None)))
        case ClockBreached(clock=name):
            return replace(case, running=_each(case.running, name, lambda clock: replace(clock, breached=True)))
        case ClockMet(clock=name) | ClockStopped(clock=name):
            return replace(case, running=tuple(clock for clock in case.running if clock.name != name))
    assert_never(fact)


def _each(running: tuple[Running, ...], name: str, change: Callable[[Running], Running]) -> tuple[Running, ...]:
    return tuple(change(clock) if clock.name == name else clock for clock in running)


def _started(case: Case, fact: ClockStarted) -> Case:
    ends = next((clock.ends for clock in case.waiting if clock.name == fact.clock), ())
    running = Running(fact.clock, fact.at, fact.due, fact.policy, warn_at=fact.warn_at, ends=ends)
    return replace(
        case,
        waiting=tuple(clock for clock in case.waiting if clock.name != fact.clock),
        running=(*(clock for clock in case.running if clock.name != fact.clock), running),
    )
