"""Who plays: the services of a world with their deciders, the toy's or the real ones."""

from dataclasses import dataclass
from typing import Any

from events.decider import Decider
from simulation import toys


@dataclass(frozen=True)
class Role:
    """One service: what it decides by now, and by which older rules it started; None where it only reads."""

    name: str
    decider: Decider[Any] | None
    older: Decider[Any] | None = None


def toy_cast() -> dict[str, Role]:
    """One that says, one that owes, one that only reads."""
    roles = (
        Role("intake", toys.INTAKE, toys.INTAKE_OLDER),
        Role("escalation", toys.ESCALATION, toys.ESCALATION_OLDER),
        Role("projections", None),
    )
    return {role.name: role for role in roles}
