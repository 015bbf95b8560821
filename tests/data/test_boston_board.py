"""The SLA board over a real quarter: the city's own figures come out of clocks that were judged as the city states.

What the services owe on such an import is shown end to end elsewhere; here the board alone is measured, at full size.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from events.accountability import ComplaintClosed
from events.escalation import ClockBreached, ClockMet, ClockStarted
from events.fact import Fact, Origin
from events.ids import reported_stream
from events.intake import ComplaintLodged
from folded import Folded
from local.importing import boston311
from local.importing.boston311 import Request
from local.importing.table import load
from projections.queries import sla_board
from projections.stream import create_views
from runtime.store import connect, create_schema

CLOCK = "resolution"


@pytest.fixture
async def folded(fresh_database: str) -> AsyncIterator[Folded]:
    await create_schema(fresh_database, "projections")
    await create_views(fresh_database, "projections")
    pool = await connect(fresh_database, "projections", size=2)
    yield Folded(pool)
    await pool.close()


def facts_of(request: Request) -> Iterator[Fact]:
    """What stands there once the history is judged: a breach at the due time, an answer at the closing (L14)."""
    origin = Origin(source=boston311.SOURCE, reference=request.reference)
    yield ComplaintLodged(at=request.opened, channel=request.channel, reported=origin)
    if request.due is not None:
        yield ClockStarted(at=request.opened, clock=CLOCK, due=request.due, policy="given", reported=origin)
        if request.closed is None or request.closed > request.due:
            yield ClockBreached(at=request.due, clock=CLOCK)
        if request.closed is not None:
            yield ClockMet(at=request.closed, clock=CLOCK, answered_by="closed")
    if request.closed is not None:
        yield ComplaintClosed(
            at=request.closed, ground="closed-at-source", evidence="x", next_instance="none", by="x", reported=origin
        )


async def test_the_board_has_the_figures_of_the_city(data_folder: Path, folded: Folded) -> None:
    for row in load(data_folder / "boston311_2011q3.csv.gz").rows:
        request = boston311.parse(row)
        folded.log.tell(reported_stream(boston311.SOURCE, request.reference), *facts_of(request))
    await folded.catch_up(batch=20_000)
    board = await sla_board(folded.pool, source=boston311.SOURCE)
    figures = {name: board[name] for name in ("cases", "met", "late", "open_past_due", "no_deadline")}
    assert figures == {"cases": 31828, "met": 20356, "late": 4827, "open_past_due": 1632, "no_deadline": 5013}
    assert sum(board[name] for name in ("running", "at_risk", "paused", "stopped", "unjudged")) == 0
