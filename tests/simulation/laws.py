"""What it is to turn a law off, here and nowhere else: the simulation must then find the harm.

A switch is a context manager that gives the parts of a world without that law; while it is open it may also keep
another function in a module's place. A checker that cannot fail proves nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from simulation.weather import Plan
from simulation.world import Parts

Switch = Callable[[], AbstractContextManager[Parts]]


@dataclass(frozen=True)
class Law:
    """A law, how it is turned off, and what the seeds must go through for the harm to show soon."""

    number: str
    what: str
    switch: Switch
    weather: dict[str, Any]
    plan: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.number}-{self.what}"

    def planned(self, plan: Plan) -> Plan:
        return replace(plan, weather=replace(plan.weather, **self.weather), **{"tail_cut": False, **self.plan})


def law(
    number: str,
    *,
    weather: dict[str, Any] | None = None,
    **plan: Any,  # noqa: ANN401
) -> Callable[[Callable[[], Iterator[Parts]]], Law]:
    """A generator function becomes the switch of a law."""

    def register(turned_off: Callable[[], Iterator[Parts]]) -> Law:
        return Law(number, turned_off.__name__.replace("_", "-"), contextmanager(turned_off), weather or {}, plan)

    return register


@contextmanager
def instead(owner: Any, name: str, other: Any) -> Iterator[None]:  # noqa: ANN401
    """Something else in a module's or class's place, for a while."""
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)
