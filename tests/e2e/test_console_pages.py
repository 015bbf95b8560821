"""Every page of the console in a real browser: in each language and scheme, for everybody, in the reader's zone."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Route, expect

import console_pages as invented
from console_cases import HANDLER, say, somebody, taken
from console_driver import LIVES, LIVES_HERE
from local.importing.boston311 import COLUMNS
from projections.console.answers import fresh_of
from projections.console.proof import proof_address
from projections.console.rendering import HEADERS, Pages
from projections.console.spoken import Spoken, Stage
from projections.console.words import catalogue
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]

TYPE = "Missing Sign"
OPENED = "2011-07-05 10:00:07"
DUE_AFTER_10_DAYS, DUE_AFTER_15_DAYS = "2011-07-19 10:00:07", "2011-07-26 10:00:07"

HEARD = """window.heard = []; const said = document.getElementById("status");
  new MutationObserver(() => heard.push(said.textContent)).observe(said, { childList: true })"""
"""From now on what the page's status says is kept."""


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


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_in_each_language_and_scheme(system: System, browser: Browser, language: str) -> None:
    """WCAG 2.2 AA by axe, targets of 24 px, one status, the right `lang`, nothing that the policy refuses; a picture of
    each page is kept.
    """
    case = await taken(system)
    then = quote((await system.get(f"complaints/{case}"))["updated_at"])
    await say(system, f"/{case}/amendments", field="product", after="E6 Pro", reason="read from the registration")
    counted = next(one["clock"] for one in (await system.get(f"complaints/{case}/clocks"))["items"] if "proof" in one)
    async with somebody(system, browser, language=language) as one:
        await one.opens("/")
        assert await one.faults_in_each_scheme(f"sign-in-{language}") == []
        await one.sign_in(system.stack.token("handler", "teamlead", subject=HANDLER))
        for name, path in (
            ("worklist", "/console/worklist?view=open"), ("case", f"/console/cases/{case}"),
            ("earlier", f"/console/cases/{case}?events=1"), ("sla", "/console/sla"),
            ("proof", proof_address(case, counted)), ("then", f"/console/cases/{case}?as_of={then}"),
            ("new", "/console/cases/new"), ("settings", "/console/settings"),
        ):  # fmt: skip
            assert await one.opens(path) == 200
            assert await one.page.locator("html").get_attribute("lang") == language
            if name != "settings":
                assert await one.page.get_by_role("status").count() == 1
            assert await one.faults_in_each_scheme(f"{name}-{language}") == [], name
        await one.opens("/console/worklist?view=open")
        await one.page.keyboard.press("?")
        await expect(one.page.get_by_role("dialog")).to_be_visible()
        assert await one.faults_in_each_scheme(f"keys-{language}") == []


async def test_the_board_shows_where_a_source_s_due_times_differ(
    system: System, browser: Browser, tmp_path: Path
) -> None:
    """In each language: how many of a publisher's due times are ours, where not and likely why, what has no policy."""
    file = tmp_path / "requests.csv"
    write_requests(file)
    await system.run("import", "boston311", str(file), "--clocks", "policy")
    for language in ("en", "zh"):
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


CALENDAR = """name = "shop"
zone = "Asia/Shanghai"
first = "2026-01-01"
last = "2026-12-31"
source = "a test"
[week]
mon = ["09:00-17:00"]
"""


async def test_a_draft_of_a_rulebook_is_turned_down_on_its_page(system: System, browser: Browser) -> None:
    """By a second person, with the reason; its author may only take it back."""
    headers = {"authorization": f"Bearer {system.stack.token('manager', subject='ann')}", "idempotency-key": "shop"}
    body = {"text": CALENDAR, "why": "a new shop", "consulted": ["care"]}
    made = await system.api.post("/v1/rulebooks/calendar/shop/drafts", json=body, headers=headers)
    assert made.status_code == 201, made.text

    async def seen() -> bool:
        return (await system.api.get("/v1/rulebooks/calendar/shop")).status_code == 200

    await system.until(seen, 30)
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("manager", subject="ann"))
        await one.opens("/console/drafts")
        assert await one.page.locator("#do-approve-calendar-shop").count() == 0
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("cso", subject="ben"))
        await one.opens("/console/drafts")
        await one.fills("refuse-calendar-shop", why="the shop stays closed")
        assert await one.faults_in_each_scheme("drafts-en") == []
        await one.sends("refuse-calendar-shop")
        assert "Recorded" in await one.told()
        assert await one.page.locator("#do-refuse-calendar-shop").count() == 0
    (version,) = (await system.get("rulebooks/calendar/shop"))["versions"]
    assert (version["state"], version["refused_by"], version["refused_because"]) == (
        "refused", "ben", "the shop stays closed",
    )  # fmt: skip


async def test_a_countdown_speaks_where_it_is_at_another_stage(system: System, browser: Browser) -> None:
    """Console, access: once at each, and silent in between. Its hours pass here by what the server says of them."""
    case = await taken(system)
    said: Iterator[tuple[Stage, str]] = iter(
        [("none", "silent"), ("hour", "58 m left"), ("hour", "57 m left"), ("late", "1 m late")]
    )

    async def answer(route: Route) -> None:
        stage, words = next(said, ("late", "2 m late"))
        fresh = replace(fresh_of(0, invented.reader()), spoken=Spoken(words, stage))
        body = Pages().html("fresh.html", catalogue("en"), fresh=fresh, fresh_url="/console/fresh?now")
        assert LIVES in body
        body = body.replace(LIVES, LIVES_HERE)
        await route.fulfill(body=body, headers={**HEADERS, "content-type": "text/html; charset=utf-8"})

    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("handler", subject=HANDLER))
        await one.hurries()
        await one.page.route("**/console/fresh?*", answer)
        await one.opens(f"/console/cases/{case}")
        status = one.page.get_by_role("status")
        await one.page.evaluate(HEARD)
        await expect(status).to_have_text("1 m late", timeout=60_000)
        assert await one.page.evaluate("window.heard") == ["58 m left", "1 m late"]


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
