"""What the table of topics asks of a broker, and what it finds wrong (L6); on a real one: tests/integration."""

from collections.abc import Mapping

import pytest

from runtime import topics
from runtime.keyring import KEYS_TOPIC
from runtime.topic_ids import Described
from runtime.topics import LOG, OF_THE_LAW, TOPICS, Topic

BY_NAME = {topic.name: topic for topic in TOPICS}
PARTITIONS = 12
HUNDRED_YEARS_MS = 100 * 365 * 86_400_000


def as_made(topic: Topic, replicas: int) -> tuple[Described, dict[str, str]]:
    return Described("id", topic.partitions or PARTITIONS, replicas), topics._settings(topic, replicas)


def wrong_with(topic: Topic, described: Mapping[str, Described], found: Mapping[str, str]) -> list[str]:
    return [one.said for one in topics._differences(topic, described, {topic.name: found}, PARTITIONS)]


@pytest.mark.parametrize("name", [LOG, topics.PARKED, topics.ACCESS])
def test_what_was_said_is_kept_for_ever(name: str) -> None:
    """L6: never compacted, never too old, never too much."""
    kept = BY_NAME[name].settings
    assert (kept["cleanup.policy"], kept["retention.ms"], kept["retention.bytes"]) == ("delete", "-1", "-1")


def test_keys_leave_and_their_erasure_stays() -> None:
    """An erased key is gone from the disk soon; that it was erased is known for as long as anybody lives."""
    kept = BY_NAME[KEYS_TOPIC].settings
    assert kept["cleanup.policy"] == "compact"
    assert int(kept["segment.ms"]) + int(kept["max.compaction.lag.ms"]) <= 20 * 60_000
    assert int(kept["delete.retention.ms"]) >= HUNDRED_YEARS_MS


@pytest.mark.parametrize("replicas", [1, 2, 3])
@pytest.mark.parametrize("topic", OF_THE_LAW, ids=lambda topic: topic.name)
def test_what_was_acknowledged_outlives_a_broker(topic: Topic, replicas: int) -> None:
    """ADR 3: on the one broker's disk, or on two brokers; and no broker that lacks it may ever lead."""
    asked = topics._settings(topic, replicas)
    assert asked["unclean.leader.election.enable"] == "false"
    assert asked.get("flush.messages") == ("1" if replicas == 1 else None)
    assert asked.get("min.insync.replicas") == (None if replicas == 1 else "2")
    assert topic.settings.items() <= asked.items()


def test_the_law_is_about_the_log_and_the_keys() -> None:
    assert {topic.name for topic in OF_THE_LAW} == {LOG, KEYS_TOPIC}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_each_setting_that_differs_is_named_and_no_other(topic: Topic) -> None:
    """L6: as it is, and as it must be."""
    described, found = as_made(topic, 3)
    assert wrong_with(topic, {topic.name: described}, {**found, "segment.bytes": "7"}) == []
    for name, must_be in found.items():
        said = f"{topic.name}: {name} is 7, it must be {must_be}"
        assert wrong_with(topic, {topic.name: described}, {**found, name: "7"}) == [said]
        assert len(wrong_with(topic, {topic.name: described}, {n: v for n, v in found.items() if n != name})) == 1


@pytest.mark.parametrize("described", [{}, {LOG: Described("id", 0, 0)}])
def test_a_topic_that_is_not_there_is_missing(described: dict[str, Described]) -> None:
    assert wrong_with(BY_NAME[LOG], described, {}) == [f"{LOG} is missing"]


def test_a_topic_that_went_since_it_was_described_is_missing() -> None:
    described, _ = as_made(BY_NAME[LOG], 1)
    assert [one.said for one in topics._differences(BY_NAME[LOG], {LOG: described}, {}, PARTITIONS)] == [
        f"{LOG} is missing"
    ]


def test_only_the_log_is_fixed_for_life() -> None:
    """More partitions of another topic are the operators' choice."""
    for topic in TOPICS:
        described, found = as_made(topic, 1)
        more = Described("id", described.partitions + 1, 1)
        said = wrong_with(topic, {topic.name: more}, found)
        assert len(said) == (topic.name == LOG), said
