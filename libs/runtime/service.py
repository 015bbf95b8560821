"""What a service is made of, and the parts of its process that its own code may use.

Must not: start anything (that is `assembly` and `process`).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from events.decider import Decider
from runtime.assignment import BATCH_RECORDS_MAX
from runtime.commands import Commands
from runtime.driver import Driver
from runtime.keyring import Keyring
from runtime.lingering import LINGER_SECONDS_MAX
from runtime.log import KafkaLog
from runtime.reader import Reader
from runtime.settings import Secrets, Settings
from runtime.store import BeforeCommit, Hook, PgStore
from runtime.waits import Waits


@dataclass(frozen=True)
class Running:
    """The parts of a process that a service's own code may use."""

    name: str
    settings: Settings
    secrets: Secrets
    store: PgStore
    log: KafkaLog
    waits: Waits
    keyring: Keyring
    commands: Commands[Any]
    epoch: str
    reader: Reader
    driver: Driver
    edges: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    """What keeps each edge from going on, by its name."""


Edge = Callable[[Running], Awaitable[None]]
"""A task beside the reader: runs until cancelled."""


@dataclass(frozen=True)
class Service:
    """What makes a service different from the others."""

    name: str
    decider: Decider[Any] | None
    routes: Callable[[Running], Sequence[APIRouter]]
    edges: Sequence[Edge] = ()
    hook: Callable[[Running], Hook] | None = None
    """What is written in the same transaction as the positions (views)."""
    before_commit: Callable[[Running], BeforeCommit] | None = None
    """What happens with each batch before its positions move (messages that leave). Destroyed data keys are forgotten
    after it, whatever is named here.
    """
    prepare: Callable[[str], Awaitable[None]] | None = None
    """Creates tables of the service's own, from the database's URL."""
    batch_records: int = BATCH_RECORDS_MAX
    linger_seconds_max: float = LINGER_SECONDS_MAX
    """How long a busy reader may let records gather that nobody waits for."""
