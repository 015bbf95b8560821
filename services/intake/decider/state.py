"""What the rules of intake remember of a stream: a small closed union, and what the complainant is told of (`track`).

What folds change often has no slots (`events.changed`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from events.escalation import Standing
from events.intake import MessageKind, Motive

Stage = Literal["received", "being looked at", "waiting for you", "answered", "closed", "reopened"]


@dataclass(frozen=True, slots=True)
class Empty:
    """Nobody has said anything here."""

    kind: Literal["empty"] = "empty"


@dataclass(frozen=True)
class Said:
    """The fields that can be amended, as they stand now; text, demand and contact sealed."""

    channel: str
    identity: str
    product: str | None = None
    branch: str | None = None
    text: str | None = None
    demand: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A message of ours that no channel has confirmed yet."""

    message_id: str
    kind: MessageKind
    automatic: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the complainant wants to be reached, as stated last."""

    channel: str | None = None
    quiet_hours: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that stands."""

    hold_id: str
    reference: str


@dataclass(frozen=True)
class Case:
    """A complaint stands here."""

    lodged_at: datetime
    said: Said
    key_id: str | None
    """None also after an erasure: what is said then is sealed under another key."""
    entrance: bool
    """It came through the dedicated entrance (R19, R20)."""
    party_ref: str | None = None
    subject: str | None = None
    """Who is complained about."""
    blamed: tuple[str, ...] = ()
    """Whom a finding held answerable."""
    spoken: bool = False
    """A person has spoken with the complainant, or recorded why that is impossible."""
    withdrawn_at: datetime | None = None
    """In this cycle: a reopened case can be amended, and withdrawn again."""
    erased_at: datetime | None = None
    """When what is personal was erased last."""
    holds: tuple[Hold, ...] = ()
    motive: Motive | None = None
    preferences: Preferences = Preferences()
    on_its_way: tuple[OnItsWay, ...] = ()
    stage: Stage = "received"
    holder: str | None = None
    resolution_due: datetime | None = None
    resolution_provisional: bool = False
    """Its calendar does not know all of the time until then for sure."""
    resolution_standing: Standing | None = None
    """What the source of its policy is worth; M is no law."""
    messages: tuple[datetime, ...] = ()
    """When our last messages reached the complainant."""
    kind: Literal["case"] = "case"

    @property
    def about(self) -> tuple[str | None, ...]:
        """Who is complained about, and whom a finding held answerable."""
        return self.subject, *self.blamed


@dataclass(frozen=True)
class ImportBatch:
    """A source hands over a batch of its history."""

    source: str
    known_until: datetime | None = None
    kind: Literal["import"] = "import"


State = Empty | Case | ImportBatch
