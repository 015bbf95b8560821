"""Boston's 311 service requests: one row a request, with the city's own deadline.

That deadline is kept as given; or, where the clocks are asked for by policy, the pack counts and the city's deadline
stands beside it to be compared. A request without a deadline gets none either way.

Times are wall-clock times of Boston without an offset. The three instants of a row are all that is known of its life:
opened, due, closed. A row that contradicts itself (closed without a time, open with one) is not told but named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from events.fact import GivenDue
from events.inbound import ToldLodged, ToldReported
from local.importing.history import Asked, Clocks, Event, Format
from local.importing.policies import PACK
from local.importing.table import BadCell, Row, parsed, with_zone

SOURCE = "boston311"
ZONE = ZoneInfo("America/New_York")
EXPORTED = datetime(2023, 5, 31, 23, 59, 59, tzinfo=ZONE)
"""The city exported its files of past years in May 2023; the day is not on record: the month's last second is taken."""

CLOCK = "resolution"
CHANNELS = {
    "Constituent Call": "phone",
    "Employee Generated": "employee",
    "Self Service": "website",
    "Citizens Connect App": "app",
    "Maximo Integration": "system",
    "Twitter": "public-post",
}
"""`source` to our channels; a name that is not here goes through as it stands, and intake flags it."""

COLUMNS = (
    "case_enquiry_id", "open_dt", "target_dt", "closed_dt", "case_status", "closure_reason", "case_title", "reason",
    "type", "department", "location", "source",
)  # fmt: skip

_wall_clock = with_zone(ZONE)


@dataclass(frozen=True, slots=True)
class Request:
    """One row, read."""

    reference: str
    opened: datetime
    due: datetime | None
    closed: datetime | None
    closure: str | None
    channel: str
    category: str | None
    product: str | None
    branch: str | None
    text: str | None


def parse(row: Row) -> Request:
    """The request in a row; raises BadCell."""
    closed, status = row.moment("closed_dt", _wall_clock), row.need("case_status")
    if status == "Closed" and closed is None:
        raise row.bad("closed_dt", "is empty although case_status is Closed")
    if status != "Closed" and closed is not None:
        raise row.bad("closed_dt", "has a time although case_status is not Closed")
    channel = row.need("source")
    return Request(
        reference=row.need("case_enquiry_id"),
        opened=row.need_moment("open_dt", _wall_clock),
        due=row.moment("target_dt", _wall_clock),
        closed=closed,
        closure=row.text("closure_reason"),
        channel=CHANNELS.get(channel, channel),
        category=row.word("type"),
        product=row.word("reason"),
        branch=row.word("department"),
        text="\n".join(part for part in (row.text("case_title"), row.text("location")) if part) or None,
    )


def dues_of(request: Request, clocks: Clocks) -> tuple[GivenDue, ...]:
    """The limit that is asked for: none where the city gave none."""
    if request.due is None:
        return ()
    return (GivenDue(clock=CLOCK, due=request.due, policy=PACK if clocks == "policy" else None),)


def events_of(request: Request, asked: Asked) -> Iterator[Event]:
    """Lodged, and closed where it was: without closing it is open until the export."""
    yield Event(
        f"{request.reference}#lodged",
        SOURCE,
        request.reference,
        request.opened,
        ToldLodged(
            channel=request.channel,
            form="oral" if request.channel == "phone" else "written",
            language="en",
            product=request.product,
            branch=request.branch,
            category=request.category,
            text=request.text,
            dues=dues_of(request, asked.clocks),
            history=asked.batch,
        ),
    )
    if request.closed is not None:
        yield Event(
            f"{request.reference}#closed",
            SOURCE,
            request.reference,
            request.closed,
            ToldReported(fact="closed", ground="closed-at-source", note=request.closure),
        )


def tell(rows: Sequence[Row], asked: Asked, bad: list[BadCell]) -> list[Event]:
    """All requests of a file."""
    requests = parsed(rows, parse, column="case_enquiry_id", key=lambda request: request.reference, bad=bad)
    return [event for request in requests for event in events_of(request, asked)]


FORMAT = Format(SOURCE, COLUMNS, tell, exported=EXPORTED, policies=PACK)
