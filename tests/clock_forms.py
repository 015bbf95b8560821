"""Calendars and policies for tests, written as a rulebook would: a few words, by way of JSON.

Must not: any rule of a real regime (they are data under `rules/`).
"""

import json
from datetime import datetime

from clocks import Calendar, CalendarSpec, ClockState, History, Policy, Started, Step, compiled, run

OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def spec(*days: dict[str, object], zone: str = "Europe/London", **more: object) -> CalendarSpec:
    """Open on weekdays from nine to five unless said otherwise."""
    form: dict[str, object] = {
        "name": "office",
        "zone": zone,
        "source": "invented",
        "first": "2011-01-01",
        "last": "2026-12-31",
        "week": OFFICE,
        "day": days,
    }
    return CalendarSpec.model_validate_json(json.dumps(form | more))


def calendar(*days: dict[str, object], zone: str = "Europe/London", **more: object) -> Calendar:
    return compiled(spec(*days, zone=zone, **more))


def holiday(date: str, why: str = "a holiday", **more: object) -> dict[str, object]:
    return {"date": date, "kind": "holiday", "why": why} | more


def policy(amount: int | None, unit: str = "hours", **more: object) -> Policy:
    """A policy with this budget; None measures in that unit."""
    form: dict[str, object] = {"name": "limit", "source": "invented", "standing": "M", "unit": unit}
    if amount is not None:
        form["budget"] = {"amount": amount, "unit": unit}
    return Policy.model_validate_json(json.dumps(form | more))


def at(text: str, calendar: Calendar) -> datetime:
    """`2025-03-28 16:30` on the calendar's wall, or an instant with its own offset."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=calendar.zone)


def wall(moment: datetime | None, calendar: Calendar) -> str:
    """`Mon 2025-03-31 09:30`, with seconds where there are any."""
    assert moment is not None
    shown = calendar.local(moment)
    return shown.strftime("%a %Y-%m-%d %H:%M:%S").removesuffix(":00")


def ran(start: str, asked: str, policy: Policy, calendar: Calendar, *steps: Step) -> ClockState:
    """A clock from its start, as of another time."""
    return run(History(Started(at(start, calendar), "start"), steps), policy, calendar, at(asked, calendar))
