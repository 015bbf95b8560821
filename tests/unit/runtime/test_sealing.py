"""Sealed text opens where it was sealed and nowhere else; codes and references tell nothing (architecture, 6)."""

import base64
import os
import re
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.fact import Sealed
from runtime.party import normal_form, party_ref
from runtime.sealing import ERASED, MISSING, UNREADABLE, key_id_of, parse_token, seal, unseal
from runtime.tracking import stream_of_code, tracking_code

KEY, KEY_ID, EVENT = b"k" * 32, "1d0f3a2e-58c1-4b7e-9d64-0a6b2c9e7f10", str(uuid4())
STREAM = f"complaint/{uuid4()}"


def sealed(text: str, *, stream: str = STREAM, field: str = "text") -> str:
    return seal(KEY, key_id=KEY_ID, stream=stream, event_id=EVENT, field=field, text=text, nonce=os.urandom(12))


@given(st.text())
def test_round_trip(text: str) -> None:
    """Any text comes back, and its token has the form that the vocabulary asks for."""
    token = sealed(text)
    TypeAdapter(Sealed).validate_python(token)
    assert unseal(KEY, stream=STREAM, token=token) == text
    assert key_id_of(token) == KEY_ID


def test_a_token_cannot_be_moved() -> None:
    """Stream, event and field are bound in: another place makes it unreadable."""
    token = sealed("a")
    assert unseal(KEY, stream=f"complaint/{uuid4()}", token=token) is UNREADABLE
    assert unseal(KEY, stream=STREAM, token=token.replace(EVENT, str(uuid4()))) is UNREADABLE
    assert unseal(KEY, stream=STREAM, token=token.replace(":text:", ":contact:")) is UNREADABLE
    assert unseal(b"x" * 32, stream=STREAM, token=token) is UNREADABLE


@pytest.mark.parametrize("key", [KEY, b"too short"])
def test_what_opens_and_is_no_text_is_unreadable(key: bytes) -> None:
    """Total: whoever has the key may have sealed anything, and a key may be damaged."""
    box = AESGCM(KEY).encrypt(b"n" * 12, b"\xff", f"{STREAM}|{EVENT}|text".encode())
    written = base64.urlsafe_b64encode(b"n" * 12 + box).rstrip(b"=").decode()
    token = f"sealed:1:{KEY_ID}:{EVENT}:text:{written}"
    assert parse_token(token) is not None
    assert unseal(key, stream=STREAM, token=token) is UNREADABLE


@pytest.mark.parametrize("token", ["", "plain", "sealed:1:", "sealed:1:a", f"sealed:2:{KEY_ID}:a:b:c", "a:b:c:d:e:f"])
def test_what_is_no_token_names_no_key(token: str) -> None:
    assert key_id_of(token) is None


def test_keys_that_are_not_there() -> None:
    """Missing, erased and unreadable are three different answers."""
    token = sealed("a")
    assert unseal(MISSING, stream=STREAM, token=token) is MISSING
    assert unseal(ERASED, stream=STREAM, token=token) is ERASED
    assert unseal(UNREADABLE, stream=STREAM, token=token) is UNREADABLE
    assert unseal(MISSING, stream=STREAM, token="plain") is UNREADABLE


@given(
    st.one_of(st.text(), st.text().map("sealed:1:".__add__), st.text(alphabet="seald:1AZ-_").map("sealed:1:".__add__))
)
def test_opening_is_total(token: str) -> None:
    assert unseal(KEY, stream=STREAM, token=token) is UNREADABLE
    parse_token(token)
    key_id_of(token)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte(place: int, change: int) -> None:
    """Only the key's name is not bound in: it only says which key to take."""
    token = bytearray(sealed("你好").encode())
    place %= len(token)
    token[place] ^= change
    changed = unseal(KEY, stream=STREAM, token=token.decode("latin-1"))
    names_the_key = len("sealed:1:") <= place < len(f"sealed:1:{KEY_ID}")
    assert changed is UNREADABLE or (names_the_key and changed == "你好")


@pytest.mark.parametrize(("size", "is_one"), [(0, False), (27, False), (28, True)])
def test_a_token_that_was_cut_is_waited_for_by_nobody(size: int, is_one: bool) -> None:
    """Without room for a nonce and a tag nothing opens it, whichever key may still come."""
    written = base64.urlsafe_b64encode(bytes(size)).rstrip(b"=").decode()
    found = unseal(MISSING, stream=STREAM, token=f"sealed:1:{KEY_ID}:{EVENT}:text:{written}")
    assert found is (MISSING if is_one else UNREADABLE)


def test_a_token_has_one_spelling() -> None:
    """The standard alphabet of base64 spells the same bytes with + and /: that is another token, and none of ours."""
    token = seal(KEY, key_id=KEY_ID, stream=STREAM, event_id=EVENT, field="text", text="", nonce=b"\xff" * 12)
    assert "_" in token
    assert unseal(KEY, stream=STREAM, token=token) == ""
    for other in (token.replace("_", "/"), token[:-3] + "!" + token[-3:], token + "="):
        assert unseal(KEY, stream=STREAM, token=other) is UNREADABLE


def test_tracking_codes() -> None:
    """The same stream has the same code; only the code's own secret opens it, however a person types it."""
    secret = b"t" * 32
    code = tracking_code([secret], STREAM)
    assert code == tracking_code([secret], STREAM)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{6}-){6}[0-9A-HJKMNP-TV-Z]{6}", code)
    assert stream_of_code([secret], code) == STREAM
    assert stream_of_code([secret], f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") == STREAM
    assert stream_of_code([b"u" * 32], code) is None
    with pytest.raises(ValueError, match="complaint"):
        tracking_code([secret], "cluster/7")


def test_a_code_is_found_by_the_secret_that_made_it_however_old() -> None:
    """ADR 30: a new secret makes the codes from now on; who was given one before still comes to their case."""
    older, newer = b"t" * 32, b"u" * 32
    code = tracking_code([older], STREAM)
    assert tracking_code([newer, older], STREAM) == tracking_code([newer], STREAM) != code
    assert stream_of_code([newer, older], code) == STREAM
    assert stream_of_code([newer], code) is None


@given(st.one_of(st.text(), st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=42, max_size=42)))
def test_made_up_codes(code: str) -> None:
    assert stream_of_code([b"t" * 32], code) is None


@pytest.mark.parametrize("wrong", ["U", "é", "\uff11", "\u0660", "-", "@"])
def test_a_character_that_no_code_has(wrong: str) -> None:
    """Total: whatever somebody types is a code or is none."""
    code = tracking_code([b"t" * 32], STREAM).replace("-", "")
    assert stream_of_code([b"t" * 32], code[:-1] + wrong) is None


def test_a_code_has_one_length() -> None:
    code = tracking_code([b"t" * 32], STREAM)
    for other in ("0" + code, code + "0", code[:-1], code[1:], "0" * 42 + code, "Z" * 42):
        assert stream_of_code([b"t" * 32], other) is None


@pytest.mark.parametrize("place", range(42))
def test_one_wrong_character(place: int) -> None:
    code = tracking_code([b"t" * 32], STREAM).replace("-", "")
    wrong = code[:place] + ("7" if code[place] != "7" else "8") + code[place + 1 :]
    assert stream_of_code([b"t" * 32], wrong) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13800138000", "+86 138-0013-8000"),
        ("13800138000", "0086 138 0013 8000"),
        ("13800138000", "tel:+8613800138000"),
        ("13800138000", "\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10"),
        ("Li.Na@Example.com", " li.na@example.COM "),
        ("mailto:li.na@example.com", "li.na@example.com"),
        ("+1 (617) 555-0100", "001 617 555 0100"),
        ("WeChat:  Old Wang", "wechat: old wang"),
    ],
)
def test_one_person_however_written(one: str, other: str) -> None:
    assert party_ref(b"c" * 32, one) == party_ref(b"c" * 32, other)
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("li-na@example.com", "lina@example.com"),
        ("old wang", "oldwang"),
        ("13800138000", "+1 380 013 8000"),
        ("1", "+1"),
    ],
)
def test_two_people_are_not_joined(one: str, other: str) -> None:
    """What is ornament in a number tells addresses and names apart."""
    assert party_ref(b"c" * 32, one) != party_ref(b"c" * 32, other)


def test_a_reference_tells_nothing() -> None:
    """Keyed, so that numbers cannot be tried out by somebody who reads the log (S30)."""
    reference = party_ref(b"c" * 32, "13800138000")
    assert re.fullmatch(r"party-[0-9a-f]{32}", reference)
    assert reference != party_ref(b"d" * 32, "13800138000")
    assert reference != party_ref(b"c" * 32, "13800138001")


@given(st.text())
def test_any_contact_has_a_reference(contact: str) -> None:
    assert party_ref(b"c" * 32, contact) == party_ref(b"c" * 32, normal_form(contact))
