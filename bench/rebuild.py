"""Rebuild: one process of projections folds the whole log into an empty schema.

Lives here: filling the log first (outside the timed part), and watching positions. Must not: look at a view's content.
"""

import asyncio
import time
from typing import Any

import asyncpg

from bench import usage
from bench.invented import history
from bench.system import STALL_SECONDS_MAX, NotAtRest, System
from local.importing.publish import SILENT, publish

SERVICE = "projections"
LOOK_SECONDS = 0.02
CASES_AT_ONCE = 10_000
RECORDS_PER_CASE_MIN = 2
_READ = f"select coalesce(sum(next_offset), 0)::bigint from {SERVICE}.positions"  # noqa: S608 -- a name of our own


async def measure(system: System, records_min: int) -> dict[str, Any]:
    """Fill the log up to that many records (outside the timed part), empty the schema, start the process.

    `records_per_second` counts from the first batch that was committed; `seconds_with_start` from the start of the
    process, its imports included.
    """
    await _fill(system, records_min)
    await system.at_rest()
    records, before = await system.log_records(), await _rows(system)
    await system.stack.stop(SERVICE)
    await system.database.execute(f"drop schema {SERVICE} cascade")
    with usage.spent(system.pids) as spent:
        started = time.monotonic()
        starting = asyncio.create_task(system.stack.start(SERVICE))
        first, first_at, last_at = await _watched(system, records)
        await starting
    if await _rows(system) != before:
        raise NotAtRest(f"the views differ after the rebuild: {before} rows before, {await _rows(system)} after")
    seconds = last_at - first_at
    if not seconds:  # a log so short that the first look saw all of it
        first, seconds = 0, last_at - started
    return {
        "log_records": records,
        "cases": before["cases"],
        "seconds": round(seconds, 2),
        "seconds_with_start": round(last_at - started, 2),
        "records_per_second": round((records - first) / seconds),
        "cpu_seconds": spent.cpu_seconds,
    }


async def _fill(system: System, records_min: int) -> None:
    number = 0
    while (missing := records_min - await system.log_records()) > 0:
        number += 1
        cases = min(CASES_AT_ONCE, -(-missing // RECORDS_PER_CASE_MIN))
        system.say(f"  {missing} records are missing in the log: bringing in {cases} cases")
        await publish(system.kafka, history(f"fill-{number}", cases), SILENT)
        await system.at_rest()


async def _watched(system: System, records: int) -> tuple[int, float, float]:
    """How many records were in at the first look that saw any, when that was, and when all were in."""
    first: tuple[int, float] | None = None
    before, moved = 0, time.monotonic()
    while True:
        try:
            read = int(await system.database.fetchval(_READ))
        except asyncpg.UndefinedTableError:
            read = 0
        now = time.monotonic()
        if read != before:
            before, moved = read, now
        if read and first is None:
            first = (read, now)
        if first is not None and read >= records:
            return (*first, now)
        if now - moved > STALL_SECONDS_MAX:
            raise NotAtRest(f"{SERVICE} stands at {read} of {records} records for {STALL_SECONDS_MAX:.0f} s")
        await asyncio.sleep(LOOK_SECONDS)


async def _rows(system: System) -> dict[str, int]:
    """How many rows each view has: the same after a rebuild, or the figure is worth nothing."""
    views = ("ledger", "pages", "cases", "clocks", "promises", "register", "handoffs", "clusters", "budgets")
    counts = ", ".join(f"(select count(*) from {SERVICE}.{view}) as {view}" for view in views)  # noqa: S608 -- names of our own
    return dict(await system.database.fetchrow(f"select {counts}"))
