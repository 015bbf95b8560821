"""What the rules of triage remember of a stream: a small closed union, only what some rule reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from events.fact import Origin
from events.triage import Dispute, Grade, Screening
from triage.rules import Said


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
    kind: Literal["case"] = "case"


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """A stream `import/<batch>`: until when its history is complete; None while it loads."""

    known_until: datetime | None = None
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that may share one cause; this stream is the only place of membership (R111)."""

    members: tuple[str, ...] = ()
    kind: Literal["cluster"] = "cluster"


State = Empty | Case | ImportBatch | Cluster
