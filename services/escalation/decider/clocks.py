"""How clocks begin, pause and end in the state. Pure steps of `fold.py`; when a clock is judged stands in `judging.py`.

Which policies an occasion sets off is not known here: rulebooks are read where something is owed, never in a fold.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Literal, assert_never

from escalation.decider.hearing import heard_before
from escalation.decider.state import Asked, Case, Former, Heard, Occasion, Report, Rest, Running, Step, counts_from
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
from events.intake import ComplaintLodged, MessageReceived
from events.occasions import AFTER_ANOTHER
from events.triage import Grade
from rulebooks.books import parsed

SOURCE = "source"
"""The `by` of a pause that another system reported."""
StepFact = ClockPaused | ClockResumed | ClockExtended | ClockRecalculated | ClockWarned | ClockBreached
ClockFact = ClockStarted | ClockNotStarted | ClockMet | ClockStopped | StepFact
_FORMER_MAX = 16
_OURS = (*AFTER_ANOTHER, "offered", "accepted", "escalated")
_NAME_CHARACTERS_MAX = 200
_ID_CHARACTERS_MAX = 100
"""Of a message's id in the names of its occasion and its clocks, `<pack>:<clock>:<id>`."""


# --- what sets clocks off --------------------------------------------------------------------------------------------


def first_clocks(case: Case, fact: ComplaintLodged) -> Case:
    """What a lodging sets off. Old history gets only the clocks that its publisher gives it."""
    asked: dict[str, Asked] = {}
    source, reference = ("", "") if fact.reported is None else (fact.reported.source, fact.reported.reference)
    for due in fact.dues:
        asked.setdefault(due.clock, Asked(due.clock, fact.at, due.due, due.policy, fact.category, source, reference))
    packs = dict.fromkeys(parsed(one.policy).name for one in asked.values() if one.policy)
    case = changed(case, asked=tuple(asked.values()), rest=changed(case.rest, given=tuple(asked), packs=tuple(packs)))
    return case if fact.history else occasion(case, "lodged", fact.at, part="early", inherits=False)


def message_left(case: Case, fact: MessageReceived, known_at: datetime | None) -> Case:
    """Every further message may set off a clock (R83); also where the case was closed before."""
    name = f"message:{_short(fact.message_id)}"
    known = any(one.name == name for one in case.occasions) or any(one.set_off_by == name for one in case.running)
    if case.rest.screened_out or known:
        return case
    return occasion(case, "message", fact.at, known_at=known_at, name=name, channel=fact.channel, inherits=False)


def _short(message_id: str) -> str:
    """The id; of a very long one its beginning and a digest, so that clocks are named by it and still differ."""
    if len(message_id) <= _ID_CHARACTERS_MAX:
        return message_id
    return f"{message_id[: _ID_CHARACTERS_MAX - 17]}~{sha256(message_id.encode()).hexdigest()[:16]}"


def graded_clocks(case: Case, known_at: datetime) -> Case:
    """The clocks of this cycle that wait for its grade. A later grade leaves them as they are."""
    rest = case.rest
    if rest.timed or rest.screened_out or rest.closed or rest.grade is None:
        return case
    number = rest.gradings + 1
    case = changed(case, rest=changed(rest, timed=True, gradings=number))
    name = "graded" if number == 1 else f"graded#{number}"
    return occasion(case, rest.cycle, rest.since, name=name, part="late", known_at=known_at)


def occasion(
    case: Case,
    what: str,
    at: datetime,
    *,
    name: str | None = None,
    known_at: datetime | None = None,
    part: Literal["all", "early", "late"] = "all",
    channel: str | None = None,
    post: str | None = None,
    pack: str | None = None,
    inherits: bool = True,
) -> Case:
    """Something that may set off clocks. `inherits`: what ended clocks after `at` and is noted already counts too. A
    word of this chapter sets them off for what the case was known as then, whenever it is said (L14).
    """
    rest = case.rest
    if rest.history is not None and not rest.packs:
        return case
    known: Rest | Former = rest
    if rest.former and (known_at or at) < rest.former[-1].until and _is_ours(what):
        known = next(one for one in rest.former if (known_at or at) < one.until)
    counted = dict(rest.counted)
    if name is None and what != "lodged":
        counted[what] = counted.get(what, 0) + 1
        name = f"{what}#{counted[what]}"
    if known_at is not None and known_at <= at:
        known_at = None
    begun = Occasion(
        name=(name or what)[:_NAME_CHARACTERS_MAX],
        what=what,
        at=at,
        known_at=known_at,
        part=part,
        channel=rest.channel if channel is None else channel,
        grade=known.grade,
        category=known.category,
        post=post,
        pack=pack,
        heard=heard_before(rest, at, known_at, inherits=inherits),
    )
    return changed(case, rest=changed(rest, counted=tuple(counted.items())), occasions=(*case.occasions, begun))


def known_as(rest: Rest, since: datetime, grade: Grade | None, category: str | None) -> Rest:
    """It is known as this from now on."""
    if (grade, category) == (rest.grade, rest.category):
        return rest
    former = rest.former
    if not former or former[-1].until != since:
        former = (*former, Former(since, rest.grade, rest.category))[-_FORMER_MAX:]
    return changed(rest, grade=grade, category=category, former=former)


# --- what shows that they were set off -------------------------------------------------------------------------------


def settled(case: Case, fact: Fact) -> Case:
    """What this chapter says by rule of time and answers comes after all clocks were set off (the order of `due`): the
    occasions that stood then are done with. Those that other chapters made stay, unless the fact relies on them all;
    and all stay where it names a rulebook that could not be read then: what they set off by it begins later.
    """
    match fact:
        case ClockMet(unread=None) | ClockStopped(unread=None):
            return changed(case, occasions=tuple(one for one in case.occasions if not _is_ours(one.what)))
        case ClockWarned(unread=None) | ClockBreached(unread=None):
            return changed(case, occasions=())
        case OwnershipOffered(unread=None, by=by) | CaseEscalated(unread=None, by=by) if by == BY_RULE:
            return changed(case, occasions=())
        case _:
            return case


def _is_ours(what: str) -> bool:
    return what.startswith(_OURS)


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
        heard=before.heard if before else Heard(),
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
    if over is None or isinstance(fact, ClockStopped):
        return case
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
