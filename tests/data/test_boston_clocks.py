"""A quarter of Boston's 311 requests travels through a system of its own, its clocks counted by the pack."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.importing.boston311 import COLUMNS
from whole import System, whole_system

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1800)]

FILE, TABLE = "boston311_2011q3.csv.gz", "boston311_sla_policies_2011q3.csv"
COMPARED = {"due_compared": 26_520, "due_within_5_minutes": 26_360, "no_policy": 295}
RATS = {
    "case_enquiry_id": "rats-1",
    "open_dt": "2011-11-04 16:30:00",
    "target_dt": "2011-11-08 16:30:00",
    "case_status": "Open",
    "type": "Rats",
    "source": "Self Service",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with whole_system(tmp_path_factory.mktemp("clocks")) as running:
        yield running


async def test_one_import_counts_every_deadline_by_the_pack(own: System, data_folder: Path) -> None:
    """At least 99.2 % equal the city's to within five minutes; the rest is told by request type, with its reason."""
    table = str(data_folder / TABLE)
    report = await own.run("import", "boston311", str(data_folder / FILE), "--clocks", "policy", "--policies", table)
    assert report["refused"] == report["bad_rows"] == []
    assert report["pack_version"] == 1, "the published table is what the product ships"
    told = report["clocks"]
    assert {name: told[name] for name in COMPARED} == COMPARED
    assert told["due_within_5_minutes"] >= 0.992 * told["due_compared"]
    assert sum(one["deviating"] for one in told["deviations"]) == 26_520 - 26_360
    assert all(one["likely_reason"] for one in told["deviations"])
    assert sum(one["cases"] for one in told["without_policy"]) == 295
    board = await own.get("sla-board", source="boston311")
    assert {name: board[name] for name in COMPARED} == COMPARED
    assert (board["cases"], board["no_deadline"], board["unjudged"]) == (31_828, 5_013 + 295, 0)
    judged = ("met", "late", "open_past_due", "no_deadline", "running", "at_risk", "paused", "stopped", "unjudged")
    assert sum(board[name] for name in judged) == board["cases"]


async def test_another_table_becomes_a_new_version_that_counts_from_then_on(own: System, tmp_path: Path) -> None:
    """Two weekdays over the end of summer time, by a version of the pack that two people published."""
    rows, table = tmp_path / "rows.csv", tmp_path / "table.csv"
    with rows.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(RATS)
    table.write_text("type,requests_with_target,unit,amount,share_reproduced\nRats,1,business_days,2,1.0\n")
    report = await own.run("import", "boston311", str(rows), "--clocks", "policy", "--policies", str(table))
    assert (report["pack_version"], report["cases"], report["refused"]) == (2, 1, [])
    (case,) = (await own.get("complaints", source="boston311", source_ref="rats-1"))["items"]
    (clock,) = (await own.get(f"complaints/{case['id']}/clocks"))["items"]
    assert (clock["policy"], clock["due"]) == ("boston-311/business-days-2@2", "2011-11-08T21:30:00.000000Z")
    assert clock["stated_due"] == clock["due"]
    book = await own.get("rulebooks/pack/boston-311")
    assert book["in_force"]["version"] == 2
    assert book["in_force"]["by"] != book["in_force"]["approved_by"]
