"""What the rules of escalation remember of a stream: a small closed union, only what some rule reads.

Clocks that were answered, offers that were taken and levels that fired are in the log, not here; nor is what a rulebook
says: a clock keeps the version it started with. What folds change often has no slots (`events.changed`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from escalation.decider.heard import NOTHING_HEARD, End, Heard, Report
from escalation.decider.missed import NOTHING_MISSED, Missed
from events.fact import Origin
from events.triage import Grade


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing has been lodged here, or the stream is none of ours."""

    kind: Literal["empty"] = "empty"


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """A stream `import/<batch>`: until when its history is complete; None while it loads."""

    known_until: datetime | None = None
    known_at: datetime | None = None
    """When that was known: nobody judged its cases before."""
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class Again:
    """A clock that a screening stopped begins again when that is taken back, by the versions that it began with."""

    clock: str
    policy: str
    calendar: str


@dataclass(frozen=True)
class Occasion:
    """Something happened that may set off clocks: which, the packs in force say."""

    name: str
    """Its own name on this case, as facts call it: `lodged`, `message:<id>`, `offered#2`."""
    what: str
    """The word by which policies start (`events.occasions`)."""
    at: datetime
    part: Literal["all", "early", "late"] = "all"
    """Policies that look at grade or category have to wait for them: they are `late`, all others `early`."""
    channel: str = ""
    grade: Grade | None = None
    category: str | None = None
    post: str | None = None
    pack: str | None = None
    """Only this one: what follows another clock of the pack."""
    again: Again | None = None
    """It sets off this clock and no other."""
    started: tuple[str, ...] = ()
    """Names of the clocks that it has set off."""
    known_at: datetime | None = None
    """When something was said that made it one, where that came later: a late grade sets off clocks of the lodging."""
    heard: Heard = NOTHING_HEARD


@dataclass(frozen=True)
class Asked:
    """A clock that a publisher gave with the lodging, and that is still to be started."""

    clock: str
    at: datetime
    due: datetime | None
    policy: str | None
    category: str | None = None
    """Of the case, as its source calls it."""
    source: str = ""
    """Empty where it was lodged with us."""
    reference: str = ""
    heard: Heard = NOTHING_HEARD


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a running clock, as its own facts tell it."""

    what: Literal["paused", "resumed", "extended"]
    at: datetime
    reason: str = ""
    amount: int = 0
    unit: str = ""
    noticed_at: datetime | None = None
    has: tuple[str, ...] = ()


@dataclass(frozen=True)
class Running:
    """A clock that was started and is not yet answered."""

    name: str
    at: datetime
    policy: str
    """`<pack>/<policy>@<version>`, or `given`."""
    calendar: str | None = None
    stated: datetime | None = None
    """Of a given clock: the due time that it was given."""
    steps: tuple[Step, ...] = ()
    warned: tuple[int, ...] = ()
    warns: bool = True
    """False for a clock of old history that was given: whom would it have warned."""
    breached_at: datetime | None = None
    paused: str | None = None
    """The reason for which it stands still."""
    heard: Heard = NOTHING_HEARD
    set_off_by: str = ""
    """The name of its occasion; empty where a publisher asked for it."""
    known_at: datetime | None = None
    """When its occasion was known, where that came later: before that nobody can be late."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that reached the complainant, by which an extension may have been told."""

    ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Custody:
    """Another system said who held the case there, and this chapter has not yet written it."""

    at: datetime
    team: str | None
    owner: str | None
    line: Literal[1, 2, 3] | None
    origin: Origin
    waiting: str | None = None


@dataclass(frozen=True)
class Wanted:
    """The case is to be offered, and has not yet been: to a post, or to whom the table names."""

    at: datetime
    because: Literal["routed", "refused", "screened-out", "reopened", "named"]
    post: str | None = None
    """Who takes it first by its route; who refused it where it was refused."""
    refusals: int = 0
    grade: Grade | None = None
    """As the case was graded and classified then."""
    category: str | None = None
    barred: tuple[str, ...] = ()
    """Who did not own it then."""
    known_at: datetime | None = None
    """As of `End`."""
    stands: bool = True
    """The case has not been closed since: what is offered then may be taken."""


@dataclass(frozen=True, slots=True)
class Former:
    """As what the case was known until then."""

    until: datetime
    grade: Grade | None
    category: str | None


@dataclass(frozen=True)
class Holding:
    """Who holds the case. It has one owner or is offered to one, or both while it is handed on."""

    owner: str | None = None
    owned_since: datetime | None = None
    offered_to: str | None = None
    refusals: int = 0
    routed_to: str | None = None
    """Who takes it first, by its last route."""


@dataclass(frozen=True)
class Rest:
    """What stays of a case when nothing runs: enough to go on where it is reopened or written to."""

    since: datetime
    """When this cycle began: the lodging, or the last reopening."""
    channel: str = ""
    branch: str | None = None
    category: str | None = None
    """As the source calls it, else as it was classified first."""
    classified: str | None = None
    """As it was classified last."""
    subject: str | None = None
    """Who is complained about."""
    barred: tuple[str, ...] = ()
    """They, who took the complaint, whom a finding is about, and who decided it before: they do not own it (R24)."""
    history: str | None = None
    """The import stream that brought it, where it is old history."""
    closed: bool = False
    there: tuple[tuple[Literal["closed", "reopened"], datetime], ...] = ()
    """What its source told of that and accountability has not repeated yet; nothing from before its own last word."""
    screened_out: bool = False
    grade: Grade | None = None
    former: tuple[Former, ...] = ()
    """What its grade and `category` were before, in the order of the log: for what this chapter says late."""
    cycle: Literal["lodged", "reopened"] = "lodged"
    timed: bool = False
    gradings: int = 0
    """Whether the clocks of this cycle that wait for the grade have been set off, and how often that was in all."""
    counted: tuple[tuple[str, int], ...] = ()
    """How many occasions of each word there have been: they are named by it."""
    given: tuple[str, ...] = ()
    """Names of the clocks that a publisher gave: ours of the same name do not start beside them."""
    packs: tuple[str, ...] = ()
    """The packs that a publisher asked for by name: what else they start is started, too."""
    named: tuple[str, ...] = ()
    """Names of clocks that may not be used again."""
    recent: tuple[End, ...] = ()
    """The latest things that may end a clock: for clocks that are set off late."""
    reports: tuple[Report, ...] = ()
    """What its source waited for lately, as `recent`; the last says for what at present."""
    out: tuple[Occasion, ...] = ()
    """What waits for a screening back: the clocks that screening out stopped, and messages left since."""
    notices: tuple[Notice, ...] = ()
    fired: tuple[int, datetime | None, bool] = (0, None, False)
    """The level that fired last, the highest of its cycle; when, and whether nobody was there."""
    reopenings: tuple[datetime, ...] = ()
    closings: tuple[datetime, ...] = ()
    """Both since that level fired, when each was known: a cycle and what is missed after it have a ladder each."""
    coordinator: str | None = None
    """Of the crisis team that was called in this cycle."""
    holding: Holding = Holding()


@dataclass(frozen=True)
class Case:
    """A complaint."""

    rest: Rest
    asked: tuple[Asked, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    running: tuple[Running, ...] = ()
    custody: tuple[Custody, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    missed: Missed = NOTHING_MISSED
    crises: tuple[datetime, ...] = ()
    """When it was known to be a crisis, or open again as one, and the level where a crisis goes was not told since."""
    blamed: tuple[str, ...] = ()
    """Whom a finding held answerable."""
    kind: Literal["case"] = "case"

    @property
    def about(self) -> tuple[str | None, ...]:
        """Who is complained about, and whom a finding held answerable."""
        return self.rest.subject, *self.blamed


State = Empty | ImportBatch | Case
