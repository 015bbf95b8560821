"""The console in a real browser on the real system: what people see, do and are told, in both languages."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from console_driver import Person, browsing, person, plug_in, unplug
from whole import System, whole_system

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

WORDS = "刹车异响，修了三次还是响，要求退车"
HANDLER = "li.na"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with whole_system(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


async def say(system: System, path: str, *, role: str = "handler", subject: str = "wu.hao", **body: Any) -> str:  # noqa: ANN401
    """A command of somebody else, who uses the API; gives the id of the complaint."""
    headers = {"authorization": f"Bearer {system.stack.token(role, subject=subject)}", "idempotency-key": str(uuid4())}
    if path:  # the views may be ahead of the service that is asked (L10)
        page = await system.api.get(f"/v1/complaints/{path.split('/')[1]}")
        headers["complaint-position"] = page.headers["complaint-position"]
    answer = await system.api.post(f"/v1/complaints{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["complaint_id"])


async def lodged(system: System, text: str = WORDS) -> str:
    """A complaint that is offered to somebody, as the views show it."""
    made = await say(
        system, "", role="reception", subject="sun.yue", channel="wechat", language="zh", product="E6", text=text
    )

    async def offered() -> bool:
        answer = await system.api.get(f"/v1/complaints/{made}")
        return answer.status_code == 200 and bool(answer.json().get("offered_to"))

    await system.until(offered, 30)
    return made


async def taken(system: System, subject: str = HANDLER) -> str:
    """A complaint in somebody's hands, as the views show it."""
    made = await lodged(system)
    await say(system, f"/{made}/acceptance", subject=subject)

    async def owned() -> bool:
        return (await system.get(f"complaints/{made}")).get("owner") == subject

    await system.until(owned, 30)
    return made


Somebody = AbstractAsyncContextManager[Person]


def somebody(
    system: System, browser: Browser, *, language: str = "en", scheme: Literal["light", "dark"] = "light"
) -> Somebody:
    return person(browser, system.stack.url, language=language, scheme=scheme)


async def test_from_the_worklist_by_keys_to_a_command_in_the_timeline(system: System, browser: Browser) -> None:
    """Sign in, find what is offered, open it by key, take it, record a contact: it stands in the timeline at once."""
    case = await lodged(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await expect(li.page.get_by_role("heading", level=1)).to_have_text("Worklist")
        await expect(li.page.get_by_text("Nothing is due for you")).to_be_visible()
        await li.page.get_by_role("link", name="Offered to me").click()
        await expect(li.page.locator(f"#row-{case}")).to_be_visible()
        await li.page.keyboard.press("j")
        await li.page.keyboard.press("k")
        focused = await li.page.evaluate("document.activeElement.closest('tr').id")
        assert focused == await li.page.locator("[data-row]").first.get_attribute("id")
        await li.opens(f"/console/worklist?view=all&q={case}")
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
        assert (await system.get(f"complaints/{case}"))["owner"] == HANDLER


async def test_search_has_a_key_and_single_keys_can_be_switched_off(system: System, browser: Browser) -> None:
    """`/` searches; keys never act inside a field, and not at all where they are switched off (console, access)."""
    await lodged(system)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens("/console/worklist?view=open")
        await li.page.keyboard.press("/")
        await li.page.keyboard.type("j/k")
        await expect(li.page.locator("#q")).to_have_value("j/k")
        await li.page.locator("#keys-on").uncheck()
        await li.page.locator("#main").focus()
        await li.page.keyboard.press("j")
        assert await li.page.evaluate("document.activeElement.id") == "main"


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
        await li.opens(f"/console/cases/{case}")
        await li.fills("contact", channel="phone", outcome="reached", note="a long story")
        await li.page.context.clear_cookies()
        await li.sends("contact")
        assert "You are signed out. Nothing was sent." in await li.answer("contact")
        await expect(li.page.locator("#fresh-area")).to_contain_text("You are signed out.", timeout=30_000)
        await expect(li.page.locator("#do-contact [name=note]")).to_have_value("a long story")


async def test_no_right_and_no_case_read_the_same(system: System, browser: Browser) -> None:
    """An operator, who may not read cases, and anybody asking for one that is not there, see one and the same page."""
    case = await lodged(system)
    async with somebody(system, browser) as op:
        await op.sign_in(system.stack.token("ops", subject="op"))
        pages = []
        for path in (case, str(uuid4()), "not-an-id"):
            assert await op.opens(f"/console/cases/{path}") == 404
            pages.append(await op.page.locator("main").inner_text())
        assert pages[0] == pages[1] == pages[2]
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
        await li.opens(f"/console/cases/{case}")
        await li.fills("amend", reason="half a reason")
        await say(system, f"/{case}/motive", motive="venting")
        await expect(li.page.get_by_text("This case has moved on")).to_be_visible(timeout=30_000)
        await expect(li.page.locator("#do-amend [name=reason]")).to_have_value("half a reason")


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
            ("settings", "/console/settings"),
        ):  # fmt: skip
            assert await one.opens(path) == 200
            assert await one.page.locator("html").get_attribute("lang") == language
            if name != "settings":
                assert await one.page.get_by_role("status").count() == 1
            await one.shot(f"{name}-{language}-{scheme}")
            assert await one.faults() == [], name


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
