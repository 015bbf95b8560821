"""The Bureau's complaints travel through the whole system: channels and outcomes as the Bureau counts them."""

from pathlib import Path

import pytest

from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1800)]

FILE = "cfpb_2014q4.csv.gz"
CASES = 8_340
EVENTS = 3 * CASES + 2
"""Lodged, sent to the company, answered; and the opening and completion of the batch."""
CHANNELS = {"website": 6_269, "regulator": 1_053, "phone": 470, "letter": 445, "fax": 103}
CLOSED = 5_075 + 873 + 399 + 137
"""With explanation, with non-monetary and monetary relief, and simply closed; the others are open."""


async def channels(system: System) -> dict[str, int]:
    return {channel: await system.count(source="cfpb", channel=channel) for channel in CHANNELS}


async def test_every_complaint_arrives_once_though_its_import_was_killed_and_ends_as_the_company_answered(
    system: System, data_folder: Path
) -> None:
    """The importer is killed in the middle (kill -9) and started again; no record is lost or doubled."""
    importer = await system.start("import", "cfpb", str(data_folder / FILE))
    await system.until(lambda: system.has_cases("cfpb", 1_000), 300)
    importer.kill()
    await importer.wait()
    report = await system.run("import", "cfpb", str(data_folder / FILE))
    assert report["refused"] == report["bad_rows"] == []
    assert report["admitted"] + report["already"] == EVENTS
    assert report["already"] > 0
    assert await channels(system) == CHANNELS
    assert await system.count(source="cfpb", status="closed") == CLOSED
    assert await system.count(source="cfpb", status="open") == CASES - CLOSED


async def test_a_second_import_admits_no_record_and_changes_no_figure(system: System, data_folder: Path) -> None:
    before = await system.log_ends()
    report = await system.run("import", "cfpb", str(data_folder / FILE))
    assert (report["admitted"], report["already"]) == (0, EVENTS)
    assert await system.log_ends() == before
    assert await channels(system) == CHANNELS
