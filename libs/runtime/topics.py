"""The topics: their names and settings, made where they are missing, checked at every start (L6).

The one table of topics (architecture, section 6). Must not: read or write a record.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from runtime.keyring import KEYS_TOPIC, KEYS_TOPIC_SETTINGS
from runtime.stopping import started
from runtime.topic_ids import Admin, Described, describe

LOG = "complaints.log"
INBOUND = "complaints.inbound"
RECEIPTS = "complaints.receipts"
OUTBOUND = "complaints.outbound"
PARKED = "complaints.parked"
ACCESS = "complaints.access"
READERS = "complaints.readers"

REPLICAS_MAX = 3
TIMEOUT_MS = 15_000

_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
PASSING = timedelta(days=14)
"""How long a topic keeps what only passes through. What we keep of it elsewhere we keep no longer."""
_TWO_WEEKS = {
    "cleanup.policy": "delete", "retention.ms": str(int(PASSING.total_seconds()) * 1000), "retention.bytes": "-1",
}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """A topic of ours. `partitions` None: as many as the log, fixed for its life."""

    name: str
    settings: Mapping[str, str]
    partitions: int | None = 1


TOPICS = (
    Topic(LOG, {**_FOR_EVER, "message.timestamp.type": "LogAppendTime"}, None),
    # Publishers compress as they like; the broker undoes it, since our client cannot read every codec.
    Topic(INBOUND, {**_TWO_WEEKS, "compression.type": "uncompressed"}, None),
    Topic(RECEIPTS, _TWO_WEEKS, 3),
    Topic(OUTBOUND, _TWO_WEEKS, 3),
    Topic(PARKED, _FOR_EVER),
    Topic(ACCESS, _FOR_EVER),
    Topic(READERS, {"cleanup.policy": "compact"}),
    Topic(KEYS_TOPIC, KEYS_TOPIC_SETTINGS),
)

OF_THE_LAW = tuple(topic for topic in TOPICS if topic.name in (LOG, KEYS_TOPIC))
"""The topics that must not change under a reader (L6): without them nothing can be read again."""
BESIDE_THE_LAW = tuple(topic for topic in TOPICS if topic not in OF_THE_LAW)
"""Those that are made again where somebody deleted them while we run."""


@dataclass(frozen=True)
class Difference:
    """What is not as the table says, in words; of a setting also its parts: only a setting can be put back."""

    said: str
    topic: str = ""
    setting: str = ""
    must_be: str = ""


class TopicsDiffer(Exception):
    """A topic is missing or is not as the table says; the message names each setting, as it is and must be."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__("; ".join(one.said for one in differences))
        self.differences = differences


async def ensure_topics(bootstrap: str, partitions: int, topics: Sequence[Topic] = TOPICS) -> list[str]:
    """Make those that are missing and name them; what is there stays as it is. Several processes may try at once.

    Never the keys beside a log that is there: without their keys its words are lost, and a new topic would hide it.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=TIMEOUT_MS)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in there]
        if not missing:
            return []
        made = await _made(admin, [one for one in missing if one.name != KEYS_TOPIC or LOG not in there], partitions)
        with suppress(TimeoutError):  # whoever checks them names what is still missing
            async with asyncio.timeout(TIMEOUT_MS / 1000):
                await _all_known(admin, [topic.name for topic in topics])
        return made
    finally:
        await admin.close()


async def _made(admin: Admin, wanted: Sequence[Topic], partitions: int) -> list[str]:
    """Ask for these topics; the names of those that nobody else has made before."""
    replicas = await _replicas(admin)
    new = [
        NewTopic(
            topic.name,
            num_partitions=topic.partitions or partitions,
            replication_factor=replicas,
            topic_configs=_settings(topic, replicas),
        )
        for topic in wanted
    ]
    answer = (await admin.create_topics(new, timeout_ms=TIMEOUT_MS)).to_object()
    for error in answer["topic_errors"]:
        kind = for_code(error["error_code"])
        if error["error_code"] != 0 and kind is not TopicAlreadyExistsError:
            raise kind(f"{error['topic']}: {error.get('error_message')}")
    return [one["topic"] for one in answer["topic_errors"] if one["error_code"] == 0]


async def _all_known(admin: Admin, names: Sequence[str]) -> None:
    """The controller answers before every broker knows."""
    while not all(one.partitions for one in (await describe(admin, names)).values()):
        await asyncio.sleep(0.05)


async def check_topics(bootstrap: str, partitions: int, topics: Sequence[Topic] = TOPICS) -> dict[str, str]:
    """The ids of these topics, the log among them: by its id one log is told from another. Raises `TopicsDiffer` (L6),
    and KafkaError where the broker cannot say.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=TIMEOUT_MS)
    await admin.start()
    try:
        described = await describe(admin, [topic.name for topic in topics])
        found = await _found_settings(admin, [name for name, one in described.items() if one.partitions])
    finally:
        await admin.close()
    wrong = [one for topic in topics for one in _differences(topic, described, found, partitions)]
    if LOG in found:
        wrong += await _lost_beginnings(bootstrap, described[LOG].partitions)
    if wrong:
        raise TopicsDiffer(wrong)
    return {name: one.topic_id for name, one in described.items()}


async def topic_id(bootstrap: str, name: str) -> str | None:
    """The topic's id, None where there is none of that name; one made again has another. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=TIMEOUT_MS)
    try:
        await admin.start()
        found = (await describe(admin, [name]))[name]
    finally:
        await admin.close()
    return found.topic_id if found.partitions else None


async def _lost_beginnings(bootstrap: str, partitions: int) -> list[Difference]:
    """Where the log's first records are gone: what was folded from them stands, and can never be folded again."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, request_timeout_ms=TIMEOUT_MS)
    async with asyncio.timeout(TIMEOUT_MS / 1000), started(consumer):
        begins = await consumer.beginning_offsets([TopicPartition(LOG, number) for number in range(partitions)])
    return [
        Difference(f"{LOG}: partition {place.partition} begins at {at}, the records before it are gone")
        for place, at in sorted(begins.items())
        if at > 0
    ]


def _differences(
    topic: Topic,
    described: Mapping[str, Described],
    found: Mapping[str, Mapping[str, str | None]],
    partitions: int,
) -> list[Difference]:
    there = described.get(topic.name)
    if there is None or not there.partitions or topic.name not in found:
        return [Difference(f"{topic.name} is missing")]
    wrong = [
        Difference(f"{topic.name}: {name} is {seen}, it must be {wanted}", topic.name, name, wanted)
        for name, wanted in _settings(topic, there.replicas).items()
        if (seen := found[topic.name].get(name)) != wanted
    ]
    if topic.name == LOG and there.partitions != partitions:
        has = f"{LOG} has {there.partitions} partitions, LOG_PARTITIONS says {partitions}: it is fixed for life"
        wrong.append(Difference(has))
    return wrong


def _settings(topic: Topic, replicas: int) -> dict[str, str]:
    """With one broker an acknowledged record must be on its disk; in a cluster it must be on two brokers."""
    if topic.name not in (LOG, KEYS_TOPIC):
        return dict(topic.settings)
    safe = {"flush.messages": "1"} if replicas == 1 else {"min.insync.replicas": "2"}
    return {**topic.settings, **safe, "unclean.leader.election.enable": "false"}


async def _replicas(admin: Admin) -> int:
    brokers = len((await admin.describe_cluster())["brokers"])
    return REPLICAS_MAX if brokers >= REPLICAS_MAX else 1


async def _found_settings(admin: Admin, names: list[str]) -> dict[str, dict[str, str | None]]:
    """Of the topics that are there: one may have gone since somebody asked for their names."""
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    resources = [resource for answer in answers for resource in answer.to_object()["resources"]]
    for resource in resources:
        if resource["error_code"] not in (0, UnknownTopicOrPartitionError.errno):
            raise for_code(resource["error_code"])(resource["resource_name"])
    return {
        resource["resource_name"]: {
            entry["config_names"]: entry["config_value"] for entry in resource["config_entries"]
        }
        for resource in resources
        if resource["error_code"] == 0
    }
