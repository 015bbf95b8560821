"""Random calendars, policies and pauses, drawn from a source of randomness: hypothesis's own, or a seed's.

Lives here: drawing. Must not: say what must hold of them.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random

from clocks import CalendarSpec, Ended, History, Paused, Policy, Resumed, Started, Step

ZONES: Mapping[str, tuple[date, ...]] = {
    "Europe/London": (date(2025, 3, 30), date(2025, 10, 26)),
    "America/New_York": (date(2011, 11, 6), date(2012, 3, 11)),
    "Asia/Shanghai": (date(2025, 9, 28),),
    "Australia/Lord_Howe": (date(2025, 4, 6), date(2025, 10, 5)),
    "Asia/Kathmandu": (date(2025, 1, 30),),
}
"""Zones, with the days around which something happens there."""
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAWFUL, UNLAWFUL = "awaiting-complainant", "too-much-work"
Span = tuple[int, int]


def window(random: Random) -> tuple[str, datetime]:
    """A zone, and an instant some days before something happens to its clocks."""
    zone = random.choice(list(ZONES))
    day = random.choice(ZONES[zone])
    return zone, datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=8)


def clock_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours(random: Random, *, overnight: bool) -> list[str]:
    """Open spans of a day, none over another; only the last may run over midnight."""
    step = random.choice((15, 30, 60))
    if random.random() < 0.1:
        return ["00:00-24:00"]
    # A day begins at five at the earliest, a night ends before: so no day runs into the next.
    marks = sorted(random.sample(range(300, 1440, step), 2 * random.choice((1, 1, 2, 3))))
    spans = [f"{clock_time(since)}-{clock_time(until)}" for since, until in zip(marks[::2], marks[1::2], strict=True)]
    if overnight and random.random() < 0.25:
        spans[-1] = f"{spans[-1][:5]}-{clock_time(random.randrange(0, 300, step))}"
    return [span.replace("-00:00", "-24:00") for span in spans]


def calendar(random: Random, zone: str, begin: datetime) -> CalendarSpec:
    """A calendar of that zone with holidays, make-up days and special hours in the weeks after `begin`."""
    open_days = random.choice((WEEK, WEEK[:5], WEEK[:5], random.sample(WEEK, random.randint(2, 7))))
    week = {day: hours(random, overnight=True) for day in open_days}
    if any("00:00-24:00" in spans for spans in week.values()):  # then no night may run into such a day
        week = {day: [span for span in spans if span[:5] < span[6:]] or ["09:00-17:00"] for day, spans in week.items()}
    special = []
    for number in sorted(random.sample(range(2, 50), random.randint(0, 8))):
        kind = random.choice(("holiday", "holiday", "make-up", "special"))
        spans = [] if kind == "holiday" else [span for span in hours(random, overnight=False) if span != "00:00-24:00"]
        kind = kind if spans else "holiday"
        day = begin.date() + timedelta(days=number)
        special.append({"date": str(day), "kind": kind, "open": spans, "why": f"{kind} {number}"})
    return CalendarSpec.model_validate_json(
        json.dumps({
            "name": "random", "zone": zone, "source": "drawn", "week": week, "day": special,
            "first": str(begin.date()), "last": str(begin.date() + timedelta(days=random.randint(50, 200))),
        })
    )  # fmt: skip


_MOST = {
    "minutes": 6000, "hours": 200, "business-hours": 30,
    "business-days": 7, "calendar-days": 21, "weeks": 3, "months": 1,
}  # fmt: skip


def policy(random: Random, *, unit: str | None = None, **fixed: object) -> Policy:
    """A policy with conventions at random; `fixed` ones stand."""
    unit = unit or random.choice(list(_MOST))
    drawn: dict[str, object] = {
        "name": "random",
        "source": "drawn",
        "standing": "M",
        "budget": {"amount": random.randint(1, _MOST[unit]), "unit": unit},
        "closed_start": random.choice(("stands", "stands", "rolls")),
        "pauses": [LAWFUL],
    }
    if random.random() < 0.3:
        drawn |= {"cutoff": clock_time(random.randint(600, 1200)), "after_cutoff": clock_time(random.randint(0, 600))}
    if unit in {"business-days", "calendar-days", "weeks", "months"}:
        drawn["end_at"] = fixed.get("end_at") or random.choice(("same-time", "close-of-business", "end-of-day"))
        drawn["start_day_counts"] = drawn["end_at"] != "same-time" and random.random() < 0.4
        drawn["closed_end"] = random.choice(("stands", "stands", "rolls"))
        drawn["pause_counts"] = random.choice(("time", "days"))
    return Policy.model_validate_json(json.dumps(drawn | fixed))


def pauses(random: Random, start: int, *, most: int = 4, longest: int = 4 * 1440) -> list[Span]:
    """Spans of minutes around and after a start; they may overlap and touch."""
    found = []
    for _ in range(random.randint(0, most)):
        begin = start + random.randint(-600, 6 * 1440)
        found.append((begin, begin + random.choice((random.randint(0, 120), random.randint(0, longest)))))
    return found


def history(start: datetime, paused: list[tuple[datetime, datetime]], *more: Step, reason: str = LAWFUL) -> History:
    """A clock with pauses, told in the order given."""
    steps: list[Step] = []
    for number, (begin, end) in enumerate(paused):
        event = f"pause-{number}"
        steps += [Paused(begin, reason, event), Resumed(end, f"resume-{number}", pause=event)]
    return History(Started(start, "start"), (*steps, *more))


def stopped(at: datetime) -> Ended:
    return Ended(at, "stopped", "end")
