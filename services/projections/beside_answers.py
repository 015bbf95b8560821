"""What the JSON API answers about what stands beside complaints, as /openapi.json says it: statistics, rulebooks,
clusters, budgets, and how the record is read.

Lives here: the form of each answer. Must not: make an answer, or check one.
"""

from typing_extensions import TypedDict

from projections.answers import Plain, Position
from projections.views.budgets import Budget
from projections.views.clocks import State
from projections.views.clusters import Cluster
from runtime.openapi import Time, Uuid


class HandoffStatistics(TypedDict):
    source: str | None
    cases: int
    cases_with_custody: int
    events: int
    team_handoffs: int
    ping_pongs: int
    cases_with_ping_pongs: int
    owner_changes: int
    line_escalations: int
    line_deescalations: int
    reopens: int
    cases_with_reopens: int
    wait_user_seconds: int
    wait_any_seconds: int
    cases_with_waits: int
    paused_seconds: int
    cases_with_pauses: int
    highest_line_1: int
    highest_line_2: int
    highest_line_3: int


class DueDeviations(TypedDict):
    source: str | None
    clock: str
    due_compared: int
    due_within_5_minutes: int
    no_policy: int
    deviations: list[Plain]
    without_policy: list[Plain]


class TriedClock(TypedDict):
    """Due as it is and as it would be; `kept`: why it would not move."""

    complaint_id: Uuid
    clock: str
    state: State
    open: bool
    policy: str | None
    calendar: str | None
    old_due: Time | None
    new_due: Time | None
    difference_seconds: int | None
    provisional: bool
    standing: str | None
    kept: str | None


class Preview(TypedDict):
    items: list[TriedClock]
    unknown: list[Uuid]
    at: Time


class RulebookLine(TypedDict, total=False):
    kind: str
    name: str
    version: int | None
    draft: int | None
    effective_at: Time | None
    known_at: Time | None
    by: str
    approved_by: str
    applies_to_running: bool
    why: str


class Rulebooks(TypedDict):
    items: list[RulebookLine]


class RulebookVersion(TypedDict, total=False):
    """`text` is absent in a list of versions."""

    version: int
    text: str
    state: str
    drafted_at: Time
    effective_at: Time | None
    known_at: Time
    by: str
    approved_by: str
    refused_by: str
    refused_because: str
    why: str
    consulted: list[str]
    applies_to_running: bool


class NamedVersion(RulebookVersion, total=False):
    kind: str
    name: str


class Rulebook(TypedDict):
    kind: str
    name: str
    as_of: Time
    known_at: Time | None
    in_force: RulebookVersion | None
    draft: RulebookVersion | None
    versions: list[RulebookVersion]


class ClusterPage(Cluster, total=False):
    """Members, and who was taken out, by the complaint's id."""

    head: str  # type: ignore[misc]  # kept as counters
    position: Position  # type: ignore[misc]  # kept as two numbers
    size: int


class BudgetPage(Budget, total=False):
    """Amounts in minor units; reservations by their id."""

    head: str  # type: ignore[misc]  # kept as counters
    position: Position  # type: ignore[misc]  # kept as two numbers


class BudgetLine(TypedDict, total=False):
    """A budget in the list: how many reservations there are, not which."""

    id: str
    stream: str
    head: str
    set: Plain
    amount_minor: int
    currency: str
    reserved_minor: int
    left_minor: int
    reservations: int
    position: Position
    updated_at: Time
    parked: Plain


class ParkedLine(TypedDict):
    service: str
    stream: str
    complaint_id: str | None
    kind: str
    reason: str
    position: Position
    attempts: int
    since: Time
    mend_until: Time
    overdue: bool


class ReaderLine(TypedDict):
    partition: int
    mark: int
    services: list[str]
    agree: bool
    differing: int | None
    latest: dict[str, int]


class Readers(TypedDict):
    items: list[ReaderLine]
    agree: bool


class AccessLine(TypedDict):
    service: str
    actor: str
    roles: list[str]
    method: str
    route: str
    streams: list[str]
    filters: list[str]
    status: int
    rows: int | None
    trace_id: str
    request_id: str
    at: Time
