"""By which connection a partition is read: another one may lead to a broker that has lost the end of its log (L6).

An inner seam of aiokafka, in a file of its own with a test. Must not: read, seek, judge.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import ConnectionGroup

Consumer = Any
"""An aiokafka consumer; aiokafka carries no types."""


def road_of(consumer: Consumer, place: TopicPartition) -> object:
    """The connection to the partition's leader, or None where there is none. A reconnection is another object."""
    client = consumer._client  # noqa: SLF001
    leader = client.cluster.leader_for_partition(place)
    return client._conns.get((leader, ConnectionGroup.DEFAULT))  # noqa: SLF001


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
