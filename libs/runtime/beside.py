"""What a command names beside its own stream: a complaint, a cluster. It has to be there before the command is written.

Lives here: the look at the service's own rows, and the refusal. Must not: know a service's states or its rules.

What is there once never ceases to be, so that this look, which is not part of the command's snapshot, stays true. The
rules themselves do not look: what stands in another stream is none of their state.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from events.decider import Refused
from runtime.caller import Caller
from runtime.commands import Commands
from runtime.problems import FieldError, Problem

S = TypeVar("S")
_TODO = "send an id that exists; where it is quite new, send the Complaint-Position of the answer that made it"


@dataclass(frozen=True)
class Beside(Generic[S]):
    """Looks for a stream of one kind; it is there where its state is one of `there`."""

    commands: Commands[S]
    kind: str
    """What its id stands behind: `complaint`, `cluster`. The body has it as `<kind>_id`."""
    there: tuple[type[S], ...]
    missing: Refused

    async def must_be_there(self, named: UUID, caller: Caller) -> None:
        """Raise Problem 409 where nothing of this kind is there, as far as the caller has seen (L10); 503 as ever."""
        stream = f"{self.kind}/{named}"
        await self.commands.reached(caller.position)
        await self.commands.rebuilt(stream)
        view = await self.commands.store.command(stream, "")
        if view.row is None or not isinstance(view.row.state, self.there):
            error = FieldError(f"#/{self.kind}_id", self.missing.code, f"{self.missing.why}; {_TODO}")
            raise Problem(409, self.missing.code, self.missing.why, errors=[error])
