"""Each convention by itself: what a policy's field does to the due time."""

import pytest
from pydantic import ValidationError

from clock_forms import ALWAYS, at, calendar, holiday, policy, wall
from clocks import Calendar, Policy, due, elapsed

OFFICE = calendar(holiday("2025-04-18", "Good Friday"), holiday("2025-04-21", "Easter Monday"))
BOSTON = calendar(zone="America/New_York")


def ends(start: str, rule: Policy, on: Calendar = OFFICE) -> str:
    return wall(due(at(start, on), rule, on), on)


@pytest.mark.parametrize(
    ("amount", "unit", "start", "expected"),
    [
        (90, "minutes", "2025-04-17 16:30", "Thu 2025-04-17 18:00"),
        (48, "hours", "2025-04-17 16:30", "Sat 2025-04-19 16:30"),
        (2, "business-hours", "2025-04-17 16:30", "Tue 2025-04-22 10:30"),
        (2, "business-hours", "2025-04-19 12:00", "Tue 2025-04-22 11:00"),
        (8, "business-hours", "2025-04-22 09:00", "Tue 2025-04-22 17:00"),
        (1, "business-days", "2025-04-17 16:30", "Tue 2025-04-22 16:30"),
        (5, "calendar-days", "2025-04-17 16:30", "Tue 2025-04-22 16:30"),
        (8, "weeks", "2025-04-17 16:30", "Thu 2025-06-12 16:30"),
        (6, "months", "2025-04-17 16:30", "Fri 2025-10-17 16:30"),
    ],
)
def test_units(amount: int, unit: str, start: str, expected: str) -> None:
    """Minutes and hours run on; business units skip closed time; longer units keep the wall clock."""
    assert ends(start, policy(amount, unit)) == expected


@pytest.mark.parametrize(
    ("amount", "unit", "start", "expected"),
    [
        # The clocks go forward on 2025-03-30 at 01:00 and back on 2025-10-26 at 02:00.
        (24, "hours", "2025-03-29 12:00", "Sun 2025-03-30 13:00"),
        (1, "calendar-days", "2025-03-29 12:00", "Sun 2025-03-30 12:00"),
        (1, "calendar-days", "2025-03-29 01:30", "Sun 2025-03-30 02:00"),
        (24, "hours", "2025-10-25 12:00", "Sun 2025-10-26 11:00"),
        (1, "calendar-days", "2025-10-25 12:00", "Sun 2025-10-26 12:00"),
    ],
)
def test_clock_changes(amount: int, unit: str, start: str, expected: str) -> None:
    """Elapsed time does not care for the wall; days keep it; a time that the zone skips is the end of the gap."""
    assert ends(start, policy(amount, unit)) == expected


def test_a_time_that_comes_twice_is_its_first_coming() -> None:
    assert due(at("2025-10-25 01:30", OFFICE), policy(1, "calendar-days"), OFFICE) == at("2025-10-26 00:30Z", OFFICE)


def test_a_working_day_has_a_length_of_its_own_where_the_clocks_change() -> None:
    """A whole day of opening has 23 hours when they go forward."""
    always = calendar(week=ALWAYS)
    assert ends("2025-03-30 00:00", policy(24, "business-hours"), always) == "Mon 2025-03-31 01:00"


def test_the_day_of_the_start_may_count() -> None:
    rule = policy(3, "business-days", end_at="end-of-day")
    counts = policy(3, "business-days", end_at="end-of-day", start_day_counts=True)
    assert ends("2025-04-14 10:00", rule) == "Thu 2025-04-17 23:59:59"
    assert ends("2025-04-14 10:00", counts) == "Wed 2025-04-16 23:59:59"
    assert ends("2025-04-19 10:00", counts) == ends("2025-04-19 10:00", rule) == "Thu 2025-04-24 23:59:59"
    days = policy(3, "calendar-days", end_at="end-of-day", start_day_counts=True)
    assert ends("2025-04-14 10:00", days) == "Wed 2025-04-16 23:59:59"


def test_a_closed_start_stands_or_rolls() -> None:
    """On a Saturday: day 0 itself, so that Tuesday (after Easter) is day 1; or Tuesday is day 0."""
    assert ends("2025-04-19 10:00", policy(1, "business-days", end_at="end-of-day")) == "Tue 2025-04-22 23:59:59"
    rolls = policy(1, "business-days", end_at="end-of-day", closed_start="rolls")
    assert ends("2025-04-19 10:00", rolls) == "Wed 2025-04-23 23:59:59"


def test_a_start_that_stands_on_a_closed_day_has_no_time_of_day_to_keep() -> None:
    """It ends with the day: so Saturday evening is not due later than Sunday morning."""
    rule = policy(1, "business-days")
    assert ends("2025-04-19 20:00", rule) == ends("2025-04-20 08:00", rule) == "Tue 2025-04-22 23:59:59"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2011-07-08 10:00", "Tue 2011-07-12 10:00"),
        ("2011-07-09 10:00", "Wed 2011-07-13 10:00"),
        ("2011-07-10 18:30", "Thu 2011-07-14 08:30"),
        ("2011-07-08 17:00", "Tue 2011-07-12 17:00"),
        ("2011-07-08 17:00:01", "Wed 2011-07-13 08:30"),
        ("2011-11-04 16:00", "Tue 2011-11-08 16:00"),
    ],
)
def test_a_start_after_the_cutoff_counts_from_the_next_working_day(start: str, expected: str) -> None:
    """A closed start rolls with its time of day, then a start after the cutoff moves; across a clock change too."""
    rule = policy(2, "business-days", closed_start="rolls", cutoff="17:00", after_cutoff="08:30")
    assert ends(start, rule, BOSTON) == expected


def test_the_end_of_the_day() -> None:
    """At the start's time of day, at the last closing, or at the last instant of the date: in time until then."""
    ending = {
        end_at: ends("2025-04-14 10:15", policy(1, "business-days", end_at=end_at))
        for end_at in ("same-time", "close-of-business", "end-of-day")
    }
    assert ending == {
        "same-time": "Tue 2025-04-15 10:15",
        "close-of-business": "Tue 2025-04-15 17:00",
        "end-of-day": "Tue 2025-04-15 23:59:59",
    }


def test_a_day_without_business_has_no_close_and_ends_with_itself() -> None:
    assert ends("2025-04-14 10:15", policy(5, "calendar-days", end_at="close-of-business")) == "Sat 2025-04-19 23:59:59"


def test_a_closed_end_stands_or_rolls() -> None:
    for end_at, expected in (("same-time", "10:15"), ("close-of-business", "17:00"), ("end-of-day", "23:59:59")):
        rule = policy(4, "calendar-days", end_at=end_at, closed_end="rolls")
        assert ends("2025-04-14 10:15", rule) == f"Tue 2025-04-22 {expected}"
    assert ends("2025-04-14 10:15", policy(4, "calendar-days")) == "Fri 2025-04-18 10:15"


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-01-28 10:00", 1, "Fri 2025-02-28 10:00"),
        ("2025-01-31 10:00", 1, "Fri 2025-02-28 23:59:59"),
        ("2025-01-31 10:00", 2, "Mon 2025-03-31 10:00"),
        ("2024-01-31 10:00", 1, "Thu 2024-02-29 23:59:59"),
        ("2024-08-31 10:00", 18, "Sat 2026-02-28 23:59:59"),
    ],
)
def test_the_end_of_a_month(start: str, months: int, expected: str) -> None:
    """Where the month has no such day, its last one, to its end; two months are not a month and a month."""
    assert ends(start, policy(months, "months")) == expected


def test_months_that_count_the_day_of_the_start_end_the_day_before() -> None:
    rule = policy(1, "months", end_at="end-of-day", start_day_counts=True)
    assert ends("2025-04-17 10:00", rule) == "Fri 2025-05-16 23:59:59"
    assert ends("2025-01-31 10:00", rule) == "Fri 2025-02-28 23:59:59"


def test_whole_units_pass_at_their_due_times() -> None:
    rule = policy(5, "business-days", end_at="close-of-business")
    start = at("2025-04-14 10:00", OFFICE)
    seen = [elapsed(start, at(f"2025-04-{day} 17:00", OFFICE), rule, OFFICE).whole for day in (14, 15, 16, 19, 22)]
    assert seen == [0, 1, 2, 3, 4]


def test_a_policy_without_a_budget_has_no_due_time() -> None:
    with pytest.raises(ValueError, match="measured only"):
        due(at("2025-04-14 10:00", OFFICE), policy(None), OFFICE)


def test_a_start_without_a_zone_is_refused() -> None:
    start = at("2025-04-14 10:00", OFFICE).replace(tzinfo=None)
    with pytest.raises(ValueError, match="no zone"):
        due(start, policy(1), OFFICE)


@pytest.mark.parametrize(
    ("unit", "form", "said"),
    [
        ("hours", {"end_at": "end-of-day"}, "`end_at` is for units of days"),
        ("hours", {"closed_end": "rolls"}, "`closed_end` is for units of days"),
        ("business-hours", {"pause_counts": "days"}, "`pause_counts` is for units of days"),
        ("calendar-days", {"start_day_counts": True}, "where the day of the start counts"),
        ("hours", {"cutoff": "17:00"}, "come together"),
        ("hours", {"cutoff": "17", "after_cutoff": "08:30"}, "no time of day"),
        ("months", {"extensions": {"times": 1, "amount": 2, "unit": "business-days"}}, "counted like the budget"),
        ("hours", {"notify_hours": "8-20"}, "no span of hours"),
        ("hours", {"warn_percent": [0]}, "greater than or equal to 1"),
        ("months", {"budget": {"amount": 121, "unit": "months"}}, "more than 120"),
        ("hours", {"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(unit: str, form: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        policy(1, unit, **form)
