"""The edge while instances come and go, its topic is made anew, its broker is killed. Real Kafka and PostgreSQL."""

from pathlib import Path

import pytest

from brokers import own_broker
from integration.edge.edges import Handled, Place, having_read, numbered, running, until
from runtime import edge, edge_faust


async def test_two_instances_share_the_partitions_and_one_takes_over_from_the_other(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other waits until the group has given up on the one."""
    monkeypatch.setattr(edge_faust, "SESSION_SECONDS", 5.0)
    await place.make_topic()
    await place.say(*numbered(0, 300))
    one, other = Handled(), Handled()
    first, second = place.edge(one, "a"), place.edge(other, "b")
    async with running(second):
        async with running(first):
            await until(lambda: first.trouble is None and second.trouble is None)
            await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 300)))
            await place.say(*numbered(300, 600))
            await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 600)))
        await place.say(*numbered(600, 900))
        await until(lambda: set(one.values) | set(other.values) == set(numbered(0, 900)))
        await place.until_read(900)


async def test_a_topic_made_anew_is_read_from_its_start(place: Place) -> None:
    """A position behind the log's end belongs to a log that is gone; nothing of the new one may be lost."""
    async with having_read(place, 30):
        pass
    await place.delete_topic()
    await place.make_topic()
    await place.say(*numbered(100, 105), partition=0)
    again = Handled()
    async with running(place.edge(again)):
        await until(lambda: again.values == numbered(100, 105))


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_a_topic_made_anew_that_has_grown_past_the_old_place_is_read_from_its_start(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, meanwhile: bool
) -> None:
    """By its offsets nobody could tell it from the old one: also not an edge that was reading it `meanwhile`."""
    monkeypatch.setattr(edge, "SAME_TOPIC_SECONDS", 0.0)

    async def made_anew() -> None:
        await place.delete_topic()
        await place.make_topic()
        await place.say(*numbered(100, 110), partition=0)

    async def read_from_its_start() -> None:
        await until(lambda: handled.values[-10:] == numbered(100, 110))
        await place.until_at(0, 10)  # while the edge runs: the position moves after the handler

    async with having_read(place, 3) as handled:
        if meanwhile:
            await made_anew()
            await read_from_its_start()
    if not meanwhile:
        await made_anew()
        async with running(place.edge(handled)):
            await read_from_its_start()


async def test_places_from_before_topics_had_ids_are_kept(place: Place) -> None:
    """Nobody knows of which topic they were: the one that is there."""
    async with having_read(place, 3) as handled:
        pass
    await place._fetch("update test_edge.edge_positions set topic_id = null where edge = $1")
    await place.say(*numbered(3, 5), partition=0)
    async with running(place.edge(handled)):
        await until(lambda: handled.values == numbered(0, 5))


async def test_the_edge_goes_on_after_its_broker_was_killed(fresh_database: str, tmp_path: Path) -> None:
    async with own_broker(tmp_path) as broker:
        place = Place(broker.bootstrap, fresh_database)
        await place.make_topic()
        await place.say(*numbered(0, 100))
        handled = Handled()
        async with running(place.edge(handled)):
            await until(lambda: len(handled.records) == 100)
            broker.kill()
            await broker.start()
            await place.say(*numbered(100, 200))
            await until(lambda: set(handled.values) == set(numbered(0, 200)), limit_seconds=90)


async def test_a_topic_that_comes_after_the_edge_is_read_soon(place: Place) -> None:
    """Faust passes over a topic that is not there, and asks again after minutes: it is not begun without it."""
    handled = Handled()
    async with running(place.edge(handled)) as edge:
        await until(lambda: (edge.trouble or "").startswith("starts again"))
        await place.make_topic()
        await place.say(*numbered(0, 3))
        await until(lambda: sorted(filter(None, handled.values)) == numbered(0, 3))


async def test_a_topic_deleted_under_the_edge_and_made_again_is_read_soon(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Faust deals nothing of a topic that is gone, and would hear only after minutes that it is there again."""
    monkeypatch.setattr(edge_faust, "LOOK_FOR_PARTITIONS_SECONDS", 1.0)
    await place.make_topic()
    handled = Handled()
    async with running(place.edge(handled)) as edge:
        await until(lambda: edge.trouble is None)
        await place.delete_topic()
        await until(lambda: "Ignoring missing topic" in caplog.text)
        await place.make_topic()
        await place.say(*numbered(0, 3))
        await until(lambda: sorted(filter(None, handled.values)) == numbered(0, 3))


async def test_an_edge_that_restarts_while_its_topic_is_gone_is_dealt_partitions_once_it_is_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The group remembers that it was dealt none, and gives a member that comes back what it had."""
    monkeypatch.setattr(edge_faust, "LOOK_FOR_PARTITIONS_SECONDS", 1.0)
    await place.make_topic()
    async with running(place.edge(Handled())) as before:
        await until(lambda: before.trouble is None)
        await place.delete_topic()
        await until(lambda: "Ignoring missing topic" in caplog.text)
    await place.make_topic()
    await place.say(*numbered(0, 3))
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: sorted(filter(None, handled.values)) == numbered(0, 3))
