"""Chapter triage: what it is. Written by the service triage and by nobody else.

A decision by rule names the rule version and its inputs; a correction is the same fact again, by a person, with a
reason. Whether one person may correct alone depends on the clocks of the case, so that a person's decision relies on
more than a rule's.
"""

from typing import ClassVar, Literal, get_args

from events.apart import KeptApart
from events.fact import Chapter, Count, Fact, Origin, Remark, Word

Screening = Literal["complaint", "enquiry", "sales-opportunity", "out-of-scope", "vexatious"]
SCREENED_OUT: frozenset[Screening] = frozenset({"enquiry", "sales-opportunity", "out-of-scope"})
"""Not a complaint: no grade, no route, no clock. A vexatious one is still handled and still counted (R06)."""
Grade = Literal["suggestion", "grievance", "complaint", "crisis"]
GRADES: tuple[Grade, ...] = get_args(Grade)
"""From the mildest up."""
Dispute = Literal["service", "product", "project", "unknown"]

Step = Literal["screening", "classification", "grade"]
"""What a correction may change that a second person has to look at."""

_ON_WHAT_WAS_SAID = frozenset({Chapter.INTAKE})
_ON_NEGLECT = frozenset({Chapter.ESCALATION, Chapter.ACCOUNTABILITY})


class _Judged(KeptApart):
    """By a rule, or by a person: whether they may correct it alone depends on the clocks (R08)."""

    def relied_on(self) -> frozenset[Chapter]:
        return super().relied_on() | (frozenset({Chapter.ESCALATION}) if self.by_somebody else frozenset())


class ComplaintScreened(_Judged):
    """Is it a complaint at all? Every screening stays, the latest counts (R07, R08)."""

    type: ClassVar[str] = "complaints.triage.screened.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.INTAKE, Chapter.ACCOUNTABILITY})
    """Old history that was closed at its source is not screened, unless somebody reopened it."""
    outcome: Screening
    inputs: tuple[Word, ...] = ()
    """`name=value` for each input that the rule read; none where a person decided."""
    reason: Remark
    rule: Word
    """`<table>@<version>`, or `person` where somebody decided."""
    by: Word
    confirmed_by: Word | None = None
    """The second person, where a clock was at risk or breached."""


class ComplaintClassified(_Judged):
    """What it is about (R10-R13). By rule it follows from one admitted record, and no later one changes it: relies on
    nothing.
    """

    type: ClassVar[str] = "complaints.triage.classified.v1"
    category: Word
    dispute: Dispute
    confidence_percent: Count
    inputs: tuple[Word, ...] = ()
    """As in `ComplaintScreened`."""
    reason: Remark
    rule: Word
    by: Word
    confirmed_by: Word | None = None
    """As in `ComplaintScreened`."""
    reported: Origin | None = None


class ComplaintGraded(_Judged):
    """How grave it is: the rule, its inputs and the outcome (R14, R15, R84). Neglect, loss and accumulation raise it by
    themselves (R16, R17); only a person lowers it.
    """

    type: ClassVar[str] = "complaints.triage.graded.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    grade: Grade
    severity: Count
    urgency: Count
    """0: a person graded it without stating it."""
    inputs: tuple[Word, ...]
    """As in `ComplaintScreened`."""
    cause: Word | None = None
    """What raised it by itself: `breached:<clock>`, `motive:<motive>`, `message:<id>`, `cluster:<id>`. Each counts
    towards one raise only.
    """
    reason: Remark
    rule: Word
    """`<table>@<version>`, for a raise with `/<name>` of its rule, or `person`."""
    by: Word
    confirmed_by: Word | None = None
    """As in `ComplaintScreened`."""

    def relied_on(self) -> frozenset[Chapter]:
        return super().relied_on() | (_ON_NEGLECT if self.cause else frozenset())


class OpportunityHandedOn(Fact):
    """Somebody wants to buy: it is handed to sales (R09), once for each time that it is screened so. Follows from that
    screening and relies on nothing.
    """

    type: ClassVar[str] = "complaints.triage.opportunity-handed-on.v1"
    to: Word
    """Who takes it up."""
    category: Word | None = None
    product: Word | None = None
    by: Word


class OpportunityTakenBack(Fact):
    """What was handed to sales is a sales opportunity no longer: it was screened as something else. Follows from that
    screening and relies on nothing.
    """

    type: ClassVar[str] = "complaints.triage.opportunity-taken-back.v1"
    to: Word
    """Who had been told of it."""
    by: Word


class CorrectionProposed(KeptApart):
    """A correction that a second person is to look at: alone nobody may make it while a clock of the case is at risk or
    breached (R08). It counts for nothing until another person confirms it; the correction is then a fact of its own.
    """

    type: ClassVar[str] = "complaints.triage.correction-proposed.v1"
    step: Step
    outcome: Screening | None = None
    """Of a screening."""
    category: Word | None = None
    dispute: Dispute | None = None
    grade: Grade | None = None
    severity: Count = 0
    urgency: Count = 0
    reason: Remark
    by: Word


class CorrectionRefused(KeptApart):
    """The proposed correction was turned down, or taken back by whoever proposed it. Everything stays as it was."""

    type: ClassVar[str] = "complaints.triage.correction-refused.v1"
    reason: Remark
    by: Word


class OneOrManyAnswered(KeptApart):
    """One case or many? Asked and answered on every case (R111). Membership itself stands in the cluster's stream."""

    type: ClassVar[str] = "complaints.triage.one-or-many-answered.v1"
    answer: Literal["one", "many"]
    cluster: Word | None = None
    """The cluster, by its id, where it is one of many."""
    complaint: Word
    """This complaint, as clusters name it."""
    reason: Remark
    by: Word


class ComplaintRouted(KeptApart):
    """Which queue takes it, with which skills and playbook, and who is asked first (R117)."""

    type: ClassVar[str] = "complaints.triage.routed.v1"
    queue: Word
    first_owner: Word
    """The post that is offered the case first."""
    skills: tuple[Word, ...] = ()
    playbook: Word | None = None
    inputs: tuple[Word, ...] = ()
    """As in `ComplaintScreened`."""
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
