"""What others said that may end or pause a clock: values, and from when on each counts. Pure.

What comes of it is `hearing.py` and `waiting.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from events.fact import Origin


@dataclass(frozen=True, slots=True)
class End:
    """Something that ends a clock, or may: which words count, the clock's policy says (`events.occasions`)."""

    at: datetime
    word: str
    known_at: datetime | None = None
    """When it was known, where that came later (L24)."""
    undone_at: datetime | None = None
    """When it was known to hold no longer: screened back, or reopened. It ends nothing that was known only then."""
    undone_in: datetime | None = None
    """The beginning of the cycle that was open when it was screened back."""


@dataclass(frozen=True)
class Report:
    """A source said what the case waits for there (`reason` None: for nothing any more)."""

    at: datetime
    reason: str | None
    origin: Origin
    after_ends: int
    """How many ends of the clock were known then: what was over by then is not paused any more. Of a case: of those in
    `recent`.
    """
    known_at: datetime | None = None
    """As of `End`."""


def counts_from(word: End | Report, since: datetime) -> datetime:
    """From when on it ends or pauses a clock: what nobody knew yet does not, whatever time it bears (L14). What was
    known by `since`, before which nobody judged the clock, does so from its own time on.
    """
    known_at = word.known_at or word.at
    return word.at if known_at <= since else known_at


@dataclass(frozen=True)
class Heard:
    """What was said of a clock by others, before it was started and since: whether it counts, the policy says."""

    ends: tuple[End, ...] = ()
    reports: tuple[Report, ...] = ()
    """Those that may still lead to a pause or a resume."""
    waits: str | None = None
    """The reason for which it stands still because its source said so."""


NOTHING_HEARD = Heard()
