"""Laws that hold for every history that triage and escalation may meet, legal or not."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anything import NOON, any_of, facts, moments
from escalation.decider import DECIDER as ESCALATION
from escalation.decider.state import Case
from escalation.decider.state import ImportBatch as Loaded
from events.decider import Decider, Refused
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockNotStarted,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    CustodyReported,
    OwnershipAccepted,
)
from events.fact import Chapter, Fact, chapter_of
from events.intake import ComplaintLodged, MessageReceived, SourceReported
from events.triage import GRADES, ComplaintClassified, ComplaintGraded, Dispute
from examples import examples
from given import Story, assert_comes_back_from_json, lived, story
from sensible import sensible
from shipped import books
from triage.decider import DECIDER as TRIAGE
from triage.decider.commands import Classify, Confirm, Regrade, Screen
from triage.decider.state import ImportBatch
from triage.rulebooks import rules_in as triage_rules

BOOKS = books()
RULES = triage_rules(BOOKS, NOON)
KNOWN_UNTIL = NOON + timedelta(hours=2)
END = NOON + timedelta(days=400)
BATCH = "import/b1"

FOLLOW_FROM_ONE_RECORD = (
    ComplaintClassified,
    ClockStarted,
    ClockNotStarted,
    ClockPaused,
    ClockResumed,
    ClockMet,
    ClockStopped,
    CustodyReported,
)
"""They repeat, or follow from, one record that was admitted: nothing that is added later changes them, so they rely on
no chapter that may grow. All others choose among what was said, or assert an absence."""

lodged = any_of(ComplaintLodged, history=st.sampled_from((None, BATCH))).map(sensible)
deciders = pytest.mark.parametrize("name", ["triage", "escalation"])


def some(kinds: Collection[type[Fact]]) -> st.SearchStrategy[Fact]:
    return facts(kinds).map(sensible)


def begun(name: str, *history: Fact, known: bool = True) -> Story[Any]:
    known_until = KNOWN_UNTIL if known else None
    if name == "triage":
        return story(TRIAGE, RULES, *history, others={BATCH: ImportBatch(known_until)})
    return story(ESCALATION, None, *history, others={BATCH: Loaded(known_until)}, books=BOOKS)


def decider(name: str) -> Decider[Any]:
    return TRIAGE if name == "triage" else ESCALATION


def world(name: str) -> tuple[type[Fact], ...]:
    """What comes from other chapters; and who took the case, which no rule does."""
    own = decider(name).chapter
    return tuple(kind for kind in decider(name).reads if chapter_of(kind) is not own or kind is OwnershipAccepted)


def in_order(history: Sequence[Fact], times: Sequence[datetime]) -> list[Fact]:
    """In the order of time, and each message with an id of its own."""
    told = [fact.model_copy(update={"at": at}) for fact, at in zip(history, sorted(times), strict=True)]
    return [
        fact.model_copy(update={"message_id": f"m{number}"}) if isinstance(fact, MessageReceived) else fact
        for number, fact in enumerate(told)
    ]


def timed(name: str) -> st.SearchStrategy[list[Fact]]:
    """A lodging and what follows it, in the order of time."""
    rest = st.lists(some(world(name)), max_size=8)
    return rest.flatmap(
        lambda found: st.builds(
            lambda first, times: in_order([first, *found], times),
            lodged,
            st.lists(moments, min_size=len(found) + 1, max_size=len(found) + 1),
        )
    )


@deciders
@given(data=st.data(), known=st.booleans())
@settings(max_examples=examples(150))
def test_every_history_is_folded_comes_to_rest_and_back_from_json(
    name: str, data: st.DataObject, *, known: bool
) -> None:
    """L16, L22: no fact and no order raises, and what is owed ends."""
    history = data.draw(st.lists(some(tuple(decider(name).reads)), max_size=10))
    first = data.draw(st.one_of(lodged, some(tuple(decider(name).reads))))
    told = begun(name, first, *history, known=known)
    assert_comes_back_from_json(told.decider, told.state)
    for now in (NOON - timedelta(days=1), NOON + timedelta(minutes=30), END):
        settled = told.settled(now)
        assert_comes_back_from_json(told.decider, settled.state)


@deciders
@given(data=st.data(), loading_for=st.integers(0, 9))
@settings(max_examples=examples(150))
def test_it_does_not_matter_when_anybody_looks(name: str, data: st.DataObject, loading_for: int) -> None:
    """L14: batches of 1 and of many give the same facts, and so does every moment of looking.

    Of old history a source reports all before it says that the history is complete.
    """
    history = data.draw(timed(name))
    loading, living = history[:loading_for], history[loading_for:]
    if getattr(history[0], "history", None) is not None:
        living = [fact for fact in living if not isinstance(fact, SourceReported)]
    seldom = told_at(name, loading, living, looks=[])
    always = told_at(name, loading, living, looks=[fact.at for fact in history])
    sometimes = told_at(name, loading, living, looks=data.draw(st.lists(moments, max_size=6)))
    assert Counter(map(str, always)) == Counter(map(str, seldom))
    assert Counter(map(str, sometimes)) == Counter(map(str, seldom))


def told_at(name: str, loading: list[Fact], living: list[Fact], *, looks: list[datetime]) -> tuple[Fact, ...]:
    """Everything that came about until the end, where somebody looked at these moments."""

    def with_looks(part: list[Fact], rest: list[datetime]) -> list[Fact | datetime]:
        steps: list[Fact | datetime] = [*part, *rest]
        return sorted(steps, key=lambda step: (step, 1) if isinstance(step, datetime) else (step.at, 0))

    completed = living[0].at if living else END
    loaded = begun(name, known=False)
    for step in with_looks(loading, [look for look in looks if look < completed]):
        loaded = loaded.settled(step) if isinstance(step, datetime) else loaded.then(step)
    known = replace(loaded, context=begun(name).context)
    return lived(known, with_looks(living, [look for look in looks if look >= completed]), until=END).history


@deciders
@given(data=st.data(), now=moments)
@settings(max_examples=examples(200))
def test_what_an_undeclared_chapter_adds_never_changes_what_is_owed(
    name: str, data: st.DataObject, now: datetime
) -> None:
    """L1: a fact that would be admitted over the additions is still the fact that is owed."""
    told = begun(name, *data.draw(timed(name)))
    fact = told.owes(now).fact
    if fact is None:
        return
    undeclared = set(Chapter) - fact.relied_on() - {told.decider.chapter}
    others = [kind for kind in told.decider.reads if chapter_of(kind) in undeclared]
    more = data.draw(st.lists(some(others), max_size=5)) if others else []
    assert fact in told.then(*more).added(max(now, END))


@deciders
@given(data=st.data(), now=moments)
@settings(max_examples=examples(200))
def test_what_an_undeclared_chapter_says_never_changes_a_choice(name: str, data: st.DataObject, now: datetime) -> None:
    """L1, word by word: the content of undeclared chapters is exchanged for any other."""
    history = data.draw(timed(name))
    told = begun(name, *history)
    fact = told.owes(now).fact
    if fact is None or isinstance(fact, FOLLOW_FROM_ONE_RECORD):
        return
    declared = fact.relied_on() | {told.decider.chapter}
    others = [kind for kind in told.decider.reads if chapter_of(kind) not in declared]
    changed = [
        old if chapter_of(type(old)) in declared else data.draw(some(others or [SourceReported])) for old in history
    ]
    assert begun(name, *changed).owes(now).fact == fact


NOW = NOON + timedelta(days=61)
DISPUTE: Dispute = "service"
CORRECTING = st.builds(
    lambda kind, propose: kind(propose),
    st.sampled_from(
        (
            lambda propose: Screen(NOW, "handler-1", "enquiry", "r", propose=propose),
            lambda propose: Classify(NOW, "handler-1", "c", DISPUTE, "r", propose=propose),
            lambda propose: Regrade(NOW, "handler-1", "suggestion", "r", propose=propose),
            lambda propose: Regrade(NOW, "handler-1", "crisis", "r", propose=propose),
            lambda _: Confirm(NOW, "teamlead-1"),
        )
    ),
    st.booleans(),
)
"""What a person may ask of triage that leans on clocks."""


@given(data=st.data(), asked=st.lists(CORRECTING, min_size=1, max_size=3))
@settings(max_examples=examples(200))
def test_what_an_undeclared_chapter_says_never_changes_what_a_person_may_correct(
    data: st.DataObject, asked: list[Any]
) -> None:
    """L1: the clocks decide whether one person is enough, so a person's correction relies on them."""
    told = begun("triage", *data.draw(timed("triage"))).settled(NOW)
    for command in asked:
        answer = told.when(command)
        if isinstance(answer, Refused):
            continue
        declared = answer.relied_on() | {Chapter.TRIAGE}
        others = [kind for kind in world("triage") if chapter_of(kind) not in declared]
        lodged, *rest = told.history
        kept = [fact for fact in rest if chapter_of(type(fact)) in declared or data.draw(st.booleans())]
        more = data.draw(st.lists(some(others), max_size=3)) if others else []
        assert begun("triage", lodged, *kept, *more).when(command) == answer
        told = told.then(answer)


@given(data=st.data())
@settings(max_examples=examples(200))
def test_grades_only_ever_rise_by_themselves_and_once_for_each_cause(data: st.DataObject) -> None:
    """R16: drift goes one way."""
    history = lived(begun("triage"), data.draw(timed("triage")), until=END).history
    graded = [fact for fact in history if isinstance(fact, ComplaintGraded)]
    ranks = [GRADES.index(fact.grade) for fact in graded]
    causes = [fact.cause for fact in graded if fact.cause is not None]
    assert ranks == sorted(set(ranks))
    assert len(causes) == len(set(causes))


def ladders(history: Sequence[Fact]) -> list[datetime]:
    """When the case was closed, and open again: each begins a ladder."""
    state, found = ESCALATION.initial, []
    for fact in history:
        before = state
        state = ESCALATION.evolve(state, fact, fact.at) if type(fact) in ESCALATION.reads else state
        if isinstance(before, Case) and isinstance(state, Case) and before.rest.closed is not state.rest.closed:
            found.append(fact.at)
    return found


@given(data=st.data())
@settings(max_examples=examples(200))
def test_no_clock_is_breached_twice_and_no_level_fires_twice(data: st.DataObject) -> None:
    """R23: each level fires once in a cycle and once after its closing, in order."""
    facts_in_the_end = lived(begun("escalation"), data.draw(timed("escalation")), until=END).history
    breaches = Counter(fact.clock for fact in facts_in_the_end if isinstance(fact, ClockBreached))
    started = Counter(fact.clock for fact in facts_in_the_end if isinstance(fact, ClockStarted))
    anew = ladders(facts_in_the_end)
    levels = [(bisect_right(anew, fact.at), fact.level) for fact in facts_in_the_end if isinstance(fact, CaseEscalated)]
    assert all(count <= started[clock] for clock, count in breaches.items())
    assert all(count == 1 for clock, count in started.items() if not clock.startswith("reply:"))
    assert levels == sorted(set(levels))
