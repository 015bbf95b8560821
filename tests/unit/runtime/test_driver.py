"""When the driver looks for what is due while there is always something to read, on simulated time (L13)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from math import inf
from typing import Any

import pytest

import toy
from events.partition import partition_of
from runtime.driver import TICK_SECONDS_MAX, TICK_SECONDS_MIN, Driver, Publish
from runtime.reader import TICK_ROWS_MAX, Reader, Ticked
from runtime.rows import Outgoing, Row
from simulation.cast import Role
from simulation.clock import EPOCH
from simulation.weather import CALM, Plan
from simulation.world import Parts, World

SECONDS = 5.0
ALWAYS_THERE = 300
"""So many records at least are left to read, and never so many that appending is held back (L11)."""
BATCH_SECONDS_MAX = 0.2
"""How long a batch takes here at most."""
RESTING = toy.Toy(lodged_at=EPOCH, offered=True)
"""A case that owes nothing before its due time, which is not reached here."""


@dataclass
class Busy:
    """A service whose log never ends, and what its reader does: `read` a batch, or `look` for what is due."""

    due_every: timedelta | None = None
    """So far apart some row becomes due; None: all of them are due from the start."""
    rows: int = 0
    ours_ahead: timedelta = timedelta()
    """How much later it is by the process's clock than by the database's."""
    seldom: float = 0.0
    """So many seconds apart a record comes, where not always some are there; without end: none ever."""
    publish: Publish | None = None
    """Who is told of marks, where somebody else than the world."""
    done: list[tuple[str, float]] = field(default_factory=list)

    def lived(self) -> "Busy":
        done = self.done

        class Noted(Reader):
            async def feed(self, records: Mapping[int, Sequence[Any]]) -> dict[int, int]:
                done.append(("read", loop.time()))
                return await super().feed(records)

            async def tick(self) -> Ticked:
                done.append(("look", loop.time()))
                return await super().tick()

        plan = Plan(CALM, storm_seconds=SECONDS, instances=1, partitions=1)
        told = {} if self.publish is None else {"publish": self.publish}
        parts = Parts(
            reader=Noted, cast=lambda: {"escalation": Role("escalation", toy.OWES)},
            driver=lambda *given, **named: Driver(*given, **(named | told)),
        )  # fmt: skip
        world = World(1, plan, parts)
        loop = world.loop
        self._fill(world)
        world.databases["escalation"].now = lambda: world.loop.utc_now() - self.ours_ahead
        world.live(lambda here: [here.loop.create_task(self._people(here))], lambda _: [])
        first = next((number for number, (what, _) in enumerate(done) if what == "read"), 0)
        self.done = [one for one in done[first:] if one[1] < 1_000.0 + SECONDS]
        return self

    def _fill(self, world: World) -> None:
        for number in range(self.rows):
            name, wake_at = f"complaint/{number}", EPOCH + (self.due_every or timedelta()) * number
            world.databases["escalation"].streams[name] = Row(
                name, 0, state=RESTING, wake_at=wake_at, decider_version=toy.OWES.version
            )

    async def _people(self, world: World) -> None:
        """What they append counts for nothing; it is there to be read."""
        assert partition_of(b"anything", 1) == 0
        until = world.loop.time() + SECONDS
        while self.seldom and world.loop.time() + self.seldom < until:
            await asyncio.sleep(self.seldom)
            world.broker.land(Outgoing("anything", 0, [], b""))
        while not self.seldom and world.loop.time() < until:
            while len(world.broker.log[0]) < world.databases["escalation"].place(0).next_offset + ALWAYS_THERE:
                world.broker.land(Outgoing("anything", 0, [], b""))
            await asyncio.sleep(0.001)

    @property
    def looks(self) -> list[float]:
        return [at for what, at in self.done if what == "look"]


def test_it_looks_every_second_also_while_there_is_something_to_read() -> None:
    """L13: nothing is due, and nobody is idle."""
    busy = Busy().lived()
    assert len(busy.done) > 2 * SECONDS
    looks = [busy.done[0][1], *busy.looks]
    apart = [later - sooner for sooner, later in pairwise(looks)]
    assert len(looks) >= SECONDS
    assert max(apart) <= TICK_SECONDS_MAX + BATCH_SECONDS_MAX


@pytest.mark.parametrize("seldom", [0.45, 0.9, 1.3, inf])
def test_it_looks_every_second_however_seldom_records_come(seldom: float) -> None:
    """L13: nothing is due, and one record comes every now and then, or none."""
    busy = Busy(seldom=seldom).lived()
    looks = [busy.done[0][1], *busy.looks]
    apart = [later - sooner for sooner, later in pairwise(looks)]
    assert looks[-1] > 1_000.0 + SECONDS - TICK_SECONDS_MAX - BATCH_SECONDS_MAX
    assert max(apart) <= TICK_SECONDS_MAX + BATCH_SECONDS_MAX


def test_it_never_looks_twice_in_a_row_while_there_is_something_to_read() -> None:
    """L13: however much is due, more than a few looks take, a batch is read in between."""
    busy = Busy(rows=4 * TICK_ROWS_MAX).lived()
    what = [what for what, _ in busy.done]
    assert what.count("look") > 4
    assert ("look", "look") not in list(pairwise(what))
    first = what.index("look", what.index("look") + 1)  # at the one before, it still read what had been there (L11)
    assert what[first : first + 7 : 2] == ["look"] * 4, "what one look leaves does not wait for a second"


def test_what_one_look_leaves_is_looked_at_next_also_where_there_is_nothing_to_read() -> None:
    """L13, L16: rows that an older decider judged, or that lean on what has moved, append nothing that comes back."""
    looks = Busy(rows=4 * TICK_ROWS_MAX, seldom=inf).lived().looks
    assert looks[5] - looks[1] < TICK_SECONDS_MAX / 2  # the first was before any partition was its own


def test_what_becomes_due_all_the_time_does_not_keep_it_from_reading() -> None:
    """L13: one after the other, some milliseconds apart: one look takes several of them."""
    busy = Busy(due_every=timedelta(milliseconds=20), rows=200).lived()
    apart = [later - sooner for sooner, later in pairwise(busy.looks)]
    assert len(apart) > 2 * SECONDS
    assert min(apart) >= TICK_SECONDS_MIN


def test_it_does_not_ask_without_pause_where_its_clock_runs_ahead() -> None:
    """L13: what is due by our clock alone is not due. A look costs the database a question each time."""
    due_in = timedelta(minutes=5)
    busy = Busy(rows=2, due_every=due_in, ours_ahead=2 * due_in, seldom=inf).lived()
    assert len(busy.looks) <= SECONDS / TICK_SECONDS_MIN + 2


def test_a_topic_of_marks_that_takes_none_keeps_nobody_from_reading() -> None:
    """L7: marks are for whoever compares readers. One publication waits at a time, and the log is read on."""
    asked: list[int] = []

    async def never(marks: list[tuple[int, int, bytes]], _stopped: str | None) -> None:
        asked.append(len(marks))
        await asyncio.Event().wait()

    busy = Busy(seldom=0.5, publish=never).lived()
    reads = [at for what, at in busy.done if what == "read"]
    assert len(asked) == 1
    assert max(later - at for at, later in pairwise(reads)) < 2 * 0.5 + BATCH_SECONDS_MAX
    assert len(reads) > SECONDS
