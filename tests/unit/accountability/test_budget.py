"""Budgets: what is given over many complaints never comes to more than was set (L17). Given, when, then."""

from dataclasses import replace
from typing import Any

import pytest

from accountability.decider import DECIDER
from accountability.decider.commands import GiveUpReservation, NameBudget, OfferRemedy, Release, Reserve, SetBudget
from accountability.decider.state import Budget, Open
from accountability.rules import Budgets
from events.accountability import BudgetNamed, RemedyOffered
from events.budgets import BudgetReserved
from events.decider import NOTHING, Refused
from given import Story, story
from unit.accountability.cases import (
    HEARD,
    LODGED,
    NOON,
    RULES,
    approval,
    asked,
    did,
    later,
    offer,
    redress,
    refusal,
    refused,
    told,
)

SET = SetBudget(**asked("cso"), amount_minor=100_000, currency="CNY", reason="fourth quarter")
RESERVE = Reserve(**asked(), reservation="r1", complaint="c1", amount_minor=60_000, about=())
RELEASE = Release(**asked("cso"), reservation="r1", reason="not needed", complaint="c1", given_up=True, about=())
GIVE_UP = GiveUpReservation(**asked("cso"), reservation="r1", reason="not needed")
NAME = NameBudget(**asked(), budget="harbour:2026-Q4", reason="their workshop")
BUDGET = did(told(), SET, RESERVE)
CASE = did(told(*HEARD), NAME)
STREAM = "budget/harbour:2026-Q4"


def paid(**changed: object) -> OfferRemedy:
    """An offer of 50 000 on the complaint c1, out of the reservation r1."""
    return replace(replace(offer(amount_minor=50_000), complaint="c1", reservation="r1"), **changed)  # type: ignore[arg-type]


def with_budget(case: Story[Any]) -> Story[Any]:
    return case.beside(**{STREAM: BUDGET.state})


def test_what_is_reserved_never_comes_to_more_than_the_budget() -> None:
    another = replace(RESERVE, reservation="r2", complaint="c2", amount_minor=40_001)
    assert refused(BUDGET, another) == "budget-spent"
    assert isinstance(BUDGET.when(replace(another, amount_minor=40_000)), BudgetReserved)
    assert isinstance(did(BUDGET, RELEASE).when(another), BudgetReserved)
    assert BUDGET.owes(later(days=30)) == NOTHING


def test_a_budget_is_raised_and_lowered_not_below_what_is_reserved_and_keeps_its_currency() -> None:
    assert refused(BUDGET, replace(SET, amount_minor=59_999)) == "budget-too-small"
    assert refused(BUDGET, replace(SET, currency="EUR")) == "currency-differs"
    lowered = did(BUDGET, replace(SET, amount_minor=60_000)).state
    assert isinstance(lowered, Budget)
    assert (lowered.amount_minor, len(lowered.reserved)) == (60_000, 1)


@pytest.mark.parametrize("command", [RESERVE, RELEASE])
def test_nothing_is_reserved_where_no_budget_was_set(command: object) -> None:
    assert refused(told(), command) == "no-such-budget"
    assert refused(told(LODGED), command) == "no-such-budget"
    assert refused(told(LODGED), SET) == "no-such-budget"
    assert refused(did(BUDGET, RELEASE), RELEASE) == "nothing-reserved"


def test_what_an_offer_has_used_is_not_released_until_that_is_declined() -> None:
    """L17: what stands or was given stays covered. Released is what belongs to the case that was looked at."""
    assert refused(BUDGET, replace(RELEASE, given_up=False)) == "reservation-used"
    assert refused(BUDGET, replace(RELEASE, complaint=None)) == "nothing-reserved"
    assert refused(BUDGET, replace(RELEASE, complaint="c2")) == "nothing-reserved"
    large = paid(amount_minor=60_000)
    waiting = did(with_budget(CASE), large)
    for used in (waiting, did(waiting, approval()), did(waiting, approval(), redress())):
        assert isinstance(used.state, Open)
        assert used.state.case.spent == ("r1",)
    free = did(waiting, refusal())
    assert isinstance(free.state, Open)
    assert free.state.case.spent == ()
    assert isinstance(with_budget(free).when(replace(large, offer_id="o2")), RemedyOffered)


def test_what_the_case_has_given_up_is_released_and_no_offer_takes_it() -> None:
    """L17: of an offer and a release in the same moment the case lets one through, for both change its own record; and
    what was given up once stays so.
    """
    gone = did(with_budget(CASE), GIVE_UP)
    assert refused(gone, paid()) == "reservation-unfit"
    assert refused(gone, GIVE_UP) == "nothing-changed"
    waiting = did(with_budget(CASE), paid(amount_minor=60_000))
    assert refused(waiting, GIVE_UP) == "reservation-used"
    did(waiting, refusal(), GIVE_UP)
    assert refused(did(waiting, approval(), redress()), GIVE_UP) == "reservation-used"


def test_whom_a_case_is_about_gives_up_nothing_of_it_whatever_the_table_says() -> None:
    """R24: as they reserve nothing, and release nothing."""
    apart = RULES.apart.model_copy(update={"subject": ()})
    given = CASE.ruled(RULES.model_copy(update={"apart": apart}))
    assert refused(given, replace(GIVE_UP, by="agent-x")) == "conflict-of-interest"
    did(given, GIVE_UP)


def test_a_budget_is_no_case() -> None:
    assert refused(BUDGET, offer()) == "nothing-lodged"
    assert DECIDER.leans_on(BUDGET.state) == ()
    assert DECIDER.key_of(BUDGET.state) is None


def test_an_offer_names_what_was_reserved_for_it() -> None:
    """L17: reserve first, then name the admitted reservation."""
    assert DECIDER.leans_on(CASE.state) == (STREAM,)
    made = with_budget(CASE).when(paid())
    assert isinstance(made, RemedyOffered)
    assert made.reservation == "r1"
    assert refused(with_budget(CASE).then(made), replace(paid(), offer_id="o2")) == "reservation-unfit"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reservation": None}, "reservation-missing"),
        ({"reservation": "r9"}, "reservation-unfit"),
        ({"complaint": "c2"}, "reservation-unfit"),
        ({"reservation": "r9", "amount_minor": 0}, "reservation-unfit"),
        ({"amount_minor": 60_001}, "reservation-too-small"),
        ({"currency": "EUR", "amount_minor": 1}, "reservation-too-small"),
    ],
)
def test_an_offer_that_is_not_covered_is_refused(changed: dict[str, object], code: str) -> None:
    assert refused(with_budget(CASE), paid(**changed)) == code
    assert refused(CASE, paid()) == "no-such-budget"


def test_each_reservation_pays_once_however_many_there_are() -> None:
    """L17."""
    both = {STREAM: did(BUDGET, replace(RESERVE, reservation="r2", amount_minor=40_000)).state}
    second = paid(offer_id="o2", reservation="r2", amount_minor=40_000)
    given = did(CASE.beside(**both), paid(), second)
    for reservation in ("r1", "r2"):
        assert refused(given, paid(offer_id="o3", reservation=reservation, amount_minor=1)) == "reservation-unfit"


def test_all_that_was_reserved_can_be_offered() -> None:
    assert isinstance(with_budget(CASE).when(paid(amount_minor=60_000)), RemedyOffered)


def test_an_apology_costs_no_budget() -> None:
    assert isinstance(with_budget(CASE).when(paid(amount_minor=0, reservation=None)), RemedyOffered)


def test_the_rules_may_ask_for_a_budget_above_an_amount() -> None:
    rules = RULES.model_copy(update={"budgets": Budgets(needed_above={"CNY": 10_000})})
    given = story(DECIDER, rules, *HEARD)
    answer = given.when(offer(amount_minor=10_001))
    assert isinstance(answer, Refused)
    assert answer.code == "budget-missing"
    assert not isinstance(given.when(offer(amount_minor=10_000)), Refused)
    assert not isinstance(told(*HEARD).when(offer(amount_minor=10_001)), Refused)


def test_a_case_names_another_budget_but_not_the_same_again() -> None:
    assert refused(CASE, NAME) == "nothing-changed"
    other = CASE.when(replace(NAME, budget="harbour:2027-Q1"))
    assert other == BudgetNamed(at=NOON, budget="harbour:2027-Q1", reason="their workshop", by="handler")
