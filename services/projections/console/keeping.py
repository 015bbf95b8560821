"""The commands on legal holds: while one stands, nothing of this person is erased. Plain data.

Must not: judge one (intake does).
"""

from collections.abc import Sequence
from typing import get_args

from events.intake import HoldLifted, HoldPlaced, HoldPurpose
from events.roles import ERASING
from projections.console.asking import REASON, Ask, Case, Command, Thing, always, choice


def _standing(case: Case) -> Sequence[Thing]:
    return [Thing(name, {"reference": one["reference"]}) for name, one in case.get("holds", {}).items()]


KEEPING: tuple[Command, ...] = (
    Command(
        "hold", "holds", ERASING, HoldPlaced, "shield",
        (
            choice("purpose", "purpose", get_args(HoldPurpose)),
            Ask("authority", hint="authority"),
            Ask("reference", label="order_number", hint="file_number"),
        ),
        always,
    ),
    Command("lift", "holds/{thing}/lifting", ERASING, HoldLifted, "shield", (REASON,), always, _standing),
)  # fmt: skip
