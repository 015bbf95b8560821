"""Pausing, resuming and extending a clock, as its policy allows. Given, when, then.

The clock: ten office hours on a desk that is open from 9 to 12 and from 13 to 17. Lodged on Monday evening, it is due
on Wednesday at noon.
"""

from datetime import datetime

import pytest

from escalation.decider.commands import ExtendClock, PauseClock, ResumeClock
from escalation.decider.state import Case
from events.decider import Refused
from events.escalation import ClockBreached, ClockExtended, ClockMet, ClockPaused, ClockResumed, ClockStarted
from events.fact import Fact, GivenDue
from given import Story, assert_comes_back_from_json
from published import PACK
from unit.escalation.cases import LODGED, NOON, at, at_desk, closed, contact, names, received, reopened, sent, told

CLOCK = "desk:answer"
BOOKS = at_desk()


def begun(*facts: Fact) -> Story[Case]:
    return told(LODGED, contact(NOON), *facts, books=BOOKS).settled(NOON)


def pause(when: str, reason: str = "evidence") -> PauseClock:
    return PauseClock(at(when), "handler-1", CLOCK, reason)


def resume(when: str) -> ResumeClock:
    return ResumeClock(at(when), "handler-1", CLOCK)


def extend(when: str, notice: str | None = "o1", amount: int | None = None) -> ExtendClock:
    return ExtendClock(at(when), "teamlead-1", CLOCK, "the supplier is asked", amount, notice)


def done(case: Story[Case], *commands: PauseClock | ResumeClock | ExtendClock) -> Story[Case]:
    """Each command in its turn, with what follows by itself in between."""
    for command in commands:
        fact = case.settled(command.now).when(command)
        assert not isinstance(fact, Refused), fact
        case = case.settled(command.now).then(fact)
    return case


def code(case: Story[Case], command: object, now: datetime = NOON) -> str:
    answer = case.settled(now).when(command)
    assert isinstance(answer, Refused)
    return answer.code


def breach(case: Story[Case]) -> datetime | None:
    added = case.added(at("04-01T00:00"))
    return next((fact.at for fact in added if isinstance(fact, ClockBreached) and fact.clock == CLOCK), None)


def test_it_starts_beside_the_company_s_own_clocks_and_counts_office_hours() -> None:
    """R35: packs of the company; the clock is named after its pack."""
    started = next(fact for fact in begun().history if isinstance(fact, ClockStarted) and fact.clock == CLOCK)
    assert (started.due, started.policy, started.calendar) == (at("03-04T12:00"), "desk/answer@1", "office@1")
    assert breach(begun()) == at("03-04T12:00")


def test_a_lawful_pause_moves_the_due_time_by_its_open_hours() -> None:
    paused = done(begun(), pause("03-03T10:00"))
    assert isinstance(paused.history[-1], ClockPaused)
    assert paused.history[-1].lawful
    assert breach(paused) is None  # it stands still
    resumed = done(paused, resume("03-03T15:00"))
    assert resumed.history[-1] == ClockResumed(at=at("03-03T15:00"), clock=CLOCK, due=at("03-04T17:00"), by="handler-1")
    assert breach(resumed) == at("03-04T17:00")
    assert_comes_back_from_json(resumed.decider, resumed.state)


def test_an_unlawful_pause_is_recorded_and_does_not_stop_the_clock() -> None:
    """2-domain: and it may not be resumed, since nothing stands still."""
    paused = done(begun(), pause("03-03T10:00", "busy"))
    assert isinstance(paused.history[-1], ClockPaused)
    assert not paused.history[-1].lawful
    assert breach(paused) == at("03-04T12:00")
    assert code(paused, resume("03-03T11:00")) == "clock-not-paused"


def test_a_pause_after_the_due_time_changes_nothing() -> None:
    """L14: whoever folds it first."""
    late = begun().when(pause("03-05T10:00"))
    assert isinstance(late, ClockPaused)
    assert breach(begun().then(late)) == at("03-04T12:00")


def test_a_clock_is_paused_once_and_only_while_it_runs() -> None:
    assert code(done(begun(), pause("03-03T10:00")), pause("03-03T10:30")) == "clock-already-paused"
    assert code(begun(), ResumeClock(NOON, "h", CLOCK)) == "clock-not-paused"
    assert code(begun(), PauseClock(NOON, "h", "first-reply", "evidence")) == "clock-not-running"  # it is met


def test_an_extension_ends_no_pause() -> None:
    """It stands still until somebody resumes it, and has the longer time then."""
    both = done(begun(), pause("03-03T10:00"), extend("03-03T10:30", notice=None))
    assert breach(both) is None
    assert code(both, pause("03-03T11:00")) == "clock-already-paused"
    assert breach(done(both, resume("03-03T15:00"))) == at("03-05T14:00")


def test_it_is_met_out_of_a_pause_and_the_pause_does_not_count() -> None:
    """T23: resolved straight from a pause."""
    paused = done(begun(), pause("03-03T10:00")).then(sent(at("03-30T12:00")))
    added = paused.added(at("04-01T00:00"))
    assert [(type(fact), fact.at) for fact in added if getattr(fact, "clock", "") == CLOCK] == [
        (ClockMet, at("03-30T12:00"))
    ]


def test_an_extension_takes_a_reason_a_notice_in_time_and_no_more_than_the_policy_gives() -> None:
    """2-domain: notice before expiry, maximum."""
    told_them = begun(sent(at("03-03T09:30"), "progress"))
    extended = done(told_them, extend("03-03T10:00"))
    assert extended.history[-1] == ClockExtended(
        at=at("03-03T10:00"),
        clock=CLOCK,
        reason="the supplier is asked",
        amount=4,
        unit="business-hours",
        due=at("03-04T17:00"),
        notice="o1",
        noticed_at=at("03-03T09:30"),
        by="teamlead-1",
    )
    assert breach(extended) == at("03-04T17:00")
    less = done(told_them, extend("03-03T10:00", amount=1))
    assert breach(less) == at("03-04T14:00")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (extend("03-03T10:00", notice=None), "extension-without-notice"),
        (extend("03-03T10:00", notice="o9"), "notice-unknown"),
        (extend("03-03T10:00", amount=5), "extension-too-long"),
        (extend("03-04T12:01"), "extension-too-late"),
        (ExtendClock(NOON, "t", "first-reply", "r"), "clock-not-running"),
    ],
)
def test_an_extension_that_would_not_count_is_refused(command: ExtendClock, expected: str) -> None:
    noticed = PACK.replace(
        'unit = "business-hours" }\nmet', 'unit = "business-hours", notice_before_expiry = true }\nmet'
    )
    strict = at_desk(noticed)
    case = told(LODGED, contact(NOON), sent(at("03-03T09:30"), "progress"), books=strict).settled(NOON)
    assert code(case, command) == expected


def test_an_automatic_message_is_no_notice_of_an_extension() -> None:
    """An acknowledgement that a machine sent on the first day tells nobody of a longer time."""
    by_machine = begun(sent(at("03-03T09:30"), "acknowledgement", automatic=True))
    assert code(by_machine, extend("03-03T10:00")) == "notice-unknown"
    by_person = begun(sent(at("03-03T09:30"), "acknowledgement"))
    assert isinstance(by_person.when(extend("03-03T10:00")), ClockExtended)


def test_an_extension_is_given_as_often_as_the_policy_says() -> None:
    extended = done(begun(sent(at("03-03T09:30"), "progress")), extend("03-03T10:00"))
    assert code(extended, extend("03-03T11:00")) == "extension-too-many"


def test_what_a_publisher_stated_is_neither_extended_nor_paused() -> None:
    dues = (GivenDue(clock="x", due=at("03-09T12:00")),)
    given = told(LODGED.model_copy(update={"dues": dues})).settled(NOON)
    answer = given.when(ExtendClock(at("03-03T10:00"), "t", "x", "r"))
    assert isinstance(answer, Refused)
    assert answer.code == "extension-not-allowed"
    paused = given.when(PauseClock(at("03-03T10:00"), "t", "x", "evidence"))
    assert isinstance(paused, ClockPaused)
    assert not paused.lawful
    assert code(given.then(paused), ResumeClock(at("03-03T11:00"), "t", "x")) == "clock-not-paused"


def test_a_comment_by_the_complainant_moves_no_due_time() -> None:
    """T26."""
    assert breach(begun(received(at("03-03T10:00")), closed(at("03-20T10:00")))) == at("03-04T12:00")
    assert "clock-started reply:m1" in names(begun(received(at("03-03T10:00"))).history)


def test_what_moves_a_due_time_beyond_its_calendar_says_that_it_is_provisional() -> None:
    """Everywhere it is shown: the fact itself says it, as a start does."""
    begin = at("12-30T10:00")
    case = told(LODGED.model_copy(update={"at": begin}), contact(begin), books=BOOKS).settled(begin)
    (started,) = [fact for fact in case.history if isinstance(fact, ClockStarted) and fact.clock == CLOCK]
    assert not started.provisional
    extended, paused = case.when(extend("12-30T11:00", notice=None)), case.when(pause("12-30T11:00"))
    assert isinstance(extended, ClockExtended)
    assert isinstance(paused, ClockPaused)
    resumed = case.then(paused).when(resume("12-31T16:30"))
    assert isinstance(resumed, ClockResumed)
    assert (extended.provisional, resumed.provisional) == (True, True)


def test_a_message_of_an_earlier_cycle_is_no_notice_of_an_extension() -> None:
    pack = PACK.replace('unit = "business-hours" }\nmet', 'unit = "business-hours", notice_before_expiry = true }\nmet')
    again = at("06-10T10:00")
    first = told(LODGED, sent(NOON), closed(NOON), books=at_desk(pack.replace('"lodged"', '"reopened"'))).settled(NOON)
    case = first.then(reopened(again)).settled(again)
    assert code(case, extend("06-10T11:00"), again) == "extension-without-notice"
    assert isinstance(case.then(sent(again)).when(extend("06-10T11:00")), ClockExtended)
