"""A person at the console: a headless Chromium that fails the test on any script error or broken policy.

Lives here: how a test drives pages. Must not: what they should say.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Route, async_playwright, expect

from local.places import CHECKOUT
from local.system import CHROMIUM, found

ARTEFACTS = CHECKOUT / "artefacts" / "screenshots"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
Scheme = Literal["light", "dark"]
PATIENCE_MS = 20_000
LIVES, LIVES_HERE = 'trigger="every 10s"', 'trigger="every 1s"'
"""How often the part of a page that lives asks for itself anew; and where a test waits for it."""
_LIVING = re.compile(r"/console/(worklist|cases|fresh)\b")
_EXPECTED = "Failed to load resource"
"""What Chromium says of an answer of 4xx or 5xx; the tests look at these themselves."""
AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # it writes down no place where all is well
}
TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
TARGET_PX, THUMB_PX = 24, 44
SMALL = """([selector, px]) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility() && !one.closest(".skip, p:not(.more), dd, label"))
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < px || box.height < px - 0.1))
  .map(([html, box]) => `${box.width}x${box.height} ${html}`)"""


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    """What the browser complained about: scripts that failed, things the policy refused."""

    def hears(self, message: ConsoleMessage) -> None:
        """A line of the browser's console."""
        if message.type in {"error", "warning"} and not message.text.startswith(_EXPECTED):
            self.complaints.append(message.text)

    async def sign_in(self, token: str) -> None:
        await self.page.goto(self.url)
        await self.page.get_by_role("textbox").fill(token)
        await self.page.locator("form[data-door] button").click()
        await self.page.wait_for_url("**/console/worklist*")

    async def opens(self, path: str) -> int:
        """Go to a page; gives its status."""
        response = await self.page.goto(self.url + path)
        assert response is not None
        return response.status

    async def hurries(self) -> None:
        """From now on the parts of pages that live ask for themselves every second."""

        async def sooner(route: Route) -> None:
            answer = await route.fetch(max_redirects=0)
            await route.fulfill(response=answer, body=(await answer.text()).replace(LIVES, LIVES_HERE))

        await self.page.route(_LIVING, sooner)

    async def opens_form(self, command: str) -> None:
        """Open a command's form, where it is not open yet."""
        form = self.page.locator(f"#do-{command}")
        if not await form.evaluate("one => one.open"):
            await form.locator("summary").click()

    async def fills(self, command: str, **values: str) -> None:
        """Open a command's form and fill it in."""
        await self.opens_form(command)
        await self.fills_in(command, **values)

    async def fills_in(self, command: str, **values: str) -> None:
        """Fill in a form that is open: words into fields, codes into choices."""
        for name, value in values.items():
            place = self.page.locator(f"#do-{command} [name={name}]")
            if await place.evaluate("one => one.tagName") == "SELECT":
                await place.select_option(value)
            else:
                await place.fill(value)

    async def sends(self, command: str) -> None:
        await self.page.locator(f"#do-{command} form > button").click()

    async def told(self) -> str:
        """What the page's status says, once something was recorded."""
        status = self.page.locator("#status.banner")
        await status.wait_for(timeout=PATIENCE_MS)
        return await status.inner_text()

    async def answer(self, command: str) -> str:
        """What stands beside a form after it was sent."""
        banner = self.page.locator(f"#do-{command} .answer .banner")
        await banner.wait_for(timeout=PATIENCE_MS)
        return await self.page.locator(f"#do-{command} .answer").inner_text()

    async def faults(self, target_px: int = TARGET_PX) -> list[str]:
        """What axe and our own rule (how large a target is at least) find on the page."""
        results = await Axe().run(self.page, options=AXE_RULES)
        broken = [
            f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in results.response["violations"]
        ]
        small: list[str] = await self.page.evaluate(SMALL, [TARGETS, target_px])
        return broken + small

    async def faults_in_each_scheme(self, name: str, target_px: int = TARGET_PX) -> list[str]:
        """What is wrong with the page as it stands, in light or in dark; a picture of each is kept."""
        found = []
        for scheme in get_args(Scheme):
            await self.page.emulate_media(color_scheme=scheme)
            await self.shot(f"{name}-{scheme}")
            found += [f"{scheme}: {fault}" for fault in await self.faults(target_px)]
        return found

    async def shot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        await self.page.evaluate("window.scrollTo(0, 0)")
        await self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


async def unplug(page: Page) -> None:
    """From now on no command leaves this browser."""

    async def cut(route: Route) -> None:
        await route.abort("connectionrefused")

    await page.route("**/v1/**", cut)


async def plug_in(page: Page) -> None:
    """Commands leave again."""
    await page.unroute("**/v1/**")


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A headless Chromium, Debian's own."""
    program = found(CHROMIUM)
    assert program is not None, "no Chromium here: `make test` installs one"
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=Path(program), args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def person(
    browser: Browser, url: str, *, language: str = "en", scheme: Scheme = "light", width: int = 1440
) -> AsyncIterator[Person]:
    """Somebody who reads that language, in Shanghai. Afterwards the browser must have had nothing to complain about."""
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = await browser.new_context(
        locale=locale, timezone_id="Asia/Shanghai", color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    one = Person(page, url)
    page.on("console", one.hears)
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    yield one
    assert one.complaints == []
    await page.unroute_all(behavior="ignoreErrors")  # what a page asks for while it is closed
    await context.close()
