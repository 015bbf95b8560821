"""Tokens and the keys that prove them, without any HTTP: how long each counts, and what a key file may say (S1, S2)."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from issuer import Issuer
from runtime import auth
from runtime.auth import Tokens
from runtime.problems import Problem

NOW = 1_800_000_000.0


def tokens_of(issuer: Issuer, clock: Callable[[], float]) -> Tokens:
    return Tokens(jwks_file=issuer.file, issuer="https://issuer.example", audience="complaints", clock=clock)


def test_keys_of_other_kinds_are_passed_over(issuer: Issuer) -> None:
    """S2: an issuer publishes them for others, in the same file."""
    listed = json.loads(issuer.file.read_bytes())["keys"]
    of_rsa = {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"}
    for_sealing = {"kty": "OKP", "kid": "enc", "crv": "X25519", "x": "A" * 43, "use": "enc"}
    nameless = {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
    issuer.file.write_text(json.dumps({"keys": [of_rsa, for_sealing, nameless, {}, *listed]}))
    tokens = tokens_of(issuer, time.time)
    assert tokens.identify(issuer.token("handler")).subject == "li.na"


def test_a_remembered_token_expires(issuer: Issuer) -> None:
    """What is remembered of a token lives no longer than the token."""
    now = NOW
    tokens = tokens_of(issuer, lambda: now)
    token = issuer.token("handler", nbf=int(NOW) - 1, exp=int(NOW) + 10)
    assert tokens.identify(token).subject == "li.na"
    assert tokens.identify(token) is tokens.identify(token)
    now += 10
    with pytest.raises(Problem) as problem:
        tokens.identify(token)
    assert problem.value.code == "token-expired"


def test_the_edges_of_a_token(issuer: Issuer) -> None:
    """S1: good from the second of its `nbf` on, and no longer at that of its `exp`."""
    tokens = tokens_of(issuer, lambda: NOW)
    longest = issuer.token("handler", sub="x" * 100, nbf=int(NOW), exp=int(NOW) + 1)
    assert tokens.identify(longest).subject == "x" * 100
    edges: list[tuple[str, dict[str, Any]]] = [
        ("token-early", {"nbf": int(NOW) + 1, "exp": int(NOW) + 2}),
        ("token-expired", {"nbf": int(NOW) - 1, "exp": int(NOW)}),
    ]
    for code, claims in edges:
        with pytest.raises(Problem) as problem:
            tokens.identify(issuer.token("handler", **claims))
        assert problem.value.code == code


def test_key_rotation_and_cool_down(issuer: Issuer) -> None:
    """A new key works after one reading of the file; a flood of unknown kids causes one reading per cool-down (S2)."""
    now = NOW
    tokens = tokens_of(issuer, lambda: now)
    claims: dict[str, Any] = {"nbf": int(NOW) - 1, "exp": int(NOW) + 10_000}
    tokens.identify(issuer.token("handler", **claims))
    issuer.add("second")
    young = issuer.token("cso", kid="second", **claims)
    with pytest.raises(Problem):
        tokens.identify(young)
    now += 31
    assert tokens.identify(young).roles == {"cso"}
    issuer.add("third")
    for _ in range(100):
        with pytest.raises(Problem):
            tokens.identify(issuer.token("cso", kid="third", **claims))


def test_a_withdrawn_key(issuer: Issuer) -> None:
    """A key that its issuer takes back stops working within the life of what we read, remembered tokens too."""
    now = NOW
    tokens = tokens_of(issuer, lambda: now)
    token = issuer.token("handler", nbf=int(NOW) - 1, exp=int(NOW) + 10_000)
    tokens.identify(token)
    issuer.add("second")
    del issuer.keys["first"]
    issuer.publish()
    now += 301
    with pytest.raises(Problem) as problem:
        tokens.identify(token)
    assert problem.value.code == "token-foreign"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"{}", b'{"keys":7}', b'{"keys":[7]}', b'{"keys":[{"kid":"a"}]}',
        b'{"keys":[{"kty":"OKP","kid":"a","crv":"Ed25519","x":"AA"}]}',
        b'{"keys":[{"kty":"OKP","kid":[],"crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}',
    ],
)  # fmt: skip
def test_a_key_file_that_cannot_be_read(issuer: Issuer, content: bytes, tmp_path: Path) -> None:
    """Known keys are served; without any, nobody gets in (S2)."""
    now = NOW
    tokens = tokens_of(issuer, lambda: now)
    claims: dict[str, Any] = {"nbf": int(NOW) - 1, "exp": int(NOW) + 10_000}
    tokens.identify(issuer.token("handler", **claims))
    issuer.file.write_bytes(content)
    now += 301
    good = content != b'{"keys":[{"kid":"a"}]}'
    if good:
        assert tokens.identify(issuer.token("cso", **claims)).roles == {"cso"}
    fresh = Tokens(jwks_file=tmp_path / "none.json", issuer="i", audience="a", clock=lambda: now)
    with pytest.raises(Problem):
        fresh.identify(issuer.token("handler", **claims))


def test_only_so_many_tokens_are_remembered(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may hold many; the oldest is verified anew."""
    monkeypatch.setattr(auth, "_REMEMBERED_MAX", 2)
    tokens = tokens_of(issuer, lambda: NOW)
    held = [issuer.token("handler", sub=f"p{n}", nbf=int(NOW) - 1, exp=int(NOW) + 10) for n in range(3)]
    first, second, _ = map(tokens.identify, held)
    assert tokens.identify(held[1]) is second
    assert tokens.identify(held[0]) == first
    assert len(tokens._known) == 2
