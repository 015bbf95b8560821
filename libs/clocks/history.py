"""What happened to one clock: the values that a clock is run on. Every instant has a zone; every step names its event.

Must not: judge a step (`account`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clocks.policy import Unit


@dataclass(frozen=True)
class Started:
    """The clock was started by an event."""

    at: datetime
    event: str


@dataclass(frozen=True)
class Paused:
    """Somebody paused it for a reason; whether lawfully, the policy says."""

    at: datetime
    reason: str
    event: str


@dataclass(frozen=True)
class Resumed:
    """It goes on. `pause` names the event of the pause that ends; None ends every pause told before."""

    at: datetime
    event: str
    pause: str | None = None


@dataclass(frozen=True)
class Extended:
    """It was given more time: by `amount`, or by as much as the policy allows where that is None."""

    at: datetime
    event: str
    amount: int | None = None
    unit: Unit | None = None
    """None: the policy's."""
    noticed_at: datetime | None = None
    """When the complainant was told."""
    has: tuple[str, ...] = ()
    """Which of the policy's `needs` it has."""


@dataclass(frozen=True)
class Ended:
    """What was owed was done, or it need not be done any more."""

    at: datetime
    how: Literal["met", "stopped"]
    event: str


Step = Paused | Resumed | Extended | Ended


@dataclass(frozen=True)
class History:
    """One clock's life, in the order of the log; steps may lie anywhere in time."""

    started: Started
    steps: tuple[Step, ...] = ()
