"""The secret tracking code of a complaint: computed from its stream; no table keeps it, and a retry gives the same.

Pure. A code is the stream's uuid and 80 bits of a keyed hash over it, in Crockford's base 32, in groups for people. The
first secret makes codes, all of them find what they made.
"""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from events.ids import COMPLAINT

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_PROOF_BYTES = 10
_CODE_CHARS = 42
_GROUP_CHARS = 6


def tracking_code(secrets: Sequence[bytes], stream: str) -> str:
    """The code of `complaint/<uuid>`: seven groups of six. Raises ValueError for any other stream."""
    if not stream.startswith(COMPLAINT):
        raise ValueError("only a complaint has a tracking code")
    name = UUID(stream.removeprefix(COMPLAINT)).bytes
    number = int.from_bytes(name + _proof(secrets[0], name))
    chars = "".join(_ALPHABET[number >> 5 * i & 31] for i in reversed(range(_CODE_CHARS)))
    return "-".join(chars[i : i + _GROUP_CHARS] for i in range(0, _CODE_CHARS, _GROUP_CHARS))


def stream_of_code(secrets: Sequence[bytes], code: str) -> str | None:
    """The stream that a code was made for, or None. Small letters, spaces, and O, I, L for 0, 1, 1 are understood."""
    chars = "".join(code.split()).replace("-", "").upper()
    if len(chars) != _CODE_CHARS or not all(char in _VALUES for char in chars):
        return None
    number = 0
    for char in chars:
        number = number << 5 | _VALUES[char]
    if number >> 208:
        return None
    content = number.to_bytes(26)
    name, proof = content[:16], content[16:]
    proven = any(hmac.compare_digest(proof, _proof(secret, name)) for secret in secrets)
    return f"{COMPLAINT}{UUID(bytes=name)}" if proven else None


def _proof(secret: bytes, name: bytes) -> bytes:
    return hmac.digest(secret, b"tracking:" + name, hashlib.sha256)[:_PROOF_BYTES]
