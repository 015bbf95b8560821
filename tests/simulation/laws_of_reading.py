"""Switches for what counts and how it is read: L3, L6, L18 to L22."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from events.decider import Decider
from events.envelope import open_envelope
from events.partition import partition_of
from runtime import judging
from runtime.assignment import Assignment
from runtime.reader import Reader
from runtime.rows import Commit, Judged, Place, Row
from simulation.database import Database, StorePort
from simulation.laws import instead, law
from simulation.world import Parts


@law("L3", vandal=True, partitions=2)
def misplaced_counts() -> Iterator[Parts]:
    """Nobody looks whether a record stands in its partition."""

    def anywhere(key: bytes | None, headers: Any, _partition: int, partitions: int) -> Any:  # noqa: ANN401
        return open_envelope(key, headers, partition_of(key or b"", partitions), partitions)

    with instead(judging, "open_envelope", anywhere):
        yield Parts()


@law("L6", tail_cut=True)
def last_record_unchecked() -> Iterator[Parts]:
    """A log that ends before our position, or holds another record there, is read on."""

    class Trusting(Assignment):
        def begin(self, places: Mapping[int, Place], ends: Mapping[int, int]) -> dict[int, int]:
            known = {p: places.get(p, Place()) for p in ends}
            return super().begin(known, {p: max(end, known[p].next_offset) for p, end in ends.items()})

        def _recognise(self, partition: int, record: Any) -> None:  # noqa: ANN401, ARG002
            self._unchecked.discard(partition)

    yield Parts(assignment=Trusting)


@law("L18", weather={"slow_step": 0.1, "rebalance_every_seconds": 1.0}, instances=2)
def no_compare_and_set() -> Iterator[Parts]:
    """Whoever commits last is right."""

    class Trusting(Database):
        def still_ours(self, places: Mapping[int, Place]) -> None:
            pass

    yield Parts(database=Trusting)


@law("L18")
def position_apart() -> Iterator[Parts]:
    """Rows in one transaction, the position in the next."""

    class InTwo(StorePort):
        async def commit(self, batch: Commit) -> None:
            database = await self._there()
            database.still_ours(batch.before)
            database.write_rows(batch)
            await self._back()
            database.write_places(batch)
            await self._back()

    yield Parts(store=InTwo)


@law("L19", weather={"rebalance_every_seconds": 1.0}, instances=2, partitions=2)
def caches_kept() -> Iterator[Parts]:
    """Rows stay in memory when a partition goes and comes back, or a compare-and-set is lost."""

    class Hoarding(dict[str, Row]):
        def clear(self) -> None:
            pass

    class Keeping(Reader):
        def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **more)
            self.rows = Hoarding()

    yield Parts(reader=Keeping)


@law("L20", weather={"dropped_record": 0.05})
def holes_unseen() -> Iterator[Parts]:
    """A jump upward in the offsets is read over."""

    class Blind(Assignment):
        def dense(self, records: Mapping[int, Sequence[Any]]) -> tuple[dict[int, Sequence[Any]], dict[int, int]]:
            fresh: dict[int, Sequence[Any]] = {}
            for partition, some in records.items():
                place = self.places.get(partition)
                here = [record for record in some if place is not None and record.offset >= place.next_offset]
                if here:
                    fresh[partition] = here
            return fresh, {}

    yield Parts(assignment=Blind)


@law("L22", upgrade=True)
def heads_park() -> Iterator[Parts]:
    """While a stream's content is parked its head stands still."""
    fold = judging.fold

    def whole(decider: Decider[Any] | None, row: Row, judged: Judged) -> Any:  # noqa: ANN401
        return None if row.parked_at is not None else fold(decider, row, judged)

    with instead(judging, "fold", whole):
        yield Parts()


@law("L6", weather={"slow_step": 0.1, "rebalance_every_seconds": 1.0}, instances=2, clients=6)
def ends_before_positions() -> Iterator[Parts]:
    """The log's ends are asked for before the positions, which another owner still moves: a healthy log looks cut."""

    class Hasty(Reader):
        async def assigned(
            self, partitions: Sequence[int], log_ends: Callable[[], Awaitable[Mapping[int, int]]]
        ) -> dict[int, int]:
            ends = await log_ends()

            async def known() -> Mapping[int, int]:
                return ends

            return await super().assigned(partitions, known)

    yield Parts(reader=Hasty)


READING = (
    misplaced_counts,
    last_record_unchecked,
    ends_before_positions,
    no_compare_and_set,
    position_apart,
    caches_kept,
    holes_unseen,
    heads_park,
)
