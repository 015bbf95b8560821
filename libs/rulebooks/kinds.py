"""The kinds of rulebooks that escalation writes, in the order in which one may lean on another, and their checks.

Lives here: the list. Must not: a check (`check_calendar`, `check_pack`, `check_posts`).
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from clocks import CalendarSpec
from events.escalation import RulebookApproved, RulebookDrafted, RulebookRefused
from events.table import Finding
from rulebooks.pack import Pack, Regimes
from rulebooks.posts import Ladder, Organisation
from rulebooks.reading import read
from rulebooks.state import Books, Check, Writing


def _by_form(form: type[BaseModel]) -> Check:
    def check(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
        return tuple(read(form, name, text)[1])

    return check


ESCALATION: Final[Mapping[str, Check]] = {
    "calendar": _by_form(CalendarSpec),
    "organisation": _by_form(Organisation),
    "ladder": _by_form(Ladder),
    "pack": _by_form(Pack),
    "regimes": _by_form(Regimes),
}
WRITTEN_BY_ESCALATION: Final = Writing(RulebookDrafted, RulebookApproved, RulebookRefused, ESCALATION)
