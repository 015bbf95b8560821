"""Drafts of rulebooks and what becomes of them, over HTTP: the same routes in every service that writes some.

Must not: decide anything; the actor is the token's subject.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from clocks import spec
from events.fact import Moment, Remark
from events.roles import RULING
from events.rulebook import RulebookText
from rulebooks.books import rulebook_stream
from rulebooks.state import ApproveRulebook, DraftRulebook, RefuseRulebook
from runtime.body import Body, Word
from runtime.commands import Commands
from runtime.http import Caller, commanding
from runtime.intents import Draft

Publishing = Annotated[Caller, commanding(*RULING)]
Kind = Annotated[str, Path(pattern=r"^[a-z]{1,20}$", description="Such as calendar or pack")]
Name = Annotated[spec.Name, Path(description="The rulebook's name")]
VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class RulebookDraftBody(Body):
    text: RulebookText
    why: Remark
    consulted: Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]
    """The departments that were asked."""
    effective_at: Moment | None = None
    """From when on it is in force; from now on where absent."""
    applies_to_running: bool = False
    """Whether clocks that run already follow it."""


class RulebookApprovalBody(Body):
    version: VersionNumber
    """The draft that was read: another one is not approved by mistake."""


class RulebookRefusalBody(Body):
    version: VersionNumber
    why: Remark


def rulebook_routes(commands: Commands[Any]) -> APIRouter:
    """Drafting, approving and refusing the rulebooks that this service writes."""
    router = APIRouter(prefix="/v1/rulebooks/{kind}/{name}", tags=["rulebooks"])

    @router.post("/drafts", status_code=201, summary="Write a new version; it counts once somebody else approves it")
    async def draft_rulebook(kind: Kind, name: Name, body: RulebookDraftBody, caller: Publishing) -> Response:
        def build(view: Draft[Any]) -> DraftRulebook:
            return DraftRulebook(
                now=view.now, by=view.by, kind=kind, name=name, text=body.text, why=body.why,
                consulted=body.consulted, effective_at=body.effective_at, applies_to_running=body.applies_to_running,
            )  # fmt: skip

        return await commands.submit(
            stream=rulebook_stream(kind, name), name="draft-rulebook", body=body, caller=caller, command=build
        )

    @router.post("/approval", status_code=201, summary="Bring a draft of somebody else into force")
    async def approve_rulebook(kind: Kind, name: Name, body: RulebookApprovalBody, caller: Publishing) -> Response:
        def build(view: Draft[Any]) -> ApproveRulebook:
            return ApproveRulebook(now=view.now, by=view.by, kind=kind, name=name, version=body.version)

        return await commands.submit(
            stream=rulebook_stream(kind, name), name="approve-rulebook", body=body, caller=caller, command=build
        )

    @router.post("/refusal", status_code=201, summary="Turn a draft down, or withdraw one's own")
    async def refuse_rulebook(kind: Kind, name: Name, body: RulebookRefusalBody, caller: Publishing) -> Response:
        def build(view: Draft[Any]) -> RefuseRulebook:
            return RefuseRulebook(now=view.now, by=view.by, version=body.version, why=body.why)

        return await commands.submit(
            stream=rulebook_stream(kind, name), name="refuse-rulebook", body=body, caller=caller, command=build
        )

    return router
