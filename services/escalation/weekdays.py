"""Weekdays on a calendar without holidays: Monday to Friday in one zone. Pure. Must not: a holiday, a policy.

Day 0 is the day of the start. A start on a Saturday or Sunday is moved to Monday, the same time of day (the convention
of the records we measure ourselves by); the wall clock stays the same across a change of the clocks.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5


def add_weekdays(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The moment `days` weekdays after `start`, in UTC. A wall-clock time that the zone skips moves out of the gap."""
    wall = start.astimezone(zone).replace(tzinfo=None)
    if wall.weekday() >= _SATURDAY:
        wall += timedelta(days=7 - wall.weekday())
    weeks, rest = divmod(days, 5)
    wall += timedelta(weeks=weeks)
    if wall.weekday() + rest >= _SATURDAY:
        rest += 2
    return (wall + timedelta(days=rest)).replace(tzinfo=zone).astimezone(UTC)
