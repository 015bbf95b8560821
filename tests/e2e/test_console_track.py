"""The complainant's page in a real browser, on a phone: without an account, in each language and scheme."""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Route, expect

import console_pages as invented
from console_cases import HANDLER, WORDS, decided, say, somebody
from console_driver import THUMB_PX, Person, Scheme, plug_in, unplug
from projections.console import track
from projections.console.rendering import HEADERS, Pages
from projections.console.words import Language, catalogue
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]

PHONE_PX = 390


async def tracked(system: System) -> str:
    """A complaint of somebody without an account, in hand, spoken about, with a promise; gives its tracking code."""
    answer = await system.api.post(
        "/v1/complaints",
        json={"channel": "website", "language": "zh", "text": WORDS},
        headers={"authorization": f"Bearer {system.stack.token('complainant')}", "idempotency-key": str(uuid4())},
    )
    assert answer.status_code == 201, answer.text
    case = answer.json()["complaint_id"]

    async def offered() -> bool:
        page = await system.api.get(f"/v1/complaints/{case}")
        return page.status_code == 200 and bool(page.json().get("offered_to"))

    await system.until(offered, 30)
    await say(system, f"/{case}/acceptance", subject=HANDLER)
    await say(system, f"/{case}/contacts", channel="phone", outcome="reached", facts="confirmed")
    await say(system, f"/{case}/promises", kind="action", text="回电告诉您决定", due="2099-01-15T01:00:00Z")

    async def promised() -> bool:
        page = await system.get(f"complaints/{case}")
        return page.get("owner") == HANDLER and bool(page.get("promises")) and bool(page.get("contacts"))

    await system.until(promised, 30)
    return str(answer.json()["tracking_code"])


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_complainant_sees_how_far_it_is(system: System, browser: Browser, language: str) -> None:
    """WCAG 2.2 AA by axe, targets for thumbs, one status, the right `lang`: asked for a code, told no, told all."""
    code = await tracked(system)
    async with somebody(system, browser, language=language, width=PHONE_PX) as one:
        assert await one.opens("/track") == 200
        assert await one.faults_in_each_scheme(f"track-code-{language}", THUMB_PX) == []
        await one.page.locator("#code").fill("not-a-code")
        await one.page.locator("form[data-door] button").click()
        await expect(one.page.get_by_role("alert")).to_be_visible()
        assert await one.faults_in_each_scheme(f"track-no-code-{language}", THUMB_PX) == []
        await one.page.locator("#code").fill(code)
        await one.page.locator("form[data-door] button").click()
        await expect(one.page.get_by_text("回电告诉您决定")).to_be_visible()
        assert await one.page.locator("html").get_attribute("lang") == language
        assert await one.page.get_by_role("status").count() == 1
        assert WORDS not in await one.page.content()
        assert await one.page.evaluate("document.documentElement.scrollWidth") == PHONE_PX
        assert await one.faults_in_each_scheme(f"track-{language}", THUMB_PX) == []


async def test_a_complainant_leaves_a_message_and_staff_read_it(system: System, browser: Browser) -> None:
    """Design `track.html`: sealed, on the website's clock, sent once; the page shows at once that it is there."""
    code, words = await tracked(system), "三天了，还没有人给我回电"
    async with somebody(system, browser, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}")
        await expect(one.page.get_by_text("You wrote to us.")).to_have_count(0)
        await one.fills("leave-message", text=words)
        await one.shot("track-message-en-light")
        assert await one.faults(THUMB_PX) == []
        await unplug(one.page)
        await one.sends("leave-message")
        assert words in await one.page.locator("#do-leave-message textarea").input_value()
        assert "not known" in await one.answer("leave-message")
        await plug_in(one.page)
        await one.sends("leave-message")
        assert "We have it on record" in await one.told()
        await expect(one.page.get_by_text("You wrote to us.")).to_have_count(1)
        assert words not in await one.page.locator("#main").inner_text()
    case = await system.get(f"complaints/{await one_case(system, code)}")
    (left,) = [message for message in case["messages"].values() if message["direction"] == "in"]
    assert (left["text"], left["channel"]) == (words, "website")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_complainant_asks_for_a_call(system: System, browser: Browser, language: str) -> None:
    """Design `track.html`: with the hours in their own words; it is a message, which we owe an answer to."""
    code = await tracked(system)
    async with somebody(system, browser, language=language, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}")
        await one.opens_form("call-me")
        words = one.page.locator("#do-call-me textarea")
        begun = await words.input_value()
        await words.press("Control+End")
        await words.press_sequentially("18:00")
        await one.shot(f"track-call-{language}-light")
        assert await one.faults(THUMB_PX) == []
        await one.sends("call-me")
        await one.told()
    case = await system.get(f"complaints/{await one_case(system, code)}")
    (left,) = [message for message in case["messages"].values() if message["direction"] == "in"]
    assert (left["text"], left["channel"]) == (f"{begun}18:00", "website")


async def test_a_complainant_says_when_not_to_call_and_staff_see_and_change_it(
    system: System, browser: Browser
) -> None:
    """Design `track.html`, `case.html`: what stands is on both pages, and each form begins with it."""
    code = await tracked(system)
    case = await one_case(system, code)
    async with somebody(system, browser, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}&tz=Europe/London")
        await one.fills("own-preferences", quiet_hours="20:00-20:00", channel="wechat")
        await one.shot("track-preferences-en-light")
        assert await one.faults(THUMB_PX) == []
        await one.sends("own-preferences")
        assert "two different times" in await one.answer("own-preferences")
        hours = one.page.locator("#do-own-preferences [name=quiet_hours]")
        await expect(hours).to_have_accessible_description(re.compile("two different times.* Such as 20:00-09:00"))
        await one.fills("own-preferences", quiet_hours="20:00-09:00")
        await one.sends("own-preferences")
        said = "best by WeChat · no calls 20:00-09:00 · Europe/London"
        await expect(one.page.get_by_text(said)).to_be_visible()
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await expect(li.page.get_by_text(said)).to_be_visible()
        await li.fills("prefer", zone="", channel="")
        await li.sends("prefer")
        await expect(li.page.locator("dd", has_text="no calls 20:00-09:00")).to_have_text("no calls 20:00-09:00")
    page = await system.get(f"complaints/{case}")
    assert page["contact_preferences"]["quiet_hours"] == "20:00-09:00"
    assert "zone" not in page["contact_preferences"]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
async def test_a_complainant_says_how_it_was_adds_evidence_and_withdraws(
    system: System, browser: Browser, tmp_path: Path, language: Language, scheme: Scheme
) -> None:
    """WCAG 2.2 AA with every form unfolded; each is sent once, stands on the page at once, and is on record."""
    code = await tracked(system)
    case, words = await one_case(system, code), catalogue(language)
    await decided(system, case)
    async with somebody(system, browser, language=language, scheme=scheme, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}")
        await one.page.evaluate("document.querySelectorAll('details.command').forEach((one) => { one.open = true; })")
        await one.shot(f"track-forms-{language}-{scheme}")
        assert await one.faults(THUMB_PX) == []
        await one.fills("own-view", process_score="4", outcome_score="2", text="三周太久")
        await one.sends("own-view")
        await expect(one.page.get_by_text(words.t("track.told.viewed"))).to_be_visible()
        photo = tmp_path / "刹车.png"
        photo.write_bytes(b"not really a picture")
        await one.opens_form("own-evidence")
        await one.page.locator("#do-own-evidence [type=file]").set_input_files(photo)
        await expect(one.page.locator("#do-own-evidence [name=name]")).to_have_value(photo.name)
        await one.sends("own-evidence")
        await expect(one.page.get_by_text(words.t("track.told.evidence"))).to_be_visible()
        await withdraws(one, f"{language}-{scheme}")
        await expect(one.page.get_by_role("heading", level=1)).to_have_text(words.t("track.stage.withdrawn"))
        await expect(one.page.locator("#do-own-withdrawal")).to_have_count(0)
    page = await system.get(f"complaints/{case}")
    assert page["withdrawn"]["reason"] == "They solved it\nthemselves"
    (view,), (proof,) = page["feedback"], page["evidence"]
    assert (view["process_score"], view["outcome_score"], view["text"]) == (4, 2, "三周太久")
    assert (proof["name"], proof["media_type"], proof["size_bytes"]) == (photo.name, "image/png", 20)
    assert proof["sha256"] == sha256(photo.read_bytes()).hexdigest()


async def withdraws(one: Person, picture: str) -> None:
    """Asked once more, by keyboard: Escape keeps it, and the words stay. What could not be sent is not asked again."""
    form = one.page.locator("#do-own-withdrawal")
    asking, reason = form.get_by_role("dialog"), form.locator("[name=reason]")
    await one.fills("own-withdrawal", reason="They solved it\nthemselves")
    await one.sends("own-withdrawal")
    await expect(asking.locator("[data-no]")).to_be_focused()
    await one.shot(f"track-withdrawal-{picture}")
    assert await one.faults(THUMB_PX) == []
    await one.page.keyboard.press("Escape")
    await expect(asking).to_be_hidden()
    await expect(form.locator("form > button")).to_be_focused()
    await unplug(one.page)
    await one.sends("own-withdrawal")
    await one.page.keyboard.press("Tab")
    await one.page.keyboard.press("Enter")
    await one.answer("own-withdrawal")
    assert await reason.input_value() == "They solved it\nthemselves"
    await plug_in(one.page)
    await form.locator("[data-again]").click()


async def test_their_words_are_erased_and_both_pages_say_so(system: System, browser: Browser) -> None:
    """S27: asked once more, and "no" keeps every word; afterwards nobody reads them, and the complainant is told."""
    code = await tracked(system)
    case, words = await one_case(system, code), catalogue("en")
    async with somebody(system, browser) as chen:
        await chen.sign_in(system.stack.token("manager", subject="chen.yu"))
        await chen.opens(f"/console/cases/{case}")
        await chen.fills("hold", purpose="litigation", authority="district court", reference="CIV-2026-3")
        await chen.sends("hold")
        assert "Recorded" in await chen.told()
        await expect(chen.page.get_by_text(words.t("case.hold_title"))).to_be_visible()
        await expect(chen.page.locator("#do-erase")).to_have_count(0)
        lift = next(iter((await system.get(f"complaints/{case}"))["holds"]))
        await chen.fills(f"lift-{lift}", reason="judgment given")
        await chen.sends(f"lift-{lift}")
        await expect(chen.page.get_by_text(words.t("case.hold_title"))).to_have_count(0)
        await chen.fills("erase", basis="objection", reference="DSR-2026-117")
        await chen.sends("erase")
        await chen.shot("erase-en-light")
        assert await chen.faults() == []
        await chen.page.get_by_role("button", name=words.t("sure.erase.no")).click()
        assert (await system.get(f"complaints/{case}"))["text"] == WORDS
        await chen.sends("erase")
        await chen.page.get_by_role("button", name=words.t("sure.erase.yes")).click()
        assert "Recorded" in await chen.told()
        await expect(chen.page.get_by_text(words.t("case.erased_title"))).to_be_visible()
        await expect(chen.page.get_by_text(WORDS)).to_have_count(0)
    async with somebody(system, browser, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}")
        await expect(one.page.get_by_text(words.t("track.told.erased"))).to_be_visible()
        assert await one.faults(THUMB_PX) == []


async def one_case(system: System, code: str) -> str:
    answer = await system.api.get(f"/v1/track/{code}")
    return str(answer.json()["complaint_id"])


async def test_the_language_is_switched_and_the_complaint_stays(system: System, browser: Browser) -> None:
    code = await tracked(system)
    async with somebody(system, browser, width=PHONE_PX) as one:
        await one.opens(f"/track?code={code}")
        await expect(one.page.get_by_role("heading", level=1)).to_have_text("It is being looked at")
        await one.page.get_by_role("button", name="中文").click()
        await expect(one.page.locator("html")).to_have_attribute("lang", "zh")
        await expect(one.page.get_by_text("回电告诉您决定")).to_be_visible()
        await one.opens("/track")
        await expect(one.page.locator("html")).to_have_attribute("lang", "zh")


def everything(scheme: str) -> Callable[[Route], Awaitable[None]]:
    """A page with each mark that there is: kept, broken, open, late, provisional, paused, closed, next instance."""
    closed = {
        "closed_at": "2026-09-24T01:00:00.000000Z", "closing": {"next_instance": "12315"},
        "decision": {"outcome": "upheld"},
    }  # fmt: skip
    clocks = {
        "first-reply": invented.case()["clocks"]["first-reply"], "resolution": invented.clock(provisional=True),
    }  # fmt: skip
    members = closed if scheme == "dark" else {"clocks": clocks}
    reader = invented.reader(subject="")
    shown = track.shown(invented.case(**members), reader)
    html = Pages().html("track.html", reader.words, page=shown, problem="", back="/track?code=x")

    async def answer(route: Route) -> None:
        await route.fulfill(body=html, headers={**HEADERS, "content-type": "text/html; charset=utf-8"})

    return answer


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_marks_that_take_days_to_come_about_can_be_read_too(
    system: System, browser: Browser, scheme: Scheme
) -> None:
    """The page's own words and style, of an invented case: what was broken, came late, or is over."""
    async with somebody(system, browser, scheme=scheme, width=PHONE_PX) as one:
        await one.page.route("**/track?code=invented", everything(scheme))
        assert await one.opens("/track?code=invented") == 200
        await expect(one.page.get_by_text("We did not answer in time. We are sorry.").first).to_be_visible()
        await one.shot(f"track-marks-en-{scheme}")
        assert await one.faults(THUMB_PX) == []
