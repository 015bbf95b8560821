"""Invented inbound events: histories like Boston's service requests, and open cases with a due time. No files.

Pure and seeded: the same arguments give the same events. Must not: Kafka, the clock.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from events.fact import GivenDue
from events.inbound import ToldHistoryCompleted, ToldHistoryOpened, ToldLodged
from local.importing.boston311 import CHANNELS, CLOCK, SOURCE, Request, events_of
from local.importing.history import Asked, Event, History, in_order

FIRST_DAY = datetime(2011, 7, 1, tzinfo=UTC)
DAYS = 92
WITHOUT_DUE, STILL_OPEN, LATE = 0.16, 0.05, 0.2
"""Shares of the cases, near those of a real quarter."""
_KINDS = ("Sidewalk Repair", "Street Light Outage", "Missed Trash", "Graffiti Removal", "Pothole", "Parking", "Rodents")
_OFFICES = ("PWDx", "BTDT", "ISD", "PARK", "GEN")
_STREETS = ("Beacon St", "Hanover St", "Centre St", "Dudley St", "Bennington St")


def history(name: str, cases: int) -> History:
    """That many requests of a summer: most closed, some late, some without a due time, and the batch around them."""
    chance = Random(f"{name}/{cases}")  # by its name: two batches of one run differ
    batch = f"{SOURCE}-{name}"
    requests = [_request(chance, f"{name}-{number}") for number in range(cases)]
    asked = Asked(batch, known_until=None)
    events = tuple(in_order(event for request in requests for event in events_of(request, asked)))
    known_until = max(event.time for event in events) + timedelta(days=1)
    return History(
        batch=batch,
        known_until=known_until,
        opened=Event(f"{batch}#opened", SOURCE, batch, FIRST_DAY, ToldHistoryOpened()),
        events=events,
        completed=Event(
            f"{batch}#completed", SOURCE, batch, known_until, ToldHistoryCompleted(known_until=known_until)
        ),
        bad=(),
    )


def _request(chance: Random, reference: str) -> Request:
    opened = FIRST_DAY + timedelta(seconds=chance.randrange(DAYS * 86_400))
    allowed = timedelta(hours=chance.choice((24, 48, 72, 240, 720)))
    taken = allowed * (chance.uniform(1.01, 3) if chance.random() < LATE else chance.uniform(0.02, 0.99))
    kind = chance.choice(_KINDS)
    return Request(
        reference=reference,
        opened=opened,
        due=None if chance.random() < WITHOUT_DUE else opened + allowed,
        closed=None if chance.random() < STILL_OPEN else opened + taken,
        closure="Case resolved. Crew visited the place and made it safe.",
        channel=chance.choice(tuple(CHANNELS.values())),
        category=kind,
        product=chance.choice(("Highway Maintenance", "Street Lights", "Sanitation")),
        branch=chance.choice(_OFFICES),
        text=f"{kind}\n{chance.randrange(1, 400)} {chance.choice(_STREETS)}",
    )


def open_cases(name: str, dues: Sequence[datetime], lodged_at: datetime) -> Iterator[Event]:
    """One live case for each due time, lodged then; its reference is `<name>-<number>`, its clock the resolution."""
    for number, due in enumerate(dues):
        reference = f"{name}-{number}"
        data = ToldLodged(
            channel="phone",
            form="oral",
            language="en",
            product="Street Lights",
            text=f"The lamp at number {number} is dark.",
            dues=(GivenDue(clock=CLOCK, due=due),),
        )
        yield Event(f"{reference}#lodged", SOURCE, reference, lodged_at, data)
