"""Golden vectors: where a stream lives is part of the law and frozen for ever (L3)."""

import pytest

from events.partition import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        # The vectors of Kafka's own tests.
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
        # Tails of 0, 1 and 2 bytes; frozen as computed here.
        (b"", 275646681),
        (b"a", -1563381124),
        (b"ab", 316155434),
    ],
)
def test_murmur2_is_kafkas(key: bytes, signed: int) -> None:
    """L3."""
    assert murmur2(key) == signed % 2**32


@pytest.mark.parametrize(
    ("key", "partitions", "partition"),
    [
        (b"complaint/cb739a3d-2612-51e9-9835-7ed7d1bb1ca0", 12, 8),
        (b"complaint/cb739a3d-2612-51e9-9835-7ed7d1bb1ca0", 64, 0),
        (b"foobar", 12, 6),
        (b"21", 12, 0),
        (b"abc", 12, 3),
        (b"abc", 64, 27),
    ],
)
def test_a_stream_has_one_partition(key: bytes, partitions: int, partition: int) -> None:
    """L3: the sign bit is dropped before the remainder is taken."""
    assert partition_of(key, partitions) == partition
