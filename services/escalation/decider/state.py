"""What the rules of escalation remember of a stream: a small closed union, only what some rule reads.

Clocks that were answered, offers that were taken and levels that fired are in the log, not here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from events.fact import Origin
from events.intake import MessageKind
from events.triage import Grade

FIRST_REPLY = "first-reply"
RESOLUTION = "resolution"
REPLY = "reply:"


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing has been lodged here, or the stream is none of ours."""

    kind: Literal["empty"] = "empty"


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """A stream `import/<batch>`: until when its history is complete; None while it loads."""

    known_until: datetime | None = None
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class End:
    """Something that ends a clock, or may: which messages count, the clock's policy says."""

    at: datetime
    how: Literal["message-sent", "contact-recorded", "closed", "withdrawn", "case-closed", "screened-out"]
    message: MessageKind | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A clock that something has set off and that is still to be started."""

    name: str
    since: datetime
    basis: str
    """What its policy is found by: the channel of a message, the grade of a case; the source of a given one."""
    given: datetime | None = None
    """The due time that a publisher stated."""
    reference: str = ""
    """The publisher's reference of the case, where `given`."""
    ends: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that was started and is not yet answered."""

    name: str
    since: datetime
    due: datetime
    policy: str
    warn_at: datetime | None = None
    """None where nothing is left to warn of."""
    breached: bool = False
    ends: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Custody:
    """Another system said who held the case there, and this chapter has not yet written it."""

    at: datetime
    team: str | None
    owner: str | None
    line: Literal[1, 2, 3] | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Wanted:
    """The case is to be offered, and has not yet been: to a post, or to whom the table names."""

    at: datetime
    because: Literal["routed", "refused", "screened-out", "reopened"]
    post: str | None = None
    """Who takes it first where it was routed, who refused it where it was refused."""
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the case. It has one owner or is offered to one, or both while it is handed on."""

    owner: str | None = None
    owned_since: datetime | None = None
    offered_to: str | None = None
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """What stays of a case when nothing runs: enough to go on where it is reopened or written to."""

    since: datetime
    """When this cycle began: the lodging, or the last reopening."""
    barred: tuple[str, ...] = ()
    """The person complained about, and who took the complaint: they do not own it (R24)."""
    history: str | None = None
    """The import stream that brought it, where it is old history."""
    closed: bool = False
    screened_out: bool = False
    grade: Grade | None = None
    resolutions: int = 0
    """How many resolution clocks it has had."""
    timed: bool = False
    """This cycle has its resolution clock."""
    level: int = 0
    """The highest level that has fired."""
    level_at: datetime | None = None
    crisis_team: bool = False
    holding: Holding = Holding()


@dataclass(frozen=True, slots=True)
class Done:
    """Closed, and every clock of it judged."""

    rest: Rest
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint with something to wait for, or open."""

    rest: Rest
    waiting: tuple[Waiting, ...] = ()
    running: tuple[Running, ...] = ()
    custody: tuple[Custody, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    crisis_at: datetime | None = None
    """It became a crisis, and the level where a crisis goes has not yet been told."""
    kind: Literal["case"] = "case"


State = Empty | ImportBatch | Case | Done


def is_reply(clock: str) -> bool:
    """True where an answer to the complainant ends the clock; all others end with the case."""
    return clock == FIRST_REPLY or clock.startswith(REPLY)
