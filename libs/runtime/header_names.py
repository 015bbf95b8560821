"""Names of record headers that are not UTF-8: Kafka takes them, and aiokafka raises where it comes upon one, for ever.

An inner seam of aiokafka, in a file of its own with a test: one such record would stand a topic's reader still, and all
that comes after it. Only where the quick reading fails are records read a second time, byte by byte; what is no UTF-8
in a name is then as in Python's file names (`surrogateescape`). Must not: say what a header means, skip a record.
"""

from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


def take_any_names() -> None:
    """From now on every consumer of this process reads records whose headers have any names. May be called again."""
    fetcher.MemoryRecords = _Fetched
    fetcher.PartitionRecords = _AnyNames


class _Fetched(MemoryRecords):  # type: ignore[misc]
    """What a broker gave, and its bytes."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self.raw = raw


class _AnyNames(fetcher.PartitionRecords):  # type: ignore[misc]
    _records: Any
    _records_iterator: Any

    def __next__(self) -> Any:  # noqa: ANN401 - of aiokafka: no types
        try:
            return next(self._records_iterator)
        except StopIteration:
            self._records_iterator = None
            raise
        except UnicodeDecodeError:
            self._records = _Slow(self._records.raw, self.next_fetch_offset)
            self._records_iterator = self._unpack_records()
            return next(self._records_iterator)


class _Slow(_MemoryRecordsPy):  # type: ignore[misc]
    """The same bytes, from the batch that holds `first` on: what came before it was read, and is over."""

    def __init__(self, raw: bytes, first: int) -> None:
        super().__init__(raw)
        while self._next_slice is not None and _Batch(self._next_slice).next_offset <= first:
            self._cache_next()

    def next_batch(self) -> "_Batch":
        batch = _Batch(self._next_slice)
        self._cache_next()
        return batch


class _Batch(_DefaultRecordBatchPy):  # type: ignore[misc]
    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Bytes(self._buffer)


class _Bytes(bytearray):
    """Nothing but names is decoded."""

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - as of bytearray
        found = super().__getitem__(place)
        return _Name(found) if isinstance(found, bytearray) else found


class _Name(bytearray):
    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        return super().decode(encoding, errors)
