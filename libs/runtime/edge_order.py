"""In which order an edge takes records: each once, none skipped, whatever Faust hands over and however often. Pure.

Records of a partition that is not ours, and repeats, are dropped. Where a record comes too early, the log itself is
asked whether anything stands before it (transactions and retention leave holes; everything else would be a loss).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

HEAL_SECONDS = 2.0
"""How long records that come too early are dropped after a seek, before the log is asked again."""


class Step(Enum):
    """What to do with a record."""

    TAKE = "take"
    DROP = "drop"
    ASK = "ask"


@dataclass(slots=True)
class Order:
    """The next offset of every partition that is ours."""

    next: dict[int, int] = field(default_factory=dict)
    _healing_until: dict[int, float] = field(default_factory=dict)

    def stand(self, positions: Mapping[int, int]) -> None:
        """These partitions are ours, and no others; from here on they are read."""
        self.next = dict(positions)
        self._healing_until = {}

    def passed(self, after: Mapping[int, int]) -> None:
        """Everything before these offsets is done."""
        for partition, offset in after.items():
            if partition in self.next:
                self.next[partition] = max(self.next[partition], offset)

    def judge(self, partition: int, offset: int, now_seconds: float) -> Step:
        """Take the record (then it counts as taken), drop it, or ask the log what stands first."""
        wanted = self.next.get(partition)
        if wanted is None or offset < wanted:
            return Step.DROP
        if offset > wanted:
            return Step.DROP if now_seconds < self._healing_until.get(partition, 0.0) else Step.ASK
        self._healing_until.pop(partition, None)
        self.next[partition] = offset + 1
        return Step.TAKE

    def learned(self, partition: int, first: int, offset: int, now_seconds: float) -> bool:
        """The log's first record from the wanted offset on is `first`; True where a seek there is needed to get it."""
        self.next[partition] = first
        if first < offset:
            self._healing_until[partition] = now_seconds + HEAL_SECONDS
        return first < offset

    def behind(self, ends: Mapping[int, int]) -> Iterable[int]:
        """Partitions whose log ends before the place where we stand: not the topic that we have read."""
        return [partition for partition, end in ends.items() if end < self.next.get(partition, 0)]
