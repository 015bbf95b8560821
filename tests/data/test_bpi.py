"""Volvo IT's closed problems travel through the whole system: every figure of the source, case by case."""

import asyncio
import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest

from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1800)]

FILE = "bpi2013_closed_problems.csv.gz"
EXPECTED = "bpi2013_closed_problems_expected.csv.gz"
EVENTS = 9_796 + 2
"""Lodged, custody, closed and reopened; and the opening and completion of the batch."""
TOTALS = {
    "cases": 1487,
    "team_handoffs": 655,
    "ping_pongs": 186,
    "cases_with_ping_pongs": 107,
    "owner_changes": 1771,
    "line_escalations": 174,
    "line_deescalations": 154,
    "reopens": 81,
    "cases_with_reopens": 61,
    "cases_with_waits": 410,
    "wait_any_seconds": 4_170_978_183,
    "cases_with_pauses": 410,
    "paused_seconds": 4_170_978_183,
}
"""What the custody reports say of waiting, and what the pauses of the clocks took, agree."""
AT_ONCE = 8


async def totals(system: System) -> dict[str, int]:
    answer = await system.get("statistics/handoffs", source="bpi2013")
    return {name: answer[name] for name in TOTALS}


async def test_an_import_killed_in_the_middle_and_started_again_ends_with_the_sources_totals(
    system: System, data_folder: Path
) -> None:
    importer = await system.start("import", "bpi2013", str(data_folder / FILE))
    await system.until(lambda: system.has_cases("bpi2013", 300), 300)
    importer.kill()
    await importer.wait()
    report = await system.run("import", "bpi2013", str(data_folder / FILE))
    assert report["refused"] == report["bad_rows"] == []
    assert report["admitted"] + report["already"] == EVENTS
    assert await totals(system) == TOTALS


def expected(data_folder: Path) -> list[dict[str, str]]:
    with gzip.open(data_folder / EXPECTED, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_every_case_has_the_figures_that_the_source_expects(system: System, data_folder: Path) -> None:
    rows = expected(data_folder)
    limit = asyncio.Semaphore(AT_ONCE)

    async def figures(case_id: str) -> dict[str, str | int]:
        async with limit:
            (case,) = (await system.get("complaints", source="bpi2013", source_ref=case_id))["items"]
            return dict(case["handoffs"])

    found = await asyncio.gather(*(figures(row["case_id"]) for row in rows))
    differing = {
        row["case_id"]: (row, shown)
        for row, shown in zip(rows, found, strict=True)
        if in_words(shown) != of_source(row)
    }
    assert len(rows) == TOTALS["cases"]
    assert differing == {}


async def test_the_clocks_of_a_case_stood_still_while_it_waited(system: System, data_folder: Path) -> None:
    """Time in Wait states by way of pauses: a clock for each cycle, every one answered, counted from the record."""
    rows = [row for row in expected(data_folder) if int(row["wait_any_seconds"])]
    limit = asyncio.Semaphore(AT_ONCE)

    async def paused(row: dict[str, str]) -> int:
        async with limit:
            (case,) = (await system.get("complaints", source="bpi2013", source_ref=row["case_id"]))["items"]
            clocks = (await system.get(f"complaints/{case['id']}/clocks"))["items"]
        assert [clock["state"] for clock in clocks] == ["met"] * (1 + int(row["reopens"]))
        return sum(clock["paused_seconds"] for clock in clocks)

    found = await asyncio.gather(*(paused(row) for row in rows))
    assert found == [int(row["wait_any_seconds"]) for row in rows]


def of_source(row: dict[str, str]) -> dict[str, str | datetime]:
    return {name: _value(name, text) for name, text in row.items() if name != "case_id"}


def in_words(shown: dict[str, str | int]) -> dict[str, str | datetime]:
    return {name: _value(name, str(value)) for name, value in shown.items()}


def _value(name: str, text: str) -> str | datetime:
    return datetime.fromisoformat(text) if name.endswith("_timestamp") else text


async def test_a_second_import_admits_no_record_and_changes_no_figure(system: System, data_folder: Path) -> None:
    before = await system.log_ends()
    report = await system.run("import", "bpi2013", str(data_folder / FILE))
    assert (report["admitted"], report["already"]) == (0, EVENTS)
    assert await system.log_ends() == before
    assert await totals(system) == TOTALS
