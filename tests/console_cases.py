"""Cases for the console's tests on a running system: made over the API by somebody else, and people who look at them.

Lives here: how a test comes to a case. Must not: what a page should say of it.
"""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from playwright.async_api import Browser

from console_driver import Person, Scheme, person
from events.fact import GivenDue
from events.inbound import ToldLodged
from local.importing.history import Event
from local.importing.publish import tell
from local.importing.receipts import Receipts
from whole import System

WORDS = "刹车异响，修了三次还是响，要求退车"
HANDLER = "li.na"


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


async def decided(system: System, case: str) -> None:
    """The facts are confirmed, the motive is known, it is decided; as the views show it."""
    await say(system, f"/{case}/contacts", channel="phone", outcome="reached", facts="confirmed")
    await say(system, f"/{case}/motive", motive="compensation")

    async def heard() -> bool:
        page = await system.get(f"complaints/{case}")
        return bool(page.get("motive") and page.get("contacts"))

    await system.until(heard, 30)
    await say(system, f"/{case}/decision", outcome="upheld", root_cause="parts", reasons="The part was faulty.")

    async def there() -> bool:
        return bool((await system.get(f"complaints/{case}")).get("decision"))

    await system.until(there, 30)


PACK = """
name = "help-desk"
title = "The help desk"
source = "invented"
calendar = "cn"
on_request = true

[[policy]]
name = "answer"
starts = "lodged"
budget = { amount = 300, unit = "business-hours" }
pauses = ["evidence"]
extensions = { times = 1, amount = 8, unit = "business-hours" }
met_by = ["closed"]
source = "invented"
standing = "S"
"""
_PACK = "rulebooks/pack/help-desk"


async def _rules(system: System, path: str, subject: str, **body: Any) -> None:  # noqa: ANN401
    headers = {"authorization": f"Bearer {system.stack.token('manager', subject=subject)}", "idempotency-key": path}
    answer = await system.api.post(f"/v1/{_PACK}/{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text


async def timed(system: System) -> str:
    """A complaint with a clock `answer` that may be paused and extended, and offered to somebody, as the views show it:
    what a page pins stays as it is then.
    """
    await _rules(
        system, "drafts", "ann", text=PACK, why="a desk", consulted=["care"], effective_at="2025-01-01T00:00:00Z"
    )
    await _rules(system, "approval", "ben", version=1)
    dues = (GivenDue(clock="answer", policy="help-desk/answer"),)
    event = Event(str(uuid4()), "city", f"ref-{uuid4()}", datetime.now(UTC), ToldLodged(channel="phone", dues=dues))
    async with Receipts(system.stack.kafka, "city") as receipts:
        await tell(system.stack.kafka, receipts, [event])
    found: list[str] = []

    async def running() -> bool:
        found[:] = [one["id"] for one in (await system.get("complaints", source_ref=event.subject))["items"]]
        page = await system.get(f"complaints/{found[0]}") if found else {}
        return bool(page.get("clocks", {}).get("answer", {}).get("state") == "running" and page.get("offered_to"))

    await system.until(running, 60)
    return found[0]


Somebody = AbstractAsyncContextManager[Person]


def somebody(
    system: System,
    browser: Browser,
    *,
    language: str = "en",
    scheme: Scheme = "light",
    width: int = 1440,
) -> Somebody:
    """A browser of their own, `width` pixels wide."""
    return person(browser, system.stack.url, language=language, scheme=scheme, width=width)
