"""A frozen value with other fields."""

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from events.changed import changed


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


def test_it_is_what_replace_makes() -> None:
    point = Point(1, 2)
    assert changed(point, y=3) == replace(point, y=3) == Point(1, 3)
    assert changed(point) == point
    assert (point, hash(changed(point, y=2))) == (Point(1, 2), hash(point))


def test_it_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(Point(1), y=3).x = 2  # type: ignore[misc]  # what nobody may do
