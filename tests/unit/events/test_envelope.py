"""The envelope is judged on bytes, and what is wrong is named (L3)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from events.admission import Expectation
from events.envelope import Envelope, Malformed, Misplaced, NewerLaw, open_envelope, write_headers
from events.fact import Chapter
from events.partition import partition_of

PARTITIONS = 12
STREAM = "complaint/cb739a3d-2612-51e9-9835-7ed7d1bb1ca0"
KEY = STREAM.encode()
HOME = partition_of(KEY, PARTITIONS)
ENVELOPE = Envelope(
    event_id="07b1cd30-7ca2-5709-8760-df4536ca2dfb",
    source="/services/triage",
    type="complaints.triage.screened.v1",
    chapter=Chapter.TRIAGE,
    stream=STREAM,
    time=datetime(2026, 3, 2, 12, tzinfo=UTC),
    recorded_time=datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC),
    expects=Expectation(intake=1, triage=0),
    auth_id="alice",
)
HEADERS = write_headers(ENVELOPE)
Given = list[tuple[str, bytes | None]]


def opened(headers: Given, *, key: bytes | None = KEY, partition: int = HOME) -> object:
    return open_envelope(key, headers, partition, PARTITIONS)


def with_header(name: str, value: bytes | None) -> Given:
    return [(n, value if n == name else v) for n, v in HEADERS]


def test_headers_are_frozen() -> None:
    """L3: readers outside rely on these names and forms."""
    assert dict(HEADERS) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": b"07b1cd30-7ca2-5709-8760-df4536ca2dfb",
        "ce_source": b"/services/triage",
        "ce_type": b"complaints.triage.screened.v1",
        "ce_subject": KEY,
        "ce_time": b"2026-03-02T12:00:00.000000Z",
        "ce_recordedtime": b"2026-03-02T12:00:00.000001Z",
        "ce_dataschema": b"urn:complaints.triage.screened.v1",
        "ce_expects": b"intake=1,triage=0",
        "ce_law": b"1",
        "ce_authid": b"alice",
    }
    assert opened([*HEADERS]) == ENVELOPE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"1.1"),
        ("ce_id", b"07B1CD30-7CA2-5709-8760-DF4536CA2DFB"),
        ("ce_id", b"07b1cd307ca257098760df4536ca2dfb"),
        ("ce_source", b"\xff"),
        ("ce_source", b"a\x00b"),
        ("ce_source", None),
        ("ce_type", b"complaints.gossip.told.v1"),
        ("ce_type", b"complaints.triage.screened"),
        ("ce_type", b"complaints.triage.screened.v0"),
        ("ce_type", b"\xff"),
        ("ce_time", b"2026-03-02T12:00:00Z"),
        ("ce_time", b"2026-03-02 12:00:00.000000Z"),
        ("ce_time", b"2026-W10-1T12:00:00.000000Z"),
        ("ce_time", b"2026-02-30T12:00:00.000000Z"),
        ("ce_time", b"2026-03-02T24:00:00.000000Z"),
        ("ce_time", b"1900-03-02T12:00:00.000000Z"),
        ("ce_recordedtime", b"2999-03-02T12:00:00.000000Z"),
        ("ce_recordedtime", "２026-03-02T12:00:00.00000Z".encode()),
        ("ce_expects", b""),
        ("ce_expects", b"intake=1"),
        ("ce_expects", b"triage=00"),
        ("ce_expects", b"triage=-1"),
        ("ce_expects", b"triage=1,triage=1"),
        ("ce_expects", b"triage=1,gossip=2"),
        ("ce_expects", b"triage=1,"),
        ("ce_expects", b"triage=1 "),
        ("ce_expects", "triage=１".encode()),
        ("ce_expects", b"triage=1000000000"),
        ("ce_subject", b"complaint"),
        ("ce_subject", b"complaint/../x"),
        ("ce_law", b""),
        ("ce_law", b"0"),
        ("ce_law", b"+1"),
        ("ce_law", b"1.0"),
        ("ce_authid", b"\xff"),
        ("ce_authid", b"\x00"),
    ],
)
def test_a_header_that_breaks_the_form_is_named(name: str, value: bytes | None) -> None:
    """L3."""
    answer = opened(with_header(name, value))
    assert isinstance(answer, Malformed)
    assert name in answer.why


@pytest.mark.parametrize("name", [n for n, _ in HEADERS if n not in ("content-type", "ce_dataschema", "ce_authid")])
def test_a_missing_or_repeated_header_is_named(name: str) -> None:
    """L3."""
    for headers in ([pair for pair in HEADERS if pair[0] != name], [*HEADERS, (name, dict(HEADERS)[name])]):
        answer = opened([*headers])
        assert isinstance(answer, Malformed)
        assert name in answer.why


def test_other_headers_may_come_as_they_like() -> None:
    """Tracing headers are none of the law's business, repeated, empty or not."""
    odd: Given = [("traceparent", b"\xff"), ("traceparent", None), ("baggage", None)]
    assert opened([*odd, *HEADERS]) == ENVELOPE


def test_a_header_of_ours_that_nobody_reads_is_still_not_repeated() -> None:
    """L3."""
    assert opened([*HEADERS, ("ce_new", b"1"), ("ce_new", b"1")]) == Malformed("ce_new is repeated")
    assert opened([*HEADERS, ("ce_new", b"1")]) == ENVELOPE


def test_a_law_that_is_said_twice_is_no_newer_law() -> None:
    """L3: it says two things and stops nobody."""
    for headers in ([*HEADERS, ("ce_law", b"2")], [("ce_law", b"2"), *HEADERS]):
        assert isinstance(opened([*headers]), Malformed)


def test_the_header_that_is_no_text_is_named_and_not_another_one_that_nobody_reads() -> None:
    """L3."""
    odd: Given = [("traceparent", b"\xff"), *with_header("ce_source", b"\xff")]
    assert opened(odd) == Malformed("ce_source is not text")


def test_a_record_that_is_not_where_its_key_says_is_misplaced() -> None:
    """L3."""
    assert isinstance(opened([*HEADERS], partition=(HOME + 1) % PARTITIONS), Misplaced)
    assert isinstance(opened([*HEADERS], key=b"complaint/other"), Misplaced)
    assert isinstance(opened([*HEADERS], key=None), Misplaced)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: headers,
        lambda headers: [pair for pair in headers if pair[0] != "ce_expects"],
        lambda headers: [*headers, ("ce_id", b"again")],
        lambda headers: [(n, b"complaints.gossip.told.v1" if n == "ce_type" else v) for n, v in headers],
    ],
)
def test_a_newer_law_is_seen_before_anything_else(spoil: Callable[[Given], Given]) -> None:
    """L3: what looks broken under the old law may be whole under the new one, so nothing is said of it."""
    assert opened(spoil(with_header("ce_law", b"2"))) == NewerLaw(2)
