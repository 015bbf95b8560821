"""A quarter of Boston's 311 requests travels through the whole system, killed on the way: the city's own figures."""

from pathlib import Path

import pytest

from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1800)]

FILE = "boston311_2011q3.csv.gz"
EVENTS = 61_909 + 2
"""Requests lodged and closed, and the opening and completion of the batch."""
BOARD = {"cases": 31_828, "met": 20_356, "late": 4_827, "open_past_due": 1_632, "no_deadline": 5_013}


async def board(system: System) -> dict[str, int]:
    answer = await system.get("sla-board", source="boston311")
    return {name: answer[name] for name in BOARD}


async def test_an_import_killed_in_the_middle_and_started_again_ends_with_the_citys_figures(
    system: System, data_folder: Path
) -> None:
    """The importer is killed, then intake is (kill -9) while the second import runs; no record is lost or doubled."""
    importer = await system.start("import", "boston311", str(data_folder / FILE))
    await system.until(lambda: system.has_cases("boston311", 5_000), 600)
    importer.kill()
    await importer.wait()
    importer = await system.start("import", "boston311", str(data_folder / FILE))
    await system.until(lambda: system.has_cases("boston311", 15_000), 600)
    system.stack.kill("intake")
    await system.stack.start("intake")
    report = await system.report(importer)
    assert report["refused"] == report["bad_rows"] == []
    assert report["admitted"] + report["already"] == EVENTS
    assert report["already"] > 0
    assert await board(system) == BOARD


async def test_a_second_import_admits_no_record_and_changes_no_figure(system: System, data_folder: Path) -> None:
    before = await system.log_ends()
    report = await system.run("import", "boston311", str(data_folder / FILE))
    assert (report["admitted"], report["already"]) == (0, EVENTS)
    assert await system.log_ends() == before
    assert await board(system) == BOARD


async def test_every_request_is_there_once_with_the_due_time_that_the_city_gave(system: System) -> None:
    """Spot checks of what the board counts: a deadline before the opening, and one in 2059."""
    (early,) = (await system.get("complaints", source="boston311", source_ref="101000304444"))["items"]
    (far,) = (await system.get("complaints", source="boston311", source_ref="101000332267"))["items"]
    clocks = {
        case["id"]: (await system.get(f"complaints/{case['id']}"))["clocks"]["resolution"] for case in (early, far)
    }
    assert clocks[early["id"]]["due"] == "2011-07-21T04:00:00.000000Z"
    assert clocks[early["id"]]["state"] == "late"
    assert clocks[far["id"]]["due"] == "2060-01-01T00:00:00.000000Z"
    assert clocks[far["id"]]["state"] == "met"


async def test_open_requests_live_on_with_us(system: System) -> None:
    """1,747 requests were open at the export: they are screened, graded and offered to somebody here."""
    assert await system.count(source="boston311", status="open") == 1_747
    assert await system.count(source="boston311", status="offered") == 1_747
    assert await system.count(source="boston311", screening="complaint") == 1_747
