"""Which clocks begin: what a publisher asks for, and what the packs in force make of an occasion. Pure.

The due time in the fact is the one without pauses and extensions; what moves it later is in later facts.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from escalation.decider.judging import GIVEN_WARN_PERCENT, KEPT_MAX, ran_from
from escalation.decider.reading import Judge, judge_of, packs
from escalation.decider.state import Again, Asked, Case, Occasion, Rest
from events.decider import UnknownRulebook
from events.escalation import GIVEN, ClockNotStarted, ClockStarted
from events.fact import LAST, WORD_CHARACTERS_MAX, Origin
from rulebooks.books import Edition, NotReadYet, by_ref, covering, is_published, latest, parsed
from rulebooks.forms import pack_of
from rulebooks.pack import Applies, Pack, PackPolicy, Traits
from rulebooks.shelf import Shelf, shelf_of
from rulebooks.state import Books

_NUMBERED = re.compile(r"(.+)#([0-9]{1,5})", re.DOTALL)


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
    version = covering if case.rest.history is None else latest
    found = version(books, "pack", name, asked.at)
    category = asked.category
    basis = None if wanted.policy or category is None else f"category={category}"[:WORD_CHARACTERS_MAX]
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
    calendar = None if policy is None else version(books, "calendar", pack.calendar_of(policy), asked.at)
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
    if one.again is not None:
        if not one.started:
            yield _again(one.again, one, rest.named, books)
        return
    version = covering if rest.history is None else latest
    for begins in _begun_by(one, rest, books):
        if _is_running(begins.clock, one, case):
            continue
        found, policy = begins.edition, begins.policy
        calendar = version(books, "calendar", begins.calendar, one.at)
        name = _named(begins.clock, one, rest.named)
        if calendar is None:
            yield ClockNotStarted(
                at=one.at,
                clock=name,
                pack=found.name,
                set_off_by=one.name,
                reason="not-in-force",
                rulebook=found.ref,
            )
        else:
            yield _started(name, one.at, found, policy, calendar, set_off_by=one.name)


def _again(again: Again, one: Occasion, taken: tuple[str, ...], books: Books) -> ClockStarted:
    """Numbered after the one that was stopped. Raises UnknownRulebook."""
    found, calendar = by_ref(books, "pack", again.policy), by_ref(books, "calendar", again.calendar)
    policy = pack_of(found).named(parsed(again.policy).policy)
    if policy is None:
        raise UnknownRulebook(again.policy)
    numbered = _NUMBERED.fullmatch(again.clock)
    clock, number = (again.clock, 1) if numbered is None else (numbered[1], int(numbered[2]))
    return _started(_numbered(clock, number + 1, taken), one.at, found, policy, calendar, set_off_by=one.name)


class _Begins(NamedTuple):
    """A clock that an occasion sets off, by which policy of which pack, and the name of the calendar."""

    clock: str
    edition: Edition
    policy: PackPolicy
    calendar: str


def _begun_by(one: Occasion, rest: Rest, books: Books) -> Iterator[_Begins]:
    """All that the packs make of the occasion, as far as they have been read. Raises NotReadYet after that."""
    shelf = shelf_of(books)
    traits = Traits(one.grade or "", one.channel, rest.branch or "", one.category or "", one.post or "")
    turn = _Turn(one.what, one.part, one.pack, rest.packs, rest.history is not None)
    begins, unread = _begins(shelf, shelf.since(one.at), turn, traits)
    yield from begins
    if unread is not None:
        raise NotReadYet(unread)


class _Turn(NamedTuple):
    """What of an occasion and its case the packs are asked by, beside the moment and the traits."""

    what: str
    part: str
    only: str | None
    asked: tuple[str, ...]
    only_asked: bool


@lru_cache(KEPT_MAX)
def _begins(shelf: Shelf, since: datetime, turn: _Turn, traits: Traits) -> tuple[tuple[_Begins, ...], str | None]:
    """And the name of the first rulebook that has not been read. Kept: most cases are alike in this, and each is looked
    at many times.
    """
    found: list[_Begins] = []
    try:
        for pack, edition, own in packs(shelf.books, since, turn.asked, only_asked=turn.only_asked, only=turn.only):
            if turn.what == "lodged" and pack.name in turn.asked:
                continue
            for policy in _chosen(pack, turn, traits):
                clock = policy.clock_name if own else f"{pack.name}:{policy.clock_name}"
                found.append(_Begins(clock, edition, policy, pack.calendar_of(policy)))
    except NotReadYet as name:
        return tuple(found), str(name)
    return tuple(found), None


def _chosen(pack: Pack, turn: _Turn, traits: Traits) -> Iterator[PackPolicy]:
    """The policies that fit, where this part of the occasion is their turn; of each clock the first one counts."""
    if not pack.applies.fits(traits):
        return
    begun = [policy for policy in pack.policy if turn.what == policy.starts or turn.what in policy.restarted_by]
    late = {policy.clock_name for policy in begun if _looks_at_grade(pack.applies) or _looks_at_grade(policy.applies)}
    for policy in begun:
        is_now = turn.part == "all" or (turn.part == "late") == (policy.clock_name in late)
        if is_now and policy.applies.fits(traits):
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
        return f"{clock}:{one.name.removeprefix('message:')}"[:WORD_CHARACTERS_MAX]
    return _numbered(clock, 1, taken)


def _numbered(clock: str, number: int, taken: tuple[str, ...]) -> str:
    """The first name from this number on that is free."""
    names = (clock if n == 1 else f"{clock[: WORD_CHARACTERS_MAX - 8]}#{n}" for n in itertools.count(number))
    return next(name for name in names if name not in taken)


def _started(
    clock: str, at: datetime, pack: Edition, policy: PackPolicy, calendar: Edition, *, set_off_by: str
) -> ClockStarted:
    by = judge_of(pack, policy.name, calendar)
    assert by is not None
    due, warn_at, provisional = _without_steps(at, by)
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


def _without_steps(at: datetime, by: Judge) -> tuple[datetime | None, datetime | None, bool]:
    """Due time, first warning, and whether that is provisional, as it stands at the start."""
    state = ran_from(at, by)
    if state is None:
        return LAST, None, True
    if state.due is None:
        return None, None, False
    warn_at = min((warning.at for warning in state.warnings), default=None)
    due = min(state.due, LAST)
    return due, warn_at if warn_at is not None and warn_at < due else None, state.provisional
