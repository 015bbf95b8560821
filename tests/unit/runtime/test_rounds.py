"""One round of the reader after another, on a log and a database in memory and on simulated time (L12, L18)."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

import toy
from events.admission import Expectation, Head, expectation
from events.codec import encode
from events.decider import Owed
from events.envelope import Envelope, write_headers
from events.fact import Fact, chapter_of
from events.intake import ComplaintLodged
from runtime.assignment import Assignment
from runtime.judging import Reading
from runtime.proposals import GIVE_WAY, UnderWay
from runtime.reader import Reader, _Batch
from runtime.rows import Outgoing, Row, Standing
from simulation.broker import Broker, LogPort
from simulation.clock import Loop, run
from simulation.database import Database, StorePort
from simulation.host import Host, Sky
from simulation.weather import CALM

STREAM = "complaint/1"
LONG = 2 * toy.PATIENCE


@dataclass
class Stage:
    """One partition of a log and one database; nothing goes wrong."""

    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        self.sky = Sky(self.loop, Random(5), CALM)
        self.broker = Broker(self.sky, 1)
        self.database = Database(self.loop.utc_now)

    async def owner(self, name: str) -> Reader:
        """A reader of the service that owes, who believes that the partition is its own."""
        host = Host(name, self.sky)
        reader = Reader(
            toy.OWES,
            1,
            StorePort(self.database, host, self.sky),
            LogPort(self.broker, host),
            Reading.of(toy.OWES.chapter, toy.OWES.reads),
            assignment=Assignment(clock=self.loop.time),
            under_way=UnderWay(clock=self.loop.time),
        )
        await reader.assigned([0], self._ends)
        return reader

    async def _ends(self) -> dict[int, int]:
        return dict(enumerate(self.broker.ends()))

    async def read_on(self, reader: Reader) -> None:
        """One batch of what the log holds beyond its position, with the record before it."""
        first = max(reader.assignment.places[0].next_offset - 1, 0)
        await reader.feed({0: self.broker.log[0][first:]})

    def say(self, fact: Fact, head: Head) -> None:
        """Somebody appends a fact to the stream, who saw this head."""
        now, chapter = self.loop.utc_now(), chapter_of(type(fact))
        expects: Expectation = expectation(head, frozenset({chapter}))
        envelope = Envelope("00000000-0000-5000-8000-000000000001", "/services/test", fact.type, chapter, STREAM,
                            fact.at, now, expects)  # fmt: skip
        self.broker.land(Outgoing(STREAM, 0, write_headers(envelope), encode(fact)))

    def lodge(self) -> None:
        self.say(ComplaintLodged(at=self.loop.utc_now(), channel="app"), Head())

    async def lodged_and_offered(self) -> Reader:
        """A case whose next due time is an hour away."""
        reader = await self.owner("one")
        self.lodge()
        await self.read_on(reader)
        await self.read_on(reader)
        assert self.said == ["lodged", "ownership-offered"]
        return reader

    @property
    def said(self) -> list[str]:
        """The facts of the log, by name."""
        return [dict(record.headers)["ce_type"].decode().split(".")[2] for record in self.broker.log[0]]


def played(story: Callable[[Stage], Coroutine[Any, Any, None]]) -> Stage:
    """The stage after a story, on simulated time."""
    stage = Stage()
    run(stage.loop, story(stage))
    return stage


def test_a_refused_record_touches_its_stream_too() -> None:
    """L12: nothing else comes, and no tick; what has become due meanwhile is owed at once."""

    async def story(stage: Stage) -> None:
        reader = await stage.lodged_and_offered()
        stage.loop.leap(LONG)
        stage.lodge()
        await stage.read_on(reader)

    stage = played(story)
    assert stage.said == ["lodged", "ownership-offered", "lodged", "clock-breached"]
    assert stage.database.streams[STREAM].head == Head(intake=1, escalation=1)


def test_who_was_outrun_gives_way_for_a_moment_and_then_goes_on() -> None:
    """L1, L12: others work on the case, and would outrun the next proposal as well. It is owed all the same."""

    async def story(stage: Stage) -> None:
        reader = await stage.owner("a")
        stage.lodge()
        await stage.read_on(reader)
        offered = stage.broker.log[0][1]
        stage.broker.land(Outgoing(STREAM, 0, list(offered.headers), offered.value or b""))
        stage.loop.leap(LONG)
        await stage.read_on(reader)
        assert stage.said == ["lodged", *2 * ["ownership-offered"]]
        stage.loop.leap(GIVE_WAY)
        await reader.tick()

    assert played(story).said[3:] == ["clock-breached"]


def test_every_commit_adds_one_to_the_turn() -> None:
    """L18: of batches and of ticks alike."""

    async def story(stage: Stage) -> None:
        reader = await stage.lodged_and_offered()
        stage.loop.leap(LONG)
        await reader.tick()
        await stage.read_on(reader)

    places = [place for _, place in played(story).database.history]
    assert [(place.next_offset, place.turn) for place in places] == [(1, 1), (2, 2), (2, 3), (3, 4)]


def test_of_two_owners_at_one_offset_only_one_writes() -> None:
    """L18: an empty batch moves no offset; by its turn the other one learns of it, before it appends anything."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        other = await stage.owner("other")
        await stage.read_on(other)
        assert one.assignment.places[0] == other.assignment.places[0]
        stage.loop.leap(LONG)
        assert (await one.tick()).seeks == {}
        assert (await other.tick()).seeks == {0: 1}
        assert other.assignment.places[0].turn == one.assignment.places[0].turn == 3

    assert played(story).said == ["lodged", "ownership-offered", "clock-breached"]


def test_a_stream_that_waits_for_a_rulebook_is_not_judged_by_what_else_touches_it() -> None:
    """L15, L22: another record came between the rulebook and the look that would have let the stream go on."""

    async def story(stage: Stage) -> None:
        reader = await stage.owner("a")
        row = Row(STREAM, 0, state=toy.OWES.initial, muted=True, leans=(("rulebook/pack/desk", 1),))
        row.decider_version = toy.OWES.version
        now = stage.loop.utc_now()
        standing = Standing(now, {"rulebook/pack/desk": (2, None)}, {})
        assert reader._asked(toy.OWES, row, ("rulebook/pack/desk",), standing, _Batch(after={})) == Owed()
        assert row.leans == (("rulebook/pack/desk", 1),)

    played(story)
