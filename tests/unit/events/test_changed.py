"""A frozen value with other fields."""

import sys
from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass, replace
from importlib import import_module
from typing import Any

import pytest

from events.changed import changed

SERVICES = ("intake", "triage", "escalation", "accountability")
SHARED_BYTES_MAX = 400
"""A dict with names of its own has from 30 fields on more than a thousand."""


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


def states() -> list[type[Any]]:
    """What the services remember of a stream, and the parts that their folds copy."""
    modules = [import_module(f"{service}.decider.state") for service in SERVICES]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]
    return [one for one in found if "__slots__" not in vars(one)]


@pytest.mark.parametrize("state", states(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_a_copied_state_shares_the_names_of_its_fields_with_all_others(state: type[Any]) -> None:
    """Tens of thousands are kept in memory, and one is copied for each record: see `changed`."""
    names, one = [field.name for field in fields(state)], object.__new__(state)
    for name in names:
        object.__setattr__(one, name, None)
    copied = changed(changed(one, **{names[0]: 1}), **{names[-1]: 1})
    assert sys.getsizeof(copied.__dict__) < SHARED_BYTES_MAX
