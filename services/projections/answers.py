"""What the JSON API answers, as /openapi.json says it: made for clients that are written from it.

Lives here: the form of each answer. A member that may be missing is not required; one that is not named here may
come at any time. Must not: make an answer, or check one.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from events.admission import Verdict
from projections.views.chapters.page import Case, Status
from projections.views.clocks import Clock, State
from projections.views.promises import Promise
from projections.views.register import Kind
from runtime.caller import POSITION_PATTERN
from runtime.openapi import Time, Uuid

T = TypeVar("T")
Position = Annotated[str, Field(json_schema_extra={"pattern": f"^{POSITION_PATTERN}$"})]
Plain = dict[str, Any]


class Sealed(TypedDict):
    """In the place of a personal text that stays closed: why."""

    sealed: Literal["erased", "missing", "unreadable", "withheld"]


Words = str | Sealed


class Listed(TypedDict, Generic[T]):
    """A page of a list. `next`: the `cursor` of the page after it; null on the last one."""

    items: list[T]
    next: str | None


class Handoffs(TypedDict):
    events: int
    first_timestamp: Time
    last_timestamp: Time
    impact: str | None
    final_status: str | None
    final_sub_status: str | None
    team_handoffs: int
    ping_pongs: int
    owner_changes: int
    distinct_owners: int
    highest_support_line: int | None
    line_escalations: int
    line_deescalations: int
    reopens: int
    wait_user_seconds: int
    wait_any_seconds: int


class CaseLine(TypedDict):
    """One line of the worklist; `text` is cut short there."""

    id: Uuid
    status: Status
    cycle: int
    source: str | None
    source_ref: str | None
    history: str | None
    """The batch of old history that brought it: nothing is owed on it until that is said to be complete."""
    lodged_at: Time | None
    closed_at: Time | None
    channel: str | None
    language: str | None
    product: str | None
    branch: str | None
    identity: str | None
    anonymous: bool | None
    injury: bool | None
    told_people: int | None
    text: Words | None
    screening: str | None
    category: str | None
    category_told: bool | None
    grade: str | None
    grade_before: str | None
    queue: str | None
    owner: str | None
    owned_since: Time | None
    offered_to: str | None
    level: int | None
    next_due_at: Time | None
    next_clock: str | None
    next_clock_state: State | None
    provisional: bool
    standing: str | None
    motive: str | None
    retellings: int | None
    bounces: int | None
    last_contact_at: Time | None
    last_contact_channel: str | None
    withdrawn: bool
    unjudged: bool
    conflict: bool
    handoffs: Handoffs | None
    head: str
    updated_at: Time | None


class NamedCluster(TypedDict):
    id: Uuid
    title: str | None


class CasePage(Case, total=False):
    """All that is known of a complaint; what was never said is absent."""

    head: str  # type: ignore[misc]  # the page keeps it as counters
    position: Position  # type: ignore[misc]  # the page keeps it as two numbers
    text: Words  # type: ignore[misc]  # opened, or not
    demand: Words  # type: ignore[misc]
    contact: Words  # type: ignore[misc]
    handoffs: Handoffs | None  # type: ignore[misc]
    clusters: list[NamedCluster]


class Actor(TypedDict):
    id: str
    type: str


class Change(TypedDict):
    field: str
    before: Any
    after: Any


class TimelineEntry(TypedDict):
    position: Position
    verdict: Verdict
    why: str | None
    type: str
    chapter: str
    fact: str
    number: int | None
    actor: Actor
    time: Time
    recorded_time: Time
    event_id: Uuid
    expects: str
    data: Plain | None
    changes: list[Change]


class ClockLine(Clock, total=False):
    """As it stands at the time asked for. Times are in seconds; `proof` and `facts` are addresses."""

    open: bool
    recorded_due: Time | None
    due: Time | None  # type: ignore[misc]  # null where time is only measured
    standing: str | None  # type: ignore[misc]
    paused_seconds: int | None  # type: ignore[misc]
    elapsed_seconds: int | None
    remaining_seconds: int | None
    day_seconds: int | None
    elapsed_units: int
    refused_extensions: list[Plain]
    why_provisional: list[Any]
    proof: str
    facts: str


class Clocks(TypedDict):
    items: list[ClockLine]
    unjudged: list[Plain]


class Counted(TypedDict):
    """`judged` are those met, late, or open past due; `met_percent` is null where few are."""

    no_deadline: int
    met: int
    late: int
    open_past_due: int
    running: int
    at_risk: int
    paused: int
    stopped: int
    unconfirmed: int
    judged: int
    met_percent: float | None


class CasesCounted(Counted):
    cases: int
    unjudged: int
    withdrawn: int
    screened_out: int
    due_compared: int
    due_within_5_minutes: int
    no_policy: int


ClassCounted = TypedDict("ClassCounted", {"class": str | None})


class BoardClass(CasesCounted, ClassCounted):
    """The cases of one class, by what the board was asked for."""


class BoardClock(Counted):
    clock: str
    clocks: int


class BoardWeek(TypedDict):
    week: Time
    met: int
    judged: int


class BoardNext(TypedDict):
    complaint_id: Uuid
    clock: str
    state: State
    due: Time
    policy: str | None
    standing: str | None
    provisional: bool
    owner: str | None
    offered_to: str | None
    grade: str | None
    product: str | None


class SlaBoard(CasesCounted):
    source: str | None
    clock: str
    by: str
    classes: list[BoardClass]
    clocks: list[BoardClock]
    weeks: list[BoardWeek]
    next: list[BoardNext]


class RegisterLine(TypedDict):
    """`conflict`: a finding on the case holds whoever did this answerable. `person`: whom a finding names;
    `against`: it holds them answerable. `complaint_id`: on which case, also of a line on a cluster.
    """

    position: Position
    stream: str
    complaint_id: str | None
    at: Time
    act: str
    kind: Kind
    by: str | None
    authority: str | None
    rule: str | None
    second_person: str | None
    person: str | None
    against: bool | None
    override: bool | None
    conflict: bool
    amount_minor: int | None
    currency: str | None
    before: str | None
    after: str | None
    detail: Plain


class PromiseLine(Promise, total=False):
    complaint_id: Uuid
    text: Words  # type: ignore[misc]  # opened, or not


class Record(TypedDict, total=False):
    """A record of the log as it stood. `data`, or where that is no JSON `data_base64`."""

    position: Position
    verdict: Verdict
    why: str | None
    stream: str | None
    type: str | None
    actor: str | None
    actor_type: str | None
    event_id: str | None
    source: str | None
    time: Time | None
    recorded_time: Time | None
    appended_ms: int
    expects: str | None
    command_hash: str | None
    correlation_id: str | None
    causation_id: str | None
    key: str | None
    data: Any
    data_base64: str
