"""Each law, turned off, does its harm, and the simulation finds it: a checker that cannot fail proves nothing."""

from typing import Any

import pytest

from events.decider import Decider
from simulation.laws import Law
from simulation.laws_of_reading import READING
from simulation.laws_of_rulebooks import RULEBOOKS
from simulation.laws_of_writing import WRITING, never_held, no_turns, older_speaks
from simulation.reference import read
from simulation.seeds import live, quiet
from simulation.weather import plan_of
from simulation.world import Parts, World

SEEDS_MAX = 200
"""Within so many seeds a harm must show."""
SEEDS_COUNTED = 40
"""Over so many seeds a cost is counted."""


@pytest.fixture(autouse=True)
def _quiet() -> None:
    quiet()


@pytest.mark.parametrize("off", READING + WRITING + RULEBOOKS, ids=lambda off: off.name)
def test_a_law_that_is_turned_off_does_harm(off: Law) -> None:
    """L1 to L22 as the name says."""
    for seed in range(SEEDS_MAX):
        with off.switch() as parts:
            lived, _, _ = live(seed, off.planned(plan_of(seed, real=False)), parts)
        if lived.harms:
            return
    raise AssertionError(f"{off.name}: no harm in {SEEDS_MAX} seeds")


def _worlds(off: Law, parts: Parts) -> list[World]:
    return [live(seed, off.planned(plan_of(seed, real=False)), parts)[1] for seed in range(SEEDS_COUNTED)]


def _deciders(world: World) -> list[Decider[Any]]:
    return [role.decider for role in world.cast.values() if role.decider is not None]


def _refused(world: World) -> int:
    return read(world.broker, _deciders(world)).refused


def _refused_of_machines(world: World) -> int:
    return read(world.broker, _deciders(world)).refused_of_machines


def _changes_of_mind(world: World) -> int:
    """Offers by the older rules after one by the newer rules, on one case."""
    newer: set[str] = set()
    found = 0
    for one in read(world.broker, _deciders(world)).admitted:
        to = getattr(one.fact, "to", None)
        newer.update([one.stream] if to == "desk" else [])
        found += to == "reception" and one.stream in newer
    return found


@pytest.mark.parametrize(
    ("off", "count"),
    [(no_turns, _refused), (never_held, _refused_of_machines), (older_speaks, _changes_of_mind)],
    ids=["L2-no-turns", "L11-never-held", "L16-older-speaks"],
)
def test_a_law_that_is_turned_off_costs(off: Law, count: object) -> None:
    """L2, L11, L16: nothing wrong comes of it, but more records that nobody wanted."""
    assert callable(count)
    with_law = sum(count(world) for world in _worlds(off, Parts()))
    with off.switch() as parts:
        without = sum(count(world) for world in _worlds(off, parts))
    assert without > 1.2 * with_law, f"{with_law} with the law, {without} without"
