"""Commands on one complaint that is already lodged (L4, L8).

Lives here: the way from a route to `Commands.submit`. Must not: know a service's states or its rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from starlette.responses import Response

from events.decider import NOTHING_LODGED
from events.ids import COMPLAINT
from runtime.answers import Admitted
from runtime.body import Body
from runtime.caller import Caller
from runtime.commands import Commands
from runtime.intents import Draft

S = TypeVar("S")


@dataclass(frozen=True)
class OnComplaint(Generic[S]):
    """Puts a command on one complaint before the rules; refuses where its state is none of those that are `lodged`."""

    commands: Commands[S]
    lodged: tuple[type[S], ...]

    async def __call__(
        self,
        complaint_id: UUID,
        name: str,
        body: Body,
        caller: Caller,
        build: Callable[[Draft[S]], Any],
        *,
        id_name: str | None = None,
        names_keys: bool = False,
    ) -> Response:
        """`id_name`: what the answer calls the id of the event, where that is the id of something new."""

        def command(draft: Draft[S]) -> Any:  # noqa: ANN401 - each service has commands of its own
            # No data key is made for words about a case that was never lodged.
            return build(draft) if isinstance(draft.state, self.lodged) else NOTHING_LODGED

        def answer(admitted: Admitted) -> dict[str, Any]:
            return {id_name: admitted.verdict.event_id} if id_name else {}

        return await self.commands.submit(
            stream=f"{COMPLAINT}{complaint_id}", name=name, body=body, caller=caller, command=command, answer=answer,
            names_keys=names_keys,
        )  # fmt: skip
