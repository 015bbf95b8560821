"""Every page of the console in a real browser: in each language and scheme, for everybody, in the reader's zone."""

import csv
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from console_cases import HANDLER, say, somebody, taken
from local.importing.boston311 import COLUMNS
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

TYPE = "Missing Sign"
OPENED = "2011-07-05 10:00:07"
DUE_AFTER_10_DAYS, DUE_AFTER_15_DAYS = "2011-07-19 10:00:07", "2011-07-26 10:00:07"


def write_requests(file: Path) -> None:
    """Requests of a city: one due as the pack counts, one five days later, one of a type that it does not name."""
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.DictWriter(out, COLUMNS, restval="")
        rows.writeheader()
        for number, (kind, due) in enumerate(
            ((TYPE, DUE_AFTER_10_DAYS), (TYPE, DUE_AFTER_15_DAYS), ("Unheard of", DUE_AFTER_10_DAYS))
        ):
            rows.writerow(
                {
                    "case_enquiry_id": str(number), "open_dt": OPENED, "target_dt": due, "case_status": "Open",
                    "case_title": "A sign", "type": kind, "source": "Constituent Call",
                }
            )  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_in_each_language_and_scheme(
    system: System, browser: Browser, language: str, scheme: Literal["light", "dark"]
) -> None:
    """WCAG 2.2 AA by axe, targets of 24 px, one status, the right `lang`; a picture of each page is kept."""
    case = await taken(system)
    await say(system, f"/{case}/amendments", field="product", after="E6 Pro", reason="read from the registration")
    async with somebody(system, browser, language=language, scheme=scheme) as one:
        await one.opens("/")
        await one.shot(f"sign-in-{language}-{scheme}")
        assert await one.faults() == []
        await one.sign_in(system.stack.token("handler", "teamlead", subject=HANDLER))
        for name, path in (
            ("worklist", "/console/worklist?view=open"), ("case", f"/console/cases/{case}"), ("sla", "/console/sla"),
            ("new", "/console/cases/new"), ("settings", "/console/settings"),
        ):  # fmt: skip
            assert await one.opens(path) == 200
            assert await one.page.locator("html").get_attribute("lang") == language
            if name != "settings":
                assert await one.page.get_by_role("status").count() == 1
            await one.shot(f"{name}-{language}-{scheme}")
            assert await one.faults() == [], name
        await one.opens("/console/worklist?view=open")
        await one.page.keyboard.press("?")
        await expect(one.page.get_by_role("dialog")).to_be_visible()
        await one.shot(f"keys-{language}-{scheme}")
        assert await one.faults() == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_board_shows_where_a_source_s_due_times_differ(
    system: System, browser: Browser, language: str, tmp_path: Path
) -> None:
    """Issue 4: how many of a publisher's due times are ours, where not and likely why, and what has no policy."""
    file = tmp_path / "requests.csv"
    write_requests(file)
    await system.run("import", "boston311", str(file), "--clocks", "policy")
    async with somebody(system, browser, language=language) as one:
        await one.sign_in(system.stack.token("manager", subject="chief"))
        await one.opens("/console/sla")
        assert await one.page.locator("#cp").count() == 1
        await one.opens("/console/sla?source=elsewhere")
        assert await one.page.locator("#cp").count() == 0
        await one.opens("/console/sla?source=boston311")
        panel = one.page.locator("section", has=one.page.locator("#cp"))
        assert await panel.locator(".figure").all_inner_texts() == ["1", "1", "1"]
        await expect(panel.get_by_role("row", name=TYPE)).to_contain_text("15")
        await expect(panel.get_by_role("row", name="Unheard of")).to_be_visible()
        await one.shot(f"sla-compared-{language}-light")
        assert await one.faults() == []


async def test_the_language_is_switched_on_the_page(system: System, browser: Browser) -> None:
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("handler", subject=HANDLER))
        await one.opens("/console/sla")
        await one.page.get_by_role("button", name="中文").click()
        await expect(one.page.get_by_role("heading", level=1)).to_have_text("时限看板")
        assert one.page.url.endswith("/console/sla")


async def test_times_are_shown_in_the_reader_s_zone(system: System, browser: Browser) -> None:
    """Taken from the browser when signing in; changed in the settings."""
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("handler", subject=HANDLER))
        await expect(one.page.get_by_role("link", name="Asia/Shanghai, UTC+08:00")).to_be_visible()
        await one.page.get_by_role("link", name="Asia/Shanghai").click()
        await one.page.locator("#tz").select_option("Asia/Kolkata")
        await one.page.get_by_role("button", name="Save").click()
        await expect(one.page.get_by_role("link", name="Asia/Kolkata, UTC+05:30")).to_be_visible()
