"""A random calendar with an instant on it, and the questions that the laws of clocks ask of both.

Cases are drawn by a seed (`clock_cases`), which hypothesis chooses and names when a law fails. Must not: state a law.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

import clock_cases as cases
from clocks import Budget, Calendar, Policy, Unit, compiled, elapsed, run
from examples import examples

FAR = timedelta(days=300)
MANY = settings(max_examples=examples(120))
STANDING = {"closed_start": "stands", "closed_end": "stands", "cutoff": None, "after_cutoff": None}
"""Conventions that move neither the start nor the end."""


@dataclass(frozen=True)
class World:
    """A random calendar, an instant on it, and the source of more."""

    random: Random
    calendar: Calendar
    start: datetime

    def policy(self, **fixed: object) -> Policy:
        return cases.policy(self.random, **fixed)  # type: ignore[arg-type]

    def later(self, days: int) -> datetime:
        """An instant within so many days after the start."""
        return self.start + timedelta(microseconds=self.random.randrange(days * 86_400_000_000))

    def span(self, begin_days: int = 8, longest_days: int = 5) -> tuple[datetime, datetime]:
        begin = self.later(begin_days)
        return begin, begin + timedelta(microseconds=self.random.randrange(longest_days * 86_400_000_000))


def drawn(seed: int) -> World:
    random = Random(seed)
    zone, begin = cases.window(random)
    calendar = compiled(cases.calendar(random, zone, begin))
    start = begin + timedelta(days=3, microseconds=random.randrange(12 * 86_400_000_000))
    if random.random() < 0.5:
        start = start.replace(second=0, microsecond=0)
    return World(random, calendar, start)


worlds = st.integers(0, 2**32).map(drawn)


def with_amount(policy: Policy, amount: int) -> Policy:
    """The same policy with another budget."""
    assert policy.budget
    return policy.model_copy(update={"budget": Budget(amount=amount, unit=policy.budget.unit)})


def measured(policy: Policy, calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    """Open time or time between two instants, by a policy that only measures."""
    unit: Unit = "business-hours" if policy.in_business_time else "hours"
    return elapsed(begin, end, Policy(name="m", unit=unit, source="-", standing="M"), calendar).time


def paused_due(world: World, policy: Policy, *paused: tuple[datetime, datetime]) -> datetime:
    told = cases.history(world.start, list(paused))
    found = run(told, policy, world.calendar, world.start + FAR).due
    assert found
    return found
