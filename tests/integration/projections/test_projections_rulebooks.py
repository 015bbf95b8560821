"""Rulebooks as they are read: the list, one of them as of an instant, as known at an instant, and each version."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from folded import Folded

STREAM = "rulebook/calendar/cn"
MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def drafted(version: int, day: int, *, effective: int | None = None) -> EscalationDrafted:
    return EscalationDrafted(
        at=MARCH + day * DAY, version=version, text=f"text {version}", why="a holiday",
        consulted=("legal",), by="li.na",
        effective_at=MARCH + (day if effective is None else effective) * DAY, applies_to_running=True,
    )  # fmt: skip


@pytest.fixture
async def told(folded: Folded) -> Folded:
    """Version 1 from day 0; 2 refused; 3, known on day 20, holds from day 10 on; 4 is drafted."""
    folded.log.tell(
        STREAM,
        drafted(1, 0),
        EscalationApproved(at=MARCH + DAY, version=1, by="wang"),
        drafted(2, 5),
        EscalationDraftRefused(at=MARCH + 6 * DAY, version=2, why="a slip", by="wang"),
        drafted(3, 19, effective=10),
        EscalationApproved(at=MARCH + 20 * DAY, version=3, by="zhao"),
        drafted(4, 30),
    )
    await folded.catch_up()
    return folded


async def in_force(api: httpx.AsyncClient, **asked: int) -> int | None:
    params = {name: (MARCH + day * DAY).isoformat() for name, day in asked.items()}
    answer = (await api.get("/v1/rulebooks/calendar/cn", params=params)).raise_for_status().json()
    return answer["in_force"] and int(answer["in_force"]["version"])


async def test_what_was_in_force_then_and_what_was_known_then(api: httpx.AsyncClient, told: Folded) -> None:
    """L24: both questions stay answerable after a late change."""
    assert told.told
    assert await in_force(api, as_of=-1) is None
    assert await in_force(api, as_of=5) == 1
    assert await in_force(api, as_of=15) == 3
    assert await in_force(api, as_of=15, known_at=15) == 1
    assert await in_force(api, known_at=15) == 1
    assert await in_force(api) == 3


async def test_every_version_says_who_wrote_it_why_and_who_was_asked(api: httpx.AsyncClient, told: Folded) -> None:
    assert told.told
    answer = (await api.get("/v1/rulebooks/calendar/cn")).json()
    assert [(one["version"], one["state"], one.get("approved_by")) for one in answer["versions"]] == [
        (1, "approved", "wang"),
        (2, "refused", None),
        (3, "approved", "zhao"),
        (4, "drafted", None),
    ]
    assert answer["draft"]["text"] == "text 4"
    assert (answer["in_force"]["text"], answer["in_force"]["consulted"]) == ("text 3", ["legal"])
    assert "text" not in answer["versions"][0]
    refused = (await api.get("/v1/rulebooks/calendar/cn/versions/2")).json()
    assert (refused["text"], refused["refused_because"]) == ("text 2", "a slip")


async def test_all_rulebooks_are_listed(api: httpx.AsyncClient, told: Folded) -> None:
    assert told.told
    (line,) = (await api.get("/v1/rulebooks")).json()["items"]
    assert (line["kind"], line["name"], line["version"], line["draft"]) == ("calendar", "cn", 3, 4)
    for path in ("calendar/fr", "calendar/cn/versions/9"):
        assert (await api.get(f"/v1/rulebooks/{path}")).json()["code"] == "not-found"


async def test_who_approved_which_rules_is_found_by_the_person(api: httpx.AsyncClient, told: Folded) -> None:
    """R64, R142: in the register, the same however the log was cut."""
    whole = await told.tables()
    lines = (await api.get("/v1/register", params={"by": "zhao"})).json()["items"]
    assert [(one["act"], one["rule"], one["second_person"]) for one in lines] == [
        ("rulebook-approved", "calendar/cn@3", "li.na")
    ]
    of_rules = (await api.get("/v1/register", params={"kind": "rules", "rule": "calendar/cn@2"})).json()["items"]
    assert [(one["act"], one["by"]) for one in of_rules] == [
        ("rulebook-refused", "wang"),
        ("rulebook-drafted", "li.na"),
    ]
    for table in whole:
        await told.pool.execute(f"truncate {table}")
    told.told = 0
    await told.catch_up(batch=1)
    assert await told.tables() == whole
