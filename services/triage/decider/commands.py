"""What may be asked of this service: private to it, never on the wire.

`now` comes from the server, `by` from the token. A correction with `propose` waits for a second person; `confirmed_by`
names the one who confirmed it.
"""

from dataclasses import dataclass
from datetime import datetime

from events.triage import Dispute, Grade, Screening


@dataclass(frozen=True, slots=True)
class Screen:
    now: datetime
    by: str
    outcome: Screening
    reason: str
    propose: bool = False
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Classify:
    now: datetime
    by: str
    category: str
    dispute: Dispute
    reason: str
    propose: bool = False
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Regrade:
    """Up or down; only a person, with a reason, takes a grade down. 0: severity or urgency not stated."""

    now: datetime
    by: str
    grade: Grade
    reason: str
    severity: int = 0
    urgency: int = 0
    propose: bool = False
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Reroute:
    now: datetime
    by: str
    queue: str
    first_owner: str
    reason: str
    skills: tuple[str, ...] = ()
    playbook: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """The second person says yes to the correction that waits."""

    now: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TurnDown:
    """The second person says no, or whoever proposed it takes it back."""

    now: datetime
    by: str
    roles: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerOneOrMany:
    """Is it one case or one of many? `cluster` by its id; None: a case by itself."""

    now: datetime
    by: str
    complaint: str
    cluster: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ProposeCluster:
    now: datetime
    by: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddMember:
    now: datetime
    by: str
    complaint_id: str
    evidence: str
    confidence_percent: int
    about: tuple[str | None, ...]
    """Whom that complaint, or a finding on it, is about."""


@dataclass(frozen=True, slots=True)
class RemoveMember:
    now: datetime
    by: str
    complaint_id: str
    reason: str
    about: tuple[str | None, ...]
    """As of `AddMember`."""


Correction = Screen | Classify | Regrade
OnCase = Correction | Reroute | Confirm | TurnDown | AnswerOneOrMany
OnCluster = AddMember | RemoveMember
Command = OnCase | ProposeCluster | OnCluster
