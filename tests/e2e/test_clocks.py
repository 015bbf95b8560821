"""A clock from a publisher's wish to its proof, through all services: unjudged, published, paused, proved, tried."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from events.fact import GivenDue
from events.inbound import ToldLodged
from local.importing.history import Event
from local.importing.publish import tell
from local.importing.receipts import Receipts
from proof_text import checked, read
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
SOURCE, GIVEN = "waterworks", "handled"
PACK = """
name = "water-desk"
title = "The water desk"
source = "invented"
calendar = "cn"
on_request = true

[[policy]]
name = "answer"
starts = "lodged"
budget = { amount = 30, unit = "business-hours" }
pauses = ["evidence"]
met_by = ["closed"]
source = "invented"
standing = "S"
"""


async def lodged(system: System, policy: str) -> str:
    """A publisher tells a complaint, asks for a clock by this policy, and gives one a due time; the complaint's id."""
    now = datetime.now(UTC)
    dues = (GivenDue(clock="answer", policy=policy), GivenDue(clock=GIVEN, due=now + timedelta(days=30)))
    event = Event(str(uuid4()), SOURCE, f"ref-{uuid4()}", now, ToldLodged(channel="phone", dues=dues))
    async with Receipts(system.stack.kafka, SOURCE) as receipts:
        await tell(system.stack.kafka, receipts, [event])
    await system.until(lambda: system.has_cases(SOURCE, 1), 30)
    (case,) = (await system.get("complaints", source=SOURCE, source_ref=event.subject))["items"]
    return str(case["id"])


async def send(system: System, path: str, body: Mapping[str, Any], role: str = "manager", subject: str = "ann") -> Any:  # noqa: ANN401 - any JSON
    """A command of somebody with that role."""
    token = system.stack.token(role, subject=subject)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    answer = await system.api.post(f"/v1/{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def publish(system: System) -> None:
    """Ann drafts the pack, ben approves it."""
    draft = {"text": PACK, "why": "a new desk", "consulted": ["care"], "effective_at": "2025-01-01T00:00:00Z"}
    await send(system, "rulebooks/pack/water-desk/drafts", draft)
    await send(system, "rulebooks/pack/water-desk/approval", {"version": 1}, subject="ben")


async def parked(system: System) -> list[dict[str, Any]]:
    return list((await system.get("parked"))["items"])


async def answering(system: System, case: str, name: str = "answer") -> dict[str, Any]:
    """The clock that the publisher asked for, among those of the company's own pack."""
    (clock,) = [one for one in (await system.get(f"complaints/{case}/clocks"))["items"] if one["clock"] == name]
    return dict(clock)


async def test_a_policy_that_nobody_knows_is_unjudged_until_somebody_publishes_it(
    system: System, tmp_path: Path
) -> None:
    """L22: parked and shown with the time to mend it, never silently without a clock; then proved, paused and tried."""
    case = await lodged(system, "water-desk/answer")

    async def unjudged() -> bool:
        return bool((await system.get("sla-board", source=SOURCE))["unjudged"] == 1)

    await system.until(unjudged, 30)
    (waits,) = await parked(system)
    assert (waits["service"], waits["complaint_id"], waits["kind"]) == ("escalation", case, "proposals")
    assert waits["mend_until"] > waits["since"]
    assert [one["service"] for one in (await system.get(f"complaints/{case}"))["unjudged"]] == ["escalation"]

    await publish(system)

    async def mended() -> bool:
        told = await system.get(f"complaints/{case}")  # what parked is told on a topic of its own: before it or after
        return not await parked(system) and not await unjudged() and "answer" in told.get("clocks", {})

    await system.until(mended, 60)
    clock = await answering(system, case)
    assert (clock["state"], clock["policy"]) == ("running", "water-desk/answer@1")
    assert clock["due"] == clock["recorded_due"]

    await _proved(system, case, clock, tmp_path / "facts.ndjson")
    await _given(system, case, tmp_path / "given.ndjson")
    await _paused(system, case, clock)
    await _tried(system, case)
    await _shown(system, case)


async def _proved(system: System, case: str, clock: dict[str, Any], export: Path) -> None:
    """The text adds up to the due time; the command line gives the same bytes from exported facts alone."""
    path = f"/v1/complaints/{case}/clocks/{quote('answer')}/proof"
    assert clock["proof"] == path
    as_json = (await system.api.get(path)).raise_for_status()
    as_text = (await system.api.get(path, headers={"accept": "text/plain"})).raise_for_status()
    found = checked(as_text.text)
    assert found.counted[1].total_seconds() == 30 * 3600
    assert found.ends == found.due == datetime.fromisoformat(clock["due"])
    assert await _counted_again(system, clock, export) == as_json.content


async def _given(system: System, case: str, export: Path) -> None:
    """A due time that was given is proved by the event that gave it: nothing was counted."""
    clock = await answering(system, case, GIVEN)
    as_json = (await system.api.get(clock["proof"])).raise_for_status()
    giver = as_json.json()["given_by"]
    (lodged_by,) = [
        one["event_id"] for one in (await system.get(f"complaints/{case}/timeline"))["items"] if one["fact"] == "lodged"
    ]
    assert (giver["source"], giver["event"]) == (SOURCE, lodged_by)
    found = read((await system.api.get(clock["proof"], headers={"accept": "text/plain"})).raise_for_status().text)
    assert (found.counted[1].total_seconds(), found.ends) == (0, datetime.fromisoformat(clock["due"]))
    assert await _counted_again(system, clock, export) == as_json.content


async def _counted_again(system: System, clock: Mapping[str, Any], export: Path) -> bytes:
    """What the command line makes of the exported facts."""
    facts = (await system.api.get(clock["facts"])).raise_for_status()
    export.write_bytes(facts.content)
    program = Path(sys.executable).with_name("complaints")
    process = await asyncio.create_subprocess_exec(program, "clock", "proof", export, clock["clock"], stdout=PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return out


async def _paused(system: System, case: str, clock: dict[str, Any]) -> None:
    """A lawful pause stands in the list, and its due time is as if it went on now."""
    await send(system, f"complaints/{case}/clocks/answer/pause", {"reason": "evidence"})

    async def shown() -> bool:
        now = await answering(system, case)
        return bool(now["state"] == "paused" and now["pause_reason"] == "evidence" and now["due"] >= clock["due"])

    await system.until(shown, 30)


async def _tried(system: System, case: str) -> None:
    """A draft with twice the time, on this case; nothing is written."""
    draft = {"name": "water-desk", "text": PACK.replace("amount = 30", "amount = 60")}
    body = {"pack": draft, "complaints": [case]}
    (moved,) = (await send(system, "clocks/preview", body))["items"]
    assert (moved["difference_seconds"] > 0, moved["kept"]) == (True, None)
    versions = (await system.get("rulebooks/pack/water-desk"))["versions"]
    assert len(versions) == 1


async def _shown(system: System, case: str) -> None:
    """The console shows the clock, its proof as a page, and the case as it was; before it was lodged, not at all."""
    headers = {"authorization": "", "cookie": f"complaints_session={system.stack.token('teamlead')}; lang=en"}

    async def page(path: str) -> tuple[int, str]:
        answer = await system.api.get(f"/console/cases/{case}{path}", headers=headers)
        return answer.status_code, answer.text

    status, html = await page("")
    assert (status, f"/console/cases/{case}/clocks/answer/proof" in html, "Paused" in html) == (200, True, True)
    status, html = await page("/clocks/answer/proof")
    assert (status, "water-desk/answer@1" in html, "Counted" in html) == (200, True, True)
    status, html = await page(f"/clocks/{GIVEN}/proof")
    assert (status, "Nothing was counted" in html) == (200, True)
    assert (await page("?as_of=2024-01-01T00:00"))[0] == 404
    status, html = await page("?known_at=2099-01-01T00:00")
    assert (status, "As it was known" in html) == (200, True)
