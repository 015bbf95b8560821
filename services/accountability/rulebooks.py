"""Accountability's rulebook: who may give what. The kind that it writes, its check, and its rule set as it is in force.

Pure. Must not: the form of the table (`rules`), or what is done with it (`decider/`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from accountability.rules import Rules
from events.roles import APPROVING, FRONT, ROLES
from events.rulebook import AccountabilityApproved, AccountabilityDrafted, AccountabilityDraftRefused
from events.table import Finding
from rulebooks.books import Edition, look_up
from rulebooks.forms import table_of
from rulebooks.reading import only_as, place, raw_of, read
from rulebooks.state import Books, Check, Writing

LIMITS = "authority"
"""The name of the table that is read."""
_GIVING = tuple(role for role in ROLES if role in FRONT | APPROVING)
"""Who may offer something, or approve it."""


def _check_limits(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
    return (*read(Rules, name, text)[1], *_of_nobody(text))


def _of_nobody(text: str) -> Iterator[Finding]:
    """Limits that nobody could use, as of a misspelt role; also where the form is broken elsewhere."""
    limits = raw_of(text).get("limits")
    for role in limits if isinstance(limits, dict) else ():
        if role not in _GIVING:
            wrong = f"{role!r} neither offers nor approves" if role in ROLES else f"there is no role {role!r}"
            yield Finding(place(text, ("limits", role)), wrong, f"name one of: {', '.join(_GIVING)}")


CHECKS: Final[Mapping[str, Check]] = {"limits": only_as(LIMITS, _check_limits)}
WRITTEN: Final = Writing(AccountabilityDrafted, AccountabilityApproved, AccountabilityDraftRefused, CHECKS)


def rules_in(books: Books, at: datetime) -> Rules:
    """The rule set in force. Raises UnknownRulebook."""
    return _rules(look_up(books, "limits", LIMITS, at=at))


@lru_cache(maxsize=32)
def _rules(edition: Edition) -> Rules:
    return table_of(Rules, edition)
