"""Running clocks: pauses, warnings and ends."""

import pytest

from clock_forms import ALWAYS, at, calendar, policy, ran, wall
from clocks import ClockState, Ended, Paused, Policy, Resumed, Step

OFFICE = calendar()
ALL_DAY = calendar(week=ALWAYS)
WAIT = "awaiting-complainant"
EIGHT = policy(8, "business-hours", pauses=[WAIT])
START = "2025-06-02 10:00"


def paused(begin: str, end: str | None = None, *, reason: str = WAIT, event: str = "p") -> tuple[Step, ...]:
    pause = Paused(at(begin, OFFICE), reason, event)
    return (pause, Resumed(at(end, OFFICE), f"{event}-over", pause=event)) if end else (pause,)


def office(rule: Policy, asked: str, *steps: Step, start: str = START) -> ClockState:
    return ran(start, asked, rule, OFFICE, *steps)


# --- states ----------------------------------------------------------------------------------------------------------


def test_a_day_of_business_time_is_a_usual_working_day_of_the_calendar() -> None:
    """And has 24 hours where every hour counts."""
    days = policy(5, "business-days")
    assert (
        ran(START, START, days, calendar(week={"mon": ["09:00-17:00"], "tue": ["22:00-06:00"]})).day_seconds == 8 * 3600
    )
    assert (
        ran(START, START, days, calendar(week={"mon": ["09:00-17:00"], "sat": ["09:00-13:00"]})).day_seconds == 6 * 3600
    )
    assert [ran(START, START, days, ALL_DAY).day_seconds, office(policy(5, "hours"), START).day_seconds] == [86_400] * 2


def test_met_at_exactly_the_due_instant_is_in_time() -> None:
    ends = at("2025-06-03 10:00", OFFICE)
    assert office(EIGHT, "2025-06-05 10:00", Ended(ends, "met", "m")).state == "met"
    assert office(EIGHT, "2025-06-03 10:00").state == "running"
    assert office(EIGHT, "2025-06-03 10:00:01").state == "breached"
    late = at("2025-06-03 10:00:00.000001", OFFICE)
    assert office(EIGHT, "2025-06-05 10:00", Ended(late, "met", "m")).state == "breached"
    assert office(EIGHT, "2025-06-05 10:00", Ended(late, "stopped", "m")).state == "breached"


def test_what_comes_after_as_of_is_not_known_yet() -> None:
    """As known then stays answerable."""
    steps = (*paused("2025-06-02 11:00", "2025-06-02 13:00"), Ended(at("2025-06-02 15:00", OFFICE), "met", "m"))
    states = [office(EIGHT, f"2025-06-02 {time}", *steps) for time in ("10:30", "12:00", "14:00", "16:00")]
    assert [one.state for one in states] == ["running", "paused", "running", "met"]
    assert [one.elapsed_seconds for one in states] == [1800, 3600, 7200, 10800]
    assert [one.remaining_seconds for one in states] == [27000, 25200, 21600, 18000]
    assert [wall(one.due, OFFICE)[4:] for one in states] == [
        "2025-06-03 10:00",
        "2025-06-03 11:00",
        "2025-06-03 12:00",
        "2025-06-03 12:00",
    ]


def test_what_happens_at_an_instant_is_known_at_it() -> None:
    steps = (*paused("2025-06-02 11:00", "2025-06-02 13:00"), Ended(at("2025-06-02 15:00", OFFICE), "met", "m"))
    seconds = ("10:59:59", "11:00:00", "12:59:59", "13:00:00", "14:59:59", "15:00:00")
    states = [office(EIGHT, f"2025-06-02 {second}", *steps).state for second in seconds]
    assert states == ["running", "paused", "paused", "running", "running", "met"]


def test_of_several_ends_the_first_counts_however_they_are_told() -> None:
    first, second = (
        Ended(at("2025-06-02 14:00", OFFICE), "met", "a"),
        Ended(at("2025-06-04 15:00", OFFICE), "stopped", "b"),
    )
    for steps in ((first, second), (second, first)):
        state = office(EIGHT, "2025-06-05 10:00", *steps)
        assert (state.state, state.ended_at) == ("met", first.at)


def test_a_note_moves_nothing() -> None:
    """T26: a history knows nothing but starts, pauses, extensions and ends; a comment on day 4 of 5 is none of them."""
    rule = policy(5, "business-days")
    assert office(rule, START).due == office(rule, "2025-06-06 09:00").due


# --- pauses ----------------------------------------------------------------------------------------------------------


def test_pauses_count_open_time_once_however_they_are_told() -> None:
    whole = office(EIGHT, "2025-06-09 09:00", *paused("2025-06-02 16:00", "2025-06-03 10:00"))
    assert wall(whole.due, OFFICE) == "Tue 2025-06-03 12:00"
    assert whole.paused_seconds == 2 * 3600
    told = (
        *paused("2025-06-03 09:30", "2025-06-03 10:00", event="b"),
        *paused("2025-06-02 16:30", "2025-06-03 09:45", event="c"),
        *paused("2025-06-02 16:00", "2025-06-02 18:00", event="a"),
    )
    again = office(EIGHT, "2025-06-09 09:00", *told)
    assert (again.due, again.paused) == (whole.due, whole.paused)


def test_a_resumption_that_names_no_pause_ends_every_pause() -> None:
    both = (*paused("2025-06-02 11:00", event="a"), *paused("2025-06-02 12:00", event="b"))
    state = office(EIGHT, "2025-06-09 09:00", *both, Resumed(at("2025-06-02 13:00", OFFICE), "r"))
    assert wall(state.due, OFFICE) == "Tue 2025-06-03 12:00"
    named = office(EIGHT, "2025-06-02 14:00", *both, Resumed(at("2025-06-02 13:00", OFFICE), "r", pause="b"))
    assert named.state == "paused"


def test_a_resumption_of_what_is_not_paused_changes_nothing() -> None:
    unknown = Resumed(at("2025-06-02 12:00", OFFICE), "r", pause="another")
    twice = (*paused("2025-06-02 11:00", "2025-06-02 13:00"), Resumed(at("2025-06-02 15:00", OFFICE), "r", pause="p"))
    assert wall(office(EIGHT, "2025-06-02 16:00", unknown).due, OFFICE) == "Tue 2025-06-03 10:00"
    assert wall(office(EIGHT, "2025-06-02 16:00", *twice).due, OFFICE) == "Tue 2025-06-03 12:00"
    assert office(EIGHT, "2025-06-02 14:00", *paused("2025-06-02 11:00"), unknown).state == "paused"


def test_pauses_are_named_in_the_order_of_time_however_they_are_told() -> None:
    later, first = ("2025-06-02 14:00", "2025-06-02 15:00", "late"), ("2025-06-02 11:00", "2025-06-02 12:00", "early")
    steps = [
        step for since, until, event in (later, first) for step in paused(since, until, reason="busy", event=event)
    ]
    assert [one.event for one in office(EIGHT, "2025-06-02 16:00", *steps).unlawful] == ["early", "late"]


def test_a_pause_outside_open_hours_or_after_the_due_time_moves_nothing() -> None:
    for begin, end in (("2025-06-02 17:00", "2025-06-03 09:00"), ("2025-06-03 10:00", "2025-06-03 12:00")):
        state = office(EIGHT, "2025-06-09 09:00", *paused(begin, end))
        assert wall(state.due, OFFICE) == "Tue 2025-06-03 10:00"


def test_an_unlawful_pause_is_named_and_does_not_stop_the_clock() -> None:
    state = office(EIGHT, "2025-06-02 12:00", *paused("2025-06-02 11:00", reason="busy"))
    assert (state.state, wall(state.due, OFFICE)) == ("running", "Tue 2025-06-03 10:00")
    assert [(one.reason, one.end, one.event) for one in state.unlawful] == [("busy", None, "p")]
    assert "pause not lawful here, moves nothing: busy (p)" in state.proof.as_text()


def test_a_clock_is_asked_about_many_years_later() -> None:
    """Units that have passed are not looked for far beyond the moment, where no calendar answers."""
    months = policy(6, "months", closed_end="rolls")
    state = office(months, "2055-06-02 10:00")
    assert (state.state, wall(state.due, OFFICE), state.elapsed.whole) == ("breached", "Tue 2025-12-02 10:00", 360)
    weeks = policy(8, "weeks", closed_end="rolls")
    assert office(weeks, "2055-06-02 10:00").elapsed.whole == 1565
    days = policy(1, "business-days")
    seldom = calendar(week={"tue": ["09:00-17:00"]})
    assert ran(START, "2055-06-02 10:00", days, seldom).elapsed.whole == 1566


def test_resolved_straight_from_a_pause() -> None:
    """T23: paused from February to August, then resolved: 22 working days passed before, and none in the pause."""
    rule = policy(None, "business-hours", pauses=[WAIT])
    steps = (*paused("2025-02-03 09:00"), Ended(at("2025-08-18 12:00", OFFICE), "met", "m"))
    state = ran("2025-01-02 09:00", "2025-12-31 12:00", rule, OFFICE, *steps)
    assert (state.state, state.elapsed_seconds) == ("met", 22 * 8 * 3600)
    assert state.proof.counted.time == state.elapsed.time


def test_pauses_may_take_out_days() -> None:
    """Every working day that opens while it lasts; a pause within a day takes out none."""
    rule = policy(5, "business-days", pauses=[WAIT], pause_counts="days", end_at="end-of-day")
    moved = {
        span: wall(office(rule, "2025-07-01 09:00", *paused(*span)).due, OFFICE)
        for span in (
            ("2025-06-03 10:00", "2025-06-03 16:00"),
            ("2025-06-03 10:00", "2025-06-05 16:00"),
            ("2025-06-06 18:00", "2025-06-09 08:59"),
            ("2025-06-09 16:00", "2025-06-12 16:00"),
        )
    }
    assert list(moved.values()) == [
        "Mon 2025-06-09 23:59:59",
        "Wed 2025-06-11 23:59:59",
        "Mon 2025-06-09 23:59:59",
        "Thu 2025-06-12 23:59:59",
    ]


def test_days_with_pauses_by_time_move_by_exactly_that_time() -> None:
    """Also where the end then falls on a closed day: a last day rolls, a pause is added as it is."""
    rule = policy(1, "business-days", pauses=[WAIT])
    state = office(rule, "2025-07-01 09:00", *paused("2025-06-02 16:00", "2025-06-03 09:30"))
    assert wall(state.due, OFFICE) == "Tue 2025-06-03 11:30"
    rolls = policy(4, "calendar-days", pauses=[WAIT], closed_end="rolls")
    state = office(rolls, "2025-07-01 09:00", *paused("2025-06-03 10:00", "2025-06-04 10:30"))
    assert wall(state.due, OFFICE) == "Sat 2025-06-07 10:30"


# --- warnings --------------------------------------------------------------------------------------------------------


def warned(notify: str | None, start: str, amount: int = 10) -> list[str]:
    rule = policy(amount, "hours", warn_percent=[50], notify_hours=notify)
    return [wall(one.at, ALL_DAY) for one in ran(start, start, rule, ALL_DAY).warnings]


def test_warnings_come_part_of_the_way() -> None:
    rule = policy(8, "business-hours", warn_percent=[75, 50], pauses=[WAIT])
    steps = paused("2025-06-02 12:00", "2025-06-02 13:00")
    seen = [(one.percent, wall(one.at, OFFICE)[4:]) for one in office(rule, "2025-07-01 09:00", *steps).warnings]
    assert seen == [(50, "2025-06-02 15:00"), (75, "2025-06-02 17:00")]


def test_warnings_stay_within_the_notify_hours() -> None:
    """They wait until the hours begin; where that is too late, they come as the hours before end; or not at all."""
    assert warned(None, "2025-06-02 20:00") == ["Tue 2025-06-03 01:00"]
    assert warned("08:00-20:00", "2025-06-02 08:00") == ["Mon 2025-06-02 13:00"]
    assert warned("08:00-20:00", "2025-06-02 23:00") == ["Tue 2025-06-03 08:00"]
    assert warned("08:00-20:00", "2025-06-02 19:00") == ["Mon 2025-06-02 20:00"]
    assert warned("08:00-20:00", "2025-06-02 21:00") == []
    assert warned("22:00-06:00", "2025-06-02 22:30", 4) == ["Tue 2025-06-03 00:30"]


@pytest.mark.parametrize(
    ("notify", "start", "amount", "told"),
    [
        ("08:00-20:00", "2025-06-02 03:00", 10, ["Mon 2025-06-02 08:00"]),
        ("08:00-20:00", "2025-06-02 15:00", 10, ["Mon 2025-06-02 20:00"]),
        ("08:00-20:00", "2025-06-02 20:00", 12, ["Mon 2025-06-02 20:00"]),
        ("08:00-20:00", "2025-06-02 20:01", 12, ["Tue 2025-06-03 08:00"]),
        ("08:00-20:00", "2025-06-02 20:01", 11, []),
        ("22:00-06:00", "2025-06-02 02:00", 24, ["Mon 2025-06-02 22:00"]),
        ("22:00-06:00", "2025-06-02 05:00", 14, ["Mon 2025-06-02 06:00"]),
        ("22:00-06:00", "2025-06-02 06:01", 14, []),
        ("22:00-06:00", "2025-06-02 00:00", 12, ["Mon 2025-06-02 06:00"]),
        ("01:10-01:50", "2025-03-29 08:00", 60, ["Mon 2025-03-31 01:10"]),
        ("01:10-01:50", "2025-03-29 19:00", 28, []),
    ],
)
def test_the_edges_of_the_notify_hours(notify: str, start: str, amount: int, told: list[str]) -> None:
    """Both ends belong to them; the due time itself is too late; hours that the zone skips that day are none."""
    assert warned(notify, start, amount) == told
