"""Records with a header whose name is not UTF-8: Kafka takes them, and other clients than ours write them."""

from collections.abc import Sequence

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

BATCH_BYTES_MAX = 1_000_000
Header = tuple[str, bytes | None]


class OddName(str):
    """However it reads here, on the wire it is no UTF-8."""

    __slots__ = ()

    def encode(self, *_: object, **__: object) -> bytes:
        return b"ce_\xff\xfe"


async def send_odd(
    producer: AIOKafkaProducer, place: TopicPartition, key: bytes, value: bytes, headers: Sequence[Header]
) -> None:
    """One record with these headers and one more, of an odd name."""
    batch = producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, BATCH_BYTES_MAX)
    batch.append(timestamp=None, key=key, value=value, headers=[*headers, (OddName("ce_odd"), b"1")])
    await (await producer.send_batch(batch, place.topic, partition=place.partition))
