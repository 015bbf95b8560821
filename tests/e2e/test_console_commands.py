"""Commands on clocks, evidence, clusters and budgets in a real browser: each form as far as the record and back."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from console_cases import HANDLER, decided, somebody, taken, timed
from console_driver import Person
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
LEAD = "zhao.min"


async def records(one: Person, command: str, **values: str) -> None:
    """Fill in a form and send it: it is recorded."""
    await one.fills(command, **values)
    await one.sends(command)
    assert "Recorded" in await one.told()
    await one.page.locator("#status.banner").evaluate("one => one.className = 'vh'")


async def there(one: Person, command: str) -> bool:
    return bool(await one.page.locator(f'[id="do-{command}"]').count())


async def test_a_clock_is_paused_resumed_and_extended_and_a_case_escalated(system: System, browser: Browser) -> None:
    """Each form where its policy lets it and no longer: the reasons are the policy's own."""
    case = await timed(system)
    async with somebody(system, browser) as zhao:
        await zhao.sign_in(system.stack.token("teamlead", subject=LEAD))
        await zhao.opens(f"/console/cases/{case}")
        assert not await there(zhao, "resume-answer")
        reasons = zhao.page.locator("#do-pause-answer [name=reason] option")
        assert [one for one in await reasons.all_text_contents() if one] == ["evidence"]
        await records(zhao, "pause-answer", reason="evidence")
        assert not await there(zhao, "pause-answer")
        await records(zhao, "resume-answer")
        await records(zhao, "extend-answer", reason="an expert is asked", amount="2")
        assert not await there(zhao, "extend-answer")
        await records(zhao, "escalate", reason="it is stuck")
        await expect(zhao.page.locator(".tl")).to_contain_text("it is stuck")
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{await timed(system)}")
        assert (await there(li, "pause-answer"), await there(li, "extend-answer")) == (True, False)
    found = await system.get(f"complaints/{case}")
    assert (found["level"], found["clocks"]["answer"]["extended"][0]["by"]) == (1, LEAD)


async def test_the_fingerprint_of_a_file_is_computed_here(system: System, browser: Browser, tmp_path: Path) -> None:
    """The file stays where it is; a field that is not as it must be is named, and the rest is kept."""
    case, photo = await taken(system), tmp_path / "刹车.png"
    photo.write_bytes(b"not really a picture")
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await li.opens_form("evidence")
        await li.page.locator("#do-evidence [type=file]").set_input_files(photo)
        mark = sha256(photo.read_bytes()).hexdigest()
        await expect(li.page.locator("#do-evidence [name=sha256]")).to_have_value(mark)
        await li.fills_in("evidence", sha256="0")
        await li.sends("evidence")
        assert "“Its fingerprint (SHA-256)” is not written the way it must be" in await li.answer("evidence")
        await expect(li.page.locator("#do-evidence [name=name]")).to_have_value(photo.name)
        await li.fills_in("evidence", sha256=mark)
        await li.sends("evidence")
        await li.told()
    (one,) = (await system.get(f"complaints/{case}"))["evidence"]
    assert (one["name"], one["media_type"], one["size_bytes"], one["sha256"]) == (photo.name, "image/png", 20, mark)


async def test_what_the_complainant_thinks_is_written_down_and_a_withdrawal_asked_once_more(
    system: System, browser: Browser
) -> None:
    """By staff, for somebody who calls: the view stands on the case; "no" records no withdrawal and keeps the words."""
    case = await taken(system)
    await decided(system, case)
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await records(li, "feedback", process_score="2", outcome_score="5", text="too slow, but good")
        await expect(li.page.get_by_text("too slow, but good").first).to_be_visible()
        await li.fills("withdraw", reason="they need it no more")
        await li.sends("withdraw")
        await li.shot("withdraw-en-light")
        await li.page.get_by_role("button", name="No, leave it").click()
        assert (await system.get(f"complaints/{case}")).get("withdrawn") is None
        await expect(li.page.locator("#do-withdraw [name=reason]")).to_have_value("they need it no more")
        await li.sends("withdraw")
        await li.page.get_by_role("button", name="Yes, they withdraw").click()
        assert "Recorded" in await li.told()
        assert not await there(li, "withdraw")
    assert (await system.get(f"complaints/{case}"))["withdrawn"]["reason"] == "they need it no more"


async def test_a_case_goes_into_a_cluster_and_out_again(system: System, browser: Browser) -> None:
    """Started and joined on the case; its members come when it is opened, with bones while they do."""
    case, arrived = await taken(system), asyncio.Event()

    async def slow(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens(f"/console/cases/{case}")
        await records(li, "start-cluster", title="A batch of brakes", reason="three alike")
        await li.opens_form("join")
        await li.page.locator("#do-join [name=cluster_id]").select_option(label="A batch of brakes")
        await records(li, "join", evidence="the same part", confidence_percent="80")
        await li.page.route("**/members", slow)
        cluster = li.page.locator("[id^=cluster-]")
        await cluster.locator("summary").press("Enter")
        await expect(cluster.locator("[data-part]")).to_have_attribute("aria-busy", "true")
        await expect(cluster.locator(".bone").first).to_be_visible()
        await li.shot("bones-en-light")
        arrived.set()
        await expect(cluster.get_by_text("the same part")).to_be_visible()
        await expect(cluster.locator("[aria-busy]")).to_have_count(0)
        assert await li.faults() == []
        await li.opens(f"/console/clusters/{(await cluster.get_attribute('id') or '').removeprefix('cluster-')}")
        await expect(li.page.get_by_role("link", name=case[:8])).to_be_visible()
        await li.opens(f"/console/cases/{case}")
        leave = li.page.locator("details[id^=do-leave-]")
        await leave.locator("summary").click()
        await leave.locator("[name=reason]").fill("another part after all")
        await leave.locator("form > button").click()
        assert "Recorded" in await li.told()
        await expect(cluster).to_have_count(0)
    assert (await system.get(f"complaints/{case}"))["clusters"] == []


async def test_a_budget_is_set_named_reserved_in_and_freed(system: System, browser: Browser) -> None:
    """A name that is none is told at its field; who may set none has no form for it."""
    case = await taken(system)
    async with somebody(system, browser) as chief:
        await chief.sign_in(system.stack.token("cso", "manager", subject="chief"))
        await chief.opens("/console/budgets")
        await chief.fills("set-budget", budget="Harbour", amount_minor="1000", reason="this quarter")
        await chief.sends("set-budget")
        assert "“Budget” is not written the way it must be" in await chief.answer("set-budget")
        await records(chief, "set-budget", budget="harbour:2026-Q4")
        await expect(chief.page.get_by_role("row", name="harbour:2026-Q4")).to_contain_text("¥1,000.00")
        await chief.opens(f"/console/cases/{case}")
        await records(chief, "budget", budget="harbour:2026-Q4", reason="the harbour pays")
        form = "reserve-harbour:2026-Q4"
        await chief.page.locator(f'[id="do-{form}"] > summary').click()
        await chief.page.locator(f'[id="do-{form}"] [name=amount_minor]').fill("2000")
        await chief.page.locator(f'[id="do-{form}"] form > button').click()
        await expect(chief.page.locator(f'[id="do-{form}"] .answer')).to_contain_text("So much is not left")
        await chief.page.locator(f'[id="do-{form}"] [name=amount_minor]').fill("50")
        await chief.page.locator(f'[id="do-{form}"] form > button').click()
        await chief.told()
        await expect(chief.page.locator("#do-offer [name=reservation_id] option")).to_have_count(0)
        release = chief.page.locator("details[id^=do-release-]")
        await release.locator("summary").click()
        await release.locator("[name=reason]").fill("not needed")
        await release.locator("form > button").click()
        await expect(release).to_have_count(0)
    assert (await system.get("budgets/harbour:2026-Q4"))["left_minor"] == 100_000
    async with somebody(system, browser) as li:
        await li.sign_in(system.stack.token("handler", subject=HANDLER))
        await li.opens("/console/budgets")
        await expect(li.page.get_by_text("harbour:2026-Q4")).to_be_visible()
        assert not await there(li, "set-budget")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_form_unfolded_can_be_used_by_all(system: System, browser: Browser, language: str) -> None:
    """All forms of a case at once, and the lists of clusters and budgets: axe, targets, what the policy refuses."""
    case = await timed(system)
    async with somebody(system, browser, language=language) as one:
        await one.sign_in(system.stack.token("handler", "teamlead", "manager", subject=LEAD))
        await one.opens(f"/console/cases/{case}")
        await one.page.evaluate("document.querySelectorAll('details.command').forEach((one) => { one.open = true; })")
        assert await one.faults_in_each_scheme(f"commands-{language}") == []
        for name in ("clusters", "budgets"):
            assert await one.opens(f"/console/{name}") == 200
            assert await one.faults_in_each_scheme(f"{name}-{language}") == [], name


async def test_who_opens_no_case_sees_no_cluster(system: System, browser: Browser) -> None:
    """Absent, not grey; and the addresses lead nowhere."""
    async with somebody(system, browser) as op:
        await op.sign_in(system.stack.token("ops", subject="op"))
        await expect(op.page.get_by_role("link", name="Clusters")).to_have_count(0)
        for path in ("clusters", "budgets", "clusters/7c9e6679-7425-40de-944b-e07fc1f90ae7"):
            assert await op.opens(f"/console/{path}") == 404
