"""Whom a complaint or a finding is about, before their own case: they are heard, and handle nothing of it (R24).

Every chapter says it in these words. Must not: say which commands are kept from them (a service's rule).
"""

from collections.abc import Collection

from events.decider import Refused
from events.fact import Chapter, Fact

WHO_ANSWERS_FOR_IT = frozenset({Chapter.ACCOUNTABILITY})
"""Where a finding stands that holds somebody answerable."""


class KeptApart(Fact):
    """A fact that is kept from them: it relies on what was found until then (L1)."""

    def relied_on(self) -> frozenset[Chapter]:
        return super().relied_on() | WHO_ANSWERS_FOR_IT


ABOUT_ONESELF = Refused(
    "conflict-of-interest", "the complaint or a finding is about this person; another has to do this"
)


def about_oneself(by: str | None, about: Collection[str | None]) -> Refused | None:
    """Refused where who asks is one of those whom it is `about`; `by` None: another system says it."""
    return ABOUT_ONESELF if by is not None and by in about else None
