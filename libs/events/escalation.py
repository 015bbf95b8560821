"""Chapter escalation: who holds it, until when. Written by the service escalation and by nobody else."""

from typing import ClassVar, Literal

from events.apart import KeptApart
from events.fact import Chapter, Count, Fact, Moment, Origin, Remark, Word

GIVEN = "given"
"""The policy of a clock whose due time a publisher stated."""
Standing = Literal["V", "S", "M"]
"""What the source of a policy is worth: verified in a primary text, secondary, or unconfirmed (M: no law)."""
Function = Literal["legal", "public-relations", "government-affairs", "administration"]
"""Who works together in a crisis team (R93)."""
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
    organisation: Word | None = None
    """The version by which it was offered: `default@3`."""
    unread: Word | None = None
    """As of `ClockWarned`."""


class OwnershipAccepted(Fact):
    """Somebody took the case, who may (R24), with the competence for the post (R34) and for what the case is, while it
    is open.
    """

    type: ClassVar[str] = "complaints.escalation.ownership-accepted.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    owner: Word
    organisation: Word | None = None
    """The version by which they may: `default@3`."""


class OwnershipRefused(Fact):
    """The offer was turned down, with a reason; counted as a bounce. The clocks run on."""

    type: ClassVar[str] = "complaints.escalation.ownership-refused.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_IS_OPEN
    by: Word
    reason: Remark
    organisation: Word | None = None
    """The version by which it was theirs to answer: `default@3`."""


class CustodyReported(Fact):
    """Another system tells who held the case there: team, person, support line, and what it waited for there."""

    type: ClassVar[str] = "complaints.escalation.custody-reported.v1"
    team: Word | None = None
    owner: Word | None = None
    line: Literal[1, 2, 3] | None = None
    waiting: Word | None = None
    reported: Origin


class ClockStarted(Fact):
    """A time limit begins to run. `clock` is unique on the case: `first-reply`, `resolution`, `resolution#2` after a
    reopening, `reply:<message id>`, `<pack>:<policy>` for other packs, or as a publisher calls it. Follows from one
    admitted record and the rulebooks in force when that happened, and no later one changes it: relies on nothing.
    """

    type: ClassVar[str] = "complaints.escalation.clock-started.v1"
    clock: Word
    due: Moment | None = None
    """As it stood at the start; absent where time is only measured. What moves it later is in later facts."""
    warn_at: Moment | None = None
    """The first warning, if nothing answers until then."""
    policy: Word
    """`<pack>/<policy>@<version>`, or `given` where the publisher stated the due time."""
    calendar: Word | None = None
    """`<name>@<version>`."""
    pack: Word | None = None
    standing: Standing | None = None
    """Of the policy. What is unconfirmed (`M`) is never shown as law; absent where a publisher stated the due time."""
    set_off_by: Word = "lodged"
    """What began it, by the case's own count: `lodged`, `graded`, `message:<id>`, `offered#2`, `breached:<clock>`."""
    basis: Word | None = None
    """What the policy was looked up by, where a table of the pack did: `category=<category>`."""
    provisional: bool = False
    """The calendar does not reach the due time, or a date before it is not confirmed."""
    stated_due: Moment | None = None
    """What a publisher states beside the policy that it asked for: only to be compared."""
    reported: Origin | None = None


class ClockNotStarted(Fact):
    """A clock was asked for and no policy fits: said, so that nothing is silently without a clock. Relies on nothing,
    as `ClockStarted`.
    """

    type: ClassVar[str] = "complaints.escalation.clock-not-started.v1"
    clock: Word
    pack: Word | None = None
    set_off_by: Word = "lodged"
    basis: Word | None = None
    reason: Word
    """`no-policy`: the pack has none for this basis; `not-in-force`: no version of it or its calendar covers it."""
    rulebook: Word | None = None
    """The version of the pack that was asked: `<name>@<version>`; absent where none covers the moment."""
    stated_due: Moment | None = None
    reported: Origin | None = None


class ClockPaused(KeptApart):
    """The clock stands still, where its policy allows the reason; an unlawful pause is recorded and stops nothing.

    It follows from the clock's own record and its policy; a clock that was answered before is not moved by it.
    """

    type: ClassVar[str] = "complaints.escalation.clock-paused.v1"
    clock: Word
    reason: Word
    lawful: bool
    by: Word
    """`source` where another system reported it."""
    reported: Origin | None = None


class ClockResumed(KeptApart):
    """The clock runs on, with the due time that it has now."""

    type: ClassVar[str] = "complaints.escalation.clock-resumed.v1"
    clock: Word
    due: Moment | None = None
    provisional: bool = False
    """The calendar may not know all days until that due time."""
    by: Word
    reported: Origin | None = None


class ClockExtended(KeptApart):
    """More time, as the policy allows it: with a reason, with what the policy asks for, and mostly with a notice that
    reached the complainant before the time was over.
    """

    type: ClassVar[str] = "complaints.escalation.clock-extended.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.INTAKE})
    clock: Word
    reason: Remark
    amount: Count
    unit: Word
    """Of the clock's policy: `business-days` and the like."""
    due: Moment
    provisional: bool = False
    """As of `ClockResumed`."""
    notice: Word | None = None
    """The delivered message, by its id; `contact` where it was told in a call."""
    noticed_at: Moment | None = None
    has: tuple[Word, ...] = ()
    """What else the policy needs, and is there."""
    by: Word


class ClockRecalculated(Fact):
    """A changed rulebook that applies to running clocks moves a due time; old and new both stay. `at`: when the change
    was known. Asserts that nothing had ended the clock by then (L1).
    """

    type: ClassVar[str] = "complaints.escalation.clock-recalculated.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    clock: Word
    old_due: Moment | None = None
    new_due: Moment | None = None
    cause: Remark
    policy: Word
    calendar: Word | None = None
    standing: Standing | None = None
    """Of the policy as it is now."""
    provisional: bool = False


class ClockWarned(Fact):
    """A share of the time is gone and nothing has answered yet."""

    type: ClassVar[str] = "complaints.escalation.clock-warned.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    clock: Word
    percent: Count | None = None
    """Which share, by the policy."""
    unread: Word | None = None
    """A pack or calendar that could not be read when this was said: the clocks that it sets off begin later."""


class ClockMet(Fact):
    """The clock was answered at `at`; late or not is in the history before it. The first answer stays the first: relies
    on nothing.
    """

    type: ClassVar[str] = "complaints.escalation.clock-met.v1"
    clock: Word
    answered_by: Word
    """What answered: `message-sent`, `contact-recorded`, `closed`, `withdrawn`, `accepted`, `refused` or `offered`."""
    unread: Word | None = None
    """As of `ClockWarned`."""


class ClockBreached(Fact):
    """When the time ran out nothing was known to have answered; `at` is the due time (L14). Asserts an absence (L1)."""

    type: ClassVar[str] = "complaints.escalation.clock-breached.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    clock: Word
    unread: Word | None = None
    """As of `ClockWarned`."""


class ClockStopped(Fact):
    """The limit no longer applies, with the reason (for example: screened as an enquiry). Neither met nor breached."""

    type: ClassVar[str] = "complaints.escalation.clock-stopped.v1"
    clock: Word
    reason: Remark
    unread: Word | None = None
    """As of `ClockWarned`."""


class CaseEscalated(Fact):
    """A breach, a broken promise or a missed callback gives the post of the next level a duty. Each level fires once in
    a cycle, in order; unassigned cases too. A reopened case begins again at the first level.
    """

    type: ClassVar[str] = "complaints.escalation.escalated.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHERE_AN_ANSWER_STANDS
    level: Count
    post: Word
    clock: Word
    """The breached clock; `promise:<id>` or `callback` where that was not done in time, also after closing; `crisis`
    where the grade did it, `by-hand` where a person did.
    """
    reason: Remark
    unowned: bool
    empty: bool = False
    """Nobody was there at this post when its level fired, no member and no deputy: the next level follows at once."""
    by: Word = "rule"
    ladder: Word | None = None
    """The version that says which post this is: `default@3`."""
    organisation: Word | None = None
    """The version by which somebody was there or nobody: `default@3`; absent where none covers the moment."""
    unread: Word | None = None
    """As of `ClockWarned`."""


class CrisisTeamCalled(Fact):
    """An urgent, thorny case of whatever grade has a team, a coordinator by name and a containment step (R93, R114)."""

    type: ClassVar[str] = "complaints.escalation.crisis-team-called.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_IS_OPEN
    coordinator: Word
    containment: Remark
    functions: tuple[Function, ...]
    reason: Remark
    """Why it cannot wait for the usual way."""
    by: Word
