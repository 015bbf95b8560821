"""The clock of the resolution: by grade, cycle and screening. Given, when, then."""

from datetime import datetime, timedelta

import pytest

from escalation.decider.state import Case
from events.decider import NOTHING
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockStarted,
    ClockWarned,
)
from events.fact import Fact
from given import Told, lived, only
from published import PACK
from unit.escalation.cases import (
    CLOCKS,
    LODGED,
    NOON,
    OWN,
    at_desk,
    closed,
    contact,
    days,
    graded,
    minutes,
    names,
    received,
    reopened,
    screened,
    sent,
    source,
    told,
)

CHASE = """
[[policy]]
name = "quick"
starts = "lodged"
applies = { grades = ["complaint"] }
calendar = "always"
budget = { amount = 5, unit = "minutes" }
met_by = ["closed"]
source = "invented"
standing = "S"

[[policy]]
name = "chase"
starts = "breached:quick"
calendar = "always"
budget = { amount = 5, unit = "hours" }
met_by = ["reply"]
stopped_by = ["screened-out"]
source = "invented"
standing = "S"
"""


def resolution(*facts: Fact, until: datetime) -> list[Fact]:
    return [fact for fact in told(*facts).added(until) if getattr(fact, "clock", "").startswith("resolution")]


@pytest.mark.parametrize(("grade", "due"), [("crisis", days(1)), ("complaint", days(7)), ("suggestion", days(28))])
def test_the_resolution_is_timed_by_grade_in_weekdays(grade: str, due: datetime) -> None:
    """R85: from the lodging, not from the grading."""
    (started,) = resolution(LODGED, graded(grade, minutes(30)), until=minutes(30))
    assert isinstance(started, ClockStarted)
    assert (started.at, started.due, started.policy) == (NOON, due, f"{OWN}/{grade}-resolution@1")


def test_a_later_grade_leaves_a_running_clock_as_it_is() -> None:
    added = resolution(LODGED, graded(), graded("crisis", days(1)), until=days(1))
    assert [fact for fact in added if isinstance(fact, ClockStarted)] == added[:1]


@pytest.mark.parametrize(("ground", "answered_by"), [("accepted", "closed"), ("withdrawn", "withdrawn")])
def test_closing_meets_the_resolution(ground: str, answered_by: str) -> None:
    """R30: a withdrawal closes too, and is told apart."""
    added = resolution(LODGED, graded(), closed(days(1), ground), until=days(30))
    assert added[-1] == ClockMet(at=days(1), clock="resolution", answered_by=answered_by)


def test_a_late_closing_was_breached_first_and_a_reply_is_no_closing() -> None:
    added = resolution(LODGED, graded(), sent(days(2)), contact(days(2)), closed(days(8)), until=days(30))
    kinds = [type(fact) for fact in added if isinstance(fact, CLOCKS)]
    assert kinds == [ClockStarted, ClockWarned, ClockBreached, ClockMet]


def test_a_reopening_starts_a_clock_of_its_own_and_leaves_the_first_as_it_was() -> None:
    """2-domain: the first cycle's clocks stay as they were."""
    first = told(LODGED, sent(minutes(1)), graded(), closed(days(1))).settled(days(2))
    assert isinstance(first.state, Case)
    assert not first.state.running
    second = first.then(reopened(days(3)))
    (started,) = only(second.added(days(3)), ClockStarted)
    assert isinstance(started, ClockStarted)
    assert (started.clock, started.at, started.due) == ("resolution#2", days(3), days(10))
    again = second.settled(days(3)).then(closed(days(4)), closed(days(5)), reopened(days(6)), reopened(days(7)))
    clocks = [name for name in names(again.settled(days(8)).history) if "started resolution" in name]
    assert clocks == ["clock-started resolution", "clock-started resolution#2", "clock-started resolution#3"]


def test_a_message_to_a_closed_case_is_owed_an_answer_too() -> None:
    """R83."""
    done = told(LODGED, sent(minutes(1)), graded(), closed(days(1))).settled(days(2))
    asked = done.then(received(days(3)))
    assert isinstance(asked.state, Case)
    assert names(asked.added(days(3))) == ["clock-started reply:m1"]
    answered = asked.then(sent(days(3) + timedelta(minutes=1))).settled(days(4))
    assert names(answered.history)[-1] == "clock-met reply:m1"
    assert answered.owes(days(9)) == NOTHING


def test_a_reply_still_owed_at_closing_is_stopped_and_not_met() -> None:
    added = told(LODGED, closed(minutes(10))).added(days(1))
    assert names(added) == ["clock-started first-reply", "clock-stopped first-reply"]


def test_screened_as_no_complaint_its_clocks_stop() -> None:
    """R08: neither met nor breached."""
    out = told(LODGED, graded(), screened(minutes(10)), received(minutes(11)), closed(minutes(12)))
    assert names(out.added(days(30))) == [
        "clock-started first-reply",
        "clock-started resolution",
        "clock-stopped first-reply",
        "clock-stopped resolution",
    ]


def test_a_breach_before_the_screening_stays() -> None:
    """L14."""
    added = told(LODGED, screened(minutes(30))).added(days(1))
    assert names(added)[-2:] == ["clock-breached first-reply", "clock-stopped first-reply"]


def test_screened_back_its_resolution_counts_from_the_beginning() -> None:
    back = told(LODGED, graded(), screened(days(1)), screened(days(2), "complaint"), screened(days(3), "vexatious"))
    started = next(fact for fact in back.added(days(3)) if getattr(fact, "clock", "") == "resolution#2")
    assert isinstance(started, ClockStarted)
    assert (started.at, started.due) == (NOON, days(7))


ENQUIRY, NONE_AFTER_ALL = screened(minutes(10)), screened(minutes(20), "complaint")


@pytest.mark.parametrize(
    "history",
    [
        (graded(), ENQUIRY, NONE_AFTER_ALL),
        (ENQUIRY, NONE_AFTER_ALL, graded(at=minutes(20))),
        (graded(), ENQUIRY, closed(minutes(12)), reopened(minutes(15)), NONE_AFTER_ALL),
        (graded(), closed(minutes(5)), reopened(minutes(7)), ENQUIRY, NONE_AFTER_ALL),
    ],
    ids=["graded before", "graded after", "screened back in the next cycle", "both in the next cycle"],
)
@pytest.mark.parametrize("looks", [[], [minutes(11), minutes(21)]])
def test_screened_back_its_resolution_runs_again(history: tuple[Fact, ...], looks: list[datetime]) -> None:
    """R08: a screening that was taken back stops no clock that begins after that, whoever looks when (L14)."""
    steps: list[Fact | datetime] = [*history, *looks]
    steps.sort(key=lambda step: step.at if isinstance(step, Fact) else step)
    back = lived(told(LODGED), steps, until=minutes(30)).state
    assert isinstance(back, Case)
    assert sum(clock.name.startswith("resolution") for clock in back.running) == 1


def test_a_closing_that_was_dated_after_the_reopening_does_not_meet_the_next_cycle() -> None:
    """We close it at ten; the source tells then that it was open again there since five."""
    again = Told(source("reopened", minutes(5)), minutes(20))
    state = told(LODGED, graded(), closed(minutes(10)), again).settled(minutes(30)).state
    assert isinstance(state, Case)
    assert [clock.name for clock in state.running] == ["resolution#2"]


def test_what_follows_a_clock_that_begins_in_the_past_is_not_stopped_by_a_screening_taken_back() -> None:
    late = (LODGED, ENQUIRY, NONE_AFTER_ALL, graded(at=minutes(20)))
    history = told(*late, books=at_desk(PACK + CHASE)).settled(days(1)).history
    assert "clock-started desk:chase" in names(history)
    assert "clock-stopped desk:chase" not in names(history)
