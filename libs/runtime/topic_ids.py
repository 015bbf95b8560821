"""Asking a broker for the ids of its topics (L6): a topic that was deleted and made again has another id.

The client library speaks the metadata request only up to version 5, ids came with version 10: this is version 12, and
nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from aiokafka.errors import UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

Admin = Any
"""A started `AIOKafkaAdminClient`; it carries no types."""
_NO_ID = bytes(16)


@dataclass(frozen=True)
class Described:
    """What the broker says of a topic; `partitions` is 0 where there is none of that name."""

    topic_id: str
    partitions: int
    replicas: int
    """How many brokers hold the partition that the fewest hold, whether they are there at the moment or not."""


async def describe(admin: Admin, names: Sequence[str]) -> Mapping[str, Described]:
    """Id, partition count and replicas of each topic. Raises KafkaError where the broker cannot say."""
    answer = await admin._send_request(_Metadata(names))  # noqa: SLF001 - the library's own way for every request
    found = answer.to_object()["topics"]
    for topic in found:
        if topic["error_code"] not in (0, UnknownTopicOrPartitionError.errno):
            raise for_code(topic["error_code"])(topic["name"])
    return {
        topic["name"]: Described(
            str(UUID(bytes=topic["topic_id"])),
            len(topic["partitions"]),
            min((len(one["replica_nodes"]) for one in topic["partitions"]), default=0),
        )
        for topic in found
    }


class _Id(AbstractType):  # type: ignore[misc]
    """Sixteen bytes as they are."""

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(16)


class _MetadataResponse(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Id),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition_index", Int32),
                        ("leader_id", Int32),
                        ("leader_epoch", Int32),
                        ("replica_nodes", CompactArray(Int32)),
                        ("isr_nodes", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _MetadataRequest(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 12
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Id), ("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _Metadata(Request[_MetadataRequest]):  # type: ignore[misc]
    API_KEY = 3

    def __init__(self, names: Sequence[str]) -> None:
        self._topics: list[tuple[bytes, str, dict[int, bytes]]] = [(_NO_ID, name, {}) for name in names]

    def build(self, request_struct_class: type[_MetadataRequest]) -> _MetadataRequest:
        return request_struct_class(self._topics, False, False, {})
