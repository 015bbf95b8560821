"""One round of a reader after another, on a log and a database in memory and on simulated time. No test stands here."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import toy
from events.admission import Expectation, Head, expectation
from events.codec import encode
from events.decider import Decider
from events.envelope import Envelope, write_headers
from events.fact import Fact, chapter_of
from events.intake import ComplaintLodged
from runtime.assignment import Assignment
from runtime.judging import Reading
from runtime.proposals import UnderWay
from runtime.reader import Reader
from runtime.rows import Outgoing, Place, VerdictRow
from simulation.broker import Broker, LogPort
from simulation.clock import Loop, run
from simulation.database import Database, StorePort
from simulation.host import Host, Sky
from simulation.weather import CALM

STREAM = "complaint/1"
LONG = 2 * toy.PATIENCE
"""Long enough for the breach to be owed."""

Heard = Callable[[Mapping[int, Place], Sequence[VerdictRow]], None]


@dataclass
class Stage:
    """One partition of a log and one database; nothing goes wrong."""

    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        self.sky = Sky(self.loop, Random(5), CALM)
        self.broker = Broker(self.sky, 1)
        self.database = Database(self.loop.utc_now)

    async def owner(
        self, name: str, heard: Heard = lambda _places, _verdicts: None, decider: Decider[toy.Toy] = toy.OWES
    ) -> Reader:
        """A reader, mostly of the service that owes, who believes that the partition is its own."""
        host = Host(name, self.sky)
        reader = Reader(
            decider,
            1,
            StorePort(self.database, host, self.sky),
            LogPort(self.broker, host),
            Reading.of(decider.chapter, decider.reads),
            heard,
            assignment=Assignment(clock=self.loop.time),
            under_way=UnderWay(clock=self.loop.time),
        )
        await reader.assigned([0], self.ends)
        return reader

    async def ends(self) -> dict[int, int]:
        return dict(enumerate(self.broker.ends()))

    async def read_on(self, reader: Reader) -> None:
        """One batch of what the log holds beyond its position, with the record before it."""
        first = max(reader.assignment.places[0].next_offset - 1, 0)
        await reader.feed({0: self.broker.log[0][first:]})

    def say(self, fact: Fact, head: Head, stream: str = STREAM, command_hash: str | None = None) -> None:
        """Somebody appends a fact to a stream, who saw this head."""
        now, chapter = self.loop.utc_now(), chapter_of(type(fact))
        expects: Expectation = expectation(head, frozenset({chapter}))
        envelope = Envelope("00000000-0000-5000-8000-000000000001", "/services/test", fact.type, chapter, stream,
                            fact.at, now, expects, command_hash=command_hash)  # fmt: skip
        self.broker.land(Outgoing(stream, 0, write_headers(envelope), encode(fact)))

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
