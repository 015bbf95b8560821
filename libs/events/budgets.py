"""Chapter accountability on the streams of budgets, `budget/<department>:<period>`: what may be given, and to whom."""

from typing import ClassVar

from events.fact import Count, Fact, Remark, Word


class BudgetSet(Fact):
    """So much may be given in a period. Stream `budget/<department>:<period>`; the latest amount counts (L17)."""

    type: ClassVar[str] = "complaints.accountability.budget-set.v1"
    amount_minor: Count
    currency: Word
    reason: Remark
    by: Word


class BudgetReserved(Fact):
    """Part of a budget is kept for one complaint; what is reserved never comes to more than the budget."""

    type: ClassVar[str] = "complaints.accountability.budget-reserved.v1"
    reservation: Word
    complaint: Word
    amount_minor: Count
    by: Word


class BudgetReleased(Fact):
    """What was reserved is free again, because it was not needed."""

    type: ClassVar[str] = "complaints.accountability.budget-released.v1"
    reservation: Word
    reason: Remark
    by: Word
