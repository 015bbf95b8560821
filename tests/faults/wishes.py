"""What people ask of the services: bodies of commands, drawn by a seeded generator. Must not: send them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

SOON_SECONDS_MAX = 4.0
"""Promises and given clocks fall due this soon, so that the tick has work in the middle of a fault."""


@dataclass(frozen=True)
class Wish:
    """One command. `path` may hold `{id}`, the complaint's."""

    service: str
    path: str
    body: dict[str, Any]
    role: str


LODGE = "/v1/complaints"


def lodging(dice: Random) -> Wish:
    """Somebody complains."""
    body = {
        "channel": dice.choice(("phone", "weibo", "app", "entrance")),
        "text": dice.choice(("刹车失灵", "the brakes failed twice", "合同价格和说的不一样")),
        "product": dice.choice(("car-3", "car-5", "project/riverside")),
        "injury": dice.random() < 0.1,
        "contact": f"+86 139 {dice.randrange(10**8):08d}",
    }
    return Wish("intake", LODGE, body, "reception")


def acts(dice: Random, count: int) -> list[Wish]:
    """What is done with a case, in an order that rules will partly refuse."""
    return [dice.choice(_ACTS)(dice) for _ in range(count)]


def soon(dice: Random) -> str:
    """A time that comes while the fault lasts."""
    return (datetime.now(UTC) + timedelta(seconds=dice.uniform(0.5, SOON_SECONDS_MAX))).isoformat()


def _on_case(service: str, act: str, role: str, **body: object) -> Wish:
    return Wish(service, f"{LODGE}/{{id}}/{act}", body, role)


def _grade(dice: Random) -> Wish:
    grade = dice.choice(("grievance", "complaint"))
    return _on_case("triage", "grade", "teamlead", grade=grade, reason="looked at again")


def _offer(dice: Random) -> Wish:
    """Within the limit of who offers, above it (approval is owed), and above that."""
    amount = dice.choice((5_000, 150_000, 900_000))
    return _on_case("accountability", "offer", "teamlead", remedy="voucher", amount_minor=amount, currency="CNY")


def _promise(dice: Random) -> Wish:
    kind = dice.choice(("action", "callback"))
    return _on_case("accountability", "promises", "handler", text="我们会回电", due=soon(dice), kind=kind)


def _amend(dice: Random) -> Wish:
    after = f"car-{dice.randrange(9)}"
    return _on_case("intake", "amendments", "handler", field="product", after=after, reason="misheard")


def _message(dice: Random) -> Wish:
    kind = dice.choice(("progress", "reply"))
    return _on_case("intake", "messages", "handler", kind=kind, channel="wechat", text="我们在处理")


_ACTS: tuple[Callable[[Random], Wish], ...] = (
    _amend, _message, _grade, _offer, _promise, _promise,
    lambda _: _on_case("intake", "contacts", "handler", channel="phone", outcome="reached", facts="confirmed"),
    lambda _: _on_case("intake", "motive", "handler", motive="compensation"),
    lambda _: _on_case("intake", "withdrawal", "handler", reason="withdrawn on the phone"),
    lambda _: _on_case("triage", "classification", "handler", category="service", dispute="service", reason="tone"),
    lambda _: _on_case("triage", "route", "teamlead", queue="service", first_owner="handler", reason="belongs there"),
    lambda _: _on_case("escalation", "acceptance", "teamlead"),
    lambda _: _on_case("escalation", "offers-of-ownership", "teamlead", to="handler", reason="knows the product"),
    lambda _: _on_case(
        "accountability", "decision", "handler", outcome="upheld", root_cause="supplier", reasons="部件有缺陷"
    ),
    lambda _: _on_case("accountability", "callbacks", "handler", outcome="not-reached"),
    lambda _: _on_case("accountability", "closing", "teamlead", ground="accepted", evidence="a signed settlement"),
)  # fmt: skip
