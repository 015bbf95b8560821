"""Laws of pauses, extensions, warnings and recalculations, whatever people do and whenever somebody looks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from anything import any_of
from escalation.decider.commands import ClockCommand, ExtendClock, PauseClock, ResumeClock
from events.escalation import ClockBreached, ClockMet, ClockStarted, ClockWarned
from events.fact import Fact
from events.intake import ComplaintAmended, EvidenceAdded, MessageReceived, MotiveRecorded, SourceReported
from examples import examples
from given import Story, Told, assert_comes_back_from_json
from published import HOLIDAY, OFFICE, PACK
from rulebooks.state import Rulebook
from unit.escalation.cases import LODGED, NOON, SOURCE, at_desk, contact, published_later, sent, told

CLOCK = "desk:answer"
WARNS = PACK.replace(
    'pauses = ["evidence"]', 'pauses = ["evidence"]\nwarn_percent = [30, 60, 90]\nnotify_hours = "10:00-16:00"'
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
END = NOON + timedelta(days=40)

hours = st.integers(1, 14 * 24 * 4).map(lambda quarters: NOON + timedelta(minutes=15 * quarters))
commands = st.one_of(
    st.builds(PauseClock, hours, st.just("h"), st.just(CLOCK), st.sampled_from(("evidence", "busy"))),
    st.builds(ResumeClock, hours, st.just("h"), st.just(CLOCK)),
    st.builds(ExtendClock, hours, st.just("h"), st.just(CLOCK), st.just("r"), st.sampled_from((None, 1, 4, 9))),
)
answers = st.builds(sent, hours, st.sampled_from(("reply", "progress")))
reports = st.builds(
    lambda at, waiting: SourceReported(at=at, fact="custody", reported=SOURCE, waiting=waiting),
    hours,
    st.sampled_from(("evidence", None)),
)
acts = st.lists(st.one_of(commands, answers, reports), max_size=7)
told_late = st.builds(
    lambda fact, quarters: Told(fact, fact.at + timedelta(minutes=15 * quarters)),
    st.one_of(answers, reports),
    st.integers(0, 400),
)
"""What happened is written down later."""
looks = st.lists(hours, max_size=6)
words = st.lists(
    st.one_of([any_of(kind, at=hours) for kind in (MessageReceived, ComplaintAmended, EvidenceAdded, MotiveRecorded)]),
    min_size=1,
    max_size=6,
)
"""What is said on a case and edited in it, and answers nobody."""
announcements = st.none() | hours
"""When a late holiday becomes known."""


def when(act: ClockCommand | Fact | Told) -> datetime:
    if isinstance(act, Told):
        return act.recorded_at
    return act.at if isinstance(act, Fact) else act.now


def _books(announced: datetime | None) -> dict[str, Rulebook]:
    if announced is None:
        return at_desk(WARNS)
    holiday = OFFICE + HOLIDAY
    return published_later(at_desk(WARNS), "calendar/office", holiday, known_at=announced, running=True)


def lived(
    acts: Sequence[ClockCommand | Fact | Told], looks: Sequence[datetime], announced: datetime | None
) -> Story[object]:
    """What people did, in the order of time; commands see the service's own latest state."""
    case = told(LODGED, contact(NOON), books=at_desk(WARNS)).settled(NOON)
    case = replace(case, context=replace(case.context, books=_books(announced)))
    steps = sorted([*acts, *looks], key=lambda step: step if isinstance(step, datetime) else when(step))
    for step in steps:
        if isinstance(step, datetime):
            case = case.settled(step)
        elif isinstance(step, Fact | Told):
            case = case.then(step)
        else:
            case = case.settled(step.now)
            said = case.when(step)
            case = case.then(said) if isinstance(said, Fact) else case
    return case.settled(END)


@given(acts=acts, looks=looks, announced=announcements)
@settings(max_examples=examples(200))
def test_it_does_not_matter_when_anybody_looks_at_a_clock_that_is_paused_and_extended(
    acts: list[ClockCommand | Fact], looks: list[datetime], announced: datetime | None
) -> None:
    """L14, also where a holiday is announced late."""
    seldom, often = lived(acts, [], announced), lived(acts, looks, announced)
    assert Counter(map(str, often.history)) == Counter(map(str, seldom.history))
    assert_comes_back_from_json(often.decider, often.state)


@given(acts=st.lists(st.one_of(commands, told_late), max_size=7), looks=looks, announced=announcements)
@settings(max_examples=examples(200))
def test_nor_does_it_where_a_source_tells_late(
    acts: list[ClockCommand | Told], looks: list[datetime], announced: datetime | None
) -> None:
    """L14, L24: what happened before it was written down pauses and answers from when it was known."""
    seldom, often = lived(acts, [], announced), lived(acts, looks, announced)
    assert Counter(map(str, often.history)) == Counter(map(str, seldom.history))
    assert_comes_back_from_json(often.decider, often.state)


@given(acts=acts, announced=announcements)
@settings(max_examples=examples(200))
def test_warnings_come_after_the_start_before_the_due_time_and_in_the_hours_for_them(
    acts: list[ClockCommand | Fact], announced: datetime | None
) -> None:
    """Never before the start nor outside the policy's notify window; each share once."""
    history = lived(acts, [], announced).history
    (started,) = (fact for fact in history if isinstance(fact, ClockStarted) and fact.clock == CLOCK)
    warned = [fact for fact in history if isinstance(fact, ClockWarned) and fact.clock == CLOCK]
    over = [fact.at for fact in history if isinstance(fact, ClockMet | ClockBreached) and fact.clock == CLOCK]
    assert len({fact.percent for fact in warned}) == len(warned) <= 3
    for fact in warned:
        wall = fact.at.astimezone(SHANGHAI)
        assert fact.at >= started.at
        assert 10 * 60 <= wall.hour * 60 + wall.minute <= 16 * 60
        assert not over or fact.at <= min(over)


@given(acts=acts, announced=announcements)
@settings(max_examples=examples(200))
def test_a_clock_is_judged_once_and_never_while_it_stands_still(
    acts: list[ClockCommand | Fact], announced: datetime | None
) -> None:
    history = lived(acts, [], announced).history
    breached = [fact.at for fact in history if isinstance(fact, ClockBreached) and fact.clock == CLOCK]
    met = [fact.at for fact in history if isinstance(fact, ClockMet) and fact.clock == CLOCK]
    assert len(breached) <= 1
    assert len(met) <= 1
    assert not met or not breached or breached[0] < met[0]


@given(acts=acts, said=words, announced=announcements)
@settings(max_examples=examples(200))
def test_no_comment_and_no_edit_of_a_field_moves_a_due_time(
    acts: list[ClockCommand | Fact], said: list[Fact], announced: datetime | None
) -> None:
    """T26, clocks.md: whatever the complainant adds and whatever is corrected, each clock says the same of itself. What
    is new are the clocks of the messages themselves (R83). Who reads a case is not in its stream at all.
    """
    plain, spoken = lived(acts, [], announced).history, lived([*acts, *said], [], announced).history
    assert _of_clocks(spoken) == _of_clocks(plain)
    of_messages = {f"reply:{fact.message_id}" for fact in said if isinstance(fact, MessageReceived)}
    assert {clock for clock in map(_clock, spoken) if clock.startswith("reply:")} == of_messages


def _of_clocks(history: Sequence[Fact]) -> Counter[str]:
    """What was said of all clocks but those of messages: starts and due times, steps, warnings, verdicts."""
    return Counter(str(fact) for fact in history if _clock(fact) and not _clock(fact).startswith("reply:"))


def _clock(fact: Fact) -> str:
    return "" if fact.type.endswith("escalated.v1") else getattr(fact, "clock", "")
