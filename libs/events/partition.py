"""Where a stream lives: Kafka's own partitioner, part of the law (L3). Golden vectors are frozen in the tests."""

import struct
from functools import lru_cache

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Kafka's murmur2 with its seed 0x9747b28c, as an unsigned 32-bit number."""
    length = len(key)
    h = (0x9747B28C ^ length) & _MASK
    whole = length & ~3
    for word in struct.unpack_from(f"<{length >> 2}I", key):
        k = word * _M & _MASK
        h = (h * _M ^ (k ^ k >> 24) * _M) & _MASK
    tail = key[whole:]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * _M & _MASK
    h = (h ^ (h >> 13)) * _M & _MASK
    return h ^ (h >> 15)


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """The one partition in which a record with this key may stand."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
