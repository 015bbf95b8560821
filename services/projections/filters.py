"""What the worklist may be narrowed to and sorted by: an allow-list, each with its one condition in SQL.

Lives here: names, types and conditions of filters. Must not: run anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from events.fact import Moment, Word
from events.intake import Identity
from events.triage import Grade, Screening
from projections.views.chapters.page import Status

WORDS_MAX = 50


def _any_of(*known: str) -> tuple[AfterValidator, Any]:
    """One of a closed list, or several with commas between: a word that is in none would find nothing, silently."""
    unknown = PydanticCustomError("not_in_list", f"send one of {', '.join(known)}, or several with commas between")
    one = f"({'|'.join(known)})"

    def listed(text: str) -> str:
        if not set(text.split(",")) <= set(known):
            raise unknown
        return text

    return AfterValidator(listed), Field(json_schema_extra={"pattern": f"^{one}(,{one})*$"})


Statuses = Annotated[str, *_any_of("open", *get_args(Status))]
Grades = Annotated[str, *_any_of(*get_args(Grade))]
Identities = Annotated[str, *_any_of(*get_args(Identity))]
Screenings = Annotated[str, *_any_of(*get_args(Screening))]
Words = Annotated[
    list[Word] | None, Query(max_length=WORDS_MAX, description="Any of them: the parameter may come several times")
]
"""Anybody's words, a token's subject too, may have a comma in them: each is a parameter of its own."""
Sort = Literal["next_due_at", "-next_due_at", "lodged_at", "-lodged_at"]


@dataclass(frozen=True)
class CaseFilter:
    """Which complaints: a member left None does not narrow."""

    status: Statuses | None = None
    """A status, or `open` for all that are not closed."""
    grade: Grades | None = None
    owner: Words = None
    offered_to: Words = None
    source: Words = None
    source_ref: Word | None = None
    category: Words = None
    channel: Words = None
    product: Words = None
    branch: Words = None
    identity: Identities | None = None
    screening: Screenings | None = None
    queue: Words = None
    withdrawn: bool | None = None
    unowned: bool | None = None
    """Nobody has accepted it, and it is not closed."""
    owed: bool | None = None
    """Something is still owed on it: it is not closed, or a clock runs or is breached beyond the closing, or a promise,
    a call or an accepted offer waits.
    """
    unjudged: bool | None = None
    """Its record waits for repair in some service, so that its clocks are neither met nor late."""
    conflict: bool | None = None
    """A finding holds somebody answerable who had acted on it; nobody has decided it, or opened it again, since."""
    approval: bool | None = None
    """An offer on it waits for somebody whose limit is high enough."""
    duty_of: Words = None
    """A level of the ladder gave this post a duty, and what was missed is not done yet; by hand, until it is closed."""
    due_before: Moment | None = None
    """Its next clock is due before this instant."""
    due_from: Moment | None = None
    party_ref: Words = None
    """Of whose contact this is the keyed hash."""
    same_person_as: UUID | None = None
    """Of whoever gave the contact of this complaint, itself among them; none where it has no contact."""


@dataclass
class Conditions:
    """Conditions in SQL with their arguments, numbered as they come."""

    arguments: list[Any] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def add(self, condition: str, *arguments: Any) -> None:  # noqa: ANN401 - whatever the driver takes
        """One more condition; each `?` in it is the place of one argument."""
        for argument in arguments:
            self.arguments.append(argument)
            condition = condition.replace("?", f"${len(self.arguments)}", 1)
        self.found.append(condition)

    def add_wanted(self, wanted: Mapping[str, object], conditions: Mapping[str, str]) -> None:
        """The condition of each filter that is asked for; `conditions` is the allow-list, by the filter's name."""
        for name, value in wanted.items():
            if value is not None:
                self.add(conditions[name], value)

    @property
    def where(self) -> str:
        return " and ".join(self.found) or "true"


def conditions(wanted: CaseFilter) -> Conditions:
    """The filter as SQL. What has no condition of its own is a column, and any of the words that are asked for fits."""
    sql = Conditions()
    for name, value in vars(wanted).items():
        if value is None:
            continue
        if name == "owed":
            sql.add(f"{'' if value else 'not '}({_OWED})")
        elif name in _CONDITIONS:
            sql.add(_CONDITIONS[name], value)
        else:
            words = value.split(",") if isinstance(value, str) else value
            is_open = "status <> 'closed' or " if name == "status" and "open" in words else ""
            sql.add(f"({is_open}{name} = any (?::text[]))", words)
    return sql


_OWED = """
status <> 'closed' or next_due_at is not null or id in (select complaint_id from promises where next_at is not null)"""
_CONDITIONS = {
    "source_ref": "source_ref = ?",
    "withdrawn": "withdrawn = ?",
    "unjudged": "exists (select from unjudged u where u.id = cases.id) = ?",
    "conflict": "exists (select from conflicted u where u.id = cases.id) = ?",
    "approval": "(id in (select a.id from approvals a)) = ?",
    "duty_of": "id in (select d.id from duties d where d.post = any (?::text[]))",
    "unowned": "(owner is null and status <> 'closed') = ?",
    "due_before": "next_due_at < ?",
    "due_from": "next_due_at >= ?",
    "same_person_as": "party_ref = (select p.party_ref from cases p where p.id = (?::uuid)::text)",
}
