"""Whom a complaint is about, before their own case: they are heard, and handle, decide and close nothing of it (R24).

Every chapter says it in these words. Must not: say which commands are kept from them (a service's rule).
"""

from events.decider import Refused

ABOUT_ONESELF = Refused("conflict-of-interest", "the complaint is about this person; another has to do this")


def about_oneself(by: str | None, subject: str | None) -> Refused | None:
    """Refused where who asks is whom the complaint is about; `by` None: another system says it."""
    return ABOUT_ONESELF if by is not None and by == subject else None
