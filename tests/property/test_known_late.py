"""Laws of what begins in the past, and of what is told after its own time, whenever somebody looks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from anything import NOON
from escalation.decider.state import Case
from events.accountability import CallbackAttempted, CallbackMissed, OfferWithdrawn, PromiseBroken, PromiseKept
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    OwnershipOffered,
)
from events.fact import Fact
from events.triage import ComplaintRouted
from examples import examples
from given import Story, Told, assert_comes_back_from_json, lived
from published import PACK
from unit.escalation.cases import (
    LODGED,
    at_desk,
    closed,
    contact,
    days,
    graded,
    minutes,
    received,
    reopened,
    screened,
    sent,
    source,
    told,
)

POLICY = """
[[policy]]
name = "{name}"
starts = "{starts}"
{rest}
calendar = "always"
budget = {{ amount = {hours}, unit = "hours" }}
met_by = ["{met_by}"]
source = "invented"
standing = "S"
"""
WAITS = 'pauses = ["evidence"]'
LATE = PACK + "".join(
    POLICY.format(name=name, starts=starts, rest=rest, hours=hours, met_by=met_by)
    for name, starts, rest, hours, met_by in (
        (
            "quick",
            "lodged",
            f'applies = {{ grades = ["complaint", "grievance", "crisis"] }}\n{WAITS}',
            4,
            "closed",
        ),
        ("slow", "lodged", 'applies = { grades = ["grievance"] }\nclock = "slow"', 30, "reply"),
        ("chase", "breached:quick", WAITS, 1, "reply"),
        ("grave", "breached:quick", 'applies = { grades = ["grievance", "crisis"] }', 1, "reply"),
        ("taken", "lodged", f'applies = {{ grades = ["complaint", "crisis"] }}\n{WAITS}', 8, "offered"),
        ("again", "reopened", WAITS, 2, "reply"),
        ("thanks", "met:again", WAITS, 1, "reply"),
        ("handed", "offered", WAITS, 1, "accepted"),
        ("duty", "escalated", WAITS, 1, "reply"),
    )
)
BOOKS = at_desk(LATE)
END = NOON + timedelta(days=60)
ROUTED = ComplaintRouted(at=NOON, queue="q", first_owner="handler", reason="r", rule="t@1", by="rule")
ACTS: tuple[Fact, ...] = (
    graded("complaint"),
    graded("grievance"),
    graded("crisis"),
    screened(NOON, "enquiry"),
    screened(NOON, "complaint"),
    ROUTED,
    received(NOON),
    sent(NOON),
    contact(NOON),
    closed(NOON),
    reopened(NOON),
    source("closed", NOON),
    source("reopened", NOON),
    source("custody", NOON).model_copy(update={"waiting": "evidence"}),
    source("custody", NOON),
    PromiseBroken(at=NOON, promise_id="p1"),
    PromiseKept(at=NOON, promise_id="p1", evidence="e", by="handler-1"),
    CallbackMissed(at=NOON, missed=1, rule="authority@1"),
    CallbackAttempted(at=NOON, outcome="not-reached", by="handler-1"),
    OfferWithdrawn(at=NOON, offer_id="o1", reason="r", told=True, by="handler-1"),
)
"""What may come later, at any time."""
quarters = st.integers(0, 400).map(lambda quarter: NOON + timedelta(minutes=15 * quarter))
looks = st.lists(quarters, max_size=6)


def timed(channel: str, acts: dict[datetime, Fact]) -> list[Fact]:
    """In the order of time, each message with an id of its own."""
    later = [
        fact.model_copy(update={"at": at, "message_id": f"m{number}"} if fact == received(NOON) else {"at": at})
        for number, (at, fact) in enumerate(sorted(acts.items(), key=lambda act: act[0]))
    ]
    return [LODGED.model_copy(update={"channel": channel}), *later]


histories = st.builds(
    timed,
    st.sampled_from(("weibo", "phone", "letter")),
    st.dictionaries(quarters, st.sampled_from(ACTS), min_size=2, max_size=10),
)


def seen(history: Sequence[Fact], at: Sequence[datetime]) -> Story[object]:
    """Who looks at a moment sees what happened by then."""
    steps: list[Fact | datetime] = [*history, *at]
    in_order = sorted(steps, key=lambda step: step.at if isinstance(step, Fact) else step)
    return lived(told(books=BOOKS), in_order, until=END)


late = st.one_of(st.just(0), st.integers(0, 200)).map(lambda quarters: timedelta(minutes=15 * quarters))
"""How long after it happened something is written down."""


def recorded(history: list[Fact], lateness: list[timedelta]) -> list[Told]:
    """In the order in which it was written down, each so long after it happened."""
    after = [timedelta(0), *lateness]
    return [
        Told(fact.model_copy(update={"at": fact.at - by}), fact.at) for fact, by in zip(history, after, strict=True)
    ]


told_late = histories.flatmap(
    lambda history: st.builds(
        recorded, st.just(history), st.lists(late, min_size=len(history) - 1, max_size=len(history) - 1)
    )
)


def heard(history: Sequence[Told], at: Sequence[datetime]) -> Story[object]:
    """Who looks at a moment sees what was written down by then."""
    steps: list[Told | datetime] = [*history, *at]
    in_order = sorted(steps, key=lambda step: step.recorded_at if isinstance(step, Told) else step)
    return lived(told(books=BOOKS), in_order, until=END)


def said(case: Story[object]) -> list[str]:
    return sorted(map(str, case.history))


@given(history=histories, at=looks)
@settings(max_examples=examples(120))
def test_what_begins_in_the_past_is_the_same_whoever_looks_when(history: list[Fact], at: list[datetime]) -> None:
    """L14: also where a case is graded, or is a complaint after all, long after its lodging."""
    assert said(seen(history, [])) == said(seen(history, at))


@given(history=told_late, at=looks)
@settings(max_examples=examples(120))
def test_what_is_told_late_is_the_same_whoever_looks_when(history: list[Told], at: list[datetime]) -> None:
    """L14, L24: a source tells late, triage stood still: what was known when is in the record, not in who looked."""
    seldom, often = heard(history, []), heard(history, at)
    assert said(often) == said(seldom)
    assert_comes_back_from_json(often.decider, often.state)


def test_a_grade_as_of_the_lodging_names_no_level_that_fired_before_it_was_known() -> None:
    """L14: triage stood still for a day, and grades as of the lodging."""
    grade = Told(graded(), days(1))
    message = received(minutes(600))
    history = [Told(fact, fact.at) for fact in (LODGED, sent(minutes(10)), message)] + [grade]
    for at in ([], [minutes(700)], [minutes(700), days(2)]):
        levels = [fact for fact in heard(history, at).history if isinstance(fact, CaseEscalated)]
        assert [(fact.level, fact.clock, fact.at) for fact in levels][:2] == [
            (1, "reply:m1", minutes(620)),
            (2, "reply:m1", minutes(680)),
        ]


def test_a_level_names_no_clock_that_nobody_could_know_of() -> None:
    """L14: graded a day after its lodging, a clock is breached at once; what fired before had another reason."""
    history = (LODGED, sent(minutes(10)), received(minutes(600)), graded(at=days(1)))
    for at in ([], [minutes(700)], [minutes(700), days(2)]):
        levels = [fact for fact in seen(history, at).history if isinstance(fact, CaseEscalated)]
        assert [(fact.level, fact.clock, fact.at) for fact in levels][:2] == [
            (1, "reply:m1", minutes(620)),
            (2, "reply:m1", minutes(680)),
        ]


def test_what_is_set_off_is_numbered_by_its_own_kind() -> None:
    """L14: how many levels fired before the reopening is not in the name of it."""
    history = (LODGED, graded(), sent(days(1)), closed(days(2)), reopened(days(3)))
    for at in ([], [days(1)], [minutes(30), days(2)]):
        begun = [fact for fact in seen(history, at).history if isinstance(fact, ClockStarted)]
        assert [fact.set_off_by for fact in begun if fact.clock == "desk:again"] == ["reopened#1"]


def test_a_clock_set_off_by_a_word_of_ours_waits_as_its_source_did_since_its_start() -> None:
    """L14: a level fired while the case waited at its source; its clock waits, too, though nobody looked then."""
    waiting = [source("custody", minutes(10)), source("custody", minutes(30))]
    waiting[0] = waiting[0].model_copy(update={"waiting": "evidence"})
    for at in ([], [minutes(20)], [minutes(40)], [minutes(25), days(2)]):
        case = seen((LODGED, waiting[0], graded("crisis", minutes(20)), waiting[1]), at)
        steps = [fact for fact in case.history if getattr(fact, "clock", "") == "desk:duty"]
        assert [(type(fact), fact.at) for fact in steps] == [
            (ClockStarted, minutes(20)),
            (ClockPaused, minutes(20)),
            (ClockResumed, minutes(30)),
            (ClockBreached, minutes(90)),
        ]


def test_what_was_routed_before_a_closing_is_offered_no_longer_after_it() -> None:
    """L14: the case is reopened without a grade, and screened out: then nobody has been asked yet."""
    first = (ROUTED, closed(days(1)))
    for history in (first, tuple(reversed(first))):
        told = [fact.model_copy(update={"at": days(day)}) for day, fact in enumerate(history, 1)]
        for at in ([], [days(1.5)], [days(2.5)], [days(3.5)]):
            case = seen((LODGED, *told, reopened(days(3)), screened(days(4))), at)
            offers = [fact for fact in case.history if isinstance(fact, OwnershipOffered)]
            assert [fact.reason.partition(":")[0] for fact in offers] == ["routed", "screened-out"]
            assert isinstance(case.state, Case)
            assert case.state.rest.holding.offered_to == offers[1].to


def test_a_word_of_ours_sets_off_clocks_for_what_the_case_was_known_as_then() -> None:
    """L14: it was a complaint when its clock was breached, whoever looks; a grievance came of it only later."""
    history = (LODGED, graded("complaint", minutes(10)), graded("grievance", days(1)))
    for at in ([], [minutes(250)], [days(2)]):
        begun = [fact.clock for fact in seen(history, at).history if isinstance(fact, ClockStarted)]
        assert "desk:chase" in begun
        assert "desk:grave" not in begun


def test_an_offer_by_rule_ends_a_clock_from_when_it_was_to_be_made() -> None:
    """L14: not a clock of what was known only after that, though nobody had looked and made the offer."""
    late = [Told(screened(minutes(30)), minutes(30)), Told(screened(minutes(40), "complaint"), minutes(40))]
    facts = [Told(LODGED, NOON), Told(graded(), minutes(1)), Told(ROUTED, minutes(2)), *late]
    for at in ([], [minutes(3)], [minutes(35), days(1)]):
        ends = [
            (fact.clock, type(fact), fact.at)
            for fact in heard(facts, at).history
            if isinstance(fact, ClockMet | ClockBreached) and fact.clock.startswith("desk:taken")
        ]
        assert ends == [("desk:taken", ClockMet, NOON), ("desk:taken#2", ClockBreached, minutes(480))]
