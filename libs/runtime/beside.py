"""What a command names beside its own stream: a complaint, a cluster. It has to be there before the command is written.

Lives here: the look at the service's own rows, and the refusal. Must not: know a service's states or its rules.

What is there once never ceases to be, so that this look, which is not part of the command's snapshot, stays true; so
does what its state says once and for all, and therefore it is given back. The rules themselves do not look: what stands
in another stream is none of their state.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from events.decider import Refused
from events.partition import partition_of
from runtime.away import LOG_AWAY
from runtime.caller import Caller
from runtime.commands import Commands, still_reading, stream_parked
from runtime.problems import FieldError, Problem

S = TypeVar("S")
There = TypeVar("There")
_TODO = "send an id that exists"


@dataclass(frozen=True)
class Beside(Generic[S, There]):
    """Looks for a stream of one kind; it is there where its state is one of `there`."""

    commands: Commands[S]
    kind: str
    """What its id stands behind: `complaint`, `cluster`. The body has it as `<kind>_id`."""
    there: tuple[type[There], ...]
    missing: Refused

    async def must_be_there(self, named: UUID, caller: Caller) -> There:
        """Its state. Raises Problem 409 where the log, as far as the caller saw at least (L10), has nothing of it; 503
        as ever.
        """
        stream = f"{self.kind}/{named}"
        await self.commands.reached(caller.position)
        await self.commands.rebuilt(stream)
        found = await self._found(stream)
        if found is None:
            await self._read_up_to_now(stream)
            found = await self._found(stream)
        if found is None:
            error = FieldError(f"#/{self.kind}_id", self.missing.code, f"{self.missing.why}; {_TODO}")
            raise Problem(409, self.missing.code, self.missing.why, errors=[error])
        return found

    async def _found(self, stream: str) -> There | None:
        row = await self.commands.store.row(stream)
        if row is None:
            return None
        if isinstance(row.state, self.there):
            return row.state
        if row.parked_at is not None:
            raise stream_parked()  # whether it is there cannot be said before it is mended
        return None

    async def _read_up_to_now(self, stream: str) -> None:
        """It may be so new that we have not read it: "not there" is said of the log, not of our tables."""
        partition = partition_of(stream.encode(), self.commands.partitions)
        try:
            end = (await self.commands.log.ends([partition]))[partition]
        except LOG_AWAY:
            raise still_reading() from None
        await self.commands.read_up_to(partition, end)
