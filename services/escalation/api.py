"""Commands over HTTP: a body becomes a command, and nothing is decided here. The actor is the token's subject."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from escalation import bodies
from escalation.decider import State
from escalation.decider import commands as ask
from escalation.decider.state import Case
from events.fact import WORD_CHARACTERS_MAX
from events.roles import HOLDING, LEADING
from runtime.commands import Commands
from runtime.http import Caller, ComplaintId, commanding
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint

ClockName = Annotated[str, Path(min_length=1, max_length=WORD_CHARACTERS_MAX)]

Holding = Annotated[Caller, commanding(*HOLDING)]
Leading = Annotated[Caller, commanding(*LEADING)]


def build_routes(commands: Commands[State]) -> APIRouter:
    """All commands of this service."""
    router = APIRouter(prefix="/v1/complaints/{complaint_id}", tags=["escalation"])
    submit = OnComplaint(commands, (Case,))
    _ownership(router, submit)
    _crisis(router, submit)
    _clocks(router, submit)
    return router


def _ownership(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/offers-of-ownership", status_code=201, summary="Hand the case on to a post or a person")
    async def offer_ownership(complaint_id: ComplaintId, body: bodies.OfferBody, caller: Holding) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.OfferOwnership(
                now=draft.now,
                by=draft.by,
                roles=draft.roles,
                to=body.to,
                reason=body.reason,
                packet=frozenset(body.packet),
            )

        return await submit(complaint_id, "offer-ownership", body, caller, build)

    @router.post("/acceptance", status_code=201, summary="Take the case that is offered to you or your post")
    async def accept_ownership(complaint_id: ComplaintId, body: bodies.AcceptanceBody, caller: Holding) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.AcceptOwnership(now=draft.now, by=draft.by, roles=draft.roles)

        return await submit(complaint_id, "accept-ownership", body, caller, build)

    @router.post("/refusal", status_code=201, summary="Turn down the case that is offered to you, with a reason")
    async def refuse_ownership(complaint_id: ComplaintId, body: bodies.RefusalBody, caller: Holding) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.RefuseOwnership(now=draft.now, by=draft.by, roles=draft.roles, reason=body.reason)

        return await submit(complaint_id, "refuse-ownership", body, caller, build)


def _crisis(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/escalation", status_code=201, summary="Send the case up the ladder by hand, with a reason")
    async def escalate(complaint_id: ComplaintId, body: bodies.EscalationBody, caller: Holding) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.EscalateByHand(now=draft.now, by=draft.by, reason=body.reason, level=body.level)

        return await submit(complaint_id, "escalate-by-hand", body, caller, build)

    @router.post("/crisis-team", status_code=201, summary="Call the crisis team, with a coordinator and a first step")
    async def call_crisis_team(complaint_id: ComplaintId, body: bodies.CrisisTeamBody, caller: Leading) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.CallCrisisTeam(
                now=draft.now,
                by=draft.by,
                coordinator=body.coordinator,
                containment=body.containment,
                functions=body.functions,
                reason=body.reason,
            )

        return await submit(complaint_id, "call-crisis-team", body, caller, build)


def _clocks(router: APIRouter, submit: OnComplaint[State]) -> None:
    """A clock is named in the address, and so not in the body that says whether two commands are the same one: the name
    of the command holds it.
    """

    @router.post(
        "/clocks/{clock:path}/pause", status_code=201, summary="Pause a clock, for a reason that its policy allows"
    )
    async def pause_clock(
        complaint_id: ComplaintId, clock: ClockName, body: bodies.PauseBody, caller: Holding
    ) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.PauseClock(now=draft.now, by=draft.by, clock=clock, reason=body.reason)

        return await submit(complaint_id, f"pause-clock:{clock}", body, caller, build)

    @router.post("/clocks/{clock:path}/resume", status_code=201, summary="Let a paused clock run on")
    async def resume_clock(
        complaint_id: ComplaintId, clock: ClockName, body: bodies.ResumeBody, caller: Holding
    ) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.ResumeClock(now=draft.now, by=draft.by, clock=clock)

        return await submit(complaint_id, f"resume-clock:{clock}", body, caller, build)

    @router.post(
        "/clocks/{clock:path}/extension", status_code=201, summary="Give a clock more time, as its policy allows"
    )
    async def extend_clock(
        complaint_id: ComplaintId, clock: ClockName, body: bodies.ExtensionBody, caller: Leading
    ) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.ExtendClock(
                now=draft.now,
                by=draft.by,
                clock=clock,
                reason=body.reason,
                amount=body.amount,
                notice=body.notice,
                has=frozenset(body.has),
            )

        return await submit(complaint_id, f"extend-clock:{clock}", body, caller, build)
