"""Clocks counted again from the record: the facts of a complaint and the rulebooks that they name, out of the ledger.

Lives here: getting them. Must not: count (`rulebooks.histories`), or say how a clock is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clocks import ClockState, Proof
from clocks.given import GivenProof
from events.admission import Verdict
from events.decider import UnknownRulebook
from events.escalation import GIVEN
from events.ids import COMPLAINT, RULEBOOK
from projections.queries import SQL
from projections.store import Tables, history
from projections.views import timing
from projections.views.chapters.page import Case
from projections.views.timeline import Retold, by_then, retell
from projections.views.told import Plain
from rulebooks.histories import NotCounted, Recorded, book, read, reckoned, terms_of
from rulebooks.proving import proved
from rulebooks.state import Books

Place = tuple[str, str]
"""A complaint's id and a clock's name."""


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


async def books_of(pool: Tables, streams: Iterable[str]) -> Books:
    """These rulebooks, by `<kind>/<name>`, with all their versions."""
    return {
        stream.removeprefix(RULEBOOK): book(recorded(await history(pool, stream)))
        for stream in dict.fromkeys(streams)
        if stream.startswith(RULEBOOK)
    }


async def told_of(pool: Tables, complaints: Iterable[str]) -> dict[str, list[Recorded]]:
    """What is told of the clocks of these complaints."""
    rows: dict[str, list[Mapping[str, Any]]] = {complaint: [] for complaint in complaints}
    for row in await pool.fetch(SQL["clock_histories"], [COMPLAINT + complaint for complaint in rows]):
        rows[row["stream"].removeprefix(COMPLAINT)].append(row)
    return {complaint: recorded(retell(some)) for complaint, some in rows.items()}


async def left_of(pool: Tables, places: Iterable[Place], at: datetime) -> dict[Place, Plain]:
    """What is used and left of these clocks at `at`, in seconds of business time; of those that can be counted."""
    wanted = list(places)
    told = await told_of(pool, dict.fromkeys(complaint for complaint, _ in wanted))
    streams = (stream for complaint, clock in wanted for stream in streams_of(told[complaint], [clock]))
    books = await books_of(pool, streams)
    states = {(complaint, clock): _state(told[complaint], books, clock, at) for complaint, clock in wanted}
    return {place: timing.used(state) for place, state in states.items() if state is not None}


def _state(told: Sequence[Recorded], books: Books, clock: str, at: datetime) -> ClockState | None:
    """None where a publisher stated its due time, or a rulebook has not been read yet."""
    try:
        return reckoned(told, books, clock, at)
    except (NotCounted, UnknownRulebook):
        return None


@dataclass(frozen=True)
class Moments:
    """What one asks for: what was true at `as_of`, as far as it was known at `known_at`; now, as known now, if none."""

    as_of: datetime | None = None
    known_at: datetime | None = None

    @property
    def now(self) -> bool:
        """Whether nothing else is asked for than what is known now."""
        return self.as_of is None and self.known_at is None

    def of(self, told: Iterable[Retold]) -> list[Retold]:
        """The records of what had happened by then, as far as it was known."""
        return by_then(told, as_of=self.as_of, known_at=self.known_at)

    @property
    def at(self) -> datetime:
        """The instant for which clocks are counted."""
        return self.as_of or self.known_at or datetime.now(UTC)


NOW = Moments()


@dataclass(frozen=True)
class Counting:
    """A complaint's page, and all that its clocks are counted by."""

    page: Case
    told: Sequence[Recorded]
    books: Books
    at: datetime

    def state(self, clock: str) -> ClockState | None:
        """How it stands; None where that cannot be counted."""
        return _state(self.told, self.books, clock, self.at)

    def line(self, clock: str) -> Plain:
        """The clock as it is answered."""
        state, shown = self.state(clock), self.page["clocks"][clock]
        line = timing.timed(shown, state)
        proven = state is not None or shown.get("policy") == GIVEN
        return line | (timing.addresses(self.page["id"], clock, self.streams(clock)) if proven else {})

    def proof(self, clock: str) -> Proof | GivenProof:
        """How it came to its due time. Raises NotCounted, UnknownRulebook."""
        return proved(self.told, self.books, clock, self.at)

    def allows(self, clock: str) -> Plain | None:
        """Why its policy lets it be paused, and how it may be extended; None where no policy counts it."""
        try:
            policy, _ = read(terms_of(self.told, clock), self.books)
        except (NotCounted, UnknownRulebook):
            return None
        more = policy.extensions
        return {"pauses": list(policy.pauses), "extension": None if more is None else more.model_dump()}

    def streams(self, clock: str) -> Sequence[str]:
        """The streams of the rulebooks that it is counted by: none where its due time was given."""
        return streams_of(self.told, [clock])


async def counted(pool: Tables, page: Case, whole: Sequence[Retold], moments: Moments) -> Counting:
    """The same of a page and its records that are at hand."""
    told = recorded(moments.of(whole))
    books = await books_of(pool, streams_of(told, page.get("clocks", {})))
    return Counting(page, told, books, moments.at)
