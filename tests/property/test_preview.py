"""A preview says what recalculation does: the draft is tried, then really published, and the two must agree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.decider.commands import PauseClock, ResumeClock
from events.escalation import ClockBreached, ClockMet, ClockRecalculated
from events.fact import Fact
from examples import examples
from given import Story
from published import HOLIDAY, OFFICE, PACK
from rulebooks.books import Text
from rulebooks.histories import Recorded
from rulebooks.state import Rulebook
from rulebooks.what_if import Tried, what_if, with_drafts
from unit.escalation.cases import LODGED, NOON, at_desk, contact, sent, told

CLOCK = "desk:answer"
ONE_HOUR, ONE_MOMENT = timedelta(hours=1), timedelta(microseconds=1)
hours = st.integers(0, 72)
drafts = st.lists(
    st.one_of(
        st.sampled_from((OFFICE, OFFICE + HOLIDAY, OFFICE + HOLIDAY.replace("03-04", "03-03"))).map(
            lambda text: Text("calendar", "office", text)
        ),
        st.sampled_from((("= 10", "= 1"), ("= 10", "= 6"), ("= 10", "= 14"), ('"answer"', '"other"'), ("x", "x"))).map(
            lambda words: Text("pack", "desk", PACK.replace(*words))
        ),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda draft: draft.key,
)


def lived(steps: list[tuple[int, str]], until: datetime) -> Story[object]:
    """A clock of ten office hours, with what is done to it by the hour since it began."""
    case = told(LODGED, contact(NOON), books=at_desk()).settled(NOON)
    for hour, what in sorted(steps):
        moment = NOON + hour * ONE_HOUR
        if moment > until:
            break
        case = case.settled(moment)
        fact = sent(moment) if what == "answer" else case.when(_command(what, moment))
        case = case.then(fact) if isinstance(fact, Fact) else case
    return case.settled(until)


def _command(what: str, moment: datetime) -> object:
    return PauseClock(moment, "x", CLOCK, what) if what != "resume" else ResumeClock(moment, "x", CLOCK)


def tried(case: Story[object], texts: list[Text], at: datetime) -> Tried | None:
    known = [Recorded(str(number), fact.at, fact) for number, fact in enumerate(case.history)]
    return what_if(known, case.context.books, texts, CLOCK, at)


def happened(case: Story[object], books: Mapping[str, Rulebook], at: datetime) -> list[ClockRecalculated]:
    """What the service says of the clock at once, once the drafts are in force."""
    there = replace(case, context=replace(case.context, books=books))
    facts = there.added(at + ONE_MOMENT)
    return [fact for fact in facts if isinstance(fact, ClockRecalculated) and fact.clock == CLOCK]


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(st.tuples(hours, st.sampled_from(("evidence", "lunch", "resume", "answer")))), drafts, hours)
def test_a_preview_says_what_recalculation_does(steps: list[tuple[int, str]], texts: list[Text], hour: int) -> None:
    """A clock that keeps its version is shown as kept, any other with the due time it then has."""
    at = NOON + hour * ONE_HOUR
    case = lived(steps, at)
    found = tried(case, texts, at)
    assert found is not None
    assert found.new is not None
    moved = happened(case, with_drafts(case.context.books, texts, at), at)
    assert (found.kept is None) == bool(moved)
    if moved:
        last = moved[-1]
        assert (found.new.due, found.new.provisional, found.standing) == (last.new_due, last.provisional, last.standing)
    else:
        assert found.new is found.old
    said = {type(fact) for fact in case.history if getattr(fact, "clock", "") == CLOCK}
    if ClockBreached in said:
        assert found.kept == "breached"
    elif ClockMet in said:
        assert found.kept == "met"
