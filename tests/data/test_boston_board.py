"""The SLA board over a real quarter: the city's own figures come out of clocks that were judged as the city states, and
its deadlines out of clocks that were counted by the pack.

What the services owe on such an import is shown end to end elsewhere; here the board alone is measured, at full size.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from clocks import due
from events.accountability import ComplaintClosed
from events.escalation import ClockBreached, ClockMet, ClockNotStarted, ClockStarted
from events.fact import Fact, Origin
from events.ids import reported_stream
from events.intake import ComplaintLodged
from folded import Folded
from local.importing import boston311, policies
from local.importing.boston311 import Request
from local.importing.table import load
from projections.deviations import due_deviations
from projections.queries import sla_board
from projections.stream import create_views
from published import published
from rulebooks.books import rulebook_stream
from rulebooks.forms import pack_of
from runtime.store import connect, create_schema
from shipped import calendar, edition

FILE = "boston311_2011q3.csv.gz"
CLOCK = "resolution"
PACK = pack_of(edition("pack", policies.PACK))
WEEKDAYS = calendar(PACK.calendar)


@pytest.fixture
async def folded(fresh_database: str) -> AsyncIterator[Folded]:
    await create_schema(fresh_database, "projections")
    await create_views(fresh_database, "projections")
    pool = await connect(fresh_database, "projections", size=2)
    yield Folded(pool)
    await pool.close()


def given(request: Request, origin: Origin) -> ClockStarted | None:
    if request.due is None:
        return None
    return ClockStarted(at=request.opened, clock=CLOCK, due=request.due, policy="given", reported=origin)


def counted(request: Request, origin: Origin) -> ClockStarted | ClockNotStarted | None:
    """As escalation starts a clock that is asked for by the pack."""
    if request.due is None:
        return None
    basis = f"category={request.category}"
    policy = PACK.named(PACK.by_category.get(request.category or "", ""))
    if policy is None:
        return ClockNotStarted(
            at=request.opened, clock=CLOCK, pack=PACK.name, basis=basis, reason="no-policy", stated_due=request.due
        )
    return ClockStarted(
        at=request.opened,
        clock=CLOCK,
        due=due(request.opened, policy, WEEKDAYS),
        policy=f"{PACK.name}/{policy.name}@1",
        calendar=f"{PACK.calendar}@1",
        pack=PACK.name,
        basis=basis,
        stated_due=request.due,
        reported=origin,
    )


def facts_of(request: Request, clock: ClockStarted | ClockNotStarted | None, origin: Origin) -> Iterator[Fact]:
    """What stands there once the history is judged: a breach at the due time, an answer at the closing (L14)."""
    yield ComplaintLodged(at=request.opened, channel=request.channel, category=request.category, reported=origin)
    if clock is not None:
        yield clock
    if isinstance(clock, ClockStarted) and clock.due is not None:
        if request.closed is None or request.closed > clock.due:
            yield ClockBreached(at=clock.due, clock=CLOCK)
        if request.closed is not None:
            yield ClockMet(at=request.closed, clock=CLOCK, answered_by="closed")
    if request.closed is not None:
        yield ComplaintClosed(
            at=request.closed, ground="closed-at-source", evidence="x", next_instance="none", by="x", reported=origin
        )


async def fold(folded: Folded, data_folder: Path, clock_of: Any) -> dict[str, Any]:  # noqa: ANN401 - given or counted
    for row in load(data_folder / FILE).rows:
        request = boston311.parse(row)
        origin = Origin(source=boston311.SOURCE, reference=request.reference)
        stream = reported_stream(boston311.SOURCE, request.reference)
        folded.log.tell(stream, *facts_of(request, clock_of(request, origin), origin))
    await folded.catch_up(batch=20_000)
    return dict(await sla_board(folded.pool, source=boston311.SOURCE))


def figures(board: dict[str, Any], *names: str) -> tuple[int, ...]:
    return tuple(board[name] for name in names)


async def test_the_board_has_the_figures_of_the_city(data_folder: Path, folded: Folded) -> None:
    board = await fold(folded, data_folder, given)
    assert figures(board, "cases", "met", "late", "open_past_due", "no_deadline") == (31828, 20356, 4827, 1632, 5013)
    assert not any(figures(board, "running", "at_risk", "paused", "stopped", "unjudged"))
    assert not any(figures(board, "due_compared", "due_within_5_minutes", "no_policy"))


async def test_the_board_compares_the_packs_due_times_with_the_citys(data_folder: Path, folded: Folded) -> None:
    """At least 99.2 % agree to within five minutes; the others are told by request type, each with a likely reason."""
    for book in (edition("pack", PACK.name), edition("calendar", PACK.calendar)):
        folded.log.tell(
            rulebook_stream(book.kind, book.name), *published(book.text, at=datetime.fromisoformat("2001-01-01T00:00Z"))
        )
    board = await fold(folded, data_folder, counted)
    assert figures(board, "due_compared", "due_within_5_minutes", "no_policy") == (26_520, 26_360, 295)
    assert figures(board, "cases", "no_deadline") == (31_828, 5_013 + 295)
    told = await due_deviations(folded.pool, source=boston311.SOURCE, clock=CLOCK)
    assert figures(dict(told), "due_compared", "due_within_5_minutes", "no_policy") == (26_520, 26_360, 295)
    assert sum(one["deviating"] for one in told["deviations"]) == 160
    assert len(told["without_policy"]) == 43
    reasons = Counter[str]()
    for one in told["deviations"]:
        assert sum(reason["deadlines"] for reason in one["reasons"]) == one["deviating"]
        for reason in one["reasons"]:
            reasons[reason["reason"]] += reason["deadlines"]
    assert reasons == {"by-hand": 80, "other-amount": 50, "placeholder": 18, "slight": 9, "unknown": 3}
    likely = {one["category"]: one["likely_reason"] for one in told["deviations"]}
    assert likely["Graffiti Removal"] == "counted with another amount: 4 business-days"
    assert likely["Missing Sign"] == "counted with another amount: 2 business-days"
    assert likely["Street Light Outages"] == "a date years away: a placeholder"
