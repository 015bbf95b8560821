"""Who may give what alone, and which duties stay in different hands: what the table of limits says of people.

Lives here: form, and what it says of one person. Must not: what accountability alone reads of that table (its `rules`).
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from events.fact import Word
from events.table import Part, Table

Act = Literal["decide", "offer", "approve", "callback", "close", "find"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=2**53)]


class Limit(NamedTuple):
    """The highest amount that somebody may give alone, in minor units, and the rule that says so."""

    minor: int
    rule: str


class Apart(Part):
    """Duties that must stay in different hands (R24)."""

    subject: tuple[Act, ...]
    taker: tuple[Act, ...]
    second_stage_by_another: bool

    def bars(self, act: Act, by: str, *, subject: str | None, taker: str | None) -> Literal["subject", "taker"] | None:
        """As what somebody stays out of an act: as whom the complaint is about, or as who took it; None where not."""
        if by == subject and act in self.subject:
            return "subject"
        return "taker" if by == taker and act in self.taker else None


class Authority(Table):
    """What one version of the table says of people."""

    limits: dict[Word, dict[Currency, Minor]]
    apart: Apart

    def limit(self, roles: frozenset[str], currency: str) -> Limit | None:
        """The highest limit that any of the roles has in this currency; None where none of them has one."""
        found = [
            Limit(amounts[currency], f"{self.ref}/{role}")
            for role, amounts in sorted(self.limits.items())
            if role in roles and currency in amounts
        ]
        return max(found, default=None)


class People(Authority, extra="ignore"):
    """The same, read out of the whole table."""
