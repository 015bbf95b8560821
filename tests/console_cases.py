"""Cases for the console's tests on a running system: made over the API by somebody else, and people who look at them.

Lives here: how a test comes to a case. Must not: what a page should say of it.
"""

from contextlib import AbstractAsyncContextManager
from typing import Any, Literal
from uuid import uuid4

from playwright.async_api import Browser

from console_driver import Person, person
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


Somebody = AbstractAsyncContextManager[Person]


def somebody(
    system: System,
    browser: Browser,
    *,
    language: str = "en",
    scheme: Literal["light", "dark"] = "light",
    width: int = 1440,
) -> Somebody:
    """A browser of their own, `width` pixels wide."""
    return person(browser, system.stack.url, language=language, scheme=scheme, width=width)
