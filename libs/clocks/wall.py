"""Wall clocks and instants. Instants are whole microseconds since 1970 in UTC; days are proleptic ordinals.

One rule for every wall time, whether it is an opening, a closing or a due time: it means the first instant at which the
clock on the wall shows that time or a later one. A time that the zone skips is the end of the gap; a time that comes
twice is its first coming. So a later wall time is never an earlier instant.

Zones come from the package `tzdata` as locked, never from the machine: the same clock gives the same answer anywhere.
Must not: know a calendar.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every zone there is."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """The zone, such as Europe/London. Raises KeyError where there is none."""
    if name not in zone_names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def instant(at: datetime) -> int:
    """Microseconds since 1970. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    passed = at - EPOCH
    return passed.days * DAY + passed.seconds * SECOND + passed.microseconds


def moment(at: int) -> datetime:
    """The instant in UTC."""
    return EPOCH + timedelta(microseconds=at)


def offset(wall: datetime) -> int:
    """Microseconds that a time with a zone is ahead of UTC."""
    ahead = wall.utcoffset()
    assert ahead is not None
    return ahead // _MICROSECOND


def wall(at: int, zone: ZoneInfo) -> tuple[int, int]:
    """What the wall shows at an instant: the day, and microseconds since its midnight."""
    local = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
    return (
        local.toordinal(),
        ((local.hour * 60 + local.minute) * 60 + local.second) * SECOND + local.microsecond,
    )


def weekday(day: int) -> int:
    """The day of the week of an ordinal: Monday is 0."""
    return (day + 6) % 7


def first_instant(day: int, time: int, zone: ZoneInfo) -> int:
    """The first instant at which the wall shows this time of this day or later; `time` may reach beyond the day."""
    if time >= DAY:
        day, time = day + time // DAY, time % DAY
    # Wall clock arithmetic: the zone is not asked.
    shown = datetime.fromordinal(day).replace(tzinfo=zone) + timedelta(microseconds=time)
    ahead, after = shown.utcoffset(), shown.replace(fold=1).utcoffset()
    assert ahead is not None
    assert after is not None
    naive = (day - EPOCH_ORDINAL) * DAY + time
    if ahead >= after:
        return naive - ahead // _MICROSECOND
    return _end_of_gap(naive - after // _MICROSECOND, naive - ahead // _MICROSECOND, ahead // _MICROSECOND, zone)


def _end_of_gap(before: int, behind: int, ahead: int, zone: ZoneInfo) -> int:
    """The instant at which the zone leaves the offset `ahead`: after `before`, not after `behind`; on a full second."""
    low, high = before // SECOND, -(-behind // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(moment(middle * SECOND).astimezone(zone)) == ahead:
            low = middle
        else:
            high = middle
    return high * SECOND
