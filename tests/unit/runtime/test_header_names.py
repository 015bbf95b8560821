"""A record whose header has a name that is not UTF-8 is read like any other, and so is what comes after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatchBuilder, _DefaultRecordBatchBuilderPy
from aiokafka.structs import TopicPartition

from odd_names import BATCH_BYTES_MAX, OddName
from runtime.header_names import take_any_names

TOPIC = TopicPartition("complaints.inbound", 0)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Other tests see aiokafka as it comes."""
    before = fetcher.MemoryRecords, fetcher.PartitionRecords
    take_any_names()
    yield
    fetcher.MemoryRecords, fetcher.PartitionRecords = before


def _batch(kind: type[Any], first: int, names: list[str], *, producer: int = -1, is_control: bool = False) -> bytes:
    builder = kind(2, 0, int(producer >= 0), producer, -1 if producer < 0 else 0, -1, BATCH_BYTES_MAX)
    for number, name in enumerate(names):
        key = b"\0\0\0\0" if is_control else b"k"
        builder.append(number, 5, key, b"value %d" % (first + number), [(name, None), ("ce_id", b"\xff")])
    raw = bytearray(builder.build())
    raw[0:8] = first.to_bytes(8, "big")
    if is_control:
        raw[22] |= 0x20
    return bytes(raw)


def _read(raw: bytes, *, start: int = 0, aborted: list[tuple[int, int]] | None = None) -> list[tuple[int, str]]:
    records = fetcher.PartitionRecords(
        TOPIC, fetcher.MemoryRecords(raw), aborted, start, None, None, False, fetcher.READ_COMMITTED
    )
    found = [(record.offset, record.headers[0][0]) for record in records]
    assert records.next_fetch_offset == 7
    return found


FIRST = _batch(DefaultRecordBatchBuilder, 0, ["a", "b"])
ODD = _batch(_DefaultRecordBatchBuilderPy, 2, ["c", OddName("x"), "d"])
LAST = _batch(DefaultRecordBatchBuilder, 5, ["e", "f"])


def test_every_record_is_read_once_and_in_order() -> None:
    names = ["a", "b", "c", "ce_\udcff\udcfe", "d", "e", "f"]
    assert _read(FIRST + ODD + LAST) == list(enumerate(names))


@pytest.mark.parametrize("start", [2, 3, 4])
def test_reading_begins_anywhere_in_a_batch(start: int) -> None:
    assert [offset for offset, _ in _read(ODD + LAST, start=start)] == list(range(start, 7))


def test_what_was_aborted_stays_unread() -> None:
    """Markers of earlier transactions count once: reading again does not open what they closed."""
    raw = b"".join((
        _batch(DefaultRecordBatchBuilder, 0, ["a"], producer=9),
        _batch(DefaultRecordBatchBuilder, 1, ["abort"], producer=9, is_control=True),
        _batch(DefaultRecordBatchBuilder, 2, ["b"], producer=9),
        _batch(_DefaultRecordBatchBuilderPy, 3, [OddName("x")]),
        _batch(DefaultRecordBatchBuilder, 4, ["c", "d"], producer=9),
        _batch(DefaultRecordBatchBuilder, 6, ["e"]),
    ))  # fmt: skip
    assert [offset for offset, _ in _read(raw, aborted=[(9, 0), (9, 2)])] == [3, 6]
