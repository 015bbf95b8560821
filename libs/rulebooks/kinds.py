"""The kinds of rulebooks that escalation writes, in the order in which one may lean on another, and their checks.

Lives here: the list. Must not: a check (`check_calendar`, `check_pack`, `check_posts`).
"""

from collections.abc import Mapping
from typing import Final

from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from rulebooks.check_calendar import check_calendar
from rulebooks.check_pack import check_pack, check_regimes
from rulebooks.check_posts import check_ladder, check_organisation
from rulebooks.state import Check, Writing

ESCALATION: Final[Mapping[str, Check]] = {
    "calendar": check_calendar,
    "organisation": check_organisation,
    "ladder": check_ladder,
    "pack": check_pack,
    "regimes": check_regimes,
}
WRITTEN_BY_ESCALATION: Final = Writing(EscalationDrafted, EscalationApproved, EscalationDraftRefused, ESCALATION)
