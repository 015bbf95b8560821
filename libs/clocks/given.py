"""What stands behind a due time that somebody gave: who did, by which event, and what became of it. Nothing is counted.

Lives here: the value and its two forms, alike those of a counted proof. Must not: know events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from clocks.proof import Segment, canonical, local, written

NOTHING = "nothing was counted; the due time was given, and is kept as given"
What = Literal["warned", "breached", "met", "late", "stopped", "paused"]
"""`late`: answered after the due time; `paused`: somebody asked for it, and it moves no due time that was given."""


@dataclass(frozen=True)
class Giver:
    """The event that gave a due time."""

    event: str
    at: datetime
    source: str | None
    """The system that said so; None where it was said here."""
    reference: str | None
    """What that system calls the case."""


@dataclass(frozen=True)
class Later:
    """What became of the clock, by which event."""

    at: datetime
    event: str
    what: What
    why: str


@dataclass(frozen=True)
class GivenProof:
    """Why a clock is due when it is, where nobody counted: it was said so. It hangs on no moment of asking."""

    policy: str
    given_by: Giver
    started: datetime
    started_by: str
    due: datetime
    later: tuple[Later, ...]
    counts: str = NOTHING

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The one row of its table: all the time until it is due."""
        row = Segment(self.started, self.due, "given", timedelta(), 0, "given, not counted", self.given_by.event)
        return (row,)

    def as_json(self) -> bytes:
        """Canonical: keys sorted, no blanks, UTF-8; instants in UTC."""
        return canonical(self)

    def as_text(self) -> str:
        """To be read; in UTC, for no calendar says whose time it is."""
        return written(_head(self), self.segments, UTC)


def _head(proof: GivenProof) -> Iterator[str]:
    giver = proof.given_by
    yield f"Policy   {proof.policy}: {proof.counts}"
    whose = "said here" if giver.source is None else f"source {giver.source}, its record {giver.reference}"
    yield f"Given    {local(giver.at, UTC)} by {giver.event}; {whose}"
    yield f"Started  {local(proof.started, UTC)} by {proof.started_by}"
    yield f"Due      {local(proof.due, UTC)}"
    yield from (f"Later    {local(one.at, UTC)} {one.what}: {one.why} ({one.event})" for one in proof.later)
