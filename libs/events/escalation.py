"""Chapter escalation: who holds it, until when. Written by the service escalation and by nobody else."""

from typing import ClassVar, Literal

from events.fact import Chapter, Count, Fact, Moment, Origin, Remark, Word

_WHETHER_IT_IS_OPEN = frozenset({Chapter.INTAKE, Chapter.ACCOUNTABILITY})
_WHERE_AN_ANSWER_STANDS = frozenset({Chapter.INTAKE, Chapter.TRIAGE, Chapter.ACCOUNTABILITY})


class OwnershipOffered(Fact):
    """The case is offered to a post or person; the offerer answers for it until somebody accepts."""

    type: ClassVar[str] = "complaints.escalation.ownership-offered.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    to: Word
    by: Word
    reason: Remark
    packet_percent: Count
    """Share of the handoff packet that was filled in."""


class OwnershipAccepted(Fact):
    """Somebody took the case, who may (R24) and while it is open."""

    type: ClassVar[str] = "complaints.escalation.ownership-accepted.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_IS_OPEN
    owner: Word


class OwnershipRefused(Fact):
    """The offer was turned down, with a reason; counted as a bounce. The clocks run on."""

    type: ClassVar[str] = "complaints.escalation.ownership-refused.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_IS_OPEN
    by: Word
    reason: Remark


class CustodyReported(Fact):
    """Another system tells who held the case there: team, person and support line."""

    type: ClassVar[str] = "complaints.escalation.custody-reported.v1"
    team: Word | None = None
    owner: Word | None = None
    line: Literal[1, 2, 3] | None = None
    reported: Origin


class ClockStarted(Fact):
    """A time limit begins to run. `clock` is unique on the case: `first-reply`, `resolution`, `resolution#2` after a
    reopening, `reply:<message id>`, or as a publisher calls it. Follows from one admitted record, and no later one
    changes it: relies on nothing.
    """

    type: ClassVar[str] = "complaints.escalation.clock-started.v1"
    clock: Word
    due: Moment
    warn_at: Moment | None = None
    policy: Word
    """`<policy>@<version>`, or `given` where the publisher stated the due time."""
    reported: Origin | None = None


class ClockWarned(Fact):
    """A share of the time is gone and nothing has answered yet."""

    type: ClassVar[str] = "complaints.escalation.clock-warned.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    clock: Word


class ClockMet(Fact):
    """The clock was answered at `at`; late or not is in the history before it. The first answer stays the first: relies
    on nothing.
    """

    type: ClassVar[str] = "complaints.escalation.clock-met.v1"
    clock: Word
    answered_by: Word
    """What answered: `message-sent`, `contact-recorded`, `closed` or `withdrawn`."""


class ClockBreached(Fact):
    """Nothing had answered when the time ran out; `at` is the due time (L14). Asserts an absence (L1)."""

    type: ClassVar[str] = "complaints.escalation.clock-breached.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    clock: Word


class ClockStopped(Fact):
    """The limit no longer applies, with the reason (for example: screened as an enquiry). Neither met nor breached."""

    type: ClassVar[str] = "complaints.escalation.clock-stopped.v1"
    clock: Word
    reason: Remark


class CaseEscalated(Fact):
    """A breach gives the post of the next level a duty. Each level fires once, in order; unassigned cases too."""

    type: ClassVar[str] = "complaints.escalation.escalated.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    level: Count
    post: Word
    clock: Word
    """The breached clock; `crisis` where the grade did it."""
    reason: Remark
    unowned: bool


class CrisisTeamCalled(Fact):
    """A crisis has a named coordinator and a containment step (R93, R114)."""

    type: ClassVar[str] = "complaints.escalation.crisis-team-called.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_IS_OPEN
    coordinator: Word
    containment: Remark
    functions: tuple[Word, ...]
    by: Word
