"""A token issuer of the tests' own: signs tokens and publishes its keys in a file, as any issuer would."""

import time
from pathlib import Path

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ISSUER, AUDIENCE = "https://issuer.example", "complaints"
LIFE_SECONDS = 3_600


class Issuer:
    """Signs tokens and publishes its keys in a file, as an issuer of one's own would."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.add("first")

    def add(self, kid: str) -> None:
        self.keys[kid] = Ed25519PrivateKey.generate()
        self.publish()

    def publish(self) -> None:
        algorithm = jwt.algorithms.OKPAlgorithm
        listed = [
            {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "EdDSA", "use": "sig"}
            for kid, key in self.keys.items()
        ]
        self.file.write_bytes(orjson.dumps({"keys": listed}))

    def token(self, *roles: str, kid: str = "first", key: Ed25519PrivateKey | None = None, **claims: object) -> str:
        """A token that outlives any test, unless `claims` say otherwise; a claim that is None is left out."""
        now = int(time.time())
        content = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "li.na",
            "nbf": now - 5,
            "exp": now + LIFE_SECONDS,
            "roles": list(roles),
        }
        content = {name: value for name, value in (content | claims).items() if value is not None}
        return jwt.encode(content, key or self.keys[kid], algorithm="EdDSA", headers={"kid": kid})
