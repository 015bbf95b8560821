"""Chapter triage: what it is. Written by the service triage and by nobody else.

A decision by rule names the rule version and its inputs; a correction is the same fact again, by a person, with a
reason.
"""

from typing import ClassVar, Literal

from events.fact import Chapter, Count, Fact, Origin, Remark, Word

Screening = Literal["complaint", "enquiry", "sales-opportunity", "out-of-scope", "vexatious"]
SCREENED_OUT: frozenset[Screening] = frozenset({"enquiry", "sales-opportunity", "out-of-scope"})
"""Not a complaint: no grade, no route, no clock. A vexatious one is still handled and still counted (R06)."""
Grade = Literal["suggestion", "grievance", "complaint", "crisis"]
GRADES: tuple[Grade, ...] = ("suggestion", "grievance", "complaint", "crisis")
Dispute = Literal["service", "product", "project", "unknown"]

_ON_WHAT_WAS_SAID = frozenset({Chapter.INTAKE})


class ComplaintScreened(Fact):
    """Is it a complaint at all? Every screening stays, the latest counts (R07, R08)."""

    type: ClassVar[str] = "complaints.triage.screened.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.INTAKE, Chapter.ACCOUNTABILITY})
    """Old history that was closed at its source is not screened, unless somebody reopened it."""
    outcome: Screening
    reason: Remark
    rule: Word
    """`<table>@<version>`, or `person` where somebody decided."""
    by: Word


class ComplaintClassified(Fact):
    """What it is about (R10-R13). Follows from one admitted record, and no later one changes it: relies on nothing."""

    type: ClassVar[str] = "complaints.triage.classified.v1"
    category: Word
    dispute: Dispute
    confidence_percent: Count
    reason: Remark
    rule: Word
    by: Word
    reported: Origin | None = None


class ComplaintGraded(Fact):
    """How grave it is: the rule, its inputs and the outcome (R14, R15, R84). Only a person lowers a grade."""

    type: ClassVar[str] = "complaints.triage.graded.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    grade: Grade
    severity: Count
    urgency: Count
    """0: a person graded it without stating it."""
    inputs: tuple[Word, ...]
    """`name=value` for each input that the rule read."""
    reason: Remark
    rule: Word
    by: Word


class ComplaintRouted(Fact):
    """Which queue takes it, with which skills and playbook, and who is asked first (R117)."""

    type: ClassVar[str] = "complaints.triage.routed.v1"
    queue: Word
    first_owner: Word
    """The post that is offered the case first."""
    skills: tuple[Word, ...] = ()
    playbook: Word | None = None
    reason: Remark
    rule: Word
    by: Word


class ClusterProposed(Fact):
    """Several cases may share one cause. Stream `cluster/<id>`, the only place of membership (R111)."""

    type: ClassVar[str] = "complaints.triage.cluster-proposed.v1"
    title: Word
    reason: Remark
    by: Word


class ClusterMemberAdded(Fact):
    """A case belongs to the cluster, with the evidence for it."""

    type: ClassVar[str] = "complaints.triage.cluster-member-added.v1"
    complaint_id: Word
    evidence: Remark
    confidence_percent: Count
    by: Word


class ClusterMemberRemoved(Fact):
    """A case does not belong to the cluster after all; nothing is moved."""

    type: ClassVar[str] = "complaints.triage.cluster-member-removed.v1"
    complaint_id: Word
    reason: Remark
    by: Word
