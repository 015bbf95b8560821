"""Plays about what is answered: promises, decisions, money, closing and what follows."""

from datetime import UTC, datetime, timedelta

from local.demo.office import Page
from local.demo.stage import Stage

BROKEN_AFTER = timedelta(seconds=6)
"""The promise that nobody keeps is due so soon after it is made."""


async def promise_kept(stage: Stage) -> str:
    case = await stage.taken("promise-kept")
    page = await stage.office.page(case)
    due = datetime.fromisoformat(page["lodged_at"]) + timedelta(days=2)
    promise = {"text": "The key is at the North Garden shop by then, and we bring it.", "due": due.isoformat()}
    made = await stage.office.act("lin", f"complaints/{case}/promises", promise, key="promise-kept/promise")
    kept = {"evidence": "Key handed over, receipt signed by the customer."}
    path = f"complaints/{case}/promises/{made['promise_id']}/keeping"
    await stage.office.act("lin", path, kept, key="promise-kept/keep")
    return case


async def promise_broken(stage: Stage) -> str:
    """A promise whose time passes and that nobody keeps; the register names who owned it."""
    case = await stage.taken("promise-broken")
    if not (await stage.office.page(case)).get("promises"):
        due = datetime.now(UTC) + BROKEN_AFTER
        promise = {"text": "我们今天之内给您一个确切的修好日期。", "due": due.isoformat(), "owner": "lin"}
        await stage.office.act("lin", f"complaints/{case}/promises", promise, key=f"promise-broken/{due.isoformat()}")
    await stage.office.until(case, _has_broken_promise, "shown with a broken promise")
    return case


def _has_broken_promise(page: Page) -> bool:
    return any(promise["state"] == "broken" for promise in page.get("promises", {}).values())


async def reopened(stage: Stage) -> str:
    """Decided, told, accepted and closed; then it is not solved after all and a second cycle begins."""
    name, act = "reopened", stage.office.act
    case = await stage.taken(name)
    await stage.heard(case, name, motive="satisfaction")
    decision = {
        "outcome": "upheld",
        "root_cause": "workshop/assembly",
        "reasons": "The plug of the heater was left open when the glass was replaced. We connect it free of charge.",
    }
    await stage.decided(case, name, decision)
    letter = {
        "kind": "decision",
        "channel": "mail",
        "text": "You are right: the heater was not connected. Bring the car in on any day; it takes ten minutes and is "
        "free. If you do not agree, the motor trade arbitration office will hear you.",
    }
    await act("lin", f"complaints/{case}/messages", letter, key=f"{name}/letter")
    await stage.office.until(case, _has_answer_sent, "answered by a delivered message")
    await act("lin", f"complaints/{case}/callbacks", {"outcome": "satisfied"}, key=f"{name}/callback")
    closing = {"ground": "accepted", "evidence": "Callback: the customer says that the heater works."}
    await act("lin", f"complaints/{case}/closing", closing, key=f"{name}/close")
    again = {"reason": "The customer called: it worked for one day and is cold again."}
    await act("mei", f"complaints/{case}/reopening", again, key=f"{name}/reopen")
    return case


def _has_answer_sent(page: Page) -> bool:
    return any(message.get("state") == "sent" for message in page.get("messages", {}).values())


async def settled_in_one_call(stage: Stage) -> str:
    """Contact, facts, motive, decision and acceptance in one call: the case closes by itself."""
    name = "settled-in-one-call"
    case = await stage.taken(name)
    await stage.heard(case, name, motive="sympathy")
    decision = {
        "outcome": "upheld",
        "root_cause": "parts/stock",
        "reasons": "The fourth tyre comes on Tuesday and will be fitted at the customer's home. The customer agrees.",
        "settled": True,
    }
    await stage.decided(case, name, decision)
    await stage.office.until(case, lambda page: page["status"] == "closed", "closed")
    return case


async def approved_above_limit(stage: Stage) -> str:
    """More than the handler may give: another person with a higher limit approves, then it is given."""
    name, act = "approved-above-limit", stage.office.act
    case = await stage.taken(name, who="app-user")
    await stage.heard(case, name, motive="compensation")
    offer = {"remedy": "refund of lost deposits", "amount_minor": 600_000, "currency": "CNY"}
    made = await act("lin", f"complaints/{case}/offer", offer, key=f"{name}/offer")
    chosen = {"offer_id": made["offer_id"]}
    await act("ada", f"complaints/{case}/approval", chosen, key=f"{name}/approve")
    given = chosen | {"evidence": "Bank transfer, reference in the case file."}
    await act("lin", f"complaints/{case}/redress", given, key=f"{name}/redress")
    return case


async def commended(stage: Stage) -> str:
    """A finding may praise: judged by the accountability department, apart from everybody who handled the case."""
    name = "commended"
    case = await stage.taken(name)
    await stage.heard(case, name, motive="wants-improvement")
    decision = {
        "outcome": "partly-upheld",
        "root_cause": "workshop/planning",
        "reasons": "排班不足造成等待，已增加午间班次。",
    }
    await stage.decided(case, name, decision)
    finding = {
        "responsible": "process",
        "person": "technician-17",
        "measure": "commendation",
        "reasons": "等待是排班的问题；这位师傅主动加班把雨刷换好，值得表扬。",
    }
    await stage.office.act("han", f"complaints/{case}/finding", finding, key=f"{name}/find")
    return case
