"""The local issuer of tokens: one Ed25519 key kept with the data, its public half as a JWKS file, a token per role.

It exists so that a person at this machine can try everything. It serves loopback only; anywhere else an identity
provider of one's own issues the tokens, and the services are given its JWKS file.
"""

import base64
import hashlib
import json
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.roles import ROLES
from local.errors import LocalError
from local.places import DataDir, write_private

ISSUER = "http://localhost/complaints"
AUDIENCE = "complaints"
LIFETIME_SECONDS = 30 * 24 * 3600
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotLoopback(LocalError):
    """Somebody asked for local tokens on an address that other machines can reach."""


class Issuer:
    """Signs tokens for the system whose data it lies with."""

    def __init__(self, data: DataDir, *, host: str) -> None:
        if host not in LOOPBACK:
            raise NotLoopback(f"local tokens are for loopback only, not for {host}: use an identity provider there")
        self._key_file = data.tokens / "issuer.pem"
        self._tokens_file = data.tokens / "tokens.json"
        self.jwks_file = data.tokens / "jwks.json"

    def prepare(self) -> None:
        """Make the key the first time, write the JWKS file and a fresh token for each role."""
        key = self._load_or_make()
        public = _base64url(key.public_key().public_bytes_raw())
        jwk = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": _key_id(public), "x": public}
        write_private(self.jwks_file, json.dumps({"keys": [jwk]}, indent=2))
        write_private(self._tokens_file, json.dumps({role: self.token(role) for role in ROLES}, indent=2))

    def token(
        self,
        *roles: str,
        subject: str | None = None,
        lifetime_seconds: int = LIFETIME_SECONDS,
        audience: str = AUDIENCE,
    ) -> str:
        """A signed token with those roles; the subject is `demo-<first role>` unless named."""
        key = self._load_or_make()
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": subject or f"demo-{roles[0]}",
            "iat": now,
            "nbf": now - 5,
            "exp": now + lifetime_seconds,
            "roles": list(roles),
        }
        key_id = _key_id(_base64url(key.public_key().public_bytes_raw()))
        return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": key_id})

    def tokens(self) -> dict[str, str]:
        """The token of each role, as the last start wrote them."""
        written: dict[str, str] = json.loads(self._tokens_file.read_text())
        return written

    def _load_or_make(self) -> Ed25519PrivateKey:
        if not self._key_file.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_private(self._key_file, pem.decode())
        key = serialization.load_pem_private_key(self._key_file.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        return key


def _key_id(public: str) -> str:
    """The key's thumbprint (RFC 7638, RFC 8037)."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": public}, separators=(",", ":"))
    return _base64url(hashlib.sha256(members.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
