"""Which clocks begin: what a publisher asks for, and what the packs in force make of an occasion. Pure.

The due time in the fact is the one without pauses and extensions; what moves it later is in later facts.
"""

from collections.abc import Iterator
from datetime import datetime

from clocks import History, OutOfReach, Started, run
from escalation.decider.reading import Judge, packs
from escalation.decider.state import Asked, Case, Occasion
from events.decider import UnknownRulebook
from events.escalation import GIVEN, ClockNotStarted, ClockStarted
from events.fact import LAST, Origin
from rulebooks.books import Edition, covering, is_published, latest, parsed
from rulebooks.forms import calendar_of, pack_of
from rulebooks.pack import Applies, Pack, PackPolicy, Traits
from rulebooks.state import Books

GIVEN_WARN_PERCENT = 80
"""Of the time that a publisher gives by a due time: we warn of it as late as of most of ours."""
_NAME_CHARACTERS_MAX = 200


# --- asked for by a publisher ----------------------------------------------------------------------------------------


def asked_for(asked: Asked, case: Case, books: Books) -> ClockStarted | ClockNotStarted:
    """The clock that a publisher asks for. Raises UnknownRulebook where it names a pack that nobody has published, or a
    policy that its pack does not have: that parks the case (L22). A category without a policy is told in a fact.
    """
    reported = Origin(source=asked.source, reference=asked.reference) if asked.source else None
    if asked.policy is None:
        return _given(asked, reported, warns=case.rest.history is None)
    wanted = parsed(asked.policy)
    name = wanted.name
    if not is_published(books, "pack", name):
        raise UnknownRulebook(f"pack/{name}")
    found = latest(books, "pack", name, asked.at)
    category = asked.category
    basis = None if wanted.policy or category is None else f"category={category}"[:_NAME_CHARACTERS_MAX]
    refused = ClockNotStarted(
        at=asked.at,
        clock=asked.clock,
        pack=name,
        basis=basis,
        reason="no-policy",
        stated_due=asked.due,
        reported=reported,
    )
    if found is None:
        return refused.model_copy(update={"reason": "not-in-force"})
    refused = refused.model_copy(update={"rulebook": found.ref})
    pack = pack_of(found)
    policy = pack.named(wanted.policy or pack.by_category.get(category or "", ""))
    if policy is None and wanted.policy:
        raise UnknownRulebook(f"pack/{name}/{wanted.policy}")
    calendar = None if policy is None else latest(books, "calendar", pack.calendar_of(policy), asked.at)
    if policy is None or calendar is None:
        return refused if policy is None else refused.model_copy(update={"reason": "not-in-force"})
    started = _started(asked.clock, asked.at, found, policy, calendar, set_off_by="lodged")
    return started.model_copy(update={"basis": basis, "stated_due": asked.due, "reported": reported})


def _given(asked: Asked, reported: Origin | None, *, warns: bool) -> ClockStarted:
    """A due time given before the start is kept as given, and leaves nothing to warn of."""
    due = min(asked.due or asked.at, LAST)
    warn_at = asked.at + (due - asked.at) * GIVEN_WARN_PERCENT / 100 if warns and due > asked.at else None
    return ClockStarted(at=asked.at, clock=asked.clock, due=due, warn_at=warn_at, policy=GIVEN, reported=reported)


# --- set off by an occasion ------------------------------------------------------------------------------------------


def set_off(case: Case, books: Books) -> ClockStarted | ClockNotStarted | None:
    """The next clock that an occasion sets off and that has not been started yet; or that it cannot be."""
    for one in case.occasions:
        for started in _set_off(one, case, books):
            return started
    return None


def _set_off(one: Occasion, case: Case, books: Books) -> Iterator[ClockStarted | ClockNotStarted]:
    rest = case.rest
    version = covering if rest.history is None else latest
    traits = Traits(one.grade or "", one.channel, rest.branch or "", one.category or "", one.post or "")
    for pack, found, own in packs(books, one.at, rest.packs, only_asked=rest.history is not None, only=one.pack):
        if one.what == "lodged" and pack.name in rest.packs:
            continue
        for policy in _chosen(pack, one, traits):
            clock = policy.clock_name if own else f"{pack.name}:{policy.clock_name}"
            if _is_running(clock, one, case):
                continue
            calendar = version(books, "calendar", pack.calendar_of(policy), one.at)
            name = _named(clock, one, rest.named)
            if calendar is None:
                yield ClockNotStarted(
                    at=one.at,
                    clock=name,
                    pack=pack.name,
                    set_off_by=one.name,
                    reason="not-in-force",
                    rulebook=found.ref,
                )
            else:
                yield _started(name, one.at, found, policy, calendar, set_off_by=one.name)


def _chosen(pack: Pack, one: Occasion, traits: Traits) -> Iterator[PackPolicy]:
    """Of each clock of the pack the first policy that fits, where this part of the occasion is its turn."""
    if not pack.applies.fits(traits):
        return
    begun = [policy for policy in pack.policy if one.what == policy.starts or one.what in policy.restarted_by]
    late = {policy.clock_name for policy in begun if _looks_at_grade(pack.applies) or _looks_at_grade(policy.applies)}
    taken: set[str] = set()
    for policy in begun:
        clock = policy.clock_name
        turn = one.part == "all" or (one.part == "late") == (clock in late)
        if turn and clock not in taken and policy.applies.fits(traits):
            taken.add(clock)
            yield policy


def _looks_at_grade(applies: Applies) -> bool:
    """Grade or category: both are known once the case is graded."""
    return bool(applies.grades or applies.categories)


def _is_running(clock: str, one: Occasion, case: Case) -> bool:
    """Whether the occasion has set it off already, or a publisher gave a clock of this name in the first cycle."""
    if clock in case.rest.given and one.what == "lodged" and one.name in ("lodged", "graded"):
        return True
    return any(name == clock or name.startswith((f"{clock}#", f"{clock}:")) for name in one.started)


def _named(clock: str, one: Occasion, taken: tuple[str, ...]) -> str:
    """`reply:<message>` for messages; `resolution`, `resolution#2` for what comes again."""
    if one.what == "message":
        return f"{clock}:{one.name.removeprefix('message:')}"[:_NAME_CHARACTERS_MAX]
    number = 1
    while (clock if number == 1 else f"{clock}#{number}") in taken:
        number += 1
    return clock if number == 1 else f"{clock}#{number}"


def _started(
    clock: str, at: datetime, pack: Edition, policy: PackPolicy, calendar: Edition, *, set_off_by: str
) -> ClockStarted:
    judge = Judge(policy, calendar_of(calendar))
    due, warn_at, provisional = _without_steps(at, judge)
    return ClockStarted(
        at=at,
        clock=clock,
        due=due,
        warn_at=warn_at,
        policy=pack.policy(policy.name),
        calendar=calendar.ref,
        pack=pack.name,
        standing=policy.standing,
        set_off_by=set_off_by,
        provisional=provisional,
    )


def _without_steps(at: datetime, judge: Judge) -> tuple[datetime | None, datetime | None, bool]:
    """Due time, first warning, and whether that is provisional, as it stands at the start."""
    try:
        state = run(History(Started(at, "start")), judge.policy, judge.calendar, at)
    except OutOfReach:
        return LAST, None, True
    if state.due is None:
        return None, None, False
    warn_at = min((warning.at for warning in state.warnings), default=None)
    due = min(state.due, LAST)
    return due, warn_at if warn_at is not None and warn_at < due else None, state.provisional
