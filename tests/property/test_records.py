"""Envelopes and values: every byte string is read or refused (L3, L21, L24)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anything import any_of, facts
from envelopes import PARTITIONS, envelopes, texts, times
from events.admission import Expectation
from events.codec import TYPES, Undecodable, decode, encode
from events.envelope import (
    Envelope,
    Malformed,
    Misplaced,
    NewerLaw,
    format_time,
    open_envelope,
    parse_time,
    write_headers,
)
from events.fact import EARLIEST, LATEST, Chapter, Fact
from events.intake import ContactRecorded
from events.partition import partition_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(envelopes())
def test_an_envelope_is_read_as_it_was_written(envelope: Envelope) -> None:
    """L3."""
    key = envelope.stream.encode()
    home = partition_of(key, PARTITIONS)
    assert open_envelope(key, write_headers(envelope), home, PARTITIONS) == envelope
    elsewhere = open_envelope(key, write_headers(envelope), (home + 1) % PARTITIONS, PARTITIONS)
    assert isinstance(elsewhere, Misplaced)


_NAMES = [name for name, _ in write_headers(Envelope("", "", "", Chapter.INTAKE, "", NOON, NOON, Expectation()))]
_raw = st.none() | st.binary(max_size=40) | st.sampled_from((b"1", b"2", b"1.0", b"intake=0", b"a/b"))


_any_name = st.sampled_from(
    [*_NAMES, "ce_authid", "ce_x", "traceparent", "", "ce_\x00", "ce_\udcff", "ce_" + "x" * 9_999]
)


@given(
    st.none() | st.binary(max_size=60),
    st.lists(st.tuples(_any_name, _raw), max_size=20),
    st.integers(-1, PARTITIONS),
)
def test_any_bytes_are_an_answer_never_an_exception(
    key: bytes | None, headers: list[tuple[str, bytes | None]], partition: int
) -> None:
    """L3."""
    answer = open_envelope(key, headers, partition, PARTITIONS)
    assert isinstance(answer, Envelope | Malformed | Misplaced | NewerLaw)
    if isinstance(answer, Malformed | Misplaced):
        assert answer.why.isprintable()  # it is kept, and shown
        assert len(answer.why) < 200


@given(envelopes(), st.data())
def test_one_changed_header_is_read_back_or_refused(envelope: Envelope, data: st.DataObject) -> None:
    """L3: what is read is what stands there; there is no second way to write the same."""
    headers: list[tuple[str, bytes | None]] = [*write_headers(envelope)]
    at = data.draw(st.integers(0, len(headers) - 1))
    name, old = headers[at]
    headers[at] = (name, data.draw(_raw | st.just((old or b"") + b" ") | st.just((old or b"").upper())))
    key = envelope.stream.encode()
    answer = open_envelope(key, headers, partition_of(key, PARTITIONS), PARTITIONS)
    if isinstance(answer, Envelope):
        unread = ("content-type", "ce_dataschema")
        read = {name: raw for name, raw in headers if name not in unread and raw is not None}
        assert {name: raw for name, raw in write_headers(answer) if name in read} == read


@given(envelopes(), st.data())
def test_a_header_of_the_law_is_there_once(envelope: Envelope, data: st.DataObject) -> None:
    """L3."""
    headers = write_headers(envelope)
    chosen = data.draw(st.sampled_from([pair for pair in headers if pair[0].startswith("ce_")]))
    key = envelope.stream.encode()
    twice = open_envelope(key, [*headers, chosen], partition_of(key, PARTITIONS), PARTITIONS)
    assert isinstance(twice, Malformed)


@given(facts())
def test_a_fact_is_read_as_it_was_written(fact: Fact) -> None:
    """All types; the same fact always gives the same bytes."""
    value = encode(fact)
    back = decode(fact.type, fact.at, value)
    assert back == fact
    assert isinstance(back, Fact)
    assert encode(back) == value


@given(any_of(ContactRecorded), texts, texts)
def test_any_text_survives(fact: ContactRecorded, word: str, remark: str) -> None:
    written = fact.model_copy(update={"channel": word, "reason": remark})
    assert decode(fact.type, fact.at, encode(written)) == written


@given(st.sampled_from(sorted([*TYPES, "complaints.intake.invented.v1"])), st.none() | st.binary(max_size=80))
def test_any_bytes_are_a_fact_or_refused(type_name: str, value: bytes | None) -> None:
    """Never an exception."""
    assert isinstance(decode(type_name, NOON, value), Fact | Undecodable)


@given(facts(), st.data())
def test_a_damaged_value_is_a_fact_or_refused(fact: Fact, data: st.DataObject) -> None:
    """Never an exception, and what is read can be written again."""
    value = encode(fact)
    at = data.draw(st.integers(0, len(value)))
    damaged = value[:at] + data.draw(st.binary(max_size=4)) + value[at + data.draw(st.integers(0, 4)) :]
    back = decode(fact.type, fact.at, damaged)
    if isinstance(back, Fact):
        assert back.at == fact.at
        assert decode(fact.type, fact.at, encode(back)) == back


_DEEP = [b'{"a":' * 5_000, b'{"a":' + b"[" * 100_000, b'{"message_id":' + b"9" * 10_000 + b"}"]


@pytest.mark.parametrize("deep", _DEEP, ids=("objects", "lists", "digits"))
def test_values_made_to_break_a_parser_are_refused(deep: bytes) -> None:
    for type_name in TYPES:
        assert isinstance(decode(type_name, NOON, deep), Undecodable)


@given(st.integers(0, 10**6))
def test_every_moment_in_reach_can_be_an_event_time(offset: int) -> None:
    """From the first to the last microsecond that the vocabulary allows."""
    for moment in (EARLIEST + timedelta(microseconds=offset), LATEST - timedelta(microseconds=offset + 1)):
        assert parse_time(format_time(moment).encode()) == moment
    assert parse_time(format_time(LATEST).encode()) is None


@given(times, st.integers(-23, 23))
def test_an_instant_is_written_the_same_wherever_the_clock_hangs(moment: datetime, hours: int) -> None:
    """L24: in UTC, so that the order of texts is the order of times."""
    assert format_time(moment.astimezone(timezone(timedelta(hours=hours)))) == format_time(moment)
