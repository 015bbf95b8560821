"""What a reader holds of the log: partitions, positions, log ends, marks, and whether the log is still the one we read.

Pure bookkeeping for `reader` (L6, L7, L11, L19, L20). No I/O.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.judging import fingerprint
from runtime.rows import LogBroken, LogRecord, Place

BATCH_RECORDS_MAX = 1_000
HOLD_SECONDS_MAX = 2.0
"""Under lasting load what is owed is appended anyway after this wait (L11: this law is about load, not safety)."""
GAP_TRIES_MAX = 5
MARK_EVERY = 10_000
"""Running hashes are published at every offset divisible by this, and when idle (L7)."""


@dataclass(slots=True)
class Assignment:
    """The partitions that are ours and where we stand in them."""

    clock: Callable[[], float] = time.monotonic
    places: dict[int, Place] = field(default_factory=dict)
    marks: list[tuple[int, int, bytes]] = field(default_factory=list)
    """(partition, next offset, running hash) passed since they were last taken."""
    _ends: dict[int, int] = field(default_factory=dict)
    _high: dict[int, int] = field(default_factory=dict)
    _held_since: dict[int, float] = field(default_factory=dict)
    _unchecked: set[int] = field(default_factory=set)
    _gaps: dict[int, int] = field(default_factory=dict)

    def begin(self, places: Mapping[int, Place], ends: Mapping[int, int]) -> dict[int, int]:
        """Take partitions over; gives where to seek: one before the position, to read the last record again (L6)."""
        for partition, end in ends.items():
            place = places.get(partition, Place())
            if end < place.next_offset:
                raise LogBroken(f"partition {partition}: the log ends at {end}, we have read up to {place.next_offset}")
            self._ends[partition] = self._high[partition] = end
            self._held_since.pop(partition, None)
        return self.again({partition: places.get(partition, Place()) for partition in ends})

    def again(self, places: Mapping[int, Place]) -> dict[int, int]:
        """Stand at these positions; gives where to seek. Where one fell back (a rebuild), what we saw is past."""
        for partition, place in places.items():
            if partition in self.places and place.next_offset < self.places[partition].next_offset:
                self._ends[partition] = max(self._high.get(partition, 0), self.places[partition].next_offset)
            self.places[partition] = place
            if place.next_offset > 0:
                self._unchecked.add(partition)
            else:
                self._unchecked.discard(partition)
        return {partition: max(place.next_offset - 1, 0) for partition, place in places.items()}

    def end(self, partitions: Iterable[int]) -> None:
        """Give partitions up; their records are dropped from now on (L19)."""
        for partition in partitions:
            self.places.pop(partition, None)

    def dense(
        self, records: Mapping[int, Sequence[LogRecord]]
    ) -> tuple[dict[int, Sequence[LogRecord]], dict[int, int]]:
        """The records that come next, in order and without a hole, and where to seek back where there is one (L20)."""
        fresh: dict[int, Sequence[LogRecord]] = {}
        seeks: dict[int, int] = {}
        for partition, some in records.items():
            if partition not in self.places:
                continue
            first = self._first_wanted(partition)
            here = [record for record in some if record.offset >= first]
            if not here:
                continue
            if here[0].offset > first or here[-1].offset - here[0].offset + 1 != len(here):
                seeks[partition] = self._once_more(partition, first, "is missing")
                continue
            self._gaps.pop(partition, None)
            if partition in self._unchecked:
                self._recognise(partition, here.pop(0))
            if here:
                fresh[partition] = here
        return fresh, seeks

    def _recognise(self, partition: int, record: LogRecord) -> None:
        """The record before our position must be the one we folded (L6)."""
        place = self.places[partition]
        if fingerprint(record) != (place.last_id, place.last_crc):
            raise LogBroken(f"partition {partition} offset {record.offset}: another record stands there")
        self._unchecked.discard(partition)

    def unreadable(self, partition: int) -> dict[int, int]:
        """What came of it cannot be read; gives where to seek. Raises LogBroken where that goes on (L6)."""
        if partition not in self.places:
            return {}
        return {partition: self._once_more(partition, self._first_wanted(partition), "cannot be read")}

    def _first_wanted(self, partition: int) -> int:
        wanted = self.places[partition].next_offset
        return wanted - 1 if partition in self._unchecked else wanted

    def _once_more(self, partition: int, wanted: int, why: str) -> int:
        self._gaps[partition] = self._gaps.get(partition, 0) + 1
        if self._gaps[partition] > GAP_TRIES_MAX:
            raise LogBroken(f"partition {partition}: the record at {wanted} {why}")
        return wanted

    def out_of_range(self, asked: Mapping[int, int]) -> None:
        """The log does not hold these offsets, which were fetched. Raises LogBroken where we have read up to there.

        Until our own seek counts, we fetch from where Kafka's group says that it stood. That may lie beyond the end of
        a log that lost something (L19).
        """
        lost = [f"partition {partition}: the log no longer holds offset {at}, where we read on"
                for partition, at in asked.items() if not self._not_sought(partition, at)]  # fmt: skip
        if lost:
            raise LogBroken("; ".join(lost))

    def _not_sought(self, partition: int, at: int) -> bool:
        place = self.places.get(partition)
        return place is None or (at > place.next_offset and (place.next_offset == 0 or partition in self._unchecked))

    def high(self, partition: int, log_end: int) -> None:
        """What the consumer last saw as the log's end."""
        self._high[partition] = max(log_end, self._high.get(partition, 0))

    def behind(self) -> int:
        """How many records more are in the log, as the consumer last saw its end, than were folded."""
        return sum(map(self.lag, self.places))

    def held(self, partition: int, next_offset: int) -> bool:
        """L11: appending waits until the log end seen at assignment is passed, and while we lag by a batch."""
        if next_offset < self._ends.get(partition, 0):
            return True
        if self._high.get(partition, 0) - next_offset <= BATCH_RECORDS_MAX:
            self._held_since.pop(partition, None)
            return False
        since = self._held_since.setdefault(partition, self.clock())
        return self.clock() - since < HOLD_SECONDS_MAX

    def catching_up(self, partition: int) -> bool:
        """Before the log end seen at assignment: a start or a rebuild, not life."""
        return partition in self.places and self.places[partition].next_offset < self._ends.get(partition, 0)

    def lag(self, partition: int) -> int:
        """Records that wait, as far as the consumer has seen."""
        place = self.places.get(partition)
        return 0 if place is None else max(self._high.get(partition, 0) - place.next_offset, 0)

    def end_seen(self, partition: int) -> int:
        """The log end seen when the partition became ours; 0 where it is not ours."""
        return self._ends.get(partition, 0) if partition in self.places else 0

    def mark(self, partition: int, next_offset: int, digest: bytes) -> None:
        """Remember the running hash at the fixed marks (L7)."""
        if next_offset % MARK_EVERY == 0:
            self.marks.append((partition, next_offset, digest))

    def take_marks(self, *, idle: bool) -> list[tuple[int, int, bytes]]:
        """The marks to publish; when idle also where we stand now."""
        taken, self.marks = self.marks, []
        if idle:
            taken += [(partition, place.next_offset, place.hash) for partition, place in self.places.items()]
        return taken
