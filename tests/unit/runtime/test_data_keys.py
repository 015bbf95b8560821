"""What the records of the keys topic amount to: an id has one value, and an erasure is for ever."""

import base64
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.data_keys import WRAPPED_BYTES, DataKeys, NoKey, id_of, name_of
from runtime.sealing import ERASED, MISSING, UNREADABLE

KEK = b"\x07" * 32
NAMES = [bytes([n]) * 16 for n in range(4)]
OWNERS = ["party-1", "party-2"]
Record = tuple[int, int, int | None]
"""Which id, whose, and which key; no key is an erasure."""


def value_of(record: Record) -> bytes | None:
    name, owner, key = record
    if key is None:
        return None
    return DataKeys([KEK]).written(OWNERS[owner], NAMES[name], bytes([key]) * 32, nonce=b"n" * 12)


def told(records: list[Record], kek: bytes = KEK) -> DataKeys:
    keys = DataKeys([kek])
    for record in records:
        keys.learn(NAMES[record[0]], value_of(record))
    return keys


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.none() | st.integers(0, 9)), max_size=8))
def test_the_first_value_counts_and_an_erasure_is_for_ever(records: list[Record]) -> None:
    """Nothing is sealed under an erased key or another owner's; whoever has keys and lost none has one at once."""
    keys = told(records)
    erased = {name for name, _, key in records if key is None}
    firsts = {name: (owner, key) for name, owner, key in reversed(records)}
    for name, bits in enumerate(NAMES):
        expected = ERASED if name in erased else bytes([firsts[name][1] or 0]) * 32 if name in firsts else MISSING
        assert keys.key(id_of(bits)) == expected
    for number, owner in enumerate(OWNERS):
        own = {name for name, (of, _) in firsts.items() if of == number}
        found = keys.living(owner)
        assert found in [NAMES[name] for name in own - erased] if found else erased or not own


def test_the_first_living_key_of_an_owner_is_taken() -> None:
    """Two processes may each have made one: everybody who starts later goes on with the same."""
    assert told([(0, 0, 1), (1, 0, 2)]).living("party-1") == NAMES[0]
    assert told([(0, 0, 1), (0, 0, None), (1, 0, 2), (2, 0, 3)]).living("party-1") == NAMES[1]


def test_every_living_key_of_an_owner_is_found_to_be_erased() -> None:
    """Section 6: two processes may each have made one, and words stand under both."""
    records: list[Record] = [(0, 0, 1), (1, 0, 2), (2, 1, 3), (3, 0, 4)]
    assert told(records).all_living("party-1") == [NAMES[0], NAMES[1], NAMES[3]]
    assert told([*records, (0, 0, None), (3, 0, None)]).all_living("party-1") == [NAMES[1]]
    assert told(records).all_living("nobody") == []


def test_what_was_erased_lingers_until_it_was_said_again_and_no_longer() -> None:
    """A tombstone whose key the topic holds no more, or that was said twice, has nothing left to take out."""
    keys = told([(0, 0, 1), (0, 0, None), (1, 0, None), (2, 0, 3)])
    assert (keys.take_lingering(), keys.take_lingering()) == ([NAMES[0]], [])
    keys.learn(NAMES[0], None)
    assert keys.take_lingering() == []


WRAPPED = base64.b64encode(bytes(WRAPPED_BYTES)).decode()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"x",
        b"[]",
        b"null",
        b'{"owner":"a"}',
        orjson.dumps({"wrapped": WRAPPED}),
        orjson.dumps({"owner": 7, "wrapped": WRAPPED}),
        orjson.dumps({"owner": "a", "wrapped": 7}),
        orjson.dumps({"owner": "a", "wrapped": f"?{WRAPPED}"}),
        orjson.dumps({"owner": "a", "wrapped": ""}),
        orjson.dumps({"owner": "a", "wrapped": "AAAA"}),
        orjson.dumps({"owner": "a", "wrapped": base64.b64encode(bytes(WRAPPED_BYTES - 1)).decode()}),
        orjson.dumps({"owner": "a", "wrapped": base64.b64encode(bytes(WRAPPED_BYTES + 1)).decode()}),
    ],
)
def test_what_is_no_key_is_not_taken_even_in_part(value: bytes) -> None:
    """It takes the place of no key, and shuts nobody out."""
    keys = DataKeys([KEK])
    with pytest.raises(NoKey):
        keys.learn(NAMES[0], value)
    assert keys.key(id_of(NAMES[0])) is MISSING
    assert keys.kek_fits()
    keys.learn(NAMES[0], value_of((0, 0, 1)))
    assert keys.key(id_of(NAMES[0])) == b"\x01" * 32


def test_a_kek_fits_where_it_opens_any_key() -> None:
    """A stray record before all others does not keep every service from starting; a wrong KEK does."""
    stray = orjson.dumps({"owner": "a", "wrapped": WRAPPED})
    keys = DataKeys([KEK])
    keys.learn(NAMES[0], stray)
    assert keys.key(id_of(NAMES[0])) is UNREADABLE
    assert not keys.kek_fits()
    keys.learn(NAMES[1], value_of((1, 0, 1)))
    assert keys.kek_fits()
    assert told([]).kek_fits()
    assert told([(0, 0, None)], b"\x08" * 32).kek_fits()
    assert not told([(0, 0, None), (1, 0, 1)], b"\x08" * 32).kek_fits()


def test_a_key_is_wrapped_for_its_own_id() -> None:
    """The topic holds no key in clear, and a wrapped key moved to another id opens nothing."""
    value = value_of((0, 0, 1))
    assert value is not None
    assert b"\x01" * 32 not in base64.b64decode(orjson.loads(value)["wrapped"])
    keys = DataKeys([KEK])
    keys.learn(NAMES[1], value)
    assert keys.key(id_of(NAMES[1])) is UNREADABLE


@pytest.mark.parametrize("key_id", ["", "BOS-1", "07" * 15, "07" * 17, "é" * 16])
def test_what_is_no_id_names_no_key(key_id: str) -> None:
    assert name_of(key_id) is None
    assert DataKeys([KEK]).key(key_id) is MISSING


def test_ids_are_written_as_uuids() -> None:
    written = id_of(NAMES[3])
    assert UUID(written).bytes == name_of(written) == NAMES[3]


NEW_KEK = b"\x08" * 32


def anew(record: Record) -> bytes:
    """The same key, wrapped by the new key-encryption key."""
    name, owner, key = record
    return DataKeys([NEW_KEK]).written(OWNERS[owner], NAMES[name], bytes([key or 0]) * 32, nonce=b"m" * 12)


def test_a_key_that_is_wrapped_anew_is_the_same_key() -> None:
    """ADR 30: it opens by the new key-encryption key alone, also where the older value is read before it."""
    rotating = DataKeys([NEW_KEK, KEK])
    rotating.learn(NAMES[0], value_of((0, 0, 1)))
    rotating.learn(NAMES[1], anew((1, 1, 2)))
    assert rotating.under_older() == {NAMES[0]: "party-1"}
    rotating.learn(NAMES[0], anew((0, 0, 1)))
    assert rotating.under_older() == {}
    for keks in ([NEW_KEK], [NEW_KEK, KEK], [KEK, NEW_KEK]):
        keys = DataKeys(keks)
        for value in (value_of((0, 0, 1)), anew((0, 0, 1))):
            keys.learn(NAMES[0], value)
        assert keys.key(id_of(NAMES[0])) == b"\x01" * 32
        assert keys.living("party-1") == NAMES[0]
        assert keys.all_living("party-1") == [NAMES[0]]


def test_who_does_not_know_the_new_key_encryption_key_goes_on_with_the_old_value() -> None:
    keys = told([(0, 0, 1)])
    keys.learn(NAMES[0], anew((0, 0, 1)))
    assert keys.key(id_of(NAMES[0])) == b"\x01" * 32


def test_another_key_under_the_same_id_is_none_whoever_wrapped_it() -> None:
    keys = DataKeys([NEW_KEK, KEK])
    keys.learn(NAMES[0], value_of((0, 0, 1)))
    keys.learn(NAMES[0], anew((0, 0, 2)))
    assert keys.key(id_of(NAMES[0])) == b"\x01" * 32
    assert keys.under_older() == {NAMES[0]: "party-1"}


def test_a_key_that_was_wrapped_anew_after_its_erasure_is_erased_and_has_to_be_said_so_again() -> None:
    """ADR 28: compaction keeps the last word on an id; that must be the tombstone."""
    keys = DataKeys([NEW_KEK, KEK])
    keys.learn(NAMES[0], value_of((0, 0, 1)))
    keys.learn(NAMES[0], None)
    keys.take_lingering()
    keys.learn(NAMES[0], anew((0, 0, 1)))
    assert keys.key(id_of(NAMES[0])) is ERASED
    assert keys.under_older() == {}
    assert keys.take_lingering() == [NAMES[0]]


def test_an_older_value_that_stays_unreadable_is_no_work_to_do() -> None:
    keys = DataKeys([NEW_KEK, KEK])
    keys.learn(NAMES[0], DataKeys([b"\x09" * 32]).written("party-1", NAMES[0], b"k" * 32, nonce=b"n" * 12))
    assert keys.under_older() == {}
