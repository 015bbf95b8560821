"""Who a token names: JWTs by EdDSA against a key file, and sessions for people without an account (S1-S3, L4).

Lives here: proof of identity. Must not: who may do what (`access`), any network, any clock but the one passed in.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeGuard

import jwt
import orjson

from events.fact import BY_RULE
from events.roles import ROLES
from runtime.problems import Problem

ALGORITHMS: Final = ["EdDSA"]
_REQUIRED: Final = ["iss", "aud", "sub", "exp", "nbf"]
_SUBJECT_CHARS_MAX = 100
_TOKEN_CHARS_MAX = 4096
_KEYS_LIFE_SECONDS = 300.0
_COOL_DOWN_SECONDS = 30.0
_REMEMBERED_MAX = 10_000
_SESSION_LIFE_SECONDS = 30 * 86_400
_LAST = 2**53
SESSION_PATTERN: Final = r"([0-9a-f]{32})\.([0-9]{10})\.([0-9a-f]{32})"
_SESSION = re.compile(SESSION_PATTERN, re.ASCII)
SESSION: Final = "session:"
"""Before the name of a session, where a person's subject would stand; no token may name such a subject."""
ANONYMOUS: Final = "anonymous"
_NOBODY: Final = frozenset({ANONYMOUS, BY_RULE})
"""What stands in the record where no person does; no token may name such a subject either."""
KEY_CHARS_MIN: Final = 20
"""How long an Idempotency-Key must be to stand for its sender: a UUID is, a counter is not."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a valid token names. `expires_at` in seconds since 1970."""

    subject: str
    roles: frozenset[str]
    expires_at: float


class Tokens:
    """Verifies bearer tokens; remembers verdicts by the token's hash until the token expires."""

    def __init__(self, *, jwks_file: Path, issuer: str, audience: str, clock: Callable[[], float] = time.time) -> None:
        self._file = jwks_file
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._known: dict[bytes, Identity] = {}
        self._read = b""

    def identify(self, token: str) -> Identity:
        """Whom the token names. Raises Problem 401 with a code that says what is wrong with it."""
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        now = self._clock()
        if now - self._read_at > _KEYS_LIFE_SECONDS:
            self._read_keys(now)
        identity = self._known.get(digest)
        if identity is None:
            identity = self._verify(token, now)
            self._known[digest] = identity
            if len(self._known) > _REMEMBERED_MAX:
                del self._known[next(iter(self._known))]
        if identity.expires_at <= now:
            raise unauthenticated("token-expired", "the token has expired: sign in again")
        return identity

    def _verify(self, token: str, now: float) -> Identity:
        key = self._key_of(token, now)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self._issuer,
                options={"require": _REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except (jwt.InvalidSignatureError, jwt.InvalidIssuerError, jwt.InvalidAudienceError, jwt.InvalidAlgorithmError):
            raise _foreign() from None
        except jwt.MissingRequiredClaimError:
            raise unauthenticated("token-malformed", f"the token must have the claims {', '.join(_REQUIRED)}") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise _malformed() from None
        return _identity(claims, now)

    def _key_of(self, token: str, now: float) -> jwt.PyJWK:
        if len(token) > _TOKEN_CHARS_MAX:
            raise _malformed()
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            raise _malformed() from None
        kid = header.get("kid")
        if kid not in self._keys and now - self._read_at > _COOL_DOWN_SECONDS:
            self._read_keys(now)
        if kid not in self._keys:
            raise _foreign()
        return self._keys[kid]

    def _read_keys(self, now: float) -> None:
        """Read the key file; a file that cannot be read leaves the known keys as they are (S2)."""
        self._read_at = now
        try:
            content = self._file.read_bytes()
            listed = orjson.loads(content)["keys"]
            ours = [k for k in listed if (k.get("kty"), k.get("crv")) == ("OKP", "Ed25519") and "kid" in k]
            keys = {k["kid"]: jwt.PyJWK.from_dict(k, "EdDSA") for k in ours}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError):
            return
        if content != self._read:
            self._known.clear()
        self._keys, self._read = keys, content


class Sessions:
    """People without an account: a principal from the server, carried by a signed `Complaint-Session` (L4).

    The first command of such a person has no session yet, and its answer may be lost. So the session is made from its
    Idempotency-Key by a keyed hash: sent again, it is the same session and the same command. The first secret makes
    tickets, all of them know theirs.
    """

    def __init__(self, secrets: Sequence[bytes], *, clock: Callable[[], float] = time.time) -> None:
        self._secrets = [hmac.digest(secret, b"session", hashlib.sha256) for secret in secrets]
        self._clock = clock

    def principal_of_key(self, idempotency_key: str) -> str:
        """The principal of a first command. Raises Problem 400 for a key that somebody else might choose as well."""
        if len(idempotency_key) < KEY_CHARS_MIN:
            why = f"without an account, send a random Idempotency-Key of {KEY_CHARS_MIN} characters or more: a UUID"
            raise Problem(400, "idempotency-key-weak", why)
        return SESSION + hmac.digest(self._secrets[0], b"key:" + idempotency_key.encode(), hashlib.sha256)[:16].hex()

    def ticket(self, principal: str) -> str:
        """The `Complaint-Session` header for later requests, good for 30 days."""
        name = principal.removeprefix(SESSION)
        until = f"{int(self._clock()) + _SESSION_LIFE_SECONDS:010d}"
        return f"{name}.{until}.{_sign(self._secrets[0], name, until)}"

    def principal_of_ticket(self, ticket: str) -> str:
        """The principal that a ticket was made for. Raises Problem 401."""
        match = _SESSION.fullmatch(ticket)
        if match is None or not any(
            hmac.compare_digest(match[3], _sign(secret, match[1], match[2])) for secret in self._secrets
        ):
            raise unauthenticated("session-malformed", "the Complaint-Session is not one that this server gave")
        if int(match[2]) <= self._clock():
            raise unauthenticated("session-expired", "the Complaint-Session has expired: leave it out")
        return f"{SESSION}{match[1]}"


def _sign(secret: bytes, name: str, until: str) -> str:
    return hmac.digest(secret, f"ticket:{name}.{until}".encode(), hashlib.sha256)[:16].hex()


def unauthenticated(code: str, detail: str) -> Problem:
    """A 401 with the challenge that RFC 9110 asks for."""
    return Problem(401, code, detail, headers={"www-authenticate": "Bearer"})


def _identity(claims: dict[str, Any], now: float) -> Identity:
    subject, roles, expires, not_before = (claims.get(name) for name in ("sub", "roles", "exp", "nbf"))
    if not _is_instant(expires) or not _is_instant(not_before):
        raise _malformed()
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_CHARS_MAX or not subject.isprintable():
        raise _malformed()
    if subject in _NOBODY or not subject.strip() or subject.startswith(SESSION):
        raise _malformed()
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise _malformed()
    if not_before > now:
        raise unauthenticated("token-early", "the token is not yet valid")
    return Identity(subject, frozenset(ROLES).intersection(roles), float(expires))


def _is_instant(claim: object) -> TypeGuard[float]:
    """A number of seconds that a clock can show: not a truth value, not beyond all measure."""
    return isinstance(claim, int | float) and not isinstance(claim, bool) and -_LAST < claim < _LAST


def _malformed() -> Problem:
    return unauthenticated("token-malformed", "the bearer token cannot be read as a token of this system")


def _foreign() -> Problem:
    return unauthenticated("token-foreign", "the token is not by this system's issuer, or not for this system")
