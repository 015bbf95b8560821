"""By which connection a partition is read: another one may lead to a broker that has lost the end of its log (L6).

An inner seam of aiokafka, in a file of its own with a test. Must not: read, seek, judge.
"""

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
