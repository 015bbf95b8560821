"""The rule set of this service: limits, separation of duties, callbacks and closing, as `rules/authority.toml` says.

Lives here: its form, its checks (R142) and reading the file. Must not: any decision.
"""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from events.accountability import Ground
from events.fact import Word

Act = Literal["decide", "offer", "approve", "close", "find"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=2**53)]
Days = Annotated[int, Field(ge=0, le=366)]


class Limit(NamedTuple):
    """The highest amount that somebody may give alone, in minor units, and the rule that says so."""

    minor: int
    rule: str


class Part(BaseModel):
    """A table of the file; an unknown or missing entry is refused when it is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Apart(Part):
    """Duties that must stay in different hands (R24)."""

    subject: tuple[Act, ...]
    taker: tuple[Act, ...]
    second_stage_by_another: bool


class Callbacks(Part):
    """How often and when we call back (R96)."""

    attempts: Annotated[int, Field(ge=1, le=20)]
    retry_hours: Annotated[int, Field(ge=1, le=24 * 14)]
    days_after_closing: dict[Ground, Days]


class Closing(Part):
    """What closing asks for beside its ground."""

    withdrawal_closes: bool
    next_instance: Word


class Rules(Part):
    """One numbered version of `rules/authority.toml`."""

    version: Annotated[int, Field(ge=1)]
    limits: dict[Word, dict[Currency, Minor]]
    apart: Apart
    callbacks: Callbacks
    closing: Closing

    @property
    def name(self) -> str:
        """What facts call this rule set."""
        return f"authority@{self.version}"

    def limit(self, roles: frozenset[str], currency: str) -> Limit | None:
        """The highest limit that any of the roles has in this currency; None where none of them has one."""
        found = [
            Limit(amounts[currency], f"{self.name}/{role}")
            for role, amounts in sorted(self.limits.items())
            if role in roles and currency in amounts
        ]
        return max(found, default=None)


def load_rules(folder: Path) -> Rules:
    """The rule set in `folder/authority.toml`. Raises pydantic's ValidationError, naming the entry that is wrong."""
    content = tomllib.loads((folder / "authority.toml").read_text(encoding="utf-8"))
    # By way of JSON, where strict types read an array as a tuple.
    return Rules.model_validate_json(json.dumps(content))
