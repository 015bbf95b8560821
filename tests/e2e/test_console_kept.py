"""What people wrote, in a real browser: kept until the record has it, and seen whole however it is written."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from console_cases import HANDLER, lodged, say, somebody, taken
from console_driver import Person, plug_in, unplug
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]

NARROW_PX, BACK = 320, 30
LONG = "https://example.org/" + "Kraftfahrzeughaftpflichtversicherung" * 5
ARABIC = "اشتكيت ثلاث مرات، ولم يتصل بي أحد."
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".vh, .skip, .side, .scroll, svg, .cut *"))
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What ends beyond the right edge, where nobody can scroll to; a title that is cut stands whole elsewhere."""
COVERED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return one.contains(seen) || seen?.contains(one) ? "" : one.outerHTML.slice(0, 120);
}"""
"""What has the focus, where something else lies over it."""


async def test_what_was_begun_in_another_form_stays(system: System, browser: Browser) -> None:
    """A letter half written and a command whose answer is not known yet outlive the recording of another: the words,
    and the key under which the command is sent again (L4).
    """
    case, letter = await taken(system), "Dear Ms Wu,\nwe looked at"
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("message", kind="progress", text=letter)
        await unplug(li.page)
        await li.fills("amend", field="product", after="E6 Pro", reason="read from the papers")
        await li.sends("amend")
        await li.answer("amend")
        key = await li.page.locator("#do-amend form").get_attribute("data-key")
        await plug_in(li.page)
        await li.fills("contact", channel="phone", outcome="reached")
        await li.sends("contact")
        assert "Recorded" in await li.told()
        await expect(li.page.locator("#do-message [name=text]")).to_have_value(letter)
        await expect(li.page.locator("#do-message [name=text]")).to_be_visible()
        await expect(li.page.locator("#do-contact [name=outcome]")).to_have_value("")
        assert await li.page.locator("#do-amend form").get_attribute("data-key") == key
        await li.page.locator("#status").evaluate("one => one.className = 'vh'")
        await li.page.locator("#do-amend [data-again]").click()
        await li.told()
        await li.page.locator("#status").evaluate("one => one.className = 'vh'")
        await li.fills_in("message", channel="wechat")
        await li.sends("message")
        await li.told()
    found = await system.get(f"complaints/{case}")
    assert (found["product"], [one["text"] for one in found["messages"].values()]) == ("E6 Pro", [letter])


async def test_what_was_begun_stays_in_another_language(system: System, browser: Browser, tmp_path: Path) -> None:
    """R58: a handler turns to the other language in the middle of a letter: words, choices, ticks and a chosen file are
    in its forms, and are sent from there.
    """
    case, letter, file = await taken(system), "王女士您好：\n我们查过了", tmp_path / "bill.png"
    file.write_bytes(b"paper")
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("message", kind="progress", channel="wechat", text=letter)
        await li.fills("contact", channel="phone", outcome="reached")
        await li.page.locator("#do-contact [name=agreed]").check()
        await li.opens_form("evidence")
        await li.page.locator("#do-evidence [type=file]").set_input_files(file)
        await expect(li.page.locator("#do-evidence [name=name]")).to_have_value("bill.png")
        await li.page.locator(".lang [value=zh]").click()
        await expect(li.page.locator("html")).to_have_attribute("lang", "zh")
        await expect(li.page.locator("#do-message summary")).to_have_text("发送消息")
        await expect(li.page.locator("#do-message [name=text]")).to_have_value(letter)
        await expect(li.page.locator("#do-message [name=text]")).to_be_visible()
        await expect(li.page.locator("#do-message [name=channel]")).to_have_value("wechat")
        await expect(li.page.locator("#do-contact [name=agreed]")).to_be_checked()
        await expect(li.page.locator("#do-evidence [name=name]")).to_have_value("bill.png")
        assert await li.page.locator("#do-evidence [type=file]").evaluate("one => one.files[0].name") == file.name
        await li.sends("message")
        assert "已记录" in await li.told()
        await li.opens(f"/console/cases/{case}")
        await expect(li.page.locator("html")).to_have_attribute("lang", "zh")
    found = await system.get(f"complaints/{case}")
    assert [one["text"] for one in found["messages"].values()] == [letter]


async def seen_whole(one: Person) -> None:
    await one.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert await one.page.evaluate(CUT_OFF) == []
    assert await one.page.evaluate("document.documentElement.scrollWidth") == NARROW_PX


async def test_long_words_are_seen_whole_on_a_narrow_screen(system: System, browser: Browser) -> None:
    """WCAG 2.2, 1.4.10 and 2.4.11: at 320 px, which is a zoom of 400 %, nothing ends where nobody can scroll to, and
    nothing lies over what has the focus.
    """
    made = {
        "channel": "app",
        "text": LONG,
        "demand": LONG,
        "contact": LONG,
        "product": LONG[:200],
        "branch": LONG[:200],
    }
    case = await say(system, "", role="reception", subject="sun.yue", **made)

    async def seen() -> bool:
        return (await system.api.get(f"/v1/complaints/{case}")).status_code == 200

    await system.until(seen, 30)
    await say(system, f"/{case}/promises", text=LONG, due="2099-01-15T01:00:00Z")
    await say(system, f"/{case}/amendments", field="demand", after=LONG + "2", reason=LONG)
    async with somebody(system, browser, width=NARROW_PX) as one:
        await one.sign_in(system.stack.token("handler", "teamlead", subject=HANDLER))
        for path in (f"/console/cases/{case}", f"/console/cases/{case}/clocks/first-reply/proof"):
            assert await one.opens(path) == 200
            await seen_whole(one)
            assert await one.faults() == []
            for _ in range(BACK):
                await one.page.keyboard.press("Shift+Tab")
                assert not await one.page.evaluate(COVERED)


async def test_what_is_written_from_right_to_left_is_read_so(system: System, browser: Browser) -> None:
    """In the title, the timeline, the facts of the case, and where it is written."""
    case = await lodged(system, ARABIC)
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("handler", subject=HANDLER))
        await one.opens(f"/console/cases/{case}")
        for place in (one.page.locator("h1"), one.page.locator("dd span", has_text=ARABIC).first):
            await expect(place).to_have_css("direction", "rtl")
        await expect(one.page.locator("blockquote", has_text=ARABIC)).to_have_css("direction", "rtl")
        await one.opens_form("message")
        await one.fills_in("message", text=ARABIC)
        await expect(one.page.locator("#do-message [name=text]")).to_have_css("direction", "rtl")
