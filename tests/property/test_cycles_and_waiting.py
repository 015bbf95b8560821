"""Laws of the ladder over several cycles, and of cases that wait for a rulebook, whenever somebody looks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from anything import NOON, any_of
from escalation.decider.ladder import level_at
from escalation.decider.state import Case
from events.accountability import ComplaintClosed, ComplaintReopened
from events.escalation import CaseEscalated
from events.fact import Fact
from events.intake import ComplaintLodged, MessageReceived, MessageSent
from events.triage import ComplaintGraded, ComplaintRouted
from examples import examples
from given import Story, lived
from sensible import sensible
from unit.escalation.cases import at_desk, told

READ = at_desk()
END = NOON + timedelta(days=60)
KINDS: tuple[type[Fact], ...] = (
    ComplaintClosed,
    ComplaintReopened,
    ComplaintGraded,
    ComplaintRouted,
    MessageReceived,
    MessageSent,
)
quarters = st.integers(0, 400).map(lambda quarter: NOON + timedelta(minutes=15 * quarter))
looks = st.lists(quarters, max_size=6)
lodged = any_of(ComplaintLodged, history=st.none()).map(sensible)
later = st.lists(st.one_of([any_of(kind).map(sensible) for kind in KINDS]), min_size=2, max_size=9)


def timed(first: Fact, rest: Sequence[Fact], times: Sequence[datetime]) -> list[Fact]:
    """In the order of time, each message with an id of its own."""
    facts = [fact.model_copy(update={"at": at}) for fact, at in zip((first, *rest), sorted(times), strict=True)]
    return [
        fact.model_copy(update={"message_id": f"m{number}"}) if isinstance(fact, MessageReceived) else fact
        for number, fact in enumerate(facts)
    ]


histories = later.flatmap(
    lambda rest: st.builds(
        timed,
        lodged,
        st.just(rest),
        st.lists(quarters, min_size=len(rest) + 1, max_size=len(rest) + 1, unique=True),
    )
)


def seen(history: Sequence[Fact], at: Sequence[datetime], *, start: Story[object]) -> Story[object]:
    return lived(start, in_order(history, at), until=END)


def in_order(history: Sequence[Fact], at: Sequence[datetime]) -> list[Fact | datetime]:
    """Who looks at a moment sees what happened then."""
    steps: list[Fact | datetime] = [*history, *at]
    return sorted(steps, key=lambda step: step.at if isinstance(step, Fact) else step)


def said(case: Story[object]) -> Counter[str]:
    """Everything that was said, but for what could not be read then."""
    return Counter(
        str(fact.model_copy(update={"unread": None}) if "unread" in type(fact).model_fields else fact)
        for fact in case.history
    )


def clocks_said(case: Story[object]) -> Counter[str]:
    return said(replace(case, history=tuple(one for one in case.history if not isinstance(one, CaseEscalated))))


@given(history=histories, at=looks)
@settings(max_examples=examples(150))
def test_levels_of_each_cycle_do_not_depend_on_who_looks_when(history: list[Fact], at: list[datetime]) -> None:
    """L14, R23: a level that nobody has told yet when the case is reopened belongs to its own cycle."""
    seldom, often = (seen(history, some, start=told(books=READ)) for some in ([], at))
    assert said(seldom) == said(often)
    for number, fact in enumerate(often.history):
        if isinstance(fact, CaseEscalated):
            before = told(*often.history[:number], books=READ).state
            assert isinstance(before, Case)
            assert fact.level > level_at(before.rest, fact.at)


@given(history=histories, at=looks, missing=st.sampled_from(("pack/desk", "calendar/office")), read_at=quarters)
@settings(max_examples=examples(150))
def test_a_rulebook_that_is_read_late_changes_nothing_but_when_it_is_said(
    history: list[Fact], at: list[datetime], missing: str, read_at: datetime
) -> None:
    """Never silently without a clock: everything that the rulebook sets off begins with its own times. Which clock a
    level names is left out: nobody could name one that the missing rulebook sets off.
    """
    without = {key: book for key, book in READ.items() if key != missing}
    early = [fact for fact in history if fact.at <= read_at]
    waiting = lived(told(books=without), in_order(early, [look for look in at if look <= read_at]), until=read_at)
    read = replace(waiting, context=replace(waiting.context, books=READ))
    rest = [fact for fact in history if fact.at > read_at]
    assert clocks_said(seen(rest, [], start=read)) == clocks_said(seen(history, [], start=told(books=READ)))
