"""What a seed decides in advance: which faults blow and how hard, who lives in the world, what it goes through.

Each seed has a mixture of its own, so that some faults meet often and others not at all (swarm testing).
"""

from dataclasses import dataclass, field, replace
from random import Random

FATES = ("refused-by-broker", "late", "ack-lost", "no-offset", "twice", "slow")
"""What may become of an append beside landing at once and being acknowledged."""


@dataclass(frozen=True)
class Weather:
    """Probabilities a step (or an append, or a fetch); all 0 when it is calm."""

    crash: float = 0.0
    freeze: float = 0.0
    lost_connection: float = 0.0
    """A database that has done it, or not, and does not say."""
    slow_step: float = 0.0
    rebalance_every_seconds: float | None = None
    dropped_record: float = 0.0
    repeated_record: float = 0.0
    lost_notice: float = 0.0
    client_twice: float = 0.0
    fates: dict[str, float] = field(default_factory=dict)


CALM = Weather()


@dataclass(frozen=True)
class Plan:
    """What happens in the world of one seed."""

    weather: Weather
    storm_seconds: float = 20.0
    instances: int = 2
    partitions: int = 3
    clients: int = 4
    cases: int = 4
    upgrade: bool = False
    """Instances change from the older decider to the newer one while they run; the older one chokes on some content."""
    history: bool = False
    """Some cases belong to an import, which is completed late."""
    vandal: bool = False
    """Somebody writes malformed and misplaced records."""
    tail_cut: bool = False
    """The broker forgets the end of a partition (L6)."""
    real: bool = False
    """The services' own deciders instead of the toy's."""
    clock_skew_seconds: float = 0.0


def plan_of(seed: int, *, real: bool | None = None) -> Plan:
    """The plan of a seed: the same for the same seed."""
    dice = Random(f"plan {seed}")
    plan = Plan(
        weather=_weather(dice),
        storm_seconds=dice.uniform(6, 20),
        instances=dice.choice((1, 2, 2, 2)),
        partitions=dice.choice((1, 2, 3)),
        clients=dice.randint(2, 6),
        cases=dice.randint(1, 5),
        upgrade=dice.random() < 0.3,
        history=dice.random() < 0.4,
        vandal=dice.random() < 0.3,
        tail_cut=dice.random() < 0.05,
        real=dice.random() < 0.1,
        clock_skew_seconds=dice.choice((0.0, 0.0, 0.0, 1.5)),
    )
    return plan if real is None else replace(plan, real=real)


def _weather(dice: Random) -> Weather:
    def sometimes(chance: float, most: float) -> float:
        return dice.uniform(0, most) if dice.random() < chance else 0.0

    return Weather(
        crash=sometimes(0.6, 0.004),
        freeze=sometimes(0.5, 0.004),
        lost_connection=sometimes(0.3, 0.01),
        slow_step=sometimes(0.6, 0.1),
        rebalance_every_seconds=dice.choice((None, None, 2.0, 5.0)),
        dropped_record=sometimes(0.3, 0.05),
        repeated_record=sometimes(0.3, 0.05),
        lost_notice=sometimes(0.3, 0.5),
        client_twice=sometimes(0.6, 0.3),
        fates={fate: sometimes(0.4, 0.12) for fate in FATES},
    )
