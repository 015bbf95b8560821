"""What must hold for the view of budgets: set, reserved and left, as the budget's own stream says it (L17)."""

from datetime import UTC, datetime

from hypothesis import given

from accountability.decider.budget import with_budget
from accountability.decider.state import Budget as Ruled
from anything import histories
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.fact import Fact
from projections.views import budgets
from projections.views.budgets import Budget
from told import Log

NOON = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)
SET = BudgetSet(at=NOON, amount_minor=100_000, currency="CNY", reason="fourth quarter", by="manager-1")
KEPT = BudgetReserved(at=NOON, reservation="r1", complaint="c1", amount_minor=60_000, by="handler-1")
FREED = BudgetReleased(at=NOON, reservation="r1", reason="not needed", by="manager-1")


def shown(*facts: Fact) -> Budget:
    page: Budget | None = None
    for told in Log().tell("budget/harbour:2026-Q4", *facts):
        page = budgets.fold(page, told)
    assert page is not None
    return page


def test_a_budget_says_what_is_set_reserved_and_left() -> None:
    """L17: each reservation with its complaint; what was released stays, with the reason."""
    page = shown(SET, KEPT)
    assert (page["id"], page["currency"]) == ("harbour:2026-Q4", "CNY")
    assert (page["amount_minor"], page["reserved_minor"], page["left_minor"]) == (100_000, 60_000, 40_000)
    assert page["reservations"]["r1"]["complaint"] == "c1"
    page = shown(SET, KEPT, FREED, SET.model_copy(update={"amount_minor": 5, "reason": "cut"}))
    assert (page["reserved_minor"], page["left_minor"], page["set"]["reason"]) == (0, 5, "cut")
    assert (page["reservations"], page["released"]["r1"]["complaint"]) == ({}, "c1")
    assert page["released"]["r1"]["released"]["reason"] == "not needed"


@given(histories((BudgetSet, BudgetReserved, BudgetReleased)))
def test_what_is_seen_of_a_budget_is_what_accountability_goes_by(history: list[Fact]) -> None:
    """L17: the sums of the view are those that the next reservation is judged by, whatever the order of facts."""
    once: dict[str, Fact] = {}
    facts = [
        one for one in history if not isinstance(one, BudgetReserved) or once.setdefault(one.reservation, one) is one
    ]
    ruled = Ruled(0, "")
    for fact in facts:
        ruled = with_budget(ruled, fact)
    if facts:
        page = shown(*facts)
        assert page["reserved_minor"] == sum(one.amount_minor for one in ruled.reserved)
        assert set(page["reservations"]) == {one.reservation for one in ruled.reserved}
        if "amount_minor" in page:
            assert (page["amount_minor"], page["currency"]) == (ruled.amount_minor, ruled.currency)
            assert page["left_minor"] == page["amount_minor"] - page["reserved_minor"]
