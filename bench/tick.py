"""The tick: many open cases with running clocks, some of them due within one second; how long until a breach is seen.

Lives here: bringing the cases in (outside the timed part) and watching the view. Must not: tell the system the time.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import usage
from bench.invented import open_cases
from bench.percentiles import spread_ms
from bench.system import NotAtRest, System
from local.importing.boston311 import CLOCK, SOURCE
from local.importing.history import Event
from local.importing.publish import SILENT, tell
from local.importing.receipts import Receipts

CASES_AT_ONCE = 10_000
LOOK_SECONDS = 0.01
"""Also how exact the figures are: a breach counts from the look that saw it."""
LEAD_SECONDS_MIN, CASES_PER_LEAD_SECOND = 20.0, 25
"""Between the publication of what comes due and its due time; more for more cases."""
LAG_SECONDS_MAX = 120.0
FAR = timedelta(days=30)
LODGED_BEFORE = timedelta(hours=1)
"""Long enough that the warning is in the past when the case comes in: in the timed second only breaches fall."""
_RUNNING = "select count(*) from projections.clocks where state in ('running', 'warned')"
_WAITING = """
select complaint_id, due from projections.clocks
where state in ('running', 'warned') and clock = $1 and due >= $2 and due < $3"""


async def measure(system: System, open_count: int, due_count: int) -> dict[str, Any]:
    """`open_count` open cases, `due_count` of them due evenly over one second; lags from due time to view in ms."""
    started = time.monotonic()
    await _bring_in(system, open_count - due_count)
    loaded = time.monotonic() - started
    lead = LEAD_SECONDS_MIN + due_count / CASES_PER_LEAD_SECOND
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=lead)
    dues = [first + timedelta(seconds=number / due_count) for number in range(due_count)]
    system.say(f"  {due_count} cases come due in {lead:.0f} s")
    await _publish(system, list(open_cases("due", dues, datetime.now(UTC) - LODGED_BEFORE)))
    await _all_in(system, first, due_count)
    running = await system.database.fetchval(_RUNNING)
    before = await system.log_records()
    await asyncio.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds() - 1.0))
    with usage.spent(system.pids) as spent:
        lags = await _watched(system, first)
    return {
        "open_cases": open_count,
        "running_clocks": running,
        "due_within_one_second": due_count,
        "loaded_in_seconds": round(loaded, 1),
        "log_records_meanwhile": await system.log_records() - before,
        "lag_ms": spread_ms(lags),
        "cpu_seconds": spent.cpu_seconds,
        "seconds": spent.seconds,
    }


async def _bring_in(system: System, count: int) -> None:
    """Open cases that are due in a month."""
    now = datetime.now(UTC)
    for start in range(0, count, CASES_AT_ONCE):
        some = min(CASES_AT_ONCE, count - start)
        await _publish(system, list(open_cases(f"open-{start}", [now + FAR] * some, now)))
        system.say(f"  {start + some} of {count} open cases are in the log")
    await system.at_rest()


async def _publish(system: System, events: Sequence[Event]) -> None:
    async with Receipts(system.kafka, SOURCE) as receipts:
        await tell(system.kafka, receipts, events, SILENT)


async def _all_in(system: System, first: datetime, count: int) -> None:
    """Their clocks run and everything that followed from lodging them is done, before the first is due."""
    await system.at_rest()
    seen = len(await _waiting(system, first))
    if seen != count or datetime.now(UTC) >= first - timedelta(seconds=1):
        raise NotAtRest(f"{seen} of {count} clocks run shortly before they are due: this machine needs a longer lead")


async def _waiting(system: System, first: datetime) -> dict[str, datetime]:
    """Due times of the clocks of that second that are not breached yet, by complaint."""
    rows = await system.database.fetch(_WAITING, CLOCK, first, first + timedelta(seconds=1))
    return {row["complaint_id"]: row["due"] for row in rows}


async def _watched(system: System, first: datetime) -> list[float]:
    """Seconds from due time until a reader of the view could see the breach, of each of them."""
    waiting = await _waiting(system, first)
    lags: list[float] = []
    while waiting:
        await asyncio.sleep(LOOK_SECONDS)
        left, now = await _waiting(system, first), datetime.now(UTC)
        lags += [(now - due).total_seconds() for one, due in waiting.items() if one not in left]
        waiting = left
        if now - first > timedelta(seconds=LAG_SECONDS_MAX):
            raise NotAtRest(f"{len(waiting)} clocks are not breached {LAG_SECONDS_MAX:.0f} s after their due time")
    return lags
