"""Commands over HTTP, and the way back for the complainant: a body becomes a command, and nothing is decided here.

The actor is the token's subject, the time is the server's. A complainant proves by the tracking code whose case it is.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from events.decider import Refused
from events.ids import COMPLAINT
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    EvidenceAdded,
    FeedbackGiven,
    MessageReceived,
    MessageRequested,
    MotiveRecorded,
)
from events.roles import FRONT, TAKING
from intake import bodies
from intake.answers import Tracked
from intake.decider import State
from intake.decider.commands import (
    SEALED_FIELDS,
    Amend,
    Command,
    Lodge,
    Record,
    RequestMessage,
    Withdraw,
)
from intake.decider.decide import WORDS_ERASED
from intake.decider.state import Case
from intake.erasure import add_erasure
from intake.track import progress
from runtime.http import Caller, ComplaintId, Json, commanding, etag, reading, says, with_ids
from runtime.intents import Draft
from runtime.on_complaint import OnComplaint
from runtime.party import party_refs
from runtime.problems import Problem
from runtime.sealing import ERASED
from runtime.service import Running
from runtime.tracking import stream_of_code, tracking_code
from runtime.witness import counted

Staff = Annotated[Caller, commanding(*FRONT)]
Anybody = Annotated[Caller, commanding("complainant", *FRONT, anonymous=True)]
Lodging = Annotated[Caller, commanding("complainant", *TAKING, anonymous=True)]
Reader = Annotated[Caller, reading(anonymous=True)]
Code = Annotated[str | None, Header(alias="Tracking-Code", max_length=100, description="A complainant's proof")]


def build_routes(running: Running) -> APIRouter:
    """All commands of intake, and tracking."""
    router = APIRouter(prefix="/v1", tags=["intake"])
    _lodging(router, running)
    submit = OnComplaint(running.commands, (Case,))
    _by_anybody(router, running, submit)
    _by_staff(router, submit)
    add_erasure(router, running, submit)
    _tracking(router, running)
    return router


def _lodging(router: APIRouter, running: Running) -> None:
    secrets = running.secrets

    @router.post(
        "/complaints",
        status_code=201,
        responses=with_ids("tracking_code"),
        summary="Lodge a complaint; the answer holds its tracking code",
    )
    async def lodge(body: bodies.LodgeBody, caller: Lodging) -> Response:
        staff = bool(caller.roles & TAKING)
        if not staff:
            _nothing_that_staff_set(body)
        party = running.keyring.known_as(party_refs(secrets.contact, body.contact)) if body.contact else None

        def build(draft: Draft[State]) -> Command:
            words = {name: getattr(body, name) for name in ("text", "demand", "contact")}
            sealed = {name: draft.seal(name, text) for name, text in words.items() if text}
            said: dict[str, Any] = {**body.model_dump(exclude=set(words)), **sealed}
            taken_by = draft.by if staff else None
            return Lodge(ComplaintLodged(at=draft.now, key_id=draft.key_id, party_ref=party, taken_by=taken_by, **said))

        return await running.commands.submit(
            stream=None, name="lodge", body=body, caller=caller, command=build, key_owner=party,
            answer=lambda admitted: {"tracking_code": tracking_code(secrets.tracking, admitted.verdict.stream)},
        )  # fmt: skip


def _by_anybody(router: APIRouter, running: Running, submit: OnComplaint[State]) -> None:
    """What a complainant may do as well, where the tracking code fits."""

    @router.post("/complaints/{complaint_id}/evidence", status_code=201, summary="Add evidence: its metadata and hash")
    async def add_evidence(
        complaint_id: ComplaintId, body: bodies.EvidenceBody, caller: Anybody, code: Code = None
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            name = draft.seal("name", body.name)
            said = body.model_dump(exclude={"name"})
            return Record(EvidenceAdded(at=draft.now, name=name, by=draft.by, **said))

        _own(running, complaint_id, caller, code)
        return await submit(complaint_id, "add-evidence", body, caller, build)

    @router.post("/complaints/{complaint_id}/withdrawal", status_code=201, summary="Withdraw; never counts as success")
    async def withdraw(
        complaint_id: ComplaintId, body: bodies.WithdrawalBody, caller: Anybody, code: Code = None
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            reason = draft.seal("reason", body.reason)
            return Withdraw(ComplaintWithdrawn(at=draft.now, reason=reason, by=draft.by))

        _own(running, complaint_id, caller, code)
        return await submit(complaint_id, "withdraw", body, caller, build)

    @router.post("/complaints/{complaint_id}/feedback", status_code=201, summary="Say how process and outcome were")
    async def give_feedback(
        complaint_id: ComplaintId, body: bodies.FeedbackBody, caller: Anybody, code: Code = None
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            text = draft.seal("text", body.text) if body.text else None
            scores = body.model_dump(exclude={"text"})
            return Record(FeedbackGiven(at=draft.now, text=text, **scores), draft.by)

        _own(running, complaint_id, caller, code)
        return await submit(complaint_id, "give-feedback", body, caller, build)

    @router.post("/complaints/{complaint_id}/contact-preferences", status_code=201, summary="Say when not to be called")
    async def state_preferences(
        complaint_id: ComplaintId, body: bodies.ContactPreferencesBody, caller: Anybody, code: Code = None
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            return Record(ContactPreferencesStated(at=draft.now, by=draft.by, **body.model_dump()))

        _own(running, complaint_id, caller, code)
        return await submit(complaint_id, "state-preferences", body, caller, build)

    @router.post(
        "/complaints/{complaint_id}/messages/received",
        status_code=201,
        responses=with_ids("message_id"),
        summary="Leave a further message",
    )
    async def leave_message(
        complaint_id: ComplaintId, body: bodies.LeftMessageBody, caller: Anybody, code: Code = None
    ) -> Response:
        def build(draft: Draft[State]) -> Command:
            text = draft.seal("text", body.text)
            said = MessageReceived(at=draft.now, message_id=draft.event_id, channel=body.channel, text=text)
            return Record(said, draft.by)

        _own(running, complaint_id, caller, code)
        return await submit(complaint_id, "leave-message", body, caller, build, id_name="message_id")


def _by_staff(router: APIRouter, submit: OnComplaint[State]) -> None:
    @router.post("/complaints/{complaint_id}/amendments", status_code=201, summary="Correct a field, with the reason")
    async def amend(complaint_id: ComplaintId, body: bodies.AmendBody, caller: Staff) -> Response:
        def build(draft: Draft[State]) -> Command | Refused:
            sealed = body.field in SEALED_FIELDS
            if sealed and isinstance(draft.state, Case) and draft.is_erased(getattr(draft.state.said, body.field)):
                return WORDS_ERASED
            after = draft.seal("after", body.after) if sealed else body.after
            return Amend(now=draft.now, by=draft.by, field=body.field, after=after, reason=body.reason)

        return await submit(complaint_id, "amend", body, caller, build)

    @router.post(
        "/complaints/{complaint_id}/contacts", status_code=201, summary="Record a contact, or why there is none"
    )
    async def record_contact(complaint_id: ComplaintId, body: bodies.ContactBody, caller: Staff) -> Response:
        def build(draft: Draft[State]) -> Command:
            note = draft.seal("note", body.note) if body.note else None
            said = body.model_dump(exclude={"note"})
            return Record(ContactRecorded(at=draft.now, note=note, by=draft.by, **said))

        return await submit(complaint_id, "record-contact", body, caller, build)

    @router.post("/complaints/{complaint_id}/motive", status_code=201, summary="Record why the complainant complains")
    async def record_motive(complaint_id: ComplaintId, body: bodies.MotiveBody, caller: Staff) -> Response:
        def build(draft: Draft[State]) -> Command:
            return Record(MotiveRecorded(at=draft.now, motive=body.motive, by=draft.by))

        return await submit(complaint_id, "record-motive", body, caller, build)

    @router.post(
        "/complaints/{complaint_id}/messages",
        status_code=201,
        responses=with_ids("message_id"),
        summary="Have the complainant told something",
    )
    async def request_message(complaint_id: ComplaintId, body: bodies.MessageBody, caller: Staff) -> Response:
        def build(draft: Draft[State]) -> Command:
            said = body.model_dump(exclude={"text"})
            text = draft.seal("text", body.text)
            return RequestMessage(
                MessageRequested(at=draft.now, message_id=draft.event_id, text=text, by=draft.by, **said)
            )

        return await submit(complaint_id, "request-message", body, caller, build, id_name="message_id")


def _tracking(router: APIRouter, running: Running) -> None:
    @router.get(
        "/track/{code}",
        responses=says(Tracked, "ETag"),
        summary="How far a complaint is, for whoever holds its tracking code",
    )
    async def track(request: Request, code: str, caller: Reader) -> Response:
        await running.commands.reached(caller.position)
        stream = stream_of_code(running.secrets.tracking, code)
        row = None if stream is None else await running.store.row(stream)
        if stream is None or row is None or not isinstance(row.state, Case):
            raise Problem(404, "not-found", "there is no complaint with this tracking code")
        counted(request.scope, 1, streams=[stream])
        key_gone = running.keyring.key(row.state.key_id or "") is ERASED
        content = {"complaint_id": stream.removeprefix(COMPLAINT), **progress(row.state, key_gone=key_gone)}
        return Json(content, headers={"ETag": etag(row.head)})


def _nothing_that_staff_set(body: bodies.LodgeBody) -> None:
    """Staff judge who complains, and know by its id whom it is about; it stands in clear. Raises Problem 403."""
    if body.identity != "ordinary":
        raise Problem(403, "identity-by-staff", "identity: is set by staff; leave it out")
    if body.subject_person is not None:
        raise Problem(403, "subject-person-by-staff", "subject_person: is set by staff; say in text whom you mean")


def _own(running: Running, complaint_id: UUID, caller: Caller, code: str | None) -> None:
    """Staff may; a complainant proves it. Raises Problem 404: whether there is such a case is nobody else's matter."""
    if caller.roles & FRONT:
        return
    if code is None or stream_of_code(running.secrets.tracking, code) != f"{COMPLAINT}{complaint_id}":
        raise Problem(404, "not-found", "no such complaint, or no Tracking-Code header of its own")
