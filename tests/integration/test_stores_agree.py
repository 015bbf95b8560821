"""The simulation's database and PostgreSQL give the same answers to the same calls: what is shown there holds here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from events.admission import Head
from events.ids import RULEBOOK
from runtime.rows import NOT_ASKED, Commit, LogBroken, LostOwnership, Parked, Place, Row, VerdictRow
from runtime.store import PgStore, connect, create_schema
from simulation.database import Database
from simulation.toys import Story

PARTITIONS = 3
STREAMS = ("import/a", "import/b", "rulebook/one/a", "rulebook/one/b", *(f"complaint/{n}" for n in range(8)))
PAST = datetime(2020, 1, 1, tzinfo=UTC)
FUTURE = datetime(2090, 1, 1, tzinfo=UTC)
STEPS = 100
LIMIT = 1_000


@dataclass
class Both:
    """The same service, kept twice."""

    postgres: PgStore
    database: Database
    dice: Random

    async def ask(self, call: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the call gives
        """One call on both; the answers must be equal."""
        try:
            kept = _seen(call, await getattr(self.postgres, call)(*arguments))
        except LostOwnership:
            kept = "lost"
        try:
            simulated = _seen(call, getattr(self.database, call)(*arguments))
        except LostOwnership:
            simulated = "lost"
        assert kept == simulated, f"{call}{arguments}"
        return kept


def _seen(call: str, found: Any) -> Any:  # noqa: ANN401 - whatever the call gives
    """What of an answer must be equal: not the clock, and not the order where there is none."""
    match call:
        case "stand":
            return found.contexts, found.books
        case "due":
            return set(found.streams), set(found.redrives), found.next_wake_at, found.leaning, found.older
        case "command":
            return found.row, found.contexts, found.earlier, found.books
    return found


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Any]:
    await create_schema(fresh_database, "kept")
    found = await connect(fresh_database, "kept", size=2)
    yield found
    await found.close()


def _both(pool: Any, seed: int) -> Both:  # noqa: ANN401 - asyncpg carries no types
    return Both(PgStore(pool, Story, books=True), Database(now=lambda: datetime.now(UTC)), Random(seed))


def _row(dice: Random, stream: str) -> Row:
    parked = dice.random() < 0.2
    contexts = ("import/a", "import/b", "rulebook/one/a", "rulebook/one/b")
    leans = [*((name, dice.randrange(6)) for name in contexts), ("import/never", 0)]
    head = Head(*(dice.randrange(3) for _ in range(4)))
    state = dice.choice((None, Story(), Story(lodged_at=PAST, motives=("a", "b"))))
    if stream.startswith(RULEBOOK):
        state = Story(motives=(f"content of version {sum(head)}",))  # which never changes (L15)
    return Row(
        stream,
        STREAMS.index(stream) % PARTITIONS,
        head,
        state,
        dice.randrange(100),
        dice.choice((None, PAST + timedelta(seconds=dice.randrange(9)), FUTURE + timedelta(seconds=dice.randrange(9)))),
        dice.randrange(5),
        dice.choice((None, PAST)),
        dice.randrange(3),
        dice.randrange(100) if parked else None,
        Head(1, 2, 3, 4) if parked else None,
        dice.random() < 0.2,
        tuple(dice.sample(leans, dice.randrange(3))),
    )


def _parked(rows: list[Row]) -> list[Parked]:
    content = [Parked(r.stream, r.partition, r.parked_at, "content", "why") for r in rows if r.parked_at is not None]
    return content + [Parked(r.stream, r.partition, r.last_offset, "proposals", "why") for r in rows if r.muted]


def _verdict(dice: Random) -> VerdictRow:
    number = dice.randrange(12)
    stream = STREAMS[number % len(STREAMS)]
    return VerdictRow(number % 3, number, f"event-{number}", stream, number % 5 > 0, Head(number), "hash")


def _batch(both: Both) -> Commit:
    dice = both.dice
    partitions = dice.sample(range(PARTITIONS), dice.randint(1, PARTITIONS))
    before = {partition: both.database.place(partition) for partition in partitions}
    if dice.random() < 0.15:
        place, off = before[partitions[0]], dice.choice((-1, 1))
        other: dict[str, Any] = (
            {"turn": place.turn + off} if dice.random() < 0.5 else {"next_offset": place.next_offset + off}
        )
        before[partitions[0]] = replace(place, **other)
    moved = dice.randrange(5)
    after = {p: Place(at.next_offset + moved, at.turn + 1, "id", 7, b"hash") for p, at in before.items()}
    here = [stream for stream in STREAMS if STREAMS.index(stream) % PARTITIONS in partitions]
    rows = [_row(dice, stream) for stream in dice.sample(here, dice.randint(0, len(here)))]
    redriven = [stream for stream in both.database.redrives if stream in {row.stream for row in rows}]
    verdicts = {(one.partition, one.offset): one for one in (_verdict(dice) for _ in range(3))}
    parks = [one for one in _parked(rows) if dice.random() < 0.7]  # the others did before
    return Commit(before, after, rows, tuple(verdicts.values()), parks, (), redriven, _named(dice, here))


def _named(dice: Random, here: list[str]) -> list[tuple[str, int, str, int]]:
    """Context streams of this batch name streams of any partition, some of which nobody has written."""
    contexts = [stream for stream in here if not stream.startswith("complaint/")]
    members = {dice.randrange(10) for _ in range(dice.randrange(3))}
    first = STREAMS.index("complaint/0")
    return [(c, (first + n) % PARTITIONS, f"complaint/{n}", NOT_ASKED) for c in contexts for n in sorted(members)]


async def _request_redrives(both: Both) -> None:
    await both.postgres.pool.execute(
        "insert into redrives (stream) select distinct stream from parked on conflict do nothing"
    )
    both.database.redrives.update(dict.fromkeys(stream for stream, _ in both.database.parked))


async def _same_tables(both: Both, pool: Any) -> None:  # noqa: ANN401 - asyncpg carries no types
    parked: list[asyncpg.Record] = await pool.fetch('select stream, kind, "offset" from parked')
    assert {(r["stream"], r["kind"], r["offset"]) for r in parked} == {
        (one.stream, one.kind, one.offset) for one in both.database.parked.values()
    }
    redrives: list[asyncpg.Record] = await pool.fetch("select stream from redrives")
    assert {r["stream"] for r in redrives} == set(both.database.redrives)
    contexts: list[asyncpg.Record] = await pool.fetch("select stream from contexts")
    assert not [r for r in contexts if r["stream"].startswith("complaint/")], "each tick looks through all contexts"


@pytest.mark.parametrize("seed", [1, 2])
async def test_both_stores_agree_on_every_call(pool: Any, seed: int) -> None:  # noqa: ANN401 - asyncpg carries no types
    """L8, L13, L15, L18, L22: commits won and lost, rows, contexts, what is due, verdicts, what is parked."""
    both = _both(pool, seed)
    lost = 0
    for _ in range(STEPS):
        lost += await both.ask("commit", _batch(both)) == "lost"
        if both.dice.random() < 0.1:
            await _request_redrives(both)
        places = await both.ask("places", range(PARTITIONS))
        stream, event = both.dice.choice(STREAMS), f"event-{both.dice.randrange(14)}"
        await both.ask("load", STREAMS)
        await both.ask("load", [stream])
        await both.ask("stand", places, ("import/a", "import/never", "rulebook/one/a"))
        await both.ask("stand", {0: places[0]}, ())
        await both.ask("stand", {0: Place(3, 999)}, ())
        await both.ask("due", {p: place for p, place in places.items() if both.dice.random() < 0.7}, LIMIT,
                       both.dice.randrange(3))  # fmt: skip
        await both.ask("command", stream, event)
        await both.ask("verdicts_at", [(both.dice.randrange(3), both.dice.randrange(14)) for _ in range(3)])
        await both.ask("admitted", (event, "event-1"))
        await _same_tables(both, pool)
    assert 0 < lost < STEPS


async def test_many_commands_are_looked_up_at_once_each_for_itself(pool: Any) -> None:  # noqa: ANN401 - as above
    """L15: in whatever order they are asked, each has its own row and its own earlier admission, and all the books."""
    both = _both(pool, 3)
    for _ in range(20):
        await both.ask("commit", _batch(both))
    asked = [(stream, f"event-{number}") for number, stream in enumerate(STREAMS)]
    for some in (asked, asked[::-1]):
        found = await both.postgres.commands(some)
        assert [_seen("command", one) for one in found] == [
            _seen("command", both.database.command(*one)) for one in some
        ]


async def test_the_longest_waiting_come_first_and_no_more_than_are_asked_for(pool: Any) -> None:  # noqa: ANN401 - as above
    """However many are due, lean on what has moved on, or were judged by an older decider; and however they lie."""
    async with pool.acquire() as connection:
        await connection.execute("set enable_indexscan = off; set enable_bitmapscan = off")
        store, place = PgStore(connection, Story), Place(1, 1, "event-0", 7, b"h")
        contexts = [Row(f"import/{name}", 0, Head(2), last_offset=9) for name in "ab"]
        rows = [
            Row(
                f"complaint/{n}",
                0,
                Head(1),
                Story(),
                n,
                PAST - timedelta(seconds=n),
                leans=((contexts[n % 2].stream, 0),),
            )
            for n in range(6)
        ]
        await store.commit(Commit({0: Place()}, {0: place}, [*rows, *contexts]))
        found = await store.due({0: place}, 2, 1)
        assert found.streams[:2] == ("complaint/5", "complaint/4")
        assert (len(found.leaning), len(found.streams), found.older) == (2, 6, True)


async def test_tables_are_of_one_log(pool: Any) -> None:  # noqa: ANN401 - as above
    """L6: what they were folded from first is kept, and whoever starts again or beside it says the same."""
    store = PgStore(pool, Story)
    for topic_id, partitions, same in (("one", 3, True), ("one", 3, True), ("other", 3, False), ("one", 4, False)):
        if same:
            await store.same_log(topic_id, partitions)
            continue
        with pytest.raises(LogBroken):
            await store.same_log(topic_id, partitions)


async def test_how_often_a_stream_parked_is_counted_until_it_goes_on(pool: Any) -> None:  # noqa: ANN401 - as above
    """L22: what stands there is where and why it parked last, and since when it has not gone on."""
    store, place = PgStore(pool, Story), Place()
    for offset, attempts in ((7, 1), (9, 2), (None, 0), (11, 1)):
        row = Row("complaint/1", 0, Head(1), Story(), 3, parked_at=offset, parked_head=Head())
        parks = () if offset is None else (Parked(row.stream, 0, offset, "content", f"why {offset}"),)
        after = Place(place.next_offset + 1, place.turn + 1, "event-0", 7, b"h")
        await store.commit(Commit({0: place}, {0: after}, [row], parked=parks))
        place = after
        kept = await pool.fetch('select "offset", reason, attempts from parked')
        assert [tuple(one) for one in kept] == ([] if offset is None else [(offset, f"why {offset}", attempts)])


async def test_who_owns_no_more_hears_that_first(pool: Any) -> None:  # noqa: ANN401 - asyncpg carries no types
    """L18: views that another owner has moved on are no sign of a fault: who comes too late goes on from where those
    stand. What fails at the right place is told as it is.
    """

    async def folded_before(_connection: Any, _judged: object) -> None:  # noqa: ANN401 - as above
        raise asyncpg.UniqueViolationError("that line of the ledger is there")

    moved = Place(1, 1, "event-0", 7, b"h")
    await PgStore(pool, Story).commit(Commit({0: Place()}, {0: moved}))
    views = PgStore(pool, Story, hook=folded_before)
    with pytest.raises(LostOwnership):
        await views.commit(Commit({0: Place()}, {0: moved}))
    with pytest.raises(asyncpg.UniqueViolationError):
        await views.commit(Commit({0: moved}, {0: replace(moved, next_offset=2, turn=2)}))
