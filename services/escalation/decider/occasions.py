"""What sets clocks off, noted in the state: a lodging, a message, a grade, a screening back. Pure steps of `fold.py`.

Which policies an occasion sets off is not known here: rulebooks are read where something is owed, never in a fold.
"""

from datetime import datetime
from hashlib import sha256
from typing import Literal

from escalation.decider.hearing import heard_before, undone
from escalation.decider.state import Again, Asked, Case, Former, Occasion, Rest, Running
from events.changed import changed
from events.fact import WORD_CHARACTERS_MAX
from events.intake import ComplaintLodged, MessageReceived
from events.occasions import AFTER_ANOTHER
from events.triage import Grade
from rulebooks.books import parsed

_FORMER_MAX = 16
_OUT_MAX = 32
_OURS = (*AFTER_ANOTHER, "offered", "accepted", "escalated")
_ID_CHARACTERS_MAX = 100
"""Of a message's id in the names of its occasion and its clocks, `<pack>:<clock>:<id>`."""


def is_ours(what: str) -> bool:
    """Whether this chapter's own word makes such an occasion."""
    return what.startswith(_OURS)


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
    if known:
        return case
    if case.rest.screened_out:
        return _waits(case, Occasion(name, "message", fact.at, channel=fact.channel))
    return occasion(case, "message", fact.at, known_at=known_at, name=name, channel=fact.channel, inherits=False)


def screened_back(case: Case, known_at: datetime) -> Case:
    """It is a complaint after all: what a screening stopped in this cycle begins again with its own times, and messages
    left since are owed an answer (R08, R83). What was answered before stays as it is, and in a closed case all does.
    """
    rest, out = case.rest, case.rest.out
    rest = undone(rest, "screened-out", known_at=known_at, cycle=None if rest.closed else rest.since)
    case = changed(case, rest=changed(rest, screened_out=False, timed=rest.closed, out=()))
    begun = () if rest.closed else tuple(one for one in out if one.at >= rest.since)
    for one in begun:
        case = _begun_again(case, one, known_at)
    return case


def _waits(case: Case, one: Occasion) -> Case:
    return changed(case, rest=changed(case.rest, out=(*case.rest.out, one)[-_OUT_MAX:]))


def _begun_again(case: Case, one: Occasion, known_at: datetime) -> Case:
    return occasion(
        case, one.what, one.at, name=one.name, known_at=known_at, channel=one.channel or None, again=one.again
    )


def stopped_by_screening(case: Case, clock: Running, at: datetime) -> Case:
    """The screening may have been taken back already, where nobody looked in between (L14). Clocks that look at the
    grade begin with it; those that a publisher gave are over.
    """
    if clock.calendar is None or not clock.set_off_by or clock.set_off_by.startswith("graded"):
        return case
    since = clock.known_at or clock.at
    ends = (one for one in case.rest.recent if one.word == "screened-out" and one.at == at)
    end = next((one for one in ends if one.undone_at is None or one.undone_at > since), None)
    again = Again(clock.name, clock.policy, clock.calendar)
    one = Occasion(f"back:{clock.name}"[:WORD_CHARACTERS_MAX], "screened-back", clock.at, again=again)
    if end is None or (end.undone_at is not None and (end.undone_in is None or clock.at < end.undone_in)):
        return case
    return _waits(case, one) if end.undone_at is None else _begun_again(case, one, end.undone_at)


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
    again: Again | None = None,
    inherits: bool = True,
) -> Case:
    """Something that may set off clocks. `inherits`: what ended clocks after `at` and is noted already counts too. A
    word of this chapter sets them off for what the case was known as then, whenever it is said (L14).
    """
    rest = case.rest
    if rest.history is not None and not rest.packs:
        return case
    known: Rest | Former = rest
    if rest.former and (known_at or at) < rest.former[-1].until and is_ours(what):
        known = next(one for one in rest.former if (known_at or at) < one.until)
    counted = dict(rest.counted)
    if name is None and what != "lodged":
        counted[what] = counted.get(what, 0) + 1
        name = f"{what}#{counted[what]}"
    if known_at is not None and known_at <= at:
        known_at = None
    begun = Occasion(
        name=(name or what)[:WORD_CHARACTERS_MAX],
        what=what,
        at=at,
        known_at=known_at,
        part=part,
        channel=rest.channel if channel is None else channel,
        grade=known.grade,
        category=known.category,
        post=post,
        pack=pack,
        again=again,
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
