"""The page of a case: its shape, and the form of a change to it. Must not: any single fact."""

from collections.abc import Callable
from typing import Any, Literal, Required

from typing_extensions import TypedDict

from events.fact import Fact
from events.ids import COMPLAINT
from projections.views import handoffs
from projections.views.clocks import Clock
from projections.views.handoffs import Handoffs
from projections.views.promises import Promise
from projections.views.told import Plain, Stamped

Status = Literal["lodged", "offered", "owned", "decided", "closed"]


class Case(TypedDict, total=False):
    """All that one screen shows of a complaint. What was never said is absent; sealed text stays sealed."""

    id: Required[str]
    stream: Required[str]
    status: Required[Status]
    """How far it is, from what stands in the record."""
    cycle: Required[int]
    head: Required[list[int]]
    position: Required[list[int]]
    updated_at: Stamped
    parked: Plain
    """Where and why a later record could not be folded (L22): its clocks are unjudged until it is folded again."""
    unjudged: list[Plain]
    """Where its record waits for repair, in any service. Not folded: put beside the page where it is read."""

    source: str
    source_ref: str
    history: str
    lodged_at: Stamped
    channel: str
    channel_rule: str
    entrance: bool
    form: str
    nature: str
    language: str
    product: str
    branch: str
    identity: str
    anonymous: bool
    on_behalf: bool
    subject_person: str
    taken_by: str
    party_ref: str
    key_id: str
    text: str
    demand: str
    contact: str
    injury: bool
    told_people: int
    calls_before: int
    complaints_before: int
    amendments: int
    evidence: list[Plain]
    contact_preferences: Plain
    """As stated last."""
    contacts: list[Plain]
    retellings: int
    motive: str
    motive_by: str
    messages: dict[str, Plain]
    last_contact_at: Stamped
    last_contact_channel: str
    withdrawn: Plain | None
    """In this cycle."""
    erasures: list[Plain]
    """When, by whom and why words of this person were erased, here or in another case of theirs (`complaint_id`). Not
    folded: put beside the page where it is read.
    """
    holds: dict[str, Plain]
    """The legal holds that stand on this case, by their ids."""
    feedback: list[Plain]
    closed_at_source: Plain
    open_at_source: bool
    """Its source opened it again, and nobody closed it since: it is offered then, maybe before that is repeated."""

    screening: str
    screenings: list[Plain]
    category: str
    category_told: bool
    """It is the word of whoever lodged or reported it, and not, or not yet, a judgement of ours."""
    dispute: str
    classification: Plain
    grade: str
    grading: Plain
    grade_before: str
    proposed: Plain | None
    """A correction that waits for a second person."""
    one_or_many: Plain
    opportunity: Plain | None
    """When and to whom it was handed on as a sales opportunity, while it is one."""
    route: Plain
    queue: str

    owner: str | None
    owned_since: Stamped
    offered_to: str | None
    offer: Plain
    bounces: int
    custody: Plain
    clocks: dict[str, Clock]
    next_due_at: Stamped | None
    """Of the clocks that run. Where it is read from the tables, of the paused ones too, as if they were resumed now."""
    next_clock: str | None
    resumed_due_at: Stamped | None
    """Of the paused clocks, as it was when they were paused."""
    resumed_clock: str | None
    resumed_provisional: bool
    next_provisional: bool
    """Whether `next_due_at` is, as of then. Only where it is read from the tables."""
    level: int
    escalations: list[Plain]
    crisis: Plain | None

    decision: Plain | None
    offers: dict[str, Plain]
    budget: str
    given_up: list[str]
    """What was reserved in its budget and no offer may use any more."""
    promises: dict[str, Promise]
    callbacks: list[Plain]
    closing: Plain
    closed_at: Stamped | None
    reopenings: list[Plain]
    asked: list[Plain]
    """Who was asked for their side."""
    replies: list[Plain]
    findings: list[Plain]
    conflicts: list[Plain]
    """What somebody did here whom a finding holds answerable (R24). Not folded: put beside the page."""
    handoffs: Handoffs


Changes = dict[str, Any]
"""Members of `Case` with their new values."""

How = Callable[[Case, Any], Changes]
"""What a fact changes on the page: a function of the page before and the fact."""


def counted(case: Case, fact: Fact) -> Changes:
    """The figures of its handoffs, where this fact is one."""
    figures = handoffs.fold(case.get("handoffs"), fact, imported="source" in case)
    return {} if figures is None else {"handoffs": figures}


def after_source(case: Case) -> Changes:
    """Somebody spoke of being open or closed after its source had opened it again."""
    return {"open_at_source": False} if case.get("open_at_source") else {}


def blank(stream: str) -> Case:
    """The page of a complaint of which nothing is known yet."""
    complaint_id = stream.removeprefix(COMPLAINT)
    return {"id": complaint_id, "stream": stream, "status": "lodged", "cycle": 1, "head": [], "position": []}
