"""Personal text, sealed and opened: AES-256-GCM with a self-describing token (architecture, section 6).

Pure functions over values; the key and the nonce are arguments. Where keys come from is `keyring`'s matter.
"""

import base64
from dataclasses import dataclass
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_PREFIX = "sealed:1:"


class Missing(Enum):
    """The key has not been seen (yet): wait for it, up to a limit."""

    MISSING = "missing"


class Erased(Enum):
    """The key was destroyed on purpose: the text is gone for ever, and that is an answer, not a fault."""

    ERASED = "erased"


class Unreadable(Enum):
    """The token is damaged, was sealed for another stream, or under another key."""

    UNREADABLE = "unreadable"


MISSING = Missing.MISSING
ERASED = Erased.ERASED
UNREADABLE = Unreadable.UNREADABLE

Key = bytes | Missing | Erased | Unreadable
Opened = str | Missing | Erased | Unreadable


@dataclass(frozen=True, slots=True)
class Token:
    """`sealed:1:<key id>:<event id>:<field>:<nonce and box, base64url>`, taken apart; the id is told by `key_id_of`."""

    event_id: str
    field: str
    nonce: bytes
    box: bytes


def seal(key: bytes, *, key_id: str, stream: str, event_id: str, field: str, text: str, nonce: bytes) -> str:
    """The token of `text`, bound to stream, event and field, so that it cannot be moved. `nonce`: 12 random bytes."""
    box = AESGCM(key).encrypt(nonce, text.encode(), _bound_to(stream, event_id, field))
    return f"{_PREFIX}{key_id}:{event_id}:{field}:{_written(nonce + box)}"


def unseal(key: Key, *, stream: str, token: str) -> Opened:
    """The text of a token of `stream`, or why there is none. Total: no token raises."""
    parts = parse_token(token)
    if parts is None:
        return UNREADABLE
    if not isinstance(key, bytes):
        return key
    try:
        return AESGCM(key).decrypt(parts.nonce, parts.box, _bound_to(stream, parts.event_id, parts.field)).decode()
    except (InvalidTag, ValueError):
        return UNREADABLE


def parse_token(token: str) -> Token | None:
    """The parts of a token, or None where it has not the form of one."""
    parts = token.split(":")
    if len(parts) != 6 or not token.startswith(_PREFIX):
        return None
    try:
        body = base64.b64decode(parts[5] + "=" * (-len(parts[5]) % 4), altchars=b"-_")
    except ValueError:
        return None
    if len(body) < NONCE_BYTES + TAG_BYTES or _written(body) != parts[5]:  # the decoder knows other spellings
        return None
    return Token(event_id=parts[3], field=parts[4], nonce=body[:NONCE_BYTES], box=body[NONCE_BYTES:])


def key_id_of(token: str) -> str | None:
    """The id of the key that opens a token, or None where it is no token."""
    parts = token.split(":", 3)
    return parts[2] if len(parts) == 4 and token.startswith(_PREFIX) else None


def _written(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def _bound_to(stream: str, event_id: str, field: str) -> bytes:
    return f"{stream}|{event_id}|{field}".encode()
