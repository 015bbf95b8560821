"""Who may call a route, and what each caller pinned: the dependencies `commanding()` and `reading()`.

Lives here: headers become a `Caller`, roles are checked coarsely. Must not: whether this case is this caller's matter
(the service's rule), nor how a token is proved (`auth`).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers

from events.admission import Expectation
from events.roles import ROLES
from runtime.auth import ANONYMOUS, Sessions, Tokens, unauthenticated
from runtime.caller import Caller, Position, parse_etag, parse_position
from runtime.problems import Problem
from runtime.witness import read_by

KEY_PATTERN: Final = "[!-~]{1,200}"
_KEY = re.compile(KEY_PATTERN, re.ASCII)
_COMPLAINANT = frozenset({"complainant"})


@dataclass(frozen=True, slots=True)
class Access:
    """How this process proves identities; stands in `app.state.access`."""

    tokens: Tokens
    sessions: Sessions


def commanding(*roles: str, anonymous: bool = False) -> Any:  # noqa: ANN401  # as FastAPI types Depends
    """Dependency of a command: the caller has one of the roles (any, where none is named) and sends an Idempotency-Key.

    `anonymous=True` also lets people without an account in; they get a session and the role complainant (L4).
    Use: `caller: Annotated[Caller, commanding(*HANDLING)]`, a group of `events.roles`.
    """
    return Depends(Guard(roles, command=True, anonymous=anonymous))


def reading(*roles: str, anonymous: bool = False, figures: bool = False) -> Any:  # noqa: ANN401  # as FastAPI types Depends
    """Dependency of what only reads: as `commanding`, without a key. Somebody without an account has no role at all.

    Who reads is recorded (`witness`), unless the route shows `figures` only.
    """
    return Depends(Guard(roles, command=False, anonymous=anonymous, figures=figures))


class Guard(SecurityBase):
    """Turns a request into its `Caller`, or raises Problem 400, 401 or 403."""

    model = BearerModel(description="A JWT of the issuer (EdDSA), as `Authorization: Bearer …`")
    scheme_name = "token"

    def __init__(self, roles: tuple[str, ...], *, command: bool, anonymous: bool, figures: bool = False) -> None:
        unknown = set(roles) - set(ROLES)
        if unknown:
            raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
        self.roles = frozenset(roles or ROLES)
        self.command = command
        self.anonymous = anonymous
        self.witnessed = not (command or figures)

    async def __call__(self, request: Request) -> Caller:
        headers, state = request.headers, request.scope["state"]
        key = _idempotency_key(headers) if self.command else None
        principal, roles = self._who(request, key)
        if self.witnessed:
            read_by(request.scope, principal, roles)
        if not roles & self.roles and principal != ANONYMOUS:
            raise Problem(403, "role-missing", f"this needs one of the roles {', '.join(sorted(self.roles))}")
        if self.command and key is None:
            raise Problem(400, "idempotency-key-missing", "send an Idempotency-Key: the same for each attempt")
        return Caller(
            principal=principal,
            roles=roles,
            idempotency_key=key,
            if_match=_if_match(headers),
            position=_position(headers),
            request_id=state["request_id"],
        )

    def _who(self, request: Request, key: str | None) -> tuple[str, frozenset[str]]:
        access: Access = request.app.state.access
        authorization = request.headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer":
                raise unauthenticated("token-malformed", "send the token as Authorization: Bearer …")
            identity = access.tokens.identify(token.strip())
            return identity.subject, identity.roles
        ticket = request.headers.get("complaint-session")
        if ticket is not None:
            return access.sessions.principal_of_ticket(ticket), _COMPLAINANT
        if not self.anonymous:
            raise unauthenticated("token-missing", "send a token as Authorization: Bearer …")
        if not self.command:
            return ANONYMOUS, frozenset()
        if key is None:
            raise Problem(400, "idempotency-key-missing", "send an Idempotency-Key: the same for each attempt")
        principal = access.sessions.principal_of_key(key)
        request.scope["state"]["ticket"] = access.sessions.ticket(principal)
        return principal, _COMPLAINANT


def _idempotency_key(headers: Headers) -> str | None:
    """The key, with or without the quotes that the draft standard puts around it."""
    text = headers.get("idempotency-key")
    if text is None:
        return None
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key-malformed", "an Idempotency-Key is 1 to 200 visible ASCII characters")
    return key


def _if_match(headers: Headers) -> Expectation | None:
    text = headers.get("if-match")
    if text is None:
        return None
    pinned = parse_etag(text)
    if pinned is None:
        raise Problem(400, "if-match-malformed", "If-Match takes one strong ETag as this API gave it")
    return pinned


def _position(headers: Headers) -> Position | None:
    text = headers.get("complaint-position")
    if text is None:
        return None
    position = parse_position(text)
    if position is None:
        raise Problem(400, "position-malformed", "send the Complaint-Position of an answer as it was")
    return position
