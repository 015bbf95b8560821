"""Do the readers agree? Each service tells a running hash at marks of each partition; equal marks are compared (L7).

Pure: marks in, one agreement a partition out.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mark:
    """What one service said of a partition, having read up to `mark` (the next offset)."""

    service: str
    partition: int
    mark: int
    hash: str
    reported_at: datetime


@dataclass(frozen=True)
class Agreement:
    """One partition: the highest mark that most services have told, who told it, and whether they say the same.

    `differing` is the lowest mark still kept at which two services differ: they have not read the same log.
    """

    partition: int
    mark: int
    services: tuple[str, ...]
    agree: bool
    differing: int | None
    latest: dict[str, int]


def agreements(marks: Iterable[Mark]) -> list[Agreement]:
    """One agreement a partition, in the order of partitions."""
    told: dict[int, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for one in marks:
        told[one.partition][one.mark][one.service] = one.hash
    return [_agreement(partition, told[partition]) for partition in sorted(told)]


def _agreement(partition: int, at_marks: dict[int, dict[str, str]]) -> Agreement:
    mark = max(at_marks, key=lambda each: (len(at_marks[each]), each))
    differing = [each for each, hashes in at_marks.items() if len(set(hashes.values())) > 1]
    latest: dict[str, int] = {}
    for each, hashes in at_marks.items():
        for service in hashes:
            latest[service] = max(each, latest.get(service, 0))
    services = tuple(sorted(at_marks[mark]))
    return Agreement(partition, mark, services, not differing, min(differing, default=None), latest)
