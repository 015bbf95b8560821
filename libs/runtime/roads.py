"""By which connection a partition is read: another one may lead to a broker that has lost the end of its log (L6).
And which partition it is whose records cannot be read.

Inner seams of aiokafka, in a file of their own with a test. Must not: read, seek, judge.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import CorruptRecordException, RecordTooLargeError

Consumer = Any
"""An aiokafka consumer; aiokafka carries no types."""
UNREADABLE = (CorruptRecordException, RecordTooLargeError)
"""Records whose checksum is wrong, and a batch that ends before its length: Kafka keeps none of these by itself."""
_NAMED = re.compile(r"partition=(\d+)")


def road_of(consumer: Consumer, place: TopicPartition) -> object:
    """The connection to the partition's leader, or None where there is none. A reconnection is another object."""
    client = consumer._client  # noqa: SLF001
    leader = client.cluster.leader_for_partition(place)
    return client._conns.get((leader, ConnectionGroup.DEFAULT))  # noqa: SLF001


def unreadable_partition(error: Exception) -> int:
    """Which one it is; aiokafka says so in words only. Raises the error where it names none."""
    named = _NAMED.search(str(error))
    if named is None:
        raise error
    return int(named[1])


@dataclass(slots=True)
class Roads:
    """By which connection each partition was read last."""

    road: Callable[[Consumer, TopicPartition], object] = road_of
    _known: dict[TopicPartition, object] = field(default_factory=dict)

    def changed(self, consumer: Consumer, places: Iterable[TopicPartition]) -> set[TopicPartition]:
        """Those that come by another connection than before; the first one is no other, and none is none yet."""
        roads = {place: road for place in places if (road := self.road(consumer, place)) is not None}
        changed = {place for place, road in roads.items() if self._known.get(place, road) is not road}
        self._known |= roads
        return changed
