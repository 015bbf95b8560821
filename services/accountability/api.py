"""Commands over HTTP: a body becomes a command, and nothing is decided here.

The actor is the token's subject, the time is the server's; ids of offers and promises are the ids of their events.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from accountability import bodies
from accountability.decider import State
from accountability.decider import commands as ask
from accountability.decider.state import Closed, Open
from events.roles import APPROVING, FRONT, HANDLING, JUDGING, REPLYING
from runtime.commands import Commands
from runtime.http import Caller, ComplaintId, commanding, with_ids
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint

Front = Annotated[Caller, commanding(*FRONT)]
Handling = Annotated[Caller, commanding(*HANDLING)]
Approving = Annotated[Caller, commanding(*APPROVING)]
Replying = Annotated[Caller, commanding(*REPLYING)]
Judging = Annotated[Caller, commanding(*JUDGING)]


def build_routes(commands: Commands[State]) -> APIRouter:
    """All commands of this service."""
    router = APIRouter(prefix="/v1/complaints/{complaint_id}", tags=["accountability"])
    submit = OnComplaint(commands, (Open, Closed))
    _decisions(router, submit)
    _offers(router, submit)
    _promises(router, submit)
    _endings(router, submit)
    _findings(router, submit)
    return router


def who_asks(draft: Draft[State]) -> dict[str, Any]:
    """Who asks, when, and with which roles, as every command says it."""
    return {"now": draft.now, "by": draft.by, "roles": draft.roles}


def _decisions(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/decision", status_code=201, summary="Take the company's position, with cause and reasons")
    async def decide(complaint_id: ComplaintId, body: bodies.DecisionBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            reasons = draft.seal("reasons", body.reasons)
            return ask.Decide(
                **who_asks(draft),
                outcome=body.outcome,
                root_cause=body.root_cause,
                waiver=body.waiver,
                reasons=reasons,
                settled=body.settled,
            )

        return await submit(complaint_id, "decide", body, caller, build)


def _offers(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post(
        "/offer",
        status_code=201,
        responses=with_ids("offer_id"),
        summary="Offer a remedy; above one's limit it waits for approval",
    )
    async def offer_remedy(complaint_id: ComplaintId, body: bodies.RemedyBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.OfferRemedy(
                **who_asks(draft),
                offer_id=draft.event_id,
                remedy=body.remedy,
                amount_minor=body.amount_minor,
                currency=body.currency,
                complaint=str(complaint_id),
                reservation=str(body.reservation_id) if body.reservation_id else None,
            )

        return await submit(complaint_id, "offer", body, caller, build, id_name="offer_id")

    @router.post("/approval", status_code=201, summary="Approve an offer that waits, as another person")
    async def approve_offer(complaint_id: ComplaintId, body: bodies.ApprovalBody, caller: Approving) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.ApproveOffer(**who_asks(draft), offer_id=str(body.offer_id))

        return await submit(complaint_id, "approve", body, caller, build)

    @router.post("/approval/refusal", status_code=201, summary="Decline an offer that waits, with a reason")
    async def decline_offer(complaint_id: ComplaintId, body: bodies.DeclineBody, caller: Approving) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.DeclineOffer(**who_asks(draft), offer_id=str(body.offer_id), reason=body.reason)

        return await submit(complaint_id, "decline", body, caller, build)

    @router.post("/offer/withdrawal", status_code=201, summary="Take an offer back before it is answered")
    async def withdraw_offer(complaint_id: ComplaintId, body: bodies.OfferWithdrawalBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.WithdrawOffer(**who_asks(draft), offer_id=str(body.offer_id), reason=body.reason)

        return await submit(complaint_id, "withdraw-offer", body, caller, build)

    @router.post("/redress", status_code=201, summary="Record that a standing offer was given, with the evidence")
    async def give_redress(complaint_id: ComplaintId, body: bodies.RedressBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.GiveRedress(**who_asks(draft), offer_id=str(body.offer_id), evidence=body.evidence)

        return await submit(complaint_id, "redress", body, caller, build)


def _promises(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post(
        "/promises",
        status_code=201,
        responses=with_ids("promise_id"),
        summary="Promise something to the complainant, with owner and due time",
    )
    async def make_promise(complaint_id: ComplaintId, body: bodies.PromiseBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.MakePromise(
                **who_asks(draft),
                promise_id=draft.event_id,
                kind=body.kind,
                text=draft.seal("text", body.text),
                due=body.due,
                owner=body.owner or draft.by,
            )

        return await submit(complaint_id, "promise", body, caller, build, id_name="promise_id")

    @router.post("/promises/{promise_id}/keeping", status_code=201, summary="Record that a promise was kept: the proof")
    async def keep_promise(
        complaint_id: ComplaintId, promise_id: UUID, body: bodies.KeepingBody, caller: Front
    ) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.KeepPromise(**who_asks(draft), promise_id=str(promise_id), evidence=body.evidence)

        return await submit(complaint_id, f"keep-promise/{promise_id}", body, caller, build)

    @router.post("/callbacks", status_code=201, summary="Record an attempt to call back, and its outcome")
    async def record_callback(complaint_id: ComplaintId, body: bodies.CallbackBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.AttemptCallback(
                **who_asks(draft),
                promise_id=str(body.promise_id) if body.promise_id else None,
                outcome=body.outcome,
                attitude=body.attitude,
                next_at=body.next_at,
            )

        return await submit(complaint_id, "callback", body, caller, build)


def _endings(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/closing", status_code=201, summary="Close on a lawful ground, with evidence")
    async def close(complaint_id: ComplaintId, body: bodies.ClosingBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.CloseComplaint(
                **who_asks(draft), ground=body.ground, evidence=body.evidence, next_instance=body.next_instance
            )

        return await submit(complaint_id, "close", body, caller, build)

    @router.post("/reopening", status_code=201, summary="Reopen: not solved after all")
    async def reopen(complaint_id: ComplaintId, body: bodies.ReopeningBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.ReopenComplaint(**who_asks(draft), reason=body.reason)

        return await submit(complaint_id, "reopen", body, caller, build)


def _findings(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/replies/asked", status_code=201, summary="Ask somebody for their side before a finding; judges only")
    async def ask_for_reply(complaint_id: ComplaintId, body: bodies.ReplyAskedBody, caller: Judging) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.AskForReply(**who_asks(draft), of=body.of)

        return await submit(complaint_id, "ask-reply", body, caller, build)

    @router.post("/replies", status_code=201, summary="Give one's side: whom it is about, or who was asked")
    async def give_reply(complaint_id: ComplaintId, body: bodies.ReplyBody, caller: Replying) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.GiveReply(**who_asks(draft), text=draft.seal("text", body.text))

        return await submit(complaint_id, "reply", body, caller, build)

    @router.post("/finding", status_code=201, summary="Find who or what answers for it; judges only")
    async def make_finding(complaint_id: ComplaintId, body: bodies.FindingBody, caller: Judging) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.MakeFinding(
                **who_asks(draft),
                responsible=body.responsible,
                person=body.person,
                measure=body.measure,
                reasons=draft.seal("reasons", body.reasons),
            )

        return await submit(complaint_id, "find", body, caller, build)
