"""Why a stated due time is likely to differ from ours: guessed by figures alone, the first reason that explains it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clocks import due
from projections.deviations import Compared, likely_reason
from shipped import rule

BOSTON = ZoneInfo("America/New_York")
OPENED = datetime(2011, 7, 1, 9, 30, 17, tzinfo=BOSTON)
TWO_DAYS = rule("boston-311/business-days-2")
MONTH = rule("boston-311/calendar-days-30")


def reason(stated: datetime, opened: datetime = OPENED) -> str:
    ours = due(opened, TWO_DAYS.policy, TWO_DAYS.calendar)
    return str(likely_reason(Compared(opened, ours, stated), TWO_DAYS.policy, TWO_DAYS.calendar))


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("2011-06-30T00:00:00", "stated before the start"),
        ("2059-12-31T19:00:00", "a date years away: a placeholder"),
        ("2011-07-08T12:00:00", "set by hand: a full minute, which the start is not"),
        ("2011-07-05T09:50:44", "counted from a start some minutes off"),
        ("2011-07-15T09:30:17", "counted with another amount: 10 business-days"),
        ("2011-07-09T09:30:18", "counted with another amount: 8 calendar-days"),
        ("2011-07-08T12:01:33", "no rule that we know"),
    ],
)
def test_each_reason(stated: str, why: str) -> None:
    assert reason(datetime.fromisoformat(stated).replace(tzinfo=BOSTON)) == why


def test_another_amount_keeps_the_conventions_of_the_policy() -> None:
    """Opened on a Saturday after five: both conventions move the start, and ten weekdays later it is due."""
    opened = datetime(2011, 7, 2, 18, 15, 9, tzinfo=BOSTON)
    stated = datetime(2011, 7, 19, 8, 30, tzinfo=BOSTON).replace(second=1)
    assert reason(stated, opened) == "counted with another amount: 10 business-days"


def test_another_amount_may_lie_beyond_a_change_of_the_clocks() -> None:
    opened = datetime(2011, 10, 20, 12, 0, 5, tzinfo=BOSTON)
    ours = due(opened, MONTH.policy, MONTH.calendar)
    stated = datetime(2011, 11, 20, 12, 0, 5, tzinfo=BOSTON)
    found = likely_reason(Compared(opened, ours, stated), MONTH.policy, MONTH.calendar)
    assert (found.code, found.as_if) == ("other-amount", "31 calendar-days")
