"""The service projections: reads the whole log, writes nothing to it, folds the views in the reader's transaction."""

from fastapi import APIRouter

from projections.accesses import follow_access
from projections.api import build_routes
from projections.console.questions import Questions
from projections.console.routes import build_pages
from projections.console.tracking import build_tracking
from projections.freshness import Freshness
from projections.marks import follow_marks
from projections.parkings import follow_parked
from projections.pausing import recount_pauses
from projections.sources import Asking, Sources
from projections.store import TABLES, Views
from runtime.service import Running, Service
from runtime.store import create_schema

NAME = "projections"
LINGER_SECONDS_MAX = 0.04
"""People look at the views: what is late is to be seen soon, however busy the machine."""
BATCH_RECORDS_MAX = 10_000
"""Nobody's command waits for the views: far behind (a rebuild), large batches write each page once (L23)."""


def service() -> Service:
    """What makes this service different from the others."""
    freshness = Freshness()
    return Service(
        name=NAME,
        decider=None,
        routes=lambda running: _routes(running, freshness),
        hook=lambda _: Views().fold,
        prepare=create_views,
        edges=(follow_marks, follow_parked, follow_access, recount_pauses, freshness.watch),
        batch_records=BATCH_RECORDS_MAX,
        linger_seconds_max=LINGER_SECONDS_MAX,
    )


def _routes(running: Running, freshness: Freshness) -> list[APIRouter]:
    sources = Sources(
        pool=Asking(running.store.pool),
        reached=running.commands.reached,
        unseal=lambda stream, token: running.keyring.unseal(stream=stream, token=token),
        epoch=running.epoch,
        partitions=running.settings.log_partitions,
    )
    return [
        *build_routes(sources),
        build_pages(Questions(sources, freshness), running.secrets.contact),
        build_tracking(sources, running.secrets.tracking),
    ]


async def create_views(url: str, schema: str = NAME) -> None:
    """Create the tables of the views where they are missing."""
    await create_schema(url, schema, TABLES)
