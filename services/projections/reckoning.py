"""Clocks counted again from the record: the facts of a complaint and the rulebooks that they name, out of the ledger.

Lives here: getting them. Must not: count (`rulebooks.histories`), or say how a clock is shown.
"""

from collections.abc import Iterable, Sequence

from events.admission import Verdict
from projections.store import Connection, history
from projections.views.timeline import Retold
from rulebooks.books import STREAMS
from rulebooks.histories import NotCounted, Recorded, book, terms_of
from rulebooks.state import Books


def recorded(told: Iterable[Retold]) -> list[Recorded]:
    """The admitted facts of a stream that can be read."""
    return [
        Recorded(one.envelope.event_id, one.envelope.recorded_time, one.fact)
        for one in told
        if one.verdict is Verdict.ADMITTED and one.fact is not None and one.envelope is not None
    ]


def streams_of(told: Sequence[Recorded], clocks: Iterable[str]) -> list[str]:
    """The streams of the rulebooks that these clocks are counted by."""
    found: dict[str, None] = {}
    for clock in clocks:
        try:
            found |= dict.fromkeys(terms_of(told, clock).streams)
        except NotCounted:
            continue
    return list(found)


async def books_of(pool: Connection, streams: Iterable[str]) -> Books:
    """These rulebooks, by `<kind>/<name>`, with all their versions."""
    return {
        stream.removeprefix(STREAMS): book(recorded(await history(pool, stream)))
        for stream in dict.fromkeys(streams)
        if stream.startswith(STREAMS)
    }
