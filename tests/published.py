"""Rulebooks as their streams tell them, and clocks that are counted by them.

Lives here: facts of rulebooks, a pack and a calendar to count by, texts to be put together. Must not: expect anything.
"""

from datetime import UTC, datetime

from events.fact import Fact
from events.rulebook import EscalationApproved, EscalationDrafted

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)

OFFICE = """
name = "office"
zone = "Asia/Shanghai"
first = "2026-01-01"
last = "2026-12-31"
source = "invented"

[week]
mon = ["09:00-12:00", "13:00-17:00"]
tue = ["09:00-12:00", "13:00-17:00"]
wed = ["09:00-12:00", "13:00-17:00"]
thu = ["09:00-12:00", "13:00-17:00"]
fri = ["09:00-12:00", "13:00-17:00"]
"""
HOLIDAY = """
[[day]]
date = "2026-03-04"
kind = "holiday"
open = []
why = "announced late"
"""
PACK = """
name = "desk"
title = "The desk"
source = "invented"
calendar = "office"

[[policy]]
name = "answer"
starts = "lodged"
budget = { amount = 10, unit = "business-hours" }
pauses = ["evidence"]
extensions = { times = 1, amount = 4, unit = "business-hours" }
met_by = ["reply"]
source = "invented"
standing = "S"

[[policy]]
name = "resolve"
starts = "lodged"
budget = { amount = 5, unit = "business-days" }
end_at = "end-of-day"
met_by = ["closed"]
source = "invented"
standing = "S"
"""

SMALL_PACK = """
name = "p"
title = "A pack"
source = "a test"
calendar = "cn"

[[policy]]
name = "one"
starts = "lodged"
budget = { amount = 2, unit = "hours" }
met_by = ["reply"]
source = "a test"
standing = "S"
"""
"""As little as a pack can be, by the shipped calendar."""


def absence(person: str, deputy: str) -> str:
    """An organisation's line: away all March, and who stands in."""
    return _MARCH.format(table="absence", says=f'person = "{person}"\ndeputy = "{deputy}"')


def delegation(by: str, to: str) -> str:
    """An organisation's line: who answers all March for the post of handlers in another's place."""
    return _MARCH.format(table="delegation", says=f'by = "{by}"\nto = "{to}"\npost = "handler"\nwhy = "a fair"')


_MARCH = """
[[{table}]]
{says}
since = 2026-03-01T00:00:00Z
until = 2026-04-01T00:00:00Z
"""


def published(text: str, *, version: int = 1, at: datetime = LONG_AGO, applies_to_running: bool = False) -> list[Fact]:
    """The facts by which a text came into force."""
    return [
        EscalationDrafted(
            at=at, version=version, text=text, effective_at=at, why="x", consulted=("care",),
            applies_to_running=applies_to_running, by="ann",
        ),
        EscalationApproved(at=at, version=version, by="ben"),
    ]  # fmt: skip
