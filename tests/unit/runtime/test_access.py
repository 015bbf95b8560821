"""Who gets in: bad tokens of every kind, roles, people without an account, what callers pin (S1-S4, L1, L4, L10)."""

import base64
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuer import Issuer
from runtime.access import commanding
from runtime.auth import Sessions
from runtime.problems import Problem

Headers = Callable[..., dict[str, str]]
NOTES = "/v1/complaints/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11/notes"
NOW = 1_800_000_000.0
RANDOM_KEY = "5e0f4b0e-1f3c-4b9a-8a53-6cf0a2a1d9c4"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


async def post(api: httpx.AsyncClient, token: str, **headers: str) -> httpx.Response:
    more = {"authorization": f"Bearer {token}", "idempotency-key": "k-1"} | headers
    return await api.post(NOTES, json={"text": "a"}, headers=more)


async def test_a_good_token(api: httpx.AsyncClient, issuer: Issuer) -> None:
    """The actor is the token's subject (S4)."""
    answer = await post(api, issuer.token("teamlead", sub="王伟"))
    assert answer.status_code == 201
    assert answer.json()["by"] == "王伟"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": int(time.time()) - 1}, "token-expired"),
        ({"nbf": int(time.time()) + 86_400, "exp": int(time.time()) + 90_000}, "token-early"),
        ({"iss": "https://elsewhere.example"}, "token-foreign"),
        ({"aud": "payments"}, "token-foreign"),
        ({"iss": None}, "token-malformed"),
        ({"aud": None}, "token-malformed"),
        ({"exp": None}, "token-malformed"),
        ({"nbf": None}, "token-malformed"),
        ({"sub": None}, "token-malformed"),
        ({"sub": ""}, "token-malformed"),
        ({"sub": "a\nb"}, "token-malformed"),
        ({"sub": "x" * 101}, "token-malformed"),
        ({"sub": "session:0123"}, "token-malformed"),
        ({"sub": "anonymous"}, "token-malformed"),
        ({"roles": "handler"}, "token-malformed"),
        ({"roles": None}, "token-malformed"),
        ({"roles": [7]}, "token-malformed"),
        ({"roles": [["handler"]]}, "token-malformed"),
        ({"nbf": True}, "token-malformed"),
        ({"exp": "soon"}, "token-malformed"),
        ({"exp": 1e400}, "token-malformed"),
        ({"exp": 10**400}, "token-malformed"),
        ({"nbf": -(10**400)}, "token-malformed"),
        ({"sub": "rule"}, "token-malformed"),
        ({"sub": " "}, "token-malformed"),
    ],
)
async def test_bad_claims(api: httpx.AsyncClient, issuer: Issuer, claims: dict[str, Any], code: str) -> None:
    """Each gives 401 with a code that says what is wrong (S1)."""
    refused(await post(api, issuer.token("handler", **claims)), 401, code)


async def test_keys_and_algorithms(api: httpx.AsyncClient, issuer: Issuer) -> None:
    """alg=none, HS256 with the public key, another's signature, an unknown kid: all foreign (S1)."""
    claims = jwt.decode(issuer.token("handler"), options={"verify_signature": False})
    public = issuer.keys["first"].public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})
    symmetric = jwt.encode(claims, raw, algorithm="HS256", headers={"kid": "first"})
    no_kid = jwt.encode(claims, issuer.keys["first"], algorithm="EdDSA")
    forged = issuer.token("handler", key=Ed25519PrivateKey.generate())
    unknown = jwt.encode(claims, issuer.keys["first"], algorithm="EdDSA", headers={"kid": "second"})
    for token in (unsigned, symmetric, no_kid, forged, unknown):
        refused(await post(api, token), 401, "token-foreign")
    head, body, signature = issuer.token("handler").split(".")
    other = base64.urlsafe_b64encode(b'{"sub":"cso","roles":["cso"]}').rstrip(b"=").decode()
    refused(await post(api, f"{head}.{other}.{signature}"), 401, "token-foreign")
    refused(await post(api, f"{head}.{body}."), 401, "token-foreign")


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "ÿ.ÿ.ÿ", "." * 100, "e30.e30.e30", "x" * 5000, "W10.W10.W10"])
async def test_what_is_no_token(api: httpx.AsyncClient, token: str) -> None:
    answer = await api.post(
        NOTES,
        json={"text": "a"},
        headers=[(b"authorization", b"Bearer " + token.encode("latin-1")), (b"idempotency-key", b"k")],
    )
    assert answer.json()["code"] in {"token-malformed", "token-foreign"}
    assert answer.status_code == 401


async def test_what_our_issuer_signs_is_no_token_either_where_it_says_nothing_or_too_much(
    api: httpx.AsyncClient, issuer: Issuer
) -> None:
    """A fault of the issuer is an answer as well."""
    nothing = jwt.api_jws.encode(b"not JSON", issuer.keys["first"], algorithm="EdDSA", headers={"kid": "first"})
    for token in (nothing, issuer.token("handler", much="x" * 5_000)):
        refused(await post(api, token), 401, "token-malformed")


async def test_no_token(api: httpx.AsyncClient, issuer: Issuer) -> None:
    """What is good for a bearer is good for nobody else."""
    refused(await api.post(NOTES, json={"text": "a"}), 401, "token-missing")
    good = issuer.token("handler")
    for scheme, status in (("Basic", 401), ("Token", 401), ("bearer", 201), ("BEARER ", 201)):
        answer = await post(api, good, authorization=f"{scheme} {good}")
        assert answer.status_code == status, answer.text
        assert status == 201 or answer.json()["code"] == "token-malformed"


async def test_roles(api: httpx.AsyncClient, issuer: Issuer) -> None:
    """No role is no access; roles that do not exist count for nothing (S3)."""
    for roles in ((), ("auditor",), ("owner", "admin")):
        refused(await post(api, issuer.token(*roles)), 403, "role-missing")
    assert (await post(api, issuer.token("auditor", "handler"))).status_code == 201
    with pytest.raises(ValueError, match="handlr"):
        commanding("handlr")


async def test_commands_need_a_key(api: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = {"authorization": f"Bearer {issuer.token('handler')}"}
    refused(await api.post(NOTES, json={"text": "a"}, headers=headers), 400, "idempotency-key-missing")
    for wrong in ("", "a b", "x" * 201, '""'):
        answer = await api.post(NOTES, json={"text": "a"}, headers=headers | {"idempotency-key": wrong})
        refused(answer, 400, "idempotency-key-malformed")
    quoted = await api.post(NOTES, json={"text": "a"}, headers=headers | {"idempotency-key": '"k-7"'})
    assert quoted.json()["key"] == "k-7"


async def test_without_an_account(api: httpx.AsyncClient) -> None:
    """The same key is the same session, so that a lost answer can be asked for again; the session goes on (L4)."""
    lodge = {"idempotency-key": RANDOM_KEY}
    first = await api.post("/v1/complaints", json={"text": "a"}, headers=lodge)
    again = await api.post("/v1/complaints", json={"text": "a"}, headers=lodge)
    other = await api.post("/v1/complaints", json={"text": "a"}, headers={"idempotency-key": RANDOM_KEY[::-1]})
    assert first.status_code == 201
    assert first.json()["by"] == again.json()["by"] != other.json()["by"]
    assert first.json()["roles"] == ["complainant"]
    ticket = first.headers["complaint-session"]
    later = {"idempotency-key": "2", "complaint-session": ticket}
    assert (await api.post("/v1/complaints", json={"text": "b"}, headers=later)).json()["by"] == first.json()["by"]
    refused(await api.post(NOTES, json={"text": "b"}, headers=later), 403, "role-missing")


async def test_a_weak_key_without_an_account(api: httpx.AsyncClient) -> None:
    """Two strangers might both choose "1"; one must not be answered as the other."""
    for key, is_weak in (("1", True), (RANDOM_KEY[:19], True), (RANDOM_KEY[:20], False)):
        answer = await api.post("/v1/complaints", json={"text": "a"}, headers={"idempotency-key": key})
        assert answer.status_code == 201 or (is_weak and answer.json()["code"] == "idempotency-key-weak")
        assert (answer.status_code == 400) is is_weak
    refused(await api.post("/v1/complaints", json={"text": "a"}), 400, "idempotency-key-missing")


async def test_reading_without_an_account(api: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await api.get("/v1/track/ABC")).json() == {"by": "anonymous", "roles": [], "chars": 3}
    mine = {"authorization": f"Bearer {issuer.token('ops')}"}
    assert (await api.get("/v1/track/ABC", headers=mine)).json() == {"by": "li.na", "roles": ["ops"], "chars": 3}
    assert (await api.get("/v1/complaints")).status_code == 401
    headers = {"authorization": f"Bearer {issuer.token('handler', exp=int(time.time()) - 1)}"}
    refused(await api.get("/v1/track/ABC", headers=headers), 401, "token-expired")


async def test_sessions_cannot_be_made_up(api: httpx.AsyncClient) -> None:
    now = NOW
    sessions = Sessions([b"x" * 32], clock=lambda: now)
    principal = sessions.principal_of_key(RANDOM_KEY)
    ticket = sessions.ticket(principal)
    assert sessions.principal_of_ticket(ticket) == principal
    for wrong in (ticket[:-1] + "x", "0" + ticket[1:], "", "a.b.c", ticket + "0"):
        answer = await api.post(
            "/v1/complaints", json={"text": "a"}, headers={"idempotency-key": "k", "complaint-session": wrong}
        )
        refused(answer, 401, "session-malformed")
    now += 30 * 86_400 - 1
    assert sessions.principal_of_ticket(ticket) == principal
    now += 1
    with pytest.raises(Problem) as problem:
        sessions.principal_of_ticket(ticket)
    assert problem.value.code == "session-expired"


def test_a_session_lives_on_under_a_new_secret() -> None:
    """ADR 30: the ticket that a person holds is still theirs, and the next one is signed by the new secret."""
    older, newer = b"x" * 32, b"y" * 32
    before, after = Sessions([older]), Sessions([newer, older])
    principal = before.principal_of_key(RANDOM_KEY)
    assert after.principal_of_ticket(before.ticket(principal)) == principal
    assert Sessions([newer]).principal_of_ticket(after.ticket(principal)) == principal
    with pytest.raises(Problem):
        Sessions([newer]).principal_of_ticket(before.ticket(principal))


async def test_what_a_caller_pins(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """If-Match takes our ETag, Complaint-Position our position; anything else is answered, not ignored (L1, L10)."""
    good = await api.post(NOTES, json={"text": "a"}, headers=as_handler(if_match='"intake=3,triage=0"'))
    assert good.json()["if_match"] == "intake=3,triage=0"
    lists = ['"intake=3", "intake=4"', '"intake=3,intake=4"']
    for wrong in ["intake=3", "*", 'W/"intake=3"', '"v7"', '""', '"', "", '"intake=3.', '.intake=3"', *lists]:
        answer = await api.post(NOTES, json={"text": "a"}, headers=as_handler(if_match=wrong))
        refused(answer, 400, "if-match-malformed")
    listed = await api.get("/v1/complaints", headers=as_handler(complaint_position="e1.11.1234567"))
    assert listed.json()["position"] == "e1.11.1234567"
    for wrong in ("", "11.12", "e1.11.-1", "e1.01.7", "e1.1.07", "e 1.1.7", "e1.1.9999999999999999999"):
        answer = await api.get("/v1/complaints", headers=as_handler(complaint_position=wrong))
        refused(answer, 400, "position-malformed")
