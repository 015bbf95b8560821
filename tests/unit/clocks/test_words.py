"""Which conventions a proof says that a clock was counted by: those that bear on it, and no other."""

from typing import Any

import pytest

from clock_forms import at, calendar, policy, ran, spec
from clocks import Extended
from clocks.words import conventions, known, source

DAY_0 = "the day of the start is day 0"
SAME_TIME = "it ends at the time of day of the start"
ON_CLOSED = "or with the day where the start is on a day that is no working day"
MONTH = "a month ends on the same day of a later month, or on {} where it has no such day"
REASONS = "; lawful reasons: evidence, source"
PAUSES = ["evidence", "source"]


@pytest.mark.parametrize(
    ("amount", "unit", "more", "said"),
    [
        (4, "hours", {}, []),
        (4, "business-hours", {}, []),
        (None, "business-hours", {}, []),
        (None, "calendar-days", {}, [DAY_0]),
        (4, "calendar-days", {}, [DAY_0, SAME_TIME]),
        (
            4,
            "calendar-days",
            {"start_day_counts": True, "end_at": "end-of-day"},
            ["the day of the start is day 1", "it ends with the day"],
        ),
        (4, "business-days", {}, [DAY_0, f"{SAME_TIME}, {ON_CLOSED}"]),
        (
            4,
            "business-days",
            {"closed_start": "rolls", "cutoff": "17:00", "after_cutoff": "08:30"},
            [
                DAY_0,
                "a start on a day that is no working day moves to the next, same time of day",
                "a start after 17:00 moves to the next working day at 08:30",
                SAME_TIME,
            ],
        ),
        (4, "business-days", {"end_at": "end-of-day"}, [DAY_0, "it ends with the day"]),
        (
            4,
            "business-days",
            {"end_at": "close-of-business"},
            [DAY_0, "it ends at the last closing of the day, or with the day where it does not open"],
        ),
        (
            4,
            "calendar-days",
            {"closed_end": "rolls", "end_at": "end-of-day"},
            [DAY_0, "it ends with the day", "an end on a day that is no working day moves to the next"],
        ),
        (2, "months", {}, [DAY_0, SAME_TIME, MONTH.format("its last day, to its end,")]),
        (2, "months", {"end_at": "end-of-day"}, [DAY_0, "it ends with the day", MONTH.format("its last day")]),
        (4, "hours", {"pauses": PAUSES}, [f"a pause takes out its own time{REASONS}"]),
        (4, "business-hours", {"pauses": PAUSES}, [f"a pause takes out its own time, as far as it is open{REASONS}"]),
        (
            4,
            "calendar-days",
            {"pauses": PAUSES, "pause_counts": "days"},
            [DAY_0, SAME_TIME, f"a pause takes out every day that begins then{REASONS}"],
        ),
        (
            4,
            "business-days",
            {"pauses": PAUSES, "pause_counts": "days", "end_at": "end-of-day"},
            [
                DAY_0,
                "it ends with the day",
                f"a pause takes out every working day that opens while it lasts{REASONS}",
            ],
        ),
    ],
)
def test_every_convention_that_bears_on_the_count_is_said(
    amount: int | None, unit: str, more: dict[str, Any], said: list[str]
) -> None:
    assert list(conventions(policy(amount, unit, **more))) == said


def test_why_a_day_has_other_hours_is_said_where_they_count() -> None:
    half: dict[str, object] = {"date": "2025-04-17", "kind": "special", "open": ["09:00-12:00"], "why": "half a day"}
    found = ran("2025-04-16 09:00", "2025-05-01", policy(15, "business-hours"), calendar(half))
    assert [one.why for one in found.proof.segments if one.kind == "counted"] == [
        "open 09:00-17:00",
        "open 09:00-12:00, half a day",
        "open 09:00-17:00",
    ]


@pytest.mark.parametrize(
    ("standing", "worth"),
    [
        ("V", "verified in a primary text"),
        ("S", "from a secondary source"),
        ("M", "unconfirmed, not to be taken for law"),
    ],
)
def test_where_a_limit_comes_from_says_what_that_is_worth(standing: str, worth: str) -> None:
    assert source(policy(4, standing=standing, source="ISO 10002")) == f"ISO 10002 ({worth})"


def test_the_days_that_a_calendar_knows_may_have_no_end() -> None:
    assert known(spec()) == "known from 2011-01-01 to 2026-12-31; invented"
    assert known(spec(last=None)) == "known from 2011-01-01 on; invented"


def test_what_is_only_measured_has_no_limit() -> None:
    text = ran("2025-04-16 09:00", "2025-05-01", policy(None, "business-hours"), calendar()).proof.as_text()
    assert text.startswith("Policy   limit: measured in business-hours, without a limit\n")


def test_an_extension_that_does_not_count_says_why() -> None:
    office = calendar()
    more = Extended(at("2025-04-17 10:00", office), "e-2")
    found = ran("2025-04-16 09:00", "2025-05-01", policy(15, "business-hours"), office, more).proof
    assert [(one.at, one.event, one.says) for one in found.notes] == [
        (more.at, "e-2", "extension not counted: none-allowed")
    ]
