"""The Faust edge on a real Kafka and a real PostgreSQL. These tests pin the inner seams of Faust that it stands on."""

from hashlib import sha256
from typing import Any

from aiokafka import AIOKafkaProducer

from integration.edge.edges import PARTITIONS, Handled, Place, having_read, numbered, running, until
from runtime.edge import Edge
from runtime.edge_faust import BATCH_RECORDS_MAX, Event


async def test_positions_live_in_postgresql_and_each_record_is_handled_once(place: Place) -> None:
    """Order within a partition, batches where many wait, and a second start goes on where the first one ended."""
    await place.make_topic()
    await place.say(*numbered(0, 2000))
    first = Handled()
    first.open.clear()
    edge = place.edge(first)
    async with running(edge):
        await until(lambda: edge._records.qsize() == BATCH_RECORDS_MAX)
        first.open.set()
        await until(lambda: len(first.records) == 2000)
        await place.say(*numbered(2000, 2010))
        await until(lambda: len(first.records) == 2010)
        await place.until_read(2010)
    assert sorted(first.values, key=bytes) == numbered(0, 2010)  # type: ignore[arg-type]
    for partition in range(PARTITIONS):
        offsets = [record.offset for record in first.records if record.partition == partition]
        assert offsets == sorted(offsets)
    assert max(first.batches) == BATCH_RECORDS_MAX

    await place.say(*numbered(5000, 5030))
    second = Handled()
    async with running(place.edge(second)):
        await until(lambda: len(second.records) == 30)
        await place.until_read(2040)
    assert sorted(second.values, key=bytes) == numbered(5000, 5030)  # type: ignore[arg-type]


async def test_what_a_handler_raises_stands_the_stream_still_and_loses_nothing(place: Place) -> None:
    """An exception never acks: what stands before is done, the record is tried again, nothing after it goes on."""
    await place.make_topic()
    await place.say(*numbered(0, 400), partition=1)
    allowed = False
    handled = Handled(fails=lambda record: record.value == b"000321" and not allowed)
    edge = place.edge(handled)
    async with running(edge):
        await until(lambda: len(handled.records) == 321 and (edge.trouble or "").startswith("stands still"))
        await place.until_at(1, 321)
        allowed = True
        await until(lambda: len(handled.records) == 400)
        await until(lambda: edge.trouble is None)
    assert handled.values == numbered(0, 400)


async def test_a_stream_that_stood_still_is_not_skipped_by_a_restart(place: Place) -> None:
    await place.make_topic()
    await place.say(*numbered(0, 50), partition=0)
    stuck = Handled(fails=lambda record: record.value == b"000020")
    edge = place.edge(stuck)
    async with running(edge):
        await until(lambda: (edge.trouble or "").startswith("stands still") and len(stuck.records) == 20)
        await place.until_at(0, 20)
    well = Handled()
    async with running(place.edge(well)):
        await until(lambda: len(well.records) == 30)
    assert stuck.values + well.values == numbered(0, 50)


async def test_records_that_are_bad_in_themselves_are_kept_as_they_came(place: Place) -> None:
    await place.make_topic()
    producer = AIOKafkaProducer(bootstrap_servers=place.kafka)
    await producer.start()
    strange = [("ce_id", b"\xff\x00"), ("ce_id", b""), ("", b"x")]
    await producer.send_and_wait(place.topic, b"\x00\xff{", b"key", partition=0, headers=strange)
    await producer.send_and_wait(place.topic, None, b"tombstone", partition=0)
    await producer.send_and_wait(place.topic, b"good", partition=0)
    await producer.stop()
    handled = Handled(bad=lambda record: record.value != b"good")
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 3)
        await place.until_at(0, 3)
    kept = sorted(await place.kept(), key=lambda row: row["offset"])
    assert [(row["key"], row["value"], row["code"]) for row in kept] == [
        (b"key", b"\x00\xff{", "unfit"),
        (b"tombstone", None, "unfit"),
    ]
    assert list(zip(kept[0]["header_names"], kept[0]["header_values"], strict=True)) == [
        (name.encode(), value) for name, value in strange
    ]
    assert [row["hash"] for row in kept] == [sha256(b"\x00\xff{").digest(), sha256(b"").digest()]


async def test_a_refused_record_that_is_read_again_is_kept_once(place: Place) -> None:
    """Another record at its place, of a topic that was made anew, is another one."""
    await place.make_topic()
    await place.say(b"one", b"two", partition=0)
    refuses = Handled(bad=lambda _: True)
    async with running(place.edge(refuses)):
        await until(lambda: len(refuses.records) == 2)
        await place.until_at(0, 2)
        await place._fetch("update test_edge.edge_positions set next_offset = 0 where edge = $1")
        await place._fetch("update test_edge.inbound_refused set hash = '' where edge = $1 and value = 'two'")
        await place.say(b"three", partition=0)
        await place.until_at(0, 3)
    kept = [(row["offset"], row["value"]) for row in await place.kept()]
    assert sorted(kept) == [(0, b"one"), (1, b"two"), (1, b"two"), (2, b"three")]


async def test_what_a_refused_record_said_is_forgotten_when_its_topic_forgets_it(place: Place) -> None:
    """It may hold anybody's words, in clear: place, reason and hash stay for ever, the rest for 14 days."""
    await place.make_topic()
    await place.say(b"Zhang Wei", b"Li Na", partition=0)
    refuses = Handled(bad=lambda _: True)
    async with running(place.edge(refuses)):
        await until(lambda: len(refuses.records) == 2)
        await place.until_at(0, 2)
    await place.make_older(offset=0, days=15)
    async with running(place.edge(Handled())):
        await place.until_forgotten(1)
    old, new = sorted(await place.kept(), key=lambda row: row["offset"])
    assert [old[name] for name in ("key", "value", "header_names", "header_values")] == [None] * 4
    assert (old["code"], old["why"], old["partition"], old["offset"]) == ("unfit", "value: it is not fit", 0, 0)
    assert old["hash"] == sha256(b"Zhang Wei").digest()
    assert (new["value"], new["forgotten_at"]) == (b"Li Na", None)


async def test_aborted_transactions_are_never_handed_over_and_their_holes_are_passed(place: Place) -> None:
    """L20: others may use transactions."""
    await place.make_topic()
    producer = AIOKafkaProducer(bootstrap_servers=place.kafka, transactional_id=place.name)
    await producer.start()
    for number in range(6):
        await producer.begin_transaction()
        await producer.send(place.topic, b"%d" % number, partition=0)
        await (producer.abort_transaction() if number % 2 else producer.commit_transaction())
    await producer.stop()
    handled = Handled()
    async with running(place.edge(handled)):
        await until(lambda: len(handled.records) == 3)
        await place.say(b"plain", partition=0)
        await until(lambda: len(handled.records) == 4)
    assert handled.values == [b"0", b"2", b"4", b"plain"]


class Lossy(Edge):
    """Loses every 50th record once between Faust and us, as Faust has been seen to; the last one, too."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - whatever an edge takes
        super().__init__(*args, **more)
        self.losing = {49, 99, 149, 179}

    async def _put(self, event: Event) -> None:
        if event.message.offset in self.losing:
            self.losing.remove(event.message.offset)
        else:
            await super()._put(event)


async def test_a_record_that_faust_lost_is_read_again(place: Place) -> None:
    """Also where nothing comes after it: a quiet edge asks the log."""
    await place.make_topic()
    await place.say(*numbered(0, 180), partition=0)
    handled = Handled()
    async with running(place.edge(handled, kind=Lossy)):
        await until(lambda: len(handled.records) == 180)
    assert handled.values == numbered(0, 180)


async def test_a_position_that_somebody_else_moved_is_read_again(place: Place) -> None:
    """L18, for edges: two owners at one offset cannot both write."""
    async with having_read(place, 10) as handled:
        await place._fetch("update test_edge.edge_positions set next_offset = 4 where edge = $1 and partition = 0")
        await place.say(b"new", partition=0)
        await until(lambda: handled.values.count(b"new") >= 1 and handled.values[-1] == b"new")
        await place.until_at(0, 11)
    assert handled.values[-7:] == [*numbered(4, 10), b"new"]
