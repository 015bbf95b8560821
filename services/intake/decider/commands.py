"""What may be asked of this service: private to it, never on the wire. Mostly a fact that somebody wants on record."""

from dataclasses import dataclass
from datetime import datetime

from events.intake import (
    AmendableField,
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    DataErased,
    EvidenceAdded,
    FeedbackGiven,
    HistoryCompleted,
    HoldLifted,
    HoldPlaced,
    ImportOpened,
    MessageFailed,
    MessageReceived,
    MessageRequested,
    MotiveRecorded,
    SourceReported,
)

SEALED_FIELDS: frozenset[AmendableField] = frozenset({"text", "demand", "contact"})
"""What is personal among the fields that can be amended."""

Said = (
    EvidenceAdded
    | ContactPreferencesStated
    | ContactRecorded
    | MotiveRecorded
    | MessageReceived
    | FeedbackGiven
    | SourceReported
)


@dataclass(frozen=True, slots=True)
class Lodge:
    """A complaint, by whoever and on whatever channel."""

    complaint: ComplaintLodged


@dataclass(frozen=True, slots=True)
class Amend:
    """Correct one field of what was said; what stood there before comes from the state (R27, R28)."""

    now: datetime
    by: str
    field: AmendableField
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """Something said about a case that is there: by the complainant, by staff, or by another system."""

    said: Said
    by: str | None = None
    """Who says it, where what is said does not name them."""


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """Have something said to the complainant."""

    message: MessageRequested


@dataclass(frozen=True, slots=True)
class ReportSent:
    """A gateway says that our message arrived."""

    now: datetime
    message_id: str
    channel: str
    report: str


@dataclass(frozen=True, slots=True)
class ReportFailed:
    """A gateway says that our message did not arrive; it may still do so later."""

    failure: MessageFailed


@dataclass(frozen=True, slots=True)
class Withdraw:
    withdrawal: ComplaintWithdrawn


@dataclass(frozen=True, slots=True)
class Erase:
    """Have this person's data erased: the keys that the fact names are destroyed as soon as it is admitted."""

    erasure: DataErased
    held_in: tuple[str, ...] = ()
    """Other cases of this person that are under a legal hold."""


@dataclass(frozen=True, slots=True)
class PlaceHold:
    hold: HoldPlaced


@dataclass(frozen=True, slots=True)
class LiftHold:
    lifted: HoldLifted


@dataclass(frozen=True, slots=True)
class OpenImport:
    opened: ImportOpened


@dataclass(frozen=True, slots=True)
class CompleteHistory:
    completed: HistoryCompleted


OnCase = Amend | Record | RequestMessage | ReportSent | ReportFailed | Withdraw | Erase | PlaceHold | LiftHold
Command = Lodge | OnCase | OpenImport | CompleteHistory
