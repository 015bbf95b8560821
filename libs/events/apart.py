"""Whom a complaint or a finding is about, before their own case: they are heard, and handle nothing of it (R24).

Every chapter says it in these words. Must not: say which commands are kept from them (a service's rule).
"""

from collections.abc import Collection

from events.decider import Refused
from events.fact import BY_PERSON, Chapter, Fact

_WHO_ANSWERS_FOR_IT = frozenset({Chapter.ACCOUNTABILITY})
"""Where a finding stands that holds somebody answerable."""


class KeptApart(Fact):
    """A fact that is kept from them: where a person says it, it relies on what was found until then (L1)."""

    @property
    def by_somebody(self) -> bool:
        """What a table says (`rule`) or another system (`reported`) is no person's."""
        return getattr(self, "rule", BY_PERSON) == BY_PERSON and getattr(self, "reported", None) is None

    def relied_on(self) -> frozenset[Chapter]:
        return super().relied_on() | (_WHO_ANSWERS_FOR_IT if self.by_somebody else frozenset())


ABOUT_ONESELF = Refused(
    "conflict-of-interest", "the complaint or a finding is about this person; another has to do this"
)


def about_oneself(by: str | None, about: Collection[str | None]) -> Refused | None:
    """Refused where who asks is one of those whom it is `about`; `by` None: another system says it."""
    return ABOUT_ONESELF if by is not None and by in about else None
