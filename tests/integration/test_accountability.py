"""Accountability as a real process beside intake: from the first call to the finding, and what comes by itself."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from events.accountability import CallbackScheduled, ComplaintClosed, FindingMade, PromiseBroken
from events.fact import Fact
from processes import System, running
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(stores, tmp_path_factory.mktemp("accountability"), "intake", "accountability") as services:
        yield services


class Case:
    """One complaint, and what is done about it; each command sees what the one before it wrote."""

    def __init__(self, system: System, complaint_id: str, position: str) -> None:
        self.system, self.complaint_id, self.position = system, complaint_id, position

    async def does(
        self, service: str, what: str, body: dict[str, Any], *roles: str, subject: str = "li.na"
    ) -> dict[str, Any]:
        """The answer of a command; its code, where it was refused."""
        path = f"/v1/complaints/{self.complaint_id}/{what}"
        roles = roles or ("handler",)
        answer = await self.system.post(service, path, body, *roles, subject=subject, after=self.position)
        content: dict[str, Any] = answer.json()
        assert (answer.status_code == 201) is ("code" not in content), answer.text
        self.position = answer.headers.get("Complaint-Position", self.position)
        return content

    async def refused(self, what: str, body: dict[str, Any], *roles: str, subject: str = "li.na") -> str:
        return str((await self.does("accountability", what, body, *roles, subject=subject)).get("code"))

    async def done(self, what: str, body: dict[str, Any], *roles: str, subject: str = "li.na") -> dict[str, Any]:
        content = await self.does("accountability", what, body, *roles, subject=subject)
        assert "code" not in content, content
        return content

    async def heard(self) -> None:
        """Contact, facts, agreement and motive."""
        contact = {"channel": "phone", "outcome": "reached", "facts": "confirmed", "agreed": True}
        await self.does("intake", "contacts", contact)
        await self.does("intake", "motive", {"motive": "compensation"})

    async def tells(self, last: str) -> list[Fact]:
        return await self.system.told(self.complaint_id, last)


async def lodged(system: System) -> Case:
    answer = await system.post("intake", "/v1/complaints", {"channel": "phone", "text": "刹车失灵"}, "complainant")
    assert answer.status_code == 201, answer.text
    return Case(system, answer.json()["complaint_id"], answer.headers["Complaint-Position"])


DECISION = {"outcome": "upheld", "root_cause": "brake line", "reasons": "我们的错"}
CLOSING = {"ground": "accepted", "evidence": "call of today"}


async def test_a_case_is_heard_decided_answered_confirmed_and_closed(system: System) -> None:
    """R03, R73, R74, R80, R92, R96: every gate refuses by its code before it opens."""
    case = await lodged(system)
    assert await case.refused("decision", DECISION) == "contact-missing"
    await case.heard()
    assert await case.refused("closing", CLOSING) == "decision-missing"
    await case.done("decision", DECISION)
    assert await case.refused("closing", CLOSING) == "answer-missing"
    await case.does("intake", "messages", {"kind": "decision", "channel": "mail", "text": "我们的错,即日赔付"})
    await case.tells("message-sent")
    assert await case.refused("closing", CLOSING) in ("answer-missing", "acceptance-missing")
    await case.done("callbacks", {"outcome": "satisfied", "attitude": "routine"})
    await case.done("closing", CLOSING)
    assert await case.refused("closing", CLOSING) == "case-closed"
    finding = {"responsible": "process", "measure": "training", "reasons": "检修流程"}
    assert await case.refused("finding", finding, "judge") == "judge-not-apart"
    assert await case.refused("replies", {"text": "我按规程做的"}, subject="wu") == "reply-not-asked"
    await case.done("replies/asked", {"of": "wu"}, "judge", subject="judge-1")
    await case.done("replies", {"text": "我按规程做的"}, subject="wu")
    await case.done("finding", finding | {"person": "wu"}, "judge", subject="judge-1")
    (found,) = [fact for fact in await case.tells("finding-made") if isinstance(fact, FindingMade)]
    assert found.reply == "given"
    (closed,) = [fact for fact in await case.tells("finding-made") if isinstance(fact, ComplaintClosed)]
    assert closed.next_instance


async def test_an_offer_above_the_limit_waits_for_another_person(system: System) -> None:
    """R119: the limit is checked on the server, and the approver's own limit is named."""
    case = await lodged(system)
    await case.heard()
    offer = {"remedy": "refund", "amount_minor": 60_000, "currency": "CNY"}
    offer_id = {"offer_id": (await case.done("offer", offer))["offer_id"]}
    assert await case.refused("redress", offer_id | {"evidence": "transfer"}) == "offer-not-standing"
    assert await case.refused("approval", offer_id, "teamlead") == "same-person"
    await case.done("approval", offer_id, "teamlead", subject="lead-1")
    await case.done("redress", offer_id | {"evidence": "transfer"})
    second = {"offer_id": (await case.done("offer", offer))["offer_id"]}
    await case.done("approval/refusal", second | {"reason": "given already"}, "teamlead", subject="lead-1")
    assert await case.refused("redress", second | {"evidence": "transfer"}) == "offer-not-standing"
    third = {"offer_id": (await case.done("offer", offer))["offer_id"], "reason": "another one instead"}
    assert await case.refused("offer/withdrawal", third, subject="wu") == "not-yours-to-withdraw"
    await case.done("offer/withdrawal", third)
    assert await case.refused("approval", offer_id, "teamlead", subject="lead-1") == "offer-not-waiting"


QUIET_AT_MOST = timedelta(hours=11)
"""A callback that would fall into the quiet hours of the night, 21 to 8 by the shipped rules, waits for their end."""


async def test_nobody_is_called_back_in_hours_that_they_asked_not_to_be_called(system: System) -> None:
    """R96: all of the day but one minute, and that counts though it lies in the night."""
    case = await lodged(system)
    await case.does("intake", "contact-preferences", {"quiet_hours": "00:00-23:59", "zone": "UTC"})
    await case.heard()
    await case.done("decision", DECISION | {"settled": True})
    (callback,) = [fact for fact in await case.tells("callback-scheduled") if isinstance(fact, CallbackScheduled)]
    assert (callback.due.hour, callback.due.minute) == (23, 59)


async def test_a_case_settled_in_one_call_closes_by_itself_and_is_called_back(system: System) -> None:
    """R46, R96, R145: the decision is the last that anybody has to do."""
    case = await lodged(system)
    await case.heard()
    await case.done("decision", DECISION | {"settled": True})
    facts = await case.tells("callback-scheduled")
    (closed,) = [fact for fact in facts if isinstance(fact, ComplaintClosed)]
    (callback,) = [fact for fact in facts if isinstance(fact, CallbackScheduled)]
    assert closed.ground == "accepted"
    assert timedelta(days=3) <= callback.due - closed.at <= timedelta(days=3) + QUIET_AT_MOST
    await case.done("callbacks", {"outcome": "not-satisfied", "attitude": "leaving"})
    await case.tells("reopened")


async def test_a_promise_not_kept_is_broken_at_its_due_time(system: System) -> None:
    """L14: by the tick, at the promised time."""
    case = await lodged(system)
    due = datetime.now(UTC) + timedelta(seconds=5)
    await case.done("promises", {"text": "五秒内回电", "due": due.isoformat(), "kind": "callback"})
    kept = {"promise_id": (await case.done("promises", {"text": "明天", "due": "2099-01-01T00:00:00Z"}))["promise_id"]}
    await case.done(f"promises/{kept['promise_id']}/keeping", {"evidence": "done at once"})
    (broken,) = [fact for fact in await case.tells("promise-broken") if isinstance(fact, PromiseBroken)]
    assert broken.at == due
    assert broken.promise_id != kept["promise_id"]


async def test_bad_input_is_named(system: System) -> None:
    """A member that nobody knows, a word of no list, a text that cannot be kept, an amount below zero."""
    case = await lodged(system)
    for what, body in (
        ("decision", DECISION | {"outcome": "maybe"}),
        ("decision", DECISION | {"mood": "sad"}),
        ("decision", DECISION | {"reasons": "\x00"}),
        ("decision", DECISION | {"reasons": "\U0001f62d" * 60_000}),
        ("offer", {"remedy": "refund", "amount_minor": -1, "currency": "CNY"}),
        ("offer", {"remedy": "refund", "amount_minor": 1, "currency": "yuan"}),
        ("promises", {"text": "x", "due": "2026-03-02T12:00:00"}),
        ("promises", {"text": "x", "due": "1900-03-02T12:00:00Z"}),
        ("redress", {"offer_id": "o1", "evidence": "x"}),
    ):
        assert await case.refused(what, body) == "body-invalid", (what, body)
    assert await case.refused("decision", DECISION, "reception") == "role-missing"
    nowhere = Case(system, str(uuid.uuid4()), case.position)
    assert await nowhere.refused("decision", DECISION) == "nothing-lodged"


async def test_a_budget_is_reserved_by_many_at_once_and_never_overdrawn(system: System) -> None:
    """L17: reserve in the budget's own stream first; then the offer names the admitted reservation, once."""
    case = await lodged(system)
    await case.heard()
    path = "/v1/budgets/harbour:2026-Q4"
    amount = {"amount_minor": 100_000, "currency": "CNY", "reason": "fourth quarter"}
    assert (await system.post("accountability", path, amount, "handler")).status_code == 403
    assert (await system.post("accountability", path, amount, "manager")).status_code == 201
    nobody = {"complaint_id": str(uuid.uuid4()), "amount_minor": 15_000}
    unlodged = await system.post("accountability", f"{path}/reservations", nobody, "handler")
    assert (unlodged.status_code, unlodged.json()["code"]) == (409, "nothing-lodged")
    wanted = {"complaint_id": case.complaint_id, "amount_minor": 15_000}
    answers = await asyncio.gather(
        *(system.post("accountability", f"{path}/reservations", wanted, "handler") for _ in range(12))
    )
    reserved = [answer.json()["reservation_id"] for answer in answers if answer.status_code == 201]
    refused = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert (len(reserved), refused) == (6, {"budget-spent"})
    await case.done("budget", {"budget": "harbour:2026-Q4", "reason": "their workshop"})
    offer = {"remedy": "voucher", "amount_minor": 15_000, "currency": "CNY"}
    assert await case.refused("offer", offer) == "reservation-missing"
    assert await case.refused("offer", {**offer, "reservation_id": str(uuid.uuid4())}) == "reservation-unfit"
    await case.done("offer", {**offer, "reservation_id": reserved[0]})
    assert await case.refused("offer", {**offer, "reservation_id": reserved[0]}) == "reservation-unfit"
    used = await system.post("accountability", f"{path}/reservations/{reserved[0]}/release", {"reason": "x"}, "cso")
    assert (used.status_code, used.json()["code"]) == (409, "reservation-used")
    unneeded = f"{path}/reservations/{reserved[1]}/release"
    assert (await system.post("accountability", unneeded, {"reason": "not needed"}, "cso")).status_code == 201
    again = await system.post("accountability", f"{path}/reservations", wanted, "handler")
    assert again.status_code == 201, again.text
    assert await case.refused("offer", {**offer, "reservation_id": reserved[1]}) == "reservation-unfit"
    for reservation in reserved[2:5]:
        released, offered = await asyncio.gather(
            system.post("accountability", f"{path}/reservations/{reservation}/release", {"reason": "x"}, "cso"),
            case.does("accountability", "offer", {**offer, "reservation_id": reservation}),
        )
        assert (released.status_code == 201) is ("code" in offered), (released.text, offered)
