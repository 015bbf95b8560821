"""L14 for triage and accountability: what is owed does not depend on when somebody looks, late words among it (L24)."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from accountability.decider.state import Open
from escalation.decider import DECIDER as ESCALATION
from escalation.decider.state import Case as Held
from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackScheduled,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
)
from events.escalation import ClockBreached
from events.fact import Fact
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    MessageReceived,
    MotiveRecorded,
)
from examples import examples
from given import Story, Told, only, story
from triage.decider.state import Cluster
from unit.accountability.cases import HEARD, NOON, SEALED, later, reported
from unit.accountability.cases import told as accountable
from unit.triage.cases import told as sorted_out

END = NOON + timedelta(days=60)
hours = st.integers(1, 20 * 24).map(lambda hour: NOON + timedelta(hours=hour))
looks = st.lists(hours, max_size=6)
lateness = st.one_of(st.just(0), st.integers(0, 100)).map(lambda hour: timedelta(hours=hour))
Look = Callable[[Story[Any], datetime], Story[Any]]


def lived(
    start: Story[Any], told: Sequence[Told], at: Sequence[datetime], look: Look = Story.settled, *, own: bool = True
) -> Story[Any]:
    """Who looks at a moment sees what was written down by then; who acts for the service has looked, and does not close
    what is closed, or reopen what is open. `own`: it is accountability.
    """
    steps: list[Told | datetime] = [*told, *at]
    for step in sorted(steps, key=lambda step: (step, 1) if isinstance(step, datetime) else (step.recorded_at, 0)):
        if isinstance(step, datetime):
            start = look(start, step)
        elif not (own and isinstance(step.fact, OWN)):
            start = start.then(step)
        else:
            start = look(start, step.recorded_at)
            is_open, goes_on = isinstance(start.state, Open), not isinstance(step.fact, ComplaintReopened)
            is_either = isinstance(step.fact, DecisionMade | CallbackAttempted)
            start = start.then(step) if is_either or is_open is goes_on else start
    return look(start, END)


OWN = (ComplaintClosed, ComplaintReopened, DecisionMade, CallbackAttempted)


def told_late(acts: Sequence[tuple[datetime, Fact, timedelta]]) -> list[Told]:
    return [Told(fact.model_copy(update={"at": at - late}), at) for at, fact, late in acts]


def said(story: Story[Any]) -> Counter[str]:
    return Counter(map(str, story.history))


# --- accountability --------------------------------------------------------------------------------------------------


def closed(ground: str = "accepted", at: datetime = NOON) -> ComplaintClosed:
    return ComplaintClosed.model_validate(
        {"at": at, "ground": ground, "evidence": "e", "next_instance": "n", "by": "h"}
    )


def decided(at: datetime = NOON, *, settled: bool) -> DecisionMade:
    return DecisionMade(at=at, outcome="upheld", root_cause="parts", reasons=SEALED, settled=settled, by="h")


def called(outcome: str, at: datetime = NOON) -> CallbackAttempted:
    return CallbackAttempted.model_validate({"at": at, "outcome": outcome, "by": "h"})


WITHDRAWN = ComplaintWithdrawn(at=NOON, reason=SEALED, by="c")
stated = st.sampled_from(("19:00-10:00", "12:00-14:00", "08:00-21:00", None)).map(
    lambda quiet: ContactPreferencesStated(at=NOON, quiet_hours=quiet, zone="Europe/London" if quiet else None, by="c")
)
said_there = st.sampled_from((reported("closed", NOON), reported("reopened", NOON), WITHDRAWN))
words = st.tuples(hours, st.one_of(said_there, stated), lateness)
own = st.tuples(
    hours,
    st.sampled_from(
        (
            closed(),
            closed("withdrawn"),
            ComplaintReopened(at=NOON, reason="r", cycle=2, by="h"),
            decided(settled=True),
            decided(settled=False),
            called("not-reached"),
            called("not-satisfied"),
        )
    ),
    st.just(timedelta(0)),
)


@given(acts=st.lists(st.one_of(words, own), max_size=8), at=looks)
@settings(max_examples=examples(300))
def test_what_accountability_owes_is_the_same_whoever_looks_when(
    acts: list[tuple[datetime, Fact, timedelta]], at: list[datetime]
) -> None:
    """L14, L24: closings, callbacks and cycles, by us and by a source that tells late; and what may be done then."""
    told = told_late(acts)
    seldom, often = (lived(accountable(*HEARD), told, some) for some in ([], at))
    assert said(often) == said(seldom)
    assert often.state == seldom.state
    assert_who_holds_it_knows_whether_it_is_open(seldom)
    assert_who_holds_it_knows_whether_it_is_open(often)


def assert_who_holds_it_knows_whether_it_is_open(case: Story[Any]) -> None:
    """In whatever order the log has what a source told and what accountability made of it."""
    held = story(ESCALATION, None, *case.history).state
    assert isinstance(held, Held)
    assert held.rest.closed is not isinstance(case.state, Open)


def test_what_was_settled_in_one_call_is_closed_by_that_before_a_source_reports_it() -> None:
    both: tuple[Literal["closed", "reopened"], ...] = ("closed", "reopened")
    for fact in both:
        report = reported(fact, later(days=2))
        told = [Told(one, one.at) for one in (decided(later(days=1), settled=True), report)]
        case = lived(accountable(*HEARD), told, [])
        assert [fact.reported for fact in case.history if isinstance(fact, ComplaintClosed)] == [None]
        assert len(only(case.history, ComplaintReopened)) == (fact == "reopened")
        assert_who_holds_it_knows_whether_it_is_open(case)


def test_what_did_not_satisfy_is_open_again_by_that_before_a_source_closes_it() -> None:
    told = [Told(one, one.at) for one in (closed(), called("not-satisfied", later(days=1)))]
    case = lived(accountable(*HEARD), [*told, Told(reported("closed", later(days=2)), later(days=2))], [])
    assert [type(fact) for fact in case.history[-2:]] == [ComplaintReopened, ComplaintClosed]
    assert_who_holds_it_knows_whether_it_is_open(case)


def test_closing_owes_its_callback_until_somebody_knows_that_it_was_reopened_there() -> None:
    """Closed, due after seven days and each day after; on the ninth the source tells of a reopening on the first."""
    there = Told(reported("reopened", later(days=2)), later(days=9.5))
    told = [Told(closed("withdrawn", later(days=1)), later(days=1)), there]
    history = lived(accountable(*HEARD), told, []).history
    assert [fact.at for fact in only(history, CallbackScheduled)] == [later(days=1)]
    assert [fact.at for fact in only(history, CallbackMissed)] == [later(days=8), later(days=9)]
    assert [fact.at for fact in only(history, ComplaintReopened)] == [later(days=2)]


def test_what_is_taken_back_after_a_call_that_did_not_satisfy_is_taken_back_in_the_next_cycle() -> None:
    told = [
        Told(closed(at=later(days=1)), later(days=1)),
        Told(called("not-satisfied", later(days=2)), later(days=2)),
        Told(WITHDRAWN.model_copy(update={"at": later(days=3)}), later(days=3)),
    ]
    state = lived(accountable(*HEARD), told, []).state
    assert isinstance(state, Open)
    assert (state.case.cycle, state.case.withdrawn) == (2, True)


# --- triage ----------------------------------------------------------------------------------------------------------

LODGED = ComplaintLodged(at=NOON, channel="phone")
happened = st.tuples(
    hours,
    st.sampled_from(
        (
            MotiveRecorded(at=NOON, motive="compensation", by="h"),
            ClockBreached(at=NOON, clock="first-reply"),
            ClockBreached(at=NOON, clock="resolution"),
            MessageReceived(at=NOON, message_id="m1", channel="weibo"),
        )
    ),
    lateness,
)
ended = st.tuples(hours, st.just(closed()), lateness)


@given(acts=st.lists(st.one_of(happened, ended), max_size=8), grown=st.lists(hours, max_size=14), at=looks)
@settings(max_examples=examples(300))
def test_what_triage_owes_is_the_same_whoever_looks_when(
    acts: list[tuple[datetime, Fact, timedelta]], grown: list[datetime], at: list[datetime]
) -> None:
    """L14, R16, R17: neglect, loss and a cluster that grows, before and after a closing that is told late."""
    grown.sort()
    names = ("c1", *(f"x{number}" for number in range(1, len(grown))))

    def look(case: Story[Any], now: datetime) -> Story[Any]:
        known = [moment for moment in grown if moment <= now]
        joined = tuple(zip(names, known, strict=False))
        cluster = Cluster(tuple(name for name, _ in joined), tuple(known), joined)
        return case.beside(**{"cluster/k1": cluster}).settled(now)

    start, told = sorted_out(LODGED).settled(NOON), told_late(acts)
    seldom, often = (lived(start, told, some, look, own=False) for some in ([], at))
    assert said(often) == said(seldom)
