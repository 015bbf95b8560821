"""Rulebooks on a real Kafka: shipped ones are published once; drafts are checked, and a second person approves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from events.fact import EARLIEST
from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from processes import CHECKOUT, System, running
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")
CALENDAR = """name = "{name}"
zone = "Europe/London"
first = "2025-01-01"
last = "2025-12-31"
source = "a test"
[week]
mon = ["09:00-17:00"]
[[day]]
date = "2025-12-25"
kind = "holiday"
why = "Christmas"
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(stores, tmp_path_factory.mktemp("rulebooks"), "escalation") as services:
        yield services


def draft(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member of the body
    return {"text": CALENDAR.format(name=name), "why": "a new office", "consulted": ["legal", "service"], **more}


async def test_every_shipped_file_is_published_once_however_often_the_service_starts(system: System) -> None:
    """L4: ready only once all are in force; started again, nothing is said twice."""
    files = [path for kind in ("calendar", "organisation", "ladder") for path in (CHECKOUT / "rules" / kind).iterdir()]
    assert files

    async def said(path: Path) -> list[Any]:
        return list(await system.admitted(f"rulebook/{path.parent.name}/{path.stem}"))

    async def all_published() -> None:
        for path in files:
            drafted, approved = await said(path)
            assert isinstance(drafted, EscalationDrafted)
            assert isinstance(approved, EscalationApproved)
            assert (drafted.text, drafted.effective_at) == (path.read_text("utf-8"), EARLIEST)
            assert (drafted.version, approved.version) == (1, 1)

    await all_published()
    system.processes["escalation"].terminate()
    await asyncio.to_thread(system.processes["escalation"].wait, 15)
    await system.start("escalation")
    await all_published()


async def test_a_draft_counts_once_another_person_approves_it(system: System) -> None:
    path = "/v1/rulebooks/calendar/office"
    answer = await system.post("escalation", f"{path}/drafts", draft("office"), "manager", subject="li.na")
    assert answer.status_code == 201, answer.text
    assert answer.json()["rulebook_id"] == "calendar/office"
    again = await system.post("escalation", f"{path}/drafts", draft("office"), "manager", subject="wang")
    assert again.json()["code"] == "draft-open"
    own = await system.post("escalation", f"{path}/approval", {"version": 1}, "manager", subject="li.na")
    assert (own.status_code, own.json()["code"]) == (409, "second-person-needed")
    other = await system.post("escalation", f"{path}/approval", {"version": 2}, "manager", subject="wang")
    assert other.json()["code"] == "another-draft"
    assert (await system.post("escalation", f"{path}/approval", {"version": 1}, "handler")).status_code == 403
    approved = await system.post("escalation", f"{path}/approval", {"version": 1}, "cso", subject="wang")
    assert approved.status_code == 201, approved.text
    second = await system.post("escalation", f"{path}/drafts", draft("office"), "manager", subject="li.na")
    assert second.status_code == 201, second.text
    refusal = {"version": 2, "why": "not now"}
    assert (await system.post("escalation", f"{path}/refusal", refusal, "cso", subject="wang")).status_code == 201
    assert [type(fact) for fact in await system.admitted("rulebook/calendar/office")] == [
        EscalationDrafted,
        EscalationApproved,
        EscalationDrafted,
        EscalationDraftRefused,
    ]


async def test_a_draft_that_does_not_validate_changes_nothing_and_names_each_fault_with_its_place(
    system: System,
) -> None:
    """R142: all of them, not the first."""
    text = CALENDAR.format(name="office").replace("Europe/London", "Europe/Lodnon").replace("12-25", "12-32")
    answer = await system.post(
        "escalation", "/v1/rulebooks/calendar/bad/drafts", draft("bad") | {"text": text}, "manager"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "rulebook-invalid")
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "name (line 1)",
        "zone (line 2)",
        "day.0.date (line 9)",
    }
    assert await system.admitted("rulebook/calendar/bad") == []
    days = "".join(f'[[day]]\ndate = "2025-13-{n}"\nkind = "holiday"\nwhy = "x"\n' for n in range(10, 1010))
    many = await system.post(
        "escalation",
        "/v1/rulebooks/calendar/bad/drafts",
        draft("bad") | {"text": CALENDAR.format(name="bad") + days},
        "manager",
    )
    assert len({error["pointer"] for error in many.json()["errors"]}) == 1000
    unasked = await system.post(
        "escalation", "/v1/rulebooks/calendar/bad/drafts", draft("bad") | {"consulted": []}, "manager"
    )
    assert (unasked.status_code, unasked.json()["code"]) == (422, "body-invalid")
