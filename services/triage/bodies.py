"""The JSON bodies of this service's commands: form only, unknown members refused. Must not: any rule."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from events.fact import Remark
from events.triage import Dispute, Grade, Screening
from runtime.body import Body, Word
from triage.rules import Level, Percent


class ScreeningBody(Body):
    outcome: Screening
    reason: Remark
    propose: bool = False
    """It waits for a second person; needed where a clock of the case is at risk or breached."""


class ClassificationBody(Body):
    category: Word
    dispute: Dispute
    reason: Remark
    propose: bool = False


class GradeBody(Body):
    """Severity and urgency where the person states them, 1 to 4."""

    grade: Grade
    reason: Remark
    severity: Level | None = None
    urgency: Level | None = None
    propose: bool = False


class ConfirmationBody(Body):
    """The correction that waits is confirmed as it stands."""


class TurningDownBody(Body):
    reason: Remark


class OneOrManyBody(Body):
    cluster_id: UUID | None = None
    """None: a case by itself."""
    reason: Remark


class RouteBody(Body):
    queue: Word
    first_owner: Word
    """The post that is offered the case, or a person."""
    reason: Remark
    skills: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    playbook: Word | None = None


class ClusterBody(Body):
    title: Word
    reason: Remark


class MemberBody(Body):
    complaint_id: UUID
    evidence: Remark
    confidence_percent: Percent


class RemovalBody(Body):
    reason: Remark
