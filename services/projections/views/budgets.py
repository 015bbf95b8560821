"""Budgets of a department and period: how much may be given, what is reserved of it for which complaint, what is left.

Pure fold of a budget's own stream, where reservations take turns (L17); no sum is ever gathered from complaints.
"""

from typing import Required, cast

from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.ids import BUDGET
from projections.views.standing import Standing, standing
from projections.views.told import Plain, Told, content


class Budget(Standing, total=False):
    """Amounts in minor units of `currency`. `set` is the latest word on the amount; `reservations` and `released` go by
    the reservation's id, and what was released stays, with the reason.
    """

    set: Plain
    amount_minor: int
    currency: str
    reserved_minor: Required[int]
    left_minor: int
    """Absent where no amount was set."""
    reservations: Required[dict[str, Plain]]
    released: Required[dict[str, Plain]]


def fold(budget: Budget | None, told: Told) -> Budget:
    """The budget after one admitted record of its stream, with what that changes."""
    return _counted(_folded(moved(budget, told), told))


def moved(budget: Budget | None, told: Told) -> Budget:
    """The budget as it was, at the head and place of this record."""
    before = budget or cast("Budget", {"reserved_minor": 0, "reservations": {}, "released": {}})
    return {**before, **standing(told, BUDGET)}


def _folded(now: Budget, told: Told) -> Budget:
    match told.fact:
        case BudgetSet() as fact:
            return {**now, "set": content(fact), "amount_minor": fact.amount_minor, "currency": fact.currency}
        case BudgetReserved() as fact:
            kept = content(fact, without=("reservation",))
            return {**now, "reservations": {**now["reservations"], fact.reservation: kept}}
        case BudgetReleased() as fact:
            kept = now["reservations"].get(fact.reservation, {})
            released = {**kept, "released": content(fact, without=("reservation",))}
            left = {name: one for name, one in now["reservations"].items() if name != fact.reservation}
            return {**now, "reservations": left, "released": {**now["released"], fact.reservation: released}}
        case _:
            return now


def _counted(now: Budget) -> Budget:
    """With its sums: counted from what is reserved, never by adding one to an older sum."""
    reserved = sum(one["amount_minor"] for one in now["reservations"].values())
    after: Budget = {**now, "reserved_minor": reserved}
    if "amount_minor" in now:
        after["left_minor"] = now["amount_minor"] - reserved
    return after
