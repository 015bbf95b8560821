"""Accountability's rulebook: who may give what. The kind that it writes, its check, and its rule set as it is in force.

Pure. Must not: the form of the table (`rules`), or what is done with it (`decider/`).
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from accountability.rules import Rules
from events.accountability import RulebookApproved, RulebookDrafted, RulebookRefused
from rulebooks.books import Edition, look_up
from rulebooks.reading import check_form, only_as
from rulebooks.state import Books, Check, Writing

LIMITS = "authority"
"""The name of the table that is read."""
CHECKS: Final[Mapping[str, Check]] = {"limits": only_as(LIMITS, check_form(Rules))}
WRITTEN: Final = Writing(RulebookDrafted, RulebookApproved, RulebookRefused, CHECKS)


def rules_in(books: Books, at: datetime) -> Rules:
    """The rule set in force. Raises UnknownRulebook."""
    return _rules(look_up(books, "limits", LIMITS, at=at))


@lru_cache(maxsize=32)
def _rules(edition: Edition) -> Rules:
    return Rules.parse(edition.text, edition.number, edition.since)
