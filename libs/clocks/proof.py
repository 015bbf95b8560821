"""The proof of a clock: every counted, skipped and paused segment with what stands behind it. Same input, same bytes.

Lives here: the value and its two forms. Must not: count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["counted", "closed", "paused", "outside", "moved"]
"""`outside`: before counting begins; `moved`: what pauses or the rule of the end add to the last counted day."""


@dataclass(frozen=True)
class Segment:
    """A stretch of the proof."""

    begin: datetime
    end: datetime
    kind: Kind
    time: timedelta
    """Counted time (or, of a pause, the time it takes out); zero where days are counted."""
    days: int
    """Counted days, or days that a pause takes out."""
    why: str
    """In words: the rule of the calendar or policy, or the reason of a pause."""
    event: str | None = None
    """The event behind it; None where a rule of the calendar stands behind it."""


@dataclass(frozen=True)
class Proof:
    """How a due time came about, or a measured time. Holds nothing that depends on when it was asked for, except
    where a clock is paused: then it counts as if resumed at that moment, and says so.
    """

    segments: tuple[Segment, ...]

    def as_json(self) -> bytes:
        """Canonical: keys sorted, no blanks, UTF-8; instants in UTC, durations as h:mm:ss."""
        raise NotImplementedError

    def as_text(self) -> str:
        """For a reader with pencil and paper: local times with offset, durations, a running sum, reasons."""
        raise NotImplementedError
