"""What the rules of triage remember of a stream: a small closed union, only what some rule reads.

A case, which every fold changes, has no slots (`events.changed`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from events.fact import WORD_CHARACTERS_MAX, Origin
from events.triage import Dispute, Grade, Screening, Step
from triage.rules import Because, Said


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing has been lodged here, or the stream is none of ours."""

    kind: Literal["empty"] = "empty"


@dataclass(frozen=True, slots=True)
class Report:
    """Another system said what the case is about, and this chapter has not yet written it."""

    category: str
    at: datetime
    origin: Origin
    at_lodging: bool = False
    """It came with the complaint itself, and is the step after screening."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that may raise the grade by itself, and has not yet counted towards a raise."""

    because: Because
    name: str
    """The clock, the motive, the message."""
    at: datetime
    known_at: datetime | None = None
    """When it was known, where that came later (L24); of old history all was."""

    @property
    def ref(self) -> str:
        """How the raise names it."""
        return f"{self.because}:{self.name}"[:WORD_CHARACTERS_MAX]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction that waits for a second person."""

    step: Step
    by: str
    reason: str
    outcome: Screening | None = None
    category: str | None = None
    dispute: Dispute | None = None
    grade: Grade | None = None
    severity: int = 0
    urgency: int = 0


@dataclass(frozen=True)
class Case:
    """A complaint, and how far its triage has come; each step is None until it was taken."""

    said: Said
    since: datetime
    """When the last thing happened that something may follow from."""
    history: str | None = None
    """The import stream that brought it, where it is old history."""
    closed_there: bool = False
    """Old history, closed at its source: nothing is owed, unless somebody reopens it."""
    reports: tuple[Report, ...] = ()
    """In the order told."""
    screening: Screening | None = None
    category: str | None = None
    dispute: Dispute = "unknown"
    grade: Grade | None = None
    queue: str | None = None
    first_owner: str | None = None
    routed_as: Dispute | None = None
    """As what kind of dispute the table routed it; None where a person did, or nobody yet."""
    subject: str | None = None
    """Who is complained about."""
    blamed: tuple[str, ...] = ()
    """Whom a finding held answerable."""
    opportunity_at: datetime | None = None
    """When it was found to be a sales opportunity, or to be none any more, and sales has not been told of that."""
    with_sales: bool = False
    """Sales was told last that it is one."""
    closed_at: datetime | None = None
    """Since when it is closed here and that was known; what happens then raises nothing."""
    counts_from: datetime | None = None
    """Since when causes count: since it was first graded, or a person last graded it."""
    overruled: bool = False
    """A person graded it."""
    causes: tuple[Cause, ...] = ()
    """In the order of the log."""
    motives: tuple[str, ...] = ()
    """Each motive is a cause once."""
    one_of: str | None = None
    """The cluster of which a person said that it is one. Who belongs to it stands in the cluster's stream alone."""
    alone: bool = False
    """A person said that it is a case by itself: no cluster raises it, whichever names it."""
    at_risk: tuple[str, ...] = ()
    """Clocks that warned and have not ended."""
    breached: bool = False
    """A clock of the case was breached; that stays so."""
    proposed: Proposal | None = None
    kind: Literal["case"] = "case"

    @property
    def about(self) -> tuple[str | None, ...]:
        """Who is complained about, and whom a finding held answerable."""
        return self.subject, *self.blamed


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """A stream `import/<batch>`: until when its history is complete; None while it loads."""

    known_until: datetime | None = None
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that may share one cause; this stream is the only place of membership (R111)."""

    members: tuple[str, ...] = ()
    grown: tuple[datetime, ...] = ()
    """When it first had one member, two, and so on; who leaves changes nothing of that."""
    joined: tuple[tuple[str, datetime], ...] = ()
    """Since when each of `members` is one."""
    kind: Literal["cluster"] = "cluster"


State = Empty | Case | ImportBatch | Cluster
