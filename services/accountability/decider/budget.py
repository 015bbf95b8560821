"""Budgets of a department and period: a sum over many complaints is a stream of its own, and one reserves there (L17).

First the reservation is admitted in the budget's stream, where all reservations take turns; then the offer names it. To
release it the case gives it up first, in its own stream, where its offers take turns; then the budget releases it.
"""

from typing import assert_never

from accountability.decider.commands import (
    GiveUpReservation,
    NameBudget,
    OfferRemedy,
    OnBudget,
    Release,
    Reserve,
    SetBudget,
)
from accountability.decider.state import Budget, Case, Closed, Empty, Open, Reservation, State
from accountability.rules import Rules
from events.accountability import BudgetNamed, ReservationGivenUp
from events.apart import about_oneself
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.changed import changed
from events.decider import Context, Refused
from events.fact import Fact
from events.ids import BUDGET

NAME = r"^[a-z0-9][a-z0-9-]{0,60}:[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]))?$"
"""`<department>:<period>`, the period a year, quarter or month: `harbour:2026-Q4`."""
_USED = Refused("reservation-used", "an offer that still counts is paid out of this reservation")
_NO_BUDGET = Refused("no-such-budget", "no amount has been set for this budget")


def budget_stream(budget: str) -> str:
    """The stream of a budget."""
    return f"{BUDGET}{budget}"


def on_budget(command: OnBudget, state: State) -> Fact | Refused:
    """What is reserved never comes to more than the budget."""
    match command:
        case SetBudget():
            return _set(command, state)
        case Reserve():
            return _kept_apart(command) or (_reserve(command, state) if isinstance(state, Budget) else _NO_BUDGET)
        case Release():
            return _kept_apart(command) or (_release(command, state) if isinstance(state, Budget) else _NO_BUDGET)
    assert_never(command)


def _kept_apart(command: Reserve | Release) -> Refused | None:
    """Whom that complaint is about neither reserves for it nor frees what was (R24)."""
    return about_oneself(command.by, command.about)


def _set(command: SetBudget, state: State) -> BudgetSet | Refused:
    if not isinstance(state, Budget | Empty):
        return _NO_BUDGET
    if isinstance(state, Budget) and command.currency != state.currency:
        return Refused("currency-differs", f"this budget is kept in {state.currency}")
    if isinstance(state, Budget) and command.amount_minor < _reserved(state):
        return Refused("budget-too-small", f"{_reserved(state)} {state.currency} minor are reserved already")
    return BudgetSet(
        at=command.now,
        amount_minor=command.amount_minor,
        currency=command.currency,
        reason=command.reason,
        by=command.by,
    )


def _reserve(command: Reserve, budget: Budget) -> BudgetReserved | Refused:
    left = budget.amount_minor - _reserved(budget)
    if command.amount_minor > left:
        return Refused("budget-spent", f"{left} {budget.currency} minor are left of this budget")
    return BudgetReserved(
        at=command.now,
        reservation=command.reservation,
        complaint=command.complaint,
        amount_minor=command.amount_minor,
        by=command.by,
    )


def _release(command: Release, budget: Budget) -> BudgetReleased | Refused:
    kept = kept_as(budget, command.reservation)
    if kept is None or kept.complaint != command.complaint:
        return Refused("nothing-reserved", "no such reservation stands in this budget")
    if not command.given_up:
        return _USED
    return BudgetReleased(at=command.now, reservation=command.reservation, reason=command.reason, by=command.by)


def _reserved(budget: Budget) -> int:
    return sum(one.amount_minor for one in budget.reserved)


def kept_as(budget: Budget, reservation: str) -> Reservation | None:
    """What is reserved there under this id."""
    return next((one for one in budget.reserved if one.reservation == reservation), None)


def name_budget(command: NameBudget, state: Open | Closed) -> BudgetNamed | Refused:
    """Once for each change of mind; offers made before stay as they are."""
    if command.budget == state.case.budget:
        return Refused("nothing-changed", "it is paid out of this budget already")
    return BudgetNamed(at=command.now, budget=command.budget, reason=command.reason, by=command.by)


def give_up(command: GiveUpReservation, case: Case) -> ReservationGivenUp | Refused:
    """On the case itself, where an offer made in the same moment meets it: one of the two is let through."""
    refused = about_oneself(command.by, case.about)
    if refused is not None:
        return refused
    if command.reservation in case.spent:
        return _USED
    if command.reservation in case.given_up:
        return Refused("nothing-changed", "it was given up before")
    return ReservationGivenUp(at=command.now, reservation=command.reservation, reason=command.reason, by=command.by)


def covered(command: OfferRemedy, case: Case, rules: Rules, context: Context) -> Refused | None:
    """Money that the rules or the case want out of a budget was reserved there, for this case, and not yet offered."""
    needed_above = rules.budgets.needed_above.get(command.currency)
    if case.budget is None:
        if needed_above is None or command.amount_minor <= needed_above:
            return None
        return Refused("budget-missing", "name the budget that pays an offer of this size")
    if command.amount_minor == 0 and command.reservation is None:
        return None
    if command.reservation is None:
        return Refused("reservation-missing", "reserve the amount in the budget of the case, and name the reservation")
    budget = context.others.get(budget_stream(case.budget))
    if not isinstance(budget, Budget):
        return _NO_BUDGET
    kept = kept_as(budget, command.reservation)
    if kept is None or kept.complaint != command.complaint or command.reservation in (*case.spent, *case.given_up):
        return Refused("reservation-unfit", "no such reservation for this case stands in its budget, or it was used")
    if kept.amount_minor < command.amount_minor or budget.currency != command.currency:
        return Refused("reservation-too-small", "the reservation does not cover the amount in this currency")
    return None


def paid_out_of(case: Case, fact: BudgetNamed | ReservationGivenUp) -> Case:
    """The case after one more word on the budget that pays."""
    if isinstance(fact, BudgetNamed):
        return changed(case, budget=fact.budget)
    return changed(case, given_up=(*case.given_up, fact.reservation))


def with_budget(budget: Budget, fact: Fact) -> Budget:
    """The budget after one more fact."""
    match fact:
        case BudgetSet():
            return Budget(fact.amount_minor, fact.currency, reserved=budget.reserved)
        case BudgetReserved():
            one = Reservation(fact.reservation, fact.complaint, fact.amount_minor)
            return Budget(budget.amount_minor, budget.currency, reserved=(*budget.reserved, one))
        case BudgetReleased():
            left = tuple(one for one in budget.reserved if one.reservation != fact.reservation)
            return Budget(budget.amount_minor, budget.currency, reserved=left)
        case _:
            return budget
