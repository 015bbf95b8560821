"""Commands over HTTP: a body becomes a command, and nothing is decided here. The actor is the token's subject.

What a body names beside the stream it is about has to be there (`runtime.beside`).
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from events.decider import NOTHING_LODGED
from events.ids import CLUSTER
from events.roles import CONFIRMING, FRONT, HANDLING
from runtime.beside import Beside
from runtime.commands import Commands
from runtime.http import Caller, ComplaintId, commanding
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint
from triage import bodies
from triage.decider import State
from triage.decider import commands as ask
from triage.decider.clustering import NO_SUCH_CLUSTER
from triage.decider.state import Case, Cluster

Front = Annotated[Caller, commanding(*FRONT)]
Confirming = Annotated[Caller, commanding(*CONFIRMING)]
Handling = Annotated[Caller, commanding(*HANDLING)]
ClusterId = Annotated[UUID, Path(description="The cluster's id")]


def build_routes(commands: Commands[State]) -> APIRouter:
    """All commands of this service."""
    router = APIRouter(prefix="/v1", tags=["triage"])
    submit = OnComplaint(commands, (Case,))
    _corrections(router, submit)
    _second_person(router, submit, commands)
    _clusters(router, commands)
    return router


def _corrections(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post(
        "/complaints/{complaint_id}/screening", status_code=201, summary="Say whether it is a complaint at all"
    )
    async def screen(complaint_id: ComplaintId, body: bodies.ScreeningBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.Screen(
                now=draft.now, by=draft.by, outcome=body.outcome, reason=body.reason, propose=body.propose
            )

        return await submit(complaint_id, "screen", body, caller, build)

    @router.post("/complaints/{complaint_id}/classification", status_code=201, summary="Say what it is about")
    async def classify(complaint_id: ComplaintId, body: bodies.ClassificationBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.Classify(
                now=draft.now,
                by=draft.by,
                category=body.category,
                dispute=body.dispute,
                reason=body.reason,
                propose=body.propose,
            )

        return await submit(complaint_id, "classify", body, caller, build)

    @router.post("/complaints/{complaint_id}/grade", status_code=201, summary="Raise or lower how grave it is")
    async def grade(complaint_id: ComplaintId, body: bodies.GradeBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.Regrade(
                now=draft.now,
                by=draft.by,
                grade=body.grade,
                reason=body.reason,
                severity=body.severity or 0,
                urgency=body.urgency or 0,
                propose=body.propose,
            )

        return await submit(complaint_id, "grade", body, caller, build)

    @router.post("/complaints/{complaint_id}/route", status_code=201, summary="Send it to another queue")
    async def route(complaint_id: ComplaintId, body: bodies.RouteBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.Reroute(
                now=draft.now,
                by=draft.by,
                queue=body.queue,
                first_owner=body.first_owner,
                reason=body.reason,
                skills=body.skills,
                playbook=body.playbook,
            )

        return await submit(complaint_id, "route", body, caller, build)


def _second_person(router: APIRouter, submit: OnComplaint[State], commands: Commands[State]) -> None:
    clusters = Beside(commands, "cluster", (Cluster,), NO_SUCH_CLUSTER)

    @router.post("/complaints/{complaint_id}/confirmation", status_code=201, summary="Confirm a correction that waits")
    async def confirm(complaint_id: ComplaintId, body: bodies.ConfirmationBody, caller: Confirming) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.Confirm(now=draft.now, by=draft.by)

        return await submit(complaint_id, "confirm", body, caller, build)

    @router.post(
        "/complaints/{complaint_id}/confirmation/refusal",
        status_code=201,
        summary="Turn down a correction that waits, or take one's own back",
    )
    async def turn_down(complaint_id: ComplaintId, body: bodies.TurningDownBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.TurnDown(now=draft.now, by=draft.by, roles=draft.roles, reason=body.reason)

        return await submit(complaint_id, "turn-down", body, caller, build)

    @router.post("/complaints/{complaint_id}/one-or-many", status_code=201, summary="Say whether it is one of many")
    async def answer_one_or_many(complaint_id: ComplaintId, body: bodies.OneOrManyBody, caller: Front) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.AnswerOneOrMany(
                now=draft.now,
                by=draft.by,
                complaint=str(complaint_id),
                cluster=None if body.cluster_id is None else str(body.cluster_id),
                reason=body.reason,
            )

        if body.cluster_id is not None:
            await clusters.must_be_there(body.cluster_id, caller)
        return await submit(complaint_id, "one-or-many", body, caller, build)


def _clusters(router: APIRouter, commands: Commands[State]) -> None:
    complaints = Beside(commands, "complaint", (Case,), NOTHING_LODGED)

    @router.post("/clusters", status_code=201, summary="Propose that several cases share one cause")
    async def propose_cluster(body: bodies.ClusterBody, caller: Handling) -> Response:
        def build(draft: Draft[State]) -> ask.Command:
            return ask.ProposeCluster(now=draft.now, by=draft.by, title=body.title, reason=body.reason)

        return await commands.submit(
            stream=None, kind="cluster", name="propose-cluster", body=body, caller=caller, command=build
        )

    @router.post("/clusters/{cluster_id}/members", status_code=201, summary="Add a case to a cluster, with evidence")
    async def add_member(cluster_id: ClusterId, body: bodies.MemberBody, caller: Handling) -> Response:
        case = await complaints.must_be_there(body.complaint_id, caller)

        def build(draft: Draft[State]) -> ask.Command:
            return ask.AddMember(
                now=draft.now,
                by=draft.by,
                complaint_id=str(body.complaint_id),
                evidence=body.evidence,
                confidence_percent=body.confidence_percent,
                about=case.about,
            )

        return await commands.submit(
            stream=f"{CLUSTER}{cluster_id}", name="add-member", body=body, caller=caller, command=build
        )

    @router.post(
        "/clusters/{cluster_id}/members/{complaint_id}/removal",
        status_code=201,
        summary="Take a case out of a cluster; nothing is moved",
    )
    async def remove_member(
        cluster_id: ClusterId, complaint_id: ComplaintId, body: bodies.RemovalBody, caller: Handling
    ) -> Response:
        case = await complaints.must_be_there(complaint_id, caller)

        def build(draft: Draft[State]) -> ask.Command:
            complaint = str(complaint_id)
            return ask.RemoveMember(draft.now, draft.by, complaint, body.reason, about=case.about)

        # The member is part of the name: the same key for another member is another command (L4).
        return await commands.submit(
            stream=f"{CLUSTER}{cluster_id}",
            name=f"remove-member:{complaint_id}",
            body=body,
            caller=caller,
            command=build,
        )
