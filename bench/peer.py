"""The peer: the same case flow written with the library `eventsourcing` on the same PostgreSQL, behind the same frame.

The frame is ours (`runtime.http.build_app`, the bodies of intake, tokens by the same file, the same uvicorn settings),
so that only what lies under it differs. It does less: no sealed text, no idempotency, no second reader, no view.
`python -m bench.peer` with DATABASE_URL, HTTP_PORT, JWKS_FILE, TOKEN_ISSUER and TOKEN_AUDIENCE.
"""
# ruff: noqa: ARG002 - the library keeps a method's arguments as the content of its event

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import uvicorn
import uvloop
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from fastapi import APIRouter
from starlette.responses import Response

from events.roles import FRONT
from intake import bodies
from runtime.access import Access
from runtime.assembly import POOL_CONNECTIONS
from runtime.auth import Sessions, Tokens
from runtime.connection import Connection
from runtime.http import Caller, ComplaintId, Json, build_app, commanding
from runtime.problems import Problem
from runtime.process import ANSWER_SECONDS_MAX

HOST = "127.0.0.1"
Staff = Annotated[Caller, commanding(*FRONT)]
Anybody = Annotated[Caller, commanding("complainant", *FRONT)]


class Complaint(Aggregate):
    """One complaint, with the same refusals as intake's rules have on this flow."""

    @event("Lodged")
    def __init__(self, by: str, said: dict[str, Any]) -> None:
        self.by = by
        self.said = said
        self.motive: str | None = None
        self.contacts = 0
        self.withdrawn = False

    @event("ContactRecorded")
    def record_contact(self, by: str, said: dict[str, Any]) -> None:
        self._refuse_withdrawn()
        self.contacts += 1

    @event("MotiveRecorded")
    def record_motive(self, by: str, motive: str) -> None:
        self._refuse_withdrawn()
        self.motive = motive

    @event("Amended")
    def amend(self, by: str, field: str, before: str | None, after: str, reason: str) -> None:
        self._refuse_withdrawn()
        self.said[field] = after

    @event("Withdrawn")
    def withdraw(self, by: str, reason: str) -> None:
        self._refuse_withdrawn()
        self.withdrawn = True

    def _refuse_withdrawn(self) -> None:
        if self.withdrawn:
            raise Problem(409, "complaint-withdrawn", "it was withdrawn before")


class Complaints(Application[UUID]):
    """As the library's tutorial does it: load, call, save; the library refuses a save on an older version."""

    def of(self, complaint_id: UUID) -> Complaint:
        try:
            found: Complaint = self.repository.get(complaint_id)
        except AggregateNotFoundError:
            raise Problem(404, "complaint-unknown", "no such complaint") from None
        return found

    def kept(self, complaint: Complaint) -> Response:
        self.save(complaint)
        content = {"complaint_id": str(complaint.id), "version": complaint.version}
        return Json(content, status_code=201, headers={"etag": f'"{complaint.version}"'})


def build_routes(complaints: Complaints) -> APIRouter:
    """The five routes of the flow. The library waits for its database, so each runs on a thread of FastAPI's pool."""
    router = APIRouter(prefix="/v1/complaints")

    @router.post("", status_code=201)
    def lodge(body: bodies.LodgeBody, caller: Anybody) -> Response:
        return complaints.kept(Complaint(by=caller.principal, said=body.model_dump(exclude_none=True)))

    @router.post("/{complaint_id}/contacts", status_code=201)
    def record_contact(complaint_id: ComplaintId, body: bodies.ContactBody, caller: Staff) -> Response:
        complaint = complaints.of(complaint_id)
        complaint.record_contact(by=caller.principal, said=body.model_dump(exclude_none=True))
        return complaints.kept(complaint)

    @router.post("/{complaint_id}/motive", status_code=201)
    def record_motive(complaint_id: ComplaintId, body: bodies.MotiveBody, caller: Staff) -> Response:
        complaint = complaints.of(complaint_id)
        complaint.record_motive(by=caller.principal, motive=body.motive)
        return complaints.kept(complaint)

    @router.post("/{complaint_id}/amendments", status_code=201)
    def amend(complaint_id: ComplaintId, body: bodies.AmendBody, caller: Staff) -> Response:
        complaint = complaints.of(complaint_id)
        before = complaint.said.get(body.field)
        complaint.amend(by=caller.principal, field=body.field, before=before, after=body.after, reason=body.reason)
        return complaints.kept(complaint)

    @router.post("/{complaint_id}/withdrawal", status_code=201)
    def withdraw(complaint_id: ComplaintId, body: bodies.WithdrawalBody, caller: Staff) -> Response:
        complaint = complaints.of(complaint_id)
        complaint.withdraw(by=caller.principal, reason=body.reason)
        return complaints.kept(complaint)

    return router


def environment(url: str) -> dict[str, str]:
    """The library's settings: its PostgreSQL recorder, as many connections as our services have."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.removeprefix("/"),
        "POSTGRES_HOST": parts.hostname or HOST,
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
        "POSTGRES_POOL_SIZE": str(POOL_CONNECTIONS),
        "POSTGRES_SCHEMA": "peer",
    }


def main() -> None:
    told = os.environ
    complaints = Complaints(env=environment(told["DATABASE_URL"]))
    tokens = Tokens(jwks_file=Path(told["JWKS_FILE"]), issuer=told["TOKEN_ISSUER"], audience=told["TOKEN_AUDIENCE"])

    async def ready() -> dict[str, str]:
        return {}

    access = Access(tokens, Sessions([os.urandom(32)]))
    app = build_app("peer", [build_routes(complaints)], access=access, ready=ready, version="0")
    # The settings of runtime.process, one by one.
    config = uvicorn.Config(
        app, host=HOST, port=int(told["HTTP_PORT"]), log_config=None, access_log=False, loop="none",
        http=Connection, ws="none", lifespan="off", proxy_headers=False, timeout_keep_alive=75,
        timeout_graceful_shutdown=ANSWER_SECONDS_MAX,
    )  # fmt: skip
    uvloop.run(uvicorn.Server(config).serve())
    complaints.close()


if __name__ == "__main__":
    main()
