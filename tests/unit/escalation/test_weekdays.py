"""Weekdays: Monday to Friday in one zone, the wall clock kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anything import PATIENT
from escalation.weekdays import add_weekdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
BOSTON = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2024-03-01T10:00", 5, "2024-03-08T10:00"),
        ("2024-03-02T10:00", 5, "2024-03-11T10:00"),
        ("2024-03-03T10:00", 0, "2024-03-04T10:00"),
        ("2024-03-04T10:00", 0, "2024-03-04T10:00"),
        ("2024-03-08T23:59", 1, "2024-03-11T23:59"),
        ("2024-03-06T10:00", 12, "2024-03-22T10:00"),
    ],
)
def test_weekends_do_not_count_and_a_start_on_one_is_monday(start: str, days: int, due: str) -> None:
    """T17: the convention is stated, and is this one."""
    found = add_weekdays(datetime.fromisoformat(start).replace(tzinfo=SHANGHAI), days, SHANGHAI)
    assert found == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2011-11-04T09:00-04:00", 1, "2011-11-07T09:00-05:00"),
        ("2012-03-09T09:00-05:00", 1, "2012-03-12T09:00-04:00"),
        ("2011-11-04T22:30-04:00", 2, "2011-11-08T22:30-05:00"),
    ],
)
def test_the_wall_clock_stays_over_a_change_of_the_clocks(start: str, days: int, due: str) -> None:
    assert add_weekdays(datetime.fromisoformat(start), days, BOSTON) == datetime.fromisoformat(due)


def test_the_weekday_is_that_of_the_zone() -> None:
    friday_evening_in_utc = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)  # Saturday 04:00 in Shanghai
    assert add_weekdays(friday_evening_in_utc, 1, SHANGHAI) == datetime(2024, 3, 5, 4, 0, tzinfo=SHANGHAI)


@given(
    start=st.integers(0, 2_800_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    days=st.integers(0, 300),
)
@settings(PATIENT)
def test_it_is_counting_day_by_day(start: datetime, days: int) -> None:
    wall = start.astimezone(SHANGHAI)
    while wall.weekday() > 4:
        wall += timedelta(days=1)
    for _ in range(days):
        wall += timedelta(days=1)
        while wall.weekday() > 4:
            wall += timedelta(days=1)
    assert add_weekdays(start, days, SHANGHAI) == wall
