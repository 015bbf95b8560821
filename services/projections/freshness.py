"""How far the views are behind the record, in seconds: what a page says about its own age.

Once a second the ends of the log are looked at; the views are as old as the last look whose ends they have all passed.
So a view that stands still grows old even when nobody knows what it misses, and so does one whose log cannot be asked.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition

from runtime.away import LOG_AWAY
from runtime.logs import fault, logger
from runtime.service import Running
from runtime.stopping import started
from runtime.topics import LOG

LOOK_SECONDS = 1.0
LOOKS_KEPT = 3_600
_log = logger("freshness")

Places = Mapping[int, int]
"""Partition to next offset."""


@dataclass(slots=True)
class Freshness:
    """What was seen of the log's ends, and when."""

    clock: Callable[[], float] = time.monotonic
    _looks: deque[tuple[float, Places]] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))

    def look(self, ends: Places) -> None:
        """The log ends there now."""
        self._looks.append((self.clock(), dict(ends)))

    def behind_seconds(self, places: Places) -> float | None:
        """How old views are that have read up to `places`; None before anything was seen."""
        if not self._looks:
            return None
        passed = [at for at, ends in self._looks if all(places.get(p, 0) >= end for p, end in ends.items())]
        while passed and self._looks[0][0] < passed[-1]:
            self._looks.popleft()
        return self.clock() - (passed[-1] if passed else self._looks[0][0])

    async def watch(self, running: Running) -> None:
        """Look once a second until cancelled; while Kafka does not answer, nothing is seen and the views grow old."""
        settings = running.settings
        while True:
            try:
                await self._look_while_it_answers(settings.kafka_bootstrap, settings.log_partitions)
            except LOG_AWAY as error:
                _log.warning("freshness.tries-again", **fault(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_while_it_answers(self, bootstrap: str, partitions: int) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
        places = [TopicPartition(LOG, partition) for partition in range(partitions)]
        async with started(consumer):
            while True:
                async with asyncio.timeout(5):
                    ends = await consumer.end_offsets(places)
                self.look({place.partition: end for place, end in ends.items()})
                await asyncio.sleep(LOOK_SECONDS)
