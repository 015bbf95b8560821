"""The rule tables of triage as values: screening, classification, grading, routing.

Lives here: their form, their checks (R142), and which rule fits. Must not: what is done with the answer (`decider/`).
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from events.fact import Count, Remark, Word
from events.intake import Identity, Motive
from events.table import Name, Part, Table, fits
from events.triage import GRADES, Dispute, Grade, Screening

Percent = Annotated[int, Field(ge=0, le=100)]
Level = Annotated[int, Field(ge=1, le=4)]
"""Of severity or urgency."""


@dataclass(frozen=True, slots=True)
class Said:
    """The clear fields that rules may read, as they stood when the complaint was lodged. Never a word of its text."""

    channel: str
    identity: str
    nature: str
    product: str
    category: str
    injury: bool
    told_people: int
    calls_before: int
    complaints_before: int
    names_staff: bool
    """Whether it names somebody of the staff, never whom: that moves no grade."""


class When(Part):
    """All that is named must hold; nothing named holds always. Names are patterns with `*`."""

    channel: tuple[Word, ...] = ()
    identity: tuple[Identity, ...] = ()
    nature: tuple[Word, ...] = ()
    product: tuple[Word, ...] = ()
    category: tuple[Word, ...] = ()
    dispute: tuple[Dispute, ...] = ()
    grade: tuple[Grade, ...] = ()
    injury: bool | None = None
    told_people_min: Count | None = None
    calls_before_min: Count | None = None
    complaints_before_min: Count | None = None
    names_staff: bool | None = None

    def holds(self, said: Said, *, category: str, dispute: str = "", grade: str = "") -> bool:
        """`category`, `dispute` and `grade` are what triage has decided so far."""
        # Most of it is not named in most rules.
        return (
            (not self.channel or fits(said.channel, self.channel))
            and (not self.identity or fits(said.identity, self.identity))
            and (not self.nature or fits(said.nature, self.nature))
            and (not self.product or fits(said.product, self.product))
            and (not self.category or fits(category, self.category))
            and (not self.dispute or fits(dispute, self.dispute))
            and (not self.grade or fits(grade, self.grade))
            and (self.injury is None or self.injury == said.injury)
            and (self.told_people_min is None or said.told_people >= self.told_people_min)
            and (self.calls_before_min is None or said.calls_before >= self.calls_before_min)
            and (self.complaints_before_min is None or said.complaints_before >= self.complaints_before_min)
            and (self.names_staff is None or self.names_staff == said.names_staff)
        )


class ScreeningRule(Part):
    when: When = When()
    outcome: Screening
    reason: Remark


class ClassificationRule(Part):
    when: When = When()
    category: Word | None = None
    """None keeps the category that came with the complaint."""
    dispute: Dispute
    confidence_percent: Percent
    reason: Remark


class Weight(Part):
    when: When = When()
    level: Level
    reason: Remark


class GradeFrom(Part):
    grade: Grade
    score_min: Count


Because = Literal["breached", "motive", "message", "cluster"]
"""What raises a grade by itself: a clock that was not answered in time, what the complainant really wants, a further
message of theirs, or the size of the cluster that the case belongs to."""


class DriftRule(Part):
    """One raise. Things count from the grading on, each towards one raise (R16, R17)."""

    name: Name
    grade: tuple[Grade, ...]
    """From which grades."""
    to: Grade
    because: Because
    names: tuple[Word, ...] = ()
    """Patterns of the clocks or motives that count; nothing named: all of them."""
    times: Annotated[int, Field(ge=1)] = 1
    """How many of them it takes; of a cluster, how many members."""
    reason: Remark

    @model_validator(mode="after")
    def _raises(self) -> Self:
        if any(GRADES.index(grade) >= GRADES.index(self.to) for grade in self.grade):
            raise ValueError("a grade only ever goes up by itself")
        if self.because == "motive" and not set(self.names) <= set(get_args(Motive)):
            raise ValueError("no such motive")
        if self.because in ("message", "cluster") and self.names:
            raise ValueError("messages and clusters have no names to choose by")
        return self

    def counts(self, because: Because, name: str) -> bool:
        """Whether this thing counts towards this raise."""
        return because == self.because and fits(name, self.names)


class RoutingRule(Part):
    when: When = When()
    queue: Word
    first_owner: Word
    skills: tuple[Word, ...] = ()
    playbook: Word | None = None
    reason: Remark


class _FirstFits(Table):
    """The first rule that holds decides; the last one holds always, so that something always does."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        rules: tuple[ScreeningRule | ClassificationRule | RoutingRule, ...] = getattr(self, "rule", ())
        if not rules or rules[-1].when != When():
            raise ValueError("the last rule must hold always")
        return self


class Screenings(_FirstFits):
    rule: tuple[ScreeningRule, ...]


class Classifications(_FirstFits):
    rule: tuple[ClassificationRule, ...]

    @model_validator(mode="after")
    def _names_a_category(self) -> Self:
        if self.rule[-1].category is None:
            raise ValueError("the last rule must name a category")
        return self


class Routings(_FirstFits):
    rule: tuple[RoutingRule, ...]


class Gradings(Table):
    """Severity is the highest that holds, urgency too; their product gives the grade (R15)."""

    severity: tuple[Weight, ...]
    urgency: tuple[Weight, ...]
    grade: tuple[GradeFrom, ...]
    """From the highest score down to 0."""
    drift: tuple[DriftRule, ...] = ()
    """What raises a grade later, without anybody's doing."""

    @model_validator(mode="after")
    def _covers_everything(self) -> Self:
        scores = [one.score_min for one in self.grade]
        if not scores or scores[-1] != 0 or scores != sorted(scores, reverse=True):
            raise ValueError("grades go from the highest score_min down to 0")
        if len({rule.name for rule in self.drift}) < len(self.drift):
            raise ValueError("each drift has a name of its own")
        for weights in (self.severity, self.urgency):
            if not any(weight.when == When() for weight in weights):
                raise ValueError("severity and urgency each need one weight that holds always")
        return self


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set of this service."""

    screening: Screenings
    classification: Classifications
    grading: Gradings
    routing: Routings
