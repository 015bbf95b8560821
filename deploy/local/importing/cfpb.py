"""Complaints to the US Consumer Financial Protection Bureau: one row a complaint, dates without a time of day.

The database says when a complaint was received and sent on, and how the company answered, but not when it answered.
So a date is told as the first moment of its day in Washington, and the answer as of the end of the history: that much
is known and no more. Both layouts are read: the one of 2014, and the later one with the consumer's own words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from events.inbound import ToldLodged, ToldReported
from events.intake import Identity
from local.importing.history import Asked, Event, Format
from local.importing.table import BadCell, Row, parsed

SOURCE = "cfpb"
ZONE = ZoneInfo("America/New_York")
ONE_DAY = timedelta(days=1)

CHANNELS = {
    "Web": "website",
    "Web Referral": "regulator",
    "Referral": "regulator",
    "Phone": "phone",
    "Postal mail": "letter",
    "Fax": "fax",
    "Email": "mail",
}
"""`Submitted via` to our channels; a name that is not here goes through as it stands, and intake flags it."""

RESPONSE_COLUMNS = ("Company response", "Company response to consumer")
COLUMNS = (
    "Complaint ID", "Product", "Sub-product", "Issue", "Sub-issue", "State", "Submitted via", "Date received",
    "Date sent to company", "Company", RESPONSE_COLUMNS, "Timely response?", "Consumer disputed?",
)  # fmt: skip

DETAILS = ("Sub-product", "Sub-issue", "State")
"""What stands in for the consumer's own words where the Bureau did not publish them."""
NOTHING = frozenset({"None", "N/A"})
"""How the later layout writes an empty cell."""
CLOSED = "Closed"
"""Every response that closes a complaint begins with this word; `In progress` and `Untimely response` do not."""
DATE_FORMS = {8: "%m/%d/%y", 10: "%m/%d/%Y"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One row, read."""

    reference: str
    received: datetime
    sent: datetime
    channel: str
    product: str
    category: str | None
    company: str
    identity: Identity
    text: str | None
    response: str
    flags: str | None
    public_response: str | None


def _date(cell: str) -> datetime:
    return datetime.strptime(cell, DATE_FORMS.get(len(cell), "%m/%d/%Y")).replace(tzinfo=ZONE)


def _said(row: Row, column: str) -> str | None:
    text = row.text(column)
    return None if text in NOTHING else text


def _response(row: Row) -> str:
    return row.need(next(column for column in RESPONSE_COLUMNS if column in row.cells))


def parse(row: Row) -> Complaint:
    """The complaint in a row; raises BadCell."""
    channel = row.need("Submitted via")
    flags = [
        word
        for word, column, said in (("disputed", "Consumer disputed?", "Yes"), ("untimely", "Timely response?", "No"))
        if row.word(column) == said
    ]
    details = [f"{column}: {said}" for column in DETAILS if (said := _said(row, column)) is not None]
    return Complaint(
        reference=row.need("Complaint ID"),
        received=row.need_moment("Date received", _date),
        sent=row.need_moment("Date sent to company", _date),
        channel=CHANNELS.get(channel, channel),
        product=row.need("Product"),
        category=row.word("Issue"),
        company=row.need("Company"),
        identity="vulnerable" if "Older American" in (_said(row, "Tags") or "") else "ordinary",
        text=_said(row, "Consumer complaint narrative") or "\n".join(details) or None,
        response=_response(row),
        flags=", ".join(flags) or None,
        public_response=_said(row, "Company public response"),
    )


def events_of(complaint: Complaint, asked: Asked, known_until: datetime) -> Iterator[Event]:
    """Lodged with the Bureau, sent to the company, and how the company's answer stands at the end of the history."""

    def event(what: str, time: datetime, data: ToldLodged | ToldReported) -> Event:
        return Event(f"{complaint.reference}#{what}", SOURCE, complaint.reference, time, data)

    lodged = ToldLodged(
        channel=complaint.channel,
        form="oral" if complaint.channel == "phone" else "written",
        language="en",
        product=complaint.product,
        branch=complaint.company,
        category=complaint.category,
        identity=complaint.identity,
        text=complaint.text,
        history=asked.batch,
    )
    yield event("lodged", complaint.received, lodged)
    yield event("sent", complaint.sent, ToldReported(fact="custody", team=complaint.company, status="Sent to company"))
    closed = complaint.response.startswith(CLOSED)
    answer = ToldReported(
        fact="closed" if closed else "custody",
        ground="closed-at-source" if closed else None,
        team=complaint.company,
        status=complaint.response,
        sub_status=complaint.flags,
        note=complaint.public_response,
    )
    yield event("answer", known_until, answer)


def tell(rows: Sequence[Row], asked: Asked, bad: list[BadCell]) -> list[Event]:
    """All complaints of a file; it knows until the end of the last day it names."""
    complaints = list(parsed(rows, parse, column="Complaint ID", key=lambda complaint: complaint.reference, bad=bad))
    if not complaints:
        return []
    last = max(max(complaint.received, complaint.sent) for complaint in complaints)
    known_until = asked.known_until or last + ONE_DAY
    return [event for complaint in complaints for event in events_of(complaint, asked, known_until)]


FORMAT = Format(SOURCE, COLUMNS, tell)
