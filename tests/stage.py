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
from events.partition import partition_of
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
    """A log, mostly of one partition, and one database; nothing goes wrong."""

    loop: Loop = field(default_factory=Loop)
    partitions: int = 1

    def __post_init__(self) -> None:
        self.sky = Sky(self.loop, Random(5), CALM)
        self.broker = Broker(self.sky, self.partitions)
        self.database = Database(self.loop.utc_now)

    async def owner(
        self, name: str, heard: Heard = lambda _places, _verdicts: None, decider: Decider[toy.Toy] = toy.OWES
    ) -> Reader:
        """A reader, mostly of the service that owes, who believes that all partitions are its own."""
        host = Host(name, self.sky)
        reader = Reader(
            decider,
            self.partitions,
            StorePort(self.database, host, self.sky),
            LogPort(self.broker, host),
            Reading.of(decider.chapter, decider.reads),
            heard,
            assignment=Assignment(clock=self.loop.time),
            under_way=UnderWay(clock=self.loop.time),
        )
        await reader.assigned(range(self.partitions), self.ends)
        return reader

    async def ends(self) -> dict[int, int]:
        return dict(enumerate(self.broker.ends()))

    async def read_on(self, reader: Reader) -> None:
        """One batch of what the log holds beyond its positions, with the records before them."""
        firsts = {partition: max(place.next_offset - 1, 0) for partition, place in reader.assignment.places.items()}
        await reader.feed({partition: self.broker.log[partition][first:] for partition, first in firsts.items()})

    def say(self, fact: Fact, head: Head, stream: str = STREAM, command_hash: str | None = None) -> None:
        """Somebody appends a fact to a stream, who saw this head."""
        now, chapter = self.loop.utc_now(), chapter_of(type(fact))
        expects: Expectation = expectation(head, frozenset({chapter}))
        envelope = Envelope("00000000-0000-5000-8000-000000000001", "/services/test", fact.type, chapter, stream,
                            fact.at, now, expects, command_hash=command_hash)  # fmt: skip
        partition = partition_of(stream.encode(), self.partitions)
        self.broker.land(Outgoing(stream, partition, write_headers(envelope), encode(fact)))

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


def played(story: Callable[[Stage], Coroutine[Any, Any, None]], *, partitions: int = 1) -> Stage:
    """The stage after a story, on simulated time."""
    stage = Stage(partitions=partitions)
    run(stage.loop, story(stage))
    return stage
