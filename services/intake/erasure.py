"""Erasing what is personal, and the legal holds that forbid it, over HTTP: nothing is decided here."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from events.ids import COMPLAINT
from events.intake import DataErased, HoldLifted, HoldPlaced
from events.roles import ERASING
from intake import bodies, holds
from intake.decider import State, owner_of
from intake.decider.commands import Command, Erase, LiftHold, PlaceHold
from runtime.http import Caller, ComplaintId, commanding, with_ids
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint
from runtime.service import Running

Erasing = Annotated[Caller, commanding(*ERASING)]


def add_erasure(router: APIRouter, running: Running, submit: OnComplaint[State]) -> None:
    """The commands of whoever answers for what is kept of a person."""

    @router.post(
        "/complaints/{complaint_id}/erasure",
        status_code=201,
        summary="Erase what is personal, in all cases of this person; it cannot be taken back",
    )
    async def erase(complaint_id: ComplaintId, body: bodies.ErasureBody, caller: Erasing) -> Response:
        await running.commands.reached(caller.position)
        held_in = await _held_elsewhere(running, f"{COMPLAINT}{complaint_id}")

        def build(draft: Draft[State]) -> Command:
            party, keys = owner_of(draft.state), draft.living_keys()
            erasure = DataErased(at=draft.now, party_ref=party, key_ids=keys, by=draft.by, **body.model_dump())
            return Erase(erasure, held_in)

        return await submit(complaint_id, "erase", body, caller, build, names_keys=True)

    @router.post(
        "/complaints/{complaint_id}/holds",
        status_code=201,
        responses=with_ids("hold_id"),
        summary="Place a legal hold: nothing of this person is erased until it is lifted",
    )
    async def place_hold(complaint_id: ComplaintId, body: bodies.HoldBody, caller: Erasing) -> Response:
        def build(draft: Draft[State]) -> Command:
            said = {**body.model_dump(), "hold_id": draft.event_id, "party_ref": owner_of(draft.state)}
            return PlaceHold(HoldPlaced(at=draft.now, by=draft.by, **said))

        return await submit(complaint_id, "place-hold", body, caller, build, id_name="hold_id")

    @router.post("/complaints/{complaint_id}/holds/{hold_id}/lifting", status_code=201, summary="Lift a legal hold")
    async def lift_hold(
        complaint_id: ComplaintId, hold_id: UUID, body: bodies.HoldLiftedBody, caller: Erasing
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            return LiftHold(HoldLifted(at=draft.now, hold_id=str(hold_id), reason=body.reason, by=draft.by))

        return await submit(complaint_id, f"lift-hold/{hold_id}", body, caller, build)


async def _held_elsewhere(running: Running, stream: str) -> tuple[str, ...]:
    row = await running.store.row(stream)
    return () if row is None else await holds.elsewhere(running.store.pool, owner_of(row.state), stream)
