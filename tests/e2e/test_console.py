"""The console in a real browser on the real system: what people do there and are told, in both languages."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from console_cases import HANDLER, WORDS, lodged, say, somebody, taken
from console_driver import plug_in, unplug
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]

NEWCOMER = "wang.fang"
"""Has no case from any other test."""


async def test_from_the_worklist_by_keys_to_a_command_in_the_timeline(system: System, browser: Browser) -> None:
    """Sign in, find what is offered, open it by key, take it, record a contact: it stands in the timeline at once."""
    case = await lodged(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=NEWCOMER))
        await expect(li.page.get_by_role("heading", level=1)).to_have_text("Worklist")
        await expect(li.page.get_by_text("Nothing is due for you")).to_be_visible()
        await li.page.locator(".empty").get_by_role("link", name="Offered to me").click()
        await expect(li.page.locator(f"#row-{case}")).to_be_visible()
        await li.page.keyboard.press("j")
        await li.page.keyboard.press("k")
        focused = await li.page.evaluate("document.activeElement.closest('tr').id")
        assert focused == await li.page.locator("[data-row]").first.get_attribute("id")
        await li.page.keyboard.press("/")
        await li.page.keyboard.type(case[:8])
        await li.page.keyboard.press("Enter")
        await expect(li.page.locator("#title")).to_have_text(WORDS)
        await li.sends("accept")
        assert "Recorded" in await li.told()
        await expect(li.page.locator(".tl")).to_contain_text("Case accepted by you")
        await li.fills(
            "contact", channel="phone", outcome="reached", facts="confirmed", note="<b>Heard</b> 她说了全部经过"
        )
        await li.sends("contact")
        await li.told()
        await expect(li.page.locator(".tl")).to_contain_text("Contact, Phone: Reached")
        await expect(li.page.locator(".tl blockquote").first).to_have_text("<b>Heard</b> 她说了全部经过")
        assert (await system.get(f"complaints/{case}"))["owner"] == NEWCOMER


async def test_search_has_a_key_and_single_keys_can_be_switched_off(system: System, browser: Browser) -> None:
    """`/` searches; keys never act inside a field, and not at all where they are switched off (console, access)."""
    await lodged(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens("/console/worklist?view=open")
        await li.page.keyboard.press("/")
        await li.page.keyboard.type("j/k?")
        await expect(li.page.locator("#q")).to_have_value("j/k?")
        await li.page.locator("#main").focus()
        await li.page.keyboard.press("?")
        await li.page.locator("#keys-on").uncheck()
        await li.page.keyboard.press("Escape")
        await li.page.locator("#main").focus()
        await li.page.keyboard.press("j")
        await li.page.keyboard.press("?")
        await expect(li.page.locator("#all-keys")).not_to_be_visible()
        assert await li.page.evaluate("document.activeElement.id") == "main"
        await li.opens("/console/worklist?view=open")
        await li.page.get_by_role("button", name="Keys").click()
        await expect(li.page.locator("#keys-on")).not_to_be_checked()


async def test_a_call_is_recorded_and_a_case_handed_on_by_a_key(system: System, browser: Browser) -> None:
    """`c` and `h` open the form of the row's case, or of the case that is shown, with the focus in it."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens("/console/worklist?view=open")
        await li.page.keyboard.press("c")
        assert li.page.url.endswith("/console/worklist?view=open")
        await li.page.locator(f"#row-{case} .title").focus()
        await li.page.keyboard.press("c")
        await li.page.wait_for_url(f"**/console/cases/{case}#key-c")
        await expect(li.page.locator("#do-contact [name=channel]")).to_be_focused()
        await li.page.locator("#title").focus()
        await li.page.keyboard.press("h")
        await expect(li.page.locator("#do-hand-on [name=to]")).to_be_focused()
        await li.page.keyboard.type("c")
        await expect(li.page.locator("#do-hand-on [name=to]")).to_have_value("c")


async def test_reception_takes_a_complaint_on_the_phone(system: System, browser: Browser) -> None:
    """From the worklist to a case; a field that is wrong is named; the code is shown and leads to the page."""
    async with somebody(system, browser, language="zh") as sun:
        await sun.sign_in(system.stack.token("reception", subject="sun.yue"))
        await sun.page.get_by_role("link", name="新建投诉").click()
        await sun.fills_in("lodge", text=WORDS, product="长" * 201, contact="138 0000 0000", told_people="3")
        await sun.sends("lodge")
        told = await sun.answer("lodge")
        assert "“产品”太长。" in told
        assert "errors" not in told
        await expect(sun.page.locator("#do-lodge [name=product]")).to_have_attribute("aria-invalid", "true")
        await expect(sun.page.get_by_label("产品")).to_have_accessible_description("“产品”太长。")
        await sun.shot("new-wrong-zh-light")
        assert await sun.faults() == []
        await expect(sun.page.locator("#do-lodge [name=text]")).to_have_value(WORDS)
        await sun.fills_in("lodge", product="E6")
        await sun.page.locator("#do-lodge [name=injury]").check()
        await sun.sends("lodge")
        assert "已记录。" in await sun.told()
        code = await sun.page.locator("[data-code]").inner_text()
        await sun.page.get_by_role("link", name="打开此投诉").click()
        await expect(sun.page.locator("#title")).to_have_text(WORDS)
        case = await system.get(f"complaints/{sun.page.url.rsplit('/', 1)[1]}")
        assert (case["channel"], case["form"], case["language"], case["product"]) == ("phone", "oral", "zh", "E6")
        assert (case["taken_by"], case["told_people"], case["injury"]) == ("sun.yue", 3, True)
        assert await sun.opens(f"/track?code={code}") == 200
        assert WORDS not in await sun.page.content()


async def test_a_case_that_could_not_leave_is_lodged_once(system: System, browser: Browser) -> None:
    """No network while the words are sent: kept, and sent again with the same key (L4)."""
    async with somebody(system, browser) as sun:
        await sun.sign_in(system.stack.token("reception", subject="sun.yue"))
        before = await system.count(status="open")
        await sun.opens("/console/cases/new")
        await sun.fills_in("lodge", text="the door does not close")
        await unplug(sun.page)
        await sun.sends("lodge")
        assert "cannot be reached" in await sun.answer("lodge")
        await plug_in(sun.page)
        await sun.page.get_by_role("button", name="Try again").click()
        await sun.told()
        await sun.page.get_by_role("link", name="Open the case").click()  # which waits until the views show it
        await expect(sun.page.locator("#title")).to_have_text("the door does not close")
        assert await system.count(status="open") == before + 1


async def test_whoever_does_not_talk_with_complainants_lodges_for_nobody(system: System, browser: Browser) -> None:
    """Absent, not grey; and the address leads nowhere."""
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("auditor", subject="audit"))
        await expect(one.page.get_by_role("link", name="New case")).to_have_count(0)
        assert await one.opens("/console/cases/new") == 404


async def test_a_lost_race_is_told_and_the_words_are_kept(system: System, browser: Browser) -> None:
    """Both versions, the recorded one first; own words stay; asking again on purpose is recorded (412, L1)."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("motive", motive="compensation")
        await say(system, f"/{case}/motive", motive="sympathy")
        await li.sends("motive")
        told = await li.answer("motive")
        assert "Someone was faster" in told
        assert "Motive: Sympathy" in told
        assert "by wu.hao" in told
        assert "Compensation" in told
        assert await li.page.evaluate("document.activeElement.className") == "answer"
        await li.shot("lost-race-en-light")
        await li.page.get_by_role("button", name="Ask again, knowing this").click()
        await li.told()
        assert (await system.get(f"complaints/{case}"))["motive"] == "compensation"


async def test_a_refusal_is_told_in_plain_words(system: System, browser: Browser) -> None:
    """409 by its code, in the reader's language, and nothing of the form is lost."""
    case = await taken(system)
    async with somebody(system, browser, language="zh") as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("amend", field="product", after="E6", reason="核对行驶证")
        await li.sends("amend")
        assert "内容与现有记录相同。" in await li.answer("amend")
        await expect(li.page.locator("#do-amend [name=reason]")).to_have_value("核对行驶证")
        await li.shot("refused-zh-light")


async def test_a_command_that_cannot_leave_is_kept_and_sent_once(system: System, browser: Browser) -> None:
    """No network, then a service that is down: told as not known; sent again with the same key it is done once (L4)."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("contact", channel="phone", outcome="not-reached")
        await unplug(li.page)
        await li.sends("contact")
        assert "cannot be reached" in await li.answer("contact")
        await plug_in(li.page)
        await system.stack.stop("intake")
        await li.page.get_by_role("button", name="Try again").click()
        await expect(li.page.locator("#do-contact .answer")).to_contain_text("did not answer in time")
        await li.shot("unsure-en-light")
        await system.stack.start("intake")
        await li.page.get_by_role("button", name="Try again").click()
        await li.told()
        assert len((await system.get(f"complaints/{case}"))["contacts"]) == 1


async def test_whoever_was_signed_out_keeps_the_words(system: System, browser: Browser) -> None:
    """The session is gone while somebody writes: told beside the form, and the words stay."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.hurries()
        await li.opens(f"/console/cases/{case}")
        await li.fills("contact", channel="phone", outcome="reached", note="a long story")
        await li.page.context.clear_cookies()
        await li.sends("contact")
        assert "You are signed out. Nothing was sent." in await li.answer("contact")
        await expect(li.page.locator("#fresh-area")).to_contain_text("You are signed out.", timeout=30_000)
        await expect(li.page.locator("#do-contact [name=note]")).to_have_value("a long story")


async def _asked_for(system: System, case: str, who: str) -> bool:
    """Whether the auditor finds that somebody asked for a case and was shown none."""
    answer = await system.api.get(
        "/v1/access",
        params={"stream": f"complaint/{case}"},
        headers={"authorization": f"Bearer {system.stack.token('auditor', subject='audit')}"},
    )
    return (who, 404) in [(one["actor"], one["status"]) for one in answer.raise_for_status().json()["items"]]


async def test_no_right_and_no_case_read_the_same(system: System, browser: Browser) -> None:
    """An operator, who may not read cases, and anybody asking for one that is not there, see one and the same page:
    that the asking is recorded, which it is, and a way to ask for access.
    """
    case = await lodged(system)
    async with somebody(system, browser) as op:
        await op.sign_in(system.stack.token("ops", subject="op"))
        pages = []
        for path in (case, str(uuid4()), "not-an-id"):
            assert await op.opens(f"/console/cases/{path}") == 404
            pages.append(await op.page.locator("main").inner_text())
        assert pages[0] == pages[1] == pages[2]
        assert "That you asked is recorded" in pages[0]
        assert "To ask for access" in pages[0]
        await system.until(lambda: _asked_for(system, case, "op"), 30)
        await op.shot("missing-en-light")
        await op.opens("/console/worklist?view=open")
        assert WORDS not in await op.page.content()
        await expect(op.page.get_by_text("Not shown to your post").first).to_be_visible()


async def test_only_what_may_be_done_is_offered(system: System, browser: Browser) -> None:
    """An auditor reads all and commands nothing; after signing out nothing is shown."""
    case = await taken(system)
    async with somebody(system, browser) as one:
        await one.sign_in(system.stack.token("auditor", subject="audit"))
        await one.opens(f"/console/cases/{case}")
        await expect(one.page.locator("#title")).to_have_text(WORDS)
        assert await one.page.locator("[data-command]").count() == 0
        await one.page.get_by_role("button", name="Sign out").click()
        await one.opens(f"/console/cases/{case}")
        await expect(one.page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_the_list_lives_and_keeps_the_focus(system: System, browser: Browser) -> None:
    """A new case comes into an open list by itself, and whoever is on a row stays there."""
    await lodged(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.hurries()
        await li.opens("/console/worklist?view=open")
        await li.page.keyboard.press("j")
        before = await li.page.evaluate("document.activeElement.href")
        fresh = await lodged(system, text="充电桩一直没装好")
        await expect(li.page.locator(f"#row-{fresh}")).to_be_attached(timeout=30_000)
        assert await li.page.evaluate("document.activeElement.href") == before


async def test_a_case_that_moves_on_says_so(system: System, browser: Browser) -> None:
    """A page that stays open tells that others went on, and keeps what was begun."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.hurries()
        await li.opens(f"/console/cases/{case}")
        await li.fills("amend", reason="half a reason")
        await say(system, f"/{case}/motive", motive="venting")
        await expect(li.page.get_by_text("This case has moved on")).to_be_visible(timeout=30_000)
        await expect(li.page.locator("#do-amend [name=reason]")).to_have_value("half a reason")


async def test_a_time_is_meant_in_the_reader_s_zone(system: System, browser: Browser) -> None:
    """A promise for nine in the morning in Shanghai is one for one o'clock UTC."""
    case = await taken(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.fills("promise", text="call back", due="2030-01-15T09:00")
        await li.sends("promise")
        await li.told()
        (promise,) = (await system.get(f"complaints/{case}"))["promises"].values()
        assert promise["due"] == "2030-01-15T01:00:00.000000Z"
