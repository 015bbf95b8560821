"""Volvo IT's problem tickets (BPI Challenge 2013): one row a change of a ticket, with who held it.

Every row is told as custody at its own time, with what the ticket waits for. What the rows mean beyond that (a ticket's
end, its reopening) is told beside them, as events of their own. No limit is known: one clock is asked for that only
measures, and stands still while a ticket waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from events.fact import GivenDue
from events.inbound import ToldLodged, ToldReported
from local.importing.history import Asked, Event, Format
from local.importing.table import BadCell, Row, parsed, with_zone

SOURCE = "bpi2013"
CHANNEL = "service-desk"
"""The log does not say how a ticket came in; all did through the service desk's own system."""

ENDED = frozenset({"Resolved", "Closed", "Cancelled"})
"""Sub-statuses of Completed in which a ticket has come to an end."""
AT_WORK = frozenset({"Accepted", "Queued"})
WAITING = "Wait"
"""Sub-statuses in which a ticket waits begin with this word: `Wait`, `Wait - User`."""

CLOCK, POLICY = "bpi2013:handling", "bpi2013/handling"

COLUMNS = (
    "case_id", "event_no", "timestamp", "status", "sub_status", "impact", "product", "support_team",
    "organization_line", "owner",
)  # fmt: skip

_with_offset = with_zone(UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """One row, read."""

    reference: str
    number: int
    at: datetime
    status: str
    sub_status: str | None
    impact: str | None
    product: str | None
    organization: str | None
    team: str
    owner: str | None

    @property
    def line(self) -> Literal[1, 2, 3]:
        """The support line, from the team's suffix."""
        return 3 if self.team.endswith(" 3rd") else 2 if self.team.endswith(" 2nd") else 1

    @property
    def waiting(self) -> str | None:
        """What it waits for, as the pack's reasons for a pause are written: `wait`, `wait-user`."""
        words = (self.sub_status or "").replace("-", " ").split()
        return "-".join(words).lower() if words[:1] == [WAITING] else None

    @property
    def ends(self) -> bool:
        return self.status == "Completed" and self.sub_status in ENDED


def parse(row: Row) -> Change:
    """The change in a row; raises BadCell."""
    number = row.need("event_no")
    if not (number.isascii() and number.isdigit()):
        raise row.bad("event_no", "is not a number")
    return Change(
        reference=row.need("case_id"),
        number=int(number),
        at=row.need_moment("timestamp", _with_offset),
        status=row.need("status"),
        sub_status=row.word("sub_status"),
        impact=row.word("impact"),
        product=row.word("product"),
        organization=row.word("organization_line"),
        team=row.need("support_team"),
        owner=row.word("owner"),
    )


def events_of(change: Change, before: Change | None, batch: str) -> Iterator[Event]:
    """What one row tells; `before` is the ticket's row before it, None where this one opens the ticket."""

    def event(what: str, data: ToldLodged | ToldReported) -> Event:
        return Event(f"{change.reference}#{what}", SOURCE, change.reference, change.at, data)

    if before is None:
        lodged = ToldLodged(
            channel=CHANNEL,
            product=change.product,
            branch=change.organization,
            category=change.product,
            dues=(GivenDue(clock=CLOCK, policy=POLICY),),
            history=batch,
        )
        yield event("lodged", lodged)
    custody = ToldReported(
        fact="custody",
        team=change.team,
        owner=change.owner,
        line=change.line,
        status=change.status,
        sub_status=change.sub_status,
        impact=change.impact,
        waiting=change.waiting,
    )
    yield event(str(change.number), custody)
    if before is not None and before.ends and change.status in AT_WORK:
        yield event(f"{change.number}/reopened", _beside(change, "reopened", None))
    if change.ends:
        yield event(f"{change.number}/closed", _beside(change, "closed", "closed-at-source"))


def _beside(change: Change, fact: Literal["reopened", "closed"], ground: str | None) -> ToldReported:
    return ToldReported(fact=fact, ground=ground, status=change.status, sub_status=change.sub_status)


def tell(rows: Sequence[Row], asked: Asked, bad: list[BadCell]) -> list[Event]:
    """All tickets of a file."""
    read = parsed(rows, parse, column="event_no", key=lambda change: (change.reference, change.number), bad=bad)
    last: dict[str, Change] = {}
    events: list[Event] = []
    for change in sorted(read, key=lambda change: (change.at, change.number)):
        events += events_of(change, last.get(change.reference), asked.batch)
        last[change.reference] = change
    return events


FORMAT = Format(SOURCE, COLUMNS, tell)
