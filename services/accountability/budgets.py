"""Commands on budgets over HTTP: a body becomes a command, and nothing is decided here.

A budget is a stream of its own, `budget/<department>:<period>`; a case says which one pays for it.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from accountability import bodies
from accountability.api import who_asks
from accountability.decider import State
from accountability.decider import commands as ask
from accountability.decider.budget import NAME, budget_stream, kept_as
from accountability.decider.state import Budget, Closed, Open
from events.decider import NOTHING_LODGED
from events.roles import FRONT, HANDLING, RULING
from runtime.answers import Admitted
from runtime.beside import Beside
from runtime.commands import Commands
from runtime.http import Caller, ComplaintId, commanding, with_ids
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint

Ruling = Annotated[Caller, commanding(*RULING)]
Front = Annotated[Caller, commanding(*FRONT)]
Handling = Annotated[Caller, commanding(*HANDLING)]
Name = Annotated[str, Path(pattern=NAME, description="`<department>:<period>`, such as `harbour:2026-Q4`")]


def build_budgets(commands: Commands[State]) -> APIRouter:
    """All commands on budgets, and the one on a complaint that names its budget."""
    router = APIRouter(prefix="/v1", tags=["accountability"])
    submit = OnComplaint(commands, (Open, Closed))
    _on_a_case(router, submit)
    _on_a_budget(router, commands, submit)
    return router


def _reservation_id(admitted: Admitted) -> dict[str, Any]:
    return {"reservation_id": admitted.verdict.event_id}


async def _reserved_for(commands: Commands[State], budget: str, reservation: str, caller: Caller) -> str | None:
    """The complaint for which it was reserved, as far as the caller saw at least (L10)."""
    await commands.reached(caller.position)
    row = await commands.store.row(budget_stream(budget))
    kept = kept_as(row.state, reservation) if row is not None and isinstance(row.state, Budget) else None
    return None if kept is None else kept.complaint


async def _given_up(
    submit: OnComplaint[State], complaint: str, reservation: str, body: bodies.ReleaseBody, caller: Caller
) -> Response:
    """First the case gives it up; what the caller pinned is the budget's, which comes after it. Asked again with the
    same key, each answers as before.
    """

    def build(draft: Draft[State]) -> ask.Command:
        return ask.GiveUpReservation(**who_asks(draft), reservation=reservation, reason=body.reason)

    return await submit(UUID(complaint), f"give-up:{reservation}", body, replace(caller, if_match=None), build)


def _on_a_case(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post(
        "/complaints/{complaint_id}/budget", status_code=201, summary="Say out of which budget the case is paid"
    )
    async def name_budget(complaint_id: ComplaintId, body: bodies.BudgetNameBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.NameBudget(**who_asks(draft), budget=body.budget, reason=body.reason)

        return await submit(complaint_id, "name-budget", body, caller, build)


def _on_a_budget(router: APIRouter, commands: Commands[State], submit: OnComplaint[State]) -> None:
    complaints: Beside[State, Open | Closed] = Beside(commands, "complaint", (Open, Closed), NOTHING_LODGED)

    @router.post("/budgets/{budget}", status_code=201, summary="Set how much may be given in a period")
    async def set_budget(budget: Name, body: bodies.BudgetBody, caller: Ruling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.SetBudget(
                **who_asks(draft), amount_minor=body.amount_minor, currency=body.currency, reason=body.reason
            )

        return await commands.submit(
            stream=budget_stream(budget), name="set-budget", body=body, caller=caller, command=build
        )

    @router.post(
        "/budgets/{budget}/reservations",
        status_code=201,
        responses=with_ids("reservation_id"),
        summary="Reserve part of a budget for a complaint",
    )
    async def reserve(budget: Name, body: bodies.ReservationBody, caller: Front) -> Response:
        named = await complaints.must_be_there(body.complaint_id, caller)

        def build(draft: Draft[State]) -> ask.Command:
            return ask.Reserve(
                **who_asks(draft),
                reservation=draft.event_id,
                complaint=str(body.complaint_id),
                amount_minor=body.amount_minor,
                about=named.case.about,
            )

        return await commands.submit(
            stream=budget_stream(budget),
            name="reserve",
            body=body,
            caller=caller,
            command=build,
            answer=_reservation_id,
        )

    @router.post(
        "/budgets/{budget}/reservations/{reservation_id}/release", status_code=201, summary="Free what was not needed"
    )
    async def release(budget: Name, reservation_id: UUID, body: bodies.ReleaseBody, caller: Ruling) -> Response:
        reservation = str(reservation_id)
        complaint = await _reserved_for(commands, budget, reservation, caller)
        case = None if complaint is None else (await complaints.must_be_there(UUID(complaint), caller)).case
        if complaint is not None and case is not None and reservation not in case.given_up:
            answer = await _given_up(submit, complaint, reservation, body, caller)
            if answer.status_code != HTTPStatus.CREATED:
                return answer

        def build(draft: Draft[State]) -> ask.Command:
            return ask.Release(
                **who_asks(draft),
                reservation=reservation,
                reason=body.reason,
                complaint=complaint,
                given_up=case is not None,
                about=() if case is None else case.about,
            )

        # The reservation is part of the name: the same key for another one is another command (L4).
        return await commands.submit(
            stream=budget_stream(budget), name=f"release:{reservation_id}", body=body, caller=caller, command=build
        )
