"""What is an event of another system, in both modes, and what is not: which attribute, why, and whose it was."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from examples import examples
from runtime.body import DIGITS_MAX
from runtime.cloudevents import ATTRIBUTE_CHARS_MAX, CloudEvent, NotOne, read_cloud_event, read_time
from runtime.members import may_repeat, written

ATTRIBUTES = {
    "specversion": "1.0", "id": "7", "source": "crm", "type": "t", "subject": "case 7", "time": "2026-03-02T12:00:00Z",
}  # fmt: skip
STRUCTURED = [("content-type", b"application/cloudevents+json")]


def binary(kind: str | None = None, value: bytes = b"{}", **changed: str | None) -> CloudEvent | NotOne:
    """The event in headers, with a header of somebody else's before them."""
    told = {name: text for name, text in {**ATTRIBUTES, **changed}.items() if text is not None}
    headers = [("traceparent", b"\xff"), *((f"ce_{name}", text.encode()) for name, text in told.items())]
    return read_cloud_event(headers if kind is None else [("content-type", kind.encode()), *headers], value)


def structured(**changed: Any) -> CloudEvent | NotOne:  # noqa: ANN401 - any JSON
    content = {name: said for name, said in {**ATTRIBUTES, "data": {}, **changed}.items() if said is not ...}
    return read_cloud_event(STRUCTURED, json.dumps(content).encode())


def refused(found: CloudEvent | NotOne) -> tuple[str, str, str | None, str | None]:
    assert isinstance(found, NotOne)
    return found.field, found.why, found.id, found.source


@pytest.mark.parametrize("kind", [None, "application/json", "Application/JSON ; charset=utf-8", "application/x+json"])
def test_json_is_taken_however_it_is_called(kind: str | None) -> None:
    assert isinstance(binary(kind), CloudEvent)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/avro", "application/json2", "json"])
def test_what_is_not_json_is_not_taken(kind: str) -> None:
    assert refused(binary(kind)) == ("content-type", "send JSON", "7", "crm")


@pytest.mark.parametrize("kind", ["application/cloudevents+json", "Application/CloudEvents+JSON ;charset=UTF-8"])
def test_structured_mode_is_known_by_its_content_type(kind: str) -> None:
    value = json.dumps({**ATTRIBUTES, "data": {"a": [1]}}).encode()
    found = read_cloud_event([("content-type", kind.encode()), ("ce_id", b"of nobody")], value)
    assert isinstance(found, CloudEvent)
    assert (found.id, json.loads(found.data)) == ("7", {"a": [1]})


def test_a_header_that_comes_twice_is_named() -> None:
    """Which of the two was meant, nobody knows."""
    headers = [(f"ce_{name}", text.encode()) for name, text in ATTRIBUTES.items()]
    again = read_cloud_event([*headers, ("ce_subject", b"case 7")], b"{}")
    assert refused(again) == ("ce_subject", "comes more than once", None, None)
    assert refused(read_cloud_event([*headers, ("ce_x", b"\xff")], b"{}"))[:2] == ("ce_x", "is not UTF-8 text")


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_each_attribute_is_needed_and_is_a_short_text(name: str) -> None:
    """Refused with the id and source as far as they can be repeated, so that whoever told it finds it."""
    known = {one: None if one == name else ATTRIBUTES[one] for one in ("id", "source")}
    beyond, shown = (
        "x" * (ATTRIBUTE_CHARS_MAX + 1),
        f"is longer than {ATTRIBUTE_CHARS_MAX} characters, or not printable",
    )
    for text, why in ((None, "is missing"), ("", "is missing"), (beyond, shown), ("a\nb", shown)):
        in_headers: dict[str, Any] = {name: text}
        in_json: dict[str, Any] = {name: ... if text is None else text}
        for found in (binary(**in_headers), structured(**in_json)):
            assert refused(found) == (name, why, known["id"], known["source"])
    wrongs: list[Any] = [7, None, ["a"], {}]
    for wrong in wrongs:
        assert refused(structured(**{name: wrong})) == (name, "is not text", known["id"], known["source"])


def test_the_longest_attribute_is_taken() -> None:
    longest = "x" * ATTRIBUTE_CHARS_MAX
    for found in (binary(id=longest, source=longest), structured(id=longest, source=longest)):
        assert isinstance(found, CloudEvent)
        assert found.id == found.source == longest


def test_another_version_or_time_is_refused() -> None:
    for found in (binary(specversion="0.3"), structured(specversion="1.0.1")):
        assert refused(found) == ("specversion", "is not 1.0", "7", "crm")
    for text in ("2026-03-02T12:00:00", "2026-03-02", "0", "1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
                 "2026-02-30T12:00:00Z", "2026-03-02T12:00:00.1234567890Z", "0001-01-01T00:00:00+23:59"):  # fmt: skip
        assert read_time(text) is None
        assert refused(binary(time=text))[0] == "time"
    for text in ("1970-01-01T00:00:00Z", "2099-12-31t23:59:59.999999999z", "2026-03-02T12:00:00-08:00"):
        found_time = read_time(text)
        assert found_time is not None
        assert found_time.utcoffset() is not None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"", "there is none"),
        (b"{", "the record is not JSON in UTF-8"),
        (b"\xff", "the record is not JSON in UTF-8"),
        (b'{"data":NaN}', "the record is not JSON in UTF-8"),
        (b"[" * 100_000, "the record is not JSON in UTF-8"),
        (b"7", "the record is not a JSON object"),
        (b"[]", "the record is not a JSON object"),
    ],
)
def test_a_structured_record_is_one_json_object(value: bytes, why: str) -> None:
    assert refused(read_cloud_event(STRUCTURED, value)) == ("data", why, None, None)


def test_data_is_needed_in_both_modes() -> None:
    assert refused(binary(value=b"")) == ("data", "there is none", "7", "crm")
    assert refused(binary(STRUCTURED[0][1].decode(), value=b"")) == ("data", "there is none", None, None)
    for absent in (..., None):
        found = structured(data=absent, data_base64="e30=")
        assert refused(found) == ("data", "there is none; data_base64 is not taken", "7", "crm")


names = st.text(alphabet="abc", max_size=3)
contents = st.dictionaries(
    names,
    st.recursive(
        st.text(alphabet="ab{}[], \n", max_size=4) | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(contents, st.sampled_from([None, 2]))
@settings(max_examples=examples(40))
def test_what_comes_once_is_not_read_twice(content: dict[str, object], indent: int | None) -> None:
    """It would be in vain, with each record; and the members are told apart as they are written."""
    raw = json.dumps(content, indent=indent)
    assert not may_repeat(raw.encode(), content)
    assert {name: json.loads(value) for name, value in written(raw)} == content


@given(contents, contents)
@settings(max_examples=examples(40))
def test_what_may_come_again_is_seen_wherever_it_stands(content: dict[str, object], inner: dict[str, object]) -> None:
    twice = json.dumps({"k": inner, **content, "last": {"x": 1}}).replace('{"x": 1}', '{"x": 1, "x" : 2}')
    assert may_repeat(twice.encode(), json.loads(twice))


def test_members_are_told_apart_whatever_they_say() -> None:
    raw = ' { "a:{" : ":}" ,\t"b":[1, {"c": "]"}],"b":1e9 } '
    assert list(written(raw)) == [("a:{", '":}"'), ("b", '[1, {"c": "]"}]'), ("b", "1e9")]


class Line(BaseModel):
    clock: str = ""


class Order(BaseModel):
    lines: tuple[Line, ...] = ()
    first: Line | None = None
    names: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("raw", "comes_again"),
    [
        (b'{"lines":[{"clock":"a"},{"clock":"b"}],"names":["x","y"]}', False),
        (b'{"lines":[{"clock":"a"},{}]}', False),
        (b'{"lines":[{"clock":"a","clock":"b"}]}', True),
        (b'{"names":["x"], "names" :["y"]}', True),
        (b"{}", False),
    ],
)
def test_members_of_what_was_read_into_values_are_counted_as_well(raw: bytes, comes_again: bool) -> None:
    assert may_repeat(raw, Order.model_validate_json(raw)) is comes_again


def test_a_number_of_any_length_is_kept_in_its_place() -> None:
    """The id and source are read all the same, and whoever reads the data names the field."""
    for digits in (DIGITS_MAX, DIGITS_MAX + 1):
        value = json.dumps({**ATTRIBUTES, "data": {"n": "?", "s": "\ud800"}}).replace('"?"', "9" * digits).encode()
        found = read_cloud_event(STRUCTURED, value)
        assert isinstance(found, CloudEvent)
        assert (b"9" * DIGITS_MAX in found.data) is (digits == DIGITS_MAX)
        assert b"\\ud800" in found.data
