"""Clocks by themselves: a due time over sixty business days, and a calendar of ten years made ready. No system needed.

Must not: name a real holiday; the calendar is invented.
"""

import json
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any

from clocks import Calendar, CalendarSpec, History, Policy, Started, compiled, due, run

YEARS = range(2020, 2030)
ROUNDS = 7
CALLS = 2_000
COMPILED = 5
START = datetime(2025, 3, 3, 11, 20, tzinfo=UTC)


def measure(calls: int = CALLS, compiled_times: int = COMPILED) -> dict[str, Any]:
    """Microseconds for an answer on a warm calendar, milliseconds for a calendar: the median of rounds."""
    spec = _ten_years()
    calendar = compiled(spec)
    days, hours = _policy(60, "business-days"), _policy(480, "business-hours")
    started = History(Started(START, "start"))
    return {
        "years": len(YEARS),
        "compile_ms": _seconds(lambda: compiled(spec), compiled_times) * 1e3,
        "due_60_business_days_us": _seconds(lambda: due(START, days, calendar), calls) * 1e6,
        "due_480_business_hours_us": _seconds(lambda: due(START, hours, calendar), calls) * 1e6,
        "run_us": _seconds(lambda: run(started, days, calendar, START), calls) * 1e6,
        "proof_us": _seconds(lambda: _proof(started, days, calendar), max(1, calls // 10)) * 1e6,
    }


def _proof(started: History, policy: Policy, calendar: Calendar) -> bytes:
    return run(started, policy, calendar, START).proof.as_json()


def _seconds(act: Any, calls: int) -> float:  # noqa: ANN401 - any call without arguments
    """Seconds for one call."""
    act()
    rounds = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _ in range(calls):
            act()
        rounds.append((perf_counter() - begun) / calls)
    return round(median(rounds), 9)


def _ten_years() -> CalendarSpec:
    """Two open spans on weekdays, nine holidays a year, in a zone whose clocks change."""
    form = {
        "name": "ten-years",
        "zone": "Europe/London",
        "source": "invented",
        "first": f"{YEARS[0]}-01-01",
        "last": f"{YEARS[-1]}-12-31",
        "week": {day: ["09:00-12:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "day": [
            {"date": f"{year}-{month:02}-11", "kind": "holiday", "why": f"holiday {month}"}
            for year in YEARS
            for month in range(1, 10)
        ],
    }
    return CalendarSpec.model_validate_json(json.dumps(form))


def _policy(amount: int, unit: str) -> Policy:
    form = {"name": "limit", "budget": {"amount": amount, "unit": unit}, "source": "invented", "standing": "M"}
    return Policy.model_validate_json(json.dumps(form))
