"""A publisher on a real Kafka, with somebody who answers in intake's place: order, receipts, limits.

Intake itself answers in tests/e2e and tests/data; here the answers are chosen.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from events.inbound import ToldHistoryCompleted, ToldHistoryOpened, ToldLodged
from local.importing.history import Event, History
from local.importing.publish import NotAnswered, publish, tell
from local.importing.receipts import Receipts
from local.ports import free_ports
from runtime.topics import INBOUND, RECEIPTS
from stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEGAN = datetime(2024, 2, 29, 8, tzinfo=UTC)
CASES = 300
Choose = Callable[[str], dict[str, str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka(stores: Stores) -> AsyncIterator[str]:
    """The topics have their real names."""
    async with stores.fresh() as (bootstrap, _):
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(INBOUND, 6, 1), NewTopic(RECEIPTS, 3, 1)])
        await admin.close()
        yield bootstrap


def a_history(source: str) -> History:
    lodged = [
        Event(f"{n}#lodged", source, str(n), BEGAN + timedelta(minutes=n), ToldLodged(channel="phone"))
        for n in range(CASES)
    ]
    known_until = lodged[-1].time
    return History(
        batch="batch",
        known_until=known_until,
        opened=Event("batch#opened", source, "batch", BEGAN, ToldHistoryOpened()),
        events=tuple(lodged),
        completed=Event("batch#completed", source, "batch", known_until, ToldHistoryCompleted(known_until=known_until)),
        bad=(),
    )


@asynccontextmanager
async def answering(bootstrap: str, choose: Choose) -> AsyncIterator[list[str]]:
    """Answers every inbound event as `choose` says, slowly; gives what was heard and answered, in that order."""
    heard: list[str] = []
    consumer = AIOKafkaConsumer(INBOUND, bootstrap_servers=bootstrap, auto_offset_reset="latest")
    await consumer.start()
    for place in consumer.assignment():
        await consumer.position(place)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        answers = asyncio.create_task(_answer(consumer, producer, choose, heard))
        yield heard
        answers.cancel()
        await asyncio.gather(answers, return_exceptions=True)
    await consumer.stop()


async def _answer(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, choose: Choose, heard: list[str]) -> None:
    async for record in consumer:
        headers = told(record)
        heard.append(f"heard {headers['ce_id']}")
        receipt = {"event_id": headers["ce_id"], "source": headers["ce_source"], **choose(headers["ce_id"])}
        heard.append(f"answered {headers['ce_id']}")  # first: whoever is answered may look before we have our word
        await producer.send_and_wait(RECEIPTS, orjson.dumps(receipt), key=headers["ce_id"].encode())


def told(record: ConsumerRecord) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def admitted(event_id: str) -> dict[str, str]:
    return {"outcome": "admitted", "complaint_id": f"id of {event_id}"}


async def test_the_completion_is_told_after_everything_else_was_answered(kafka: str) -> None:
    history = a_history("one")
    async with answering(kafka, admitted) as heard:
        answers = await publish(kafka, history)
    assert answers.counts == {"admitted": CASES + 2}
    assert heard[-2:] == ["heard batch#completed", "answered batch#completed"]
    assert sum(each.startswith("answered") for each in heard[:-2]) == CASES + 1
    assert answers.complaints["7"] == "id of 7#lodged"


async def test_what_is_refused_is_named_and_the_rest_goes_on(kafka: str) -> None:
    refusal = {"outcome": "refused", "code": "data-unfit", "why": "data: channel"}
    choices = {"3#lodged": refusal, "4#lodged": {"outcome": "already"}}
    async with answering(kafka, lambda event_id: choices.get(event_id, admitted(event_id))):
        answers = await publish(kafka, a_history("two"))
    assert answers.counts == {"admitted": CASES, "already": 1, "refused": 1}
    (refused,) = answers.refused
    assert (refused.event_id, refused.code, refused.why) == ("3#lodged", "data-unfit", "data: channel")


async def test_receipts_of_before_and_of_others_are_not_ours(kafka: str) -> None:
    event = Event("1#lodged", "three", "1", BEGAN, ToldLodged(channel="phone"))
    old = {"event_id": event.id, "source": "three", "outcome": "refused", "code": "old", "why": "old"}
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(RECEIPTS, orjson.dumps(old))
        async with Receipts(kafka, "three") as receipts, answering(kafka, admitted):
            await producer.send_and_wait(RECEIPTS, orjson.dumps(old | {"source": "somebody"}))
            await tell(kafka, receipts, [event])
    assert receipts.answers.counts == {"admitted": 1}


async def test_events_go_in_their_order_case_by_case_as_cloudevents(kafka: str) -> None:
    lodged = [
        Event(f"1#{n}", "four", "1", BEGAN + timedelta(minutes=n), ToldLodged(channel="phone")) for n in range(50)
    ]
    async with Receipts(kafka, "four") as receipts, answering(kafka, admitted) as heard:
        await tell(kafka, receipts, lodged)
    assert [each for each in heard if each.startswith("heard")] == [f"heard {event.id}" for event in lodged]


async def test_nobody_answers_and_that_is_said_after_a_limit(kafka: str) -> None:
    event = Event("1#lodged", "five", "1", BEGAN, ToldLodged(channel="phone"))
    async with Receipts(kafka, "five") as receipts:
        with pytest.raises(NotAnswered, match=r"1 of 1 events are published and not answered.*is intake ready"):
            await tell(kafka, receipts, [event], stall_seconds_max=0.5)


async def test_no_kafka_there_is_said_after_a_limit(kafka: str) -> None:
    event = Event("1#lodged", "six", "1", BEGAN, ToldLodged(channel="phone"))
    (nobody,) = free_ports(1)
    async with Receipts(kafka, "six") as receipts:
        with pytest.raises(NotAnswered, match="does not take the events"):
            await tell(f"127.0.0.1:{nobody}", receipts, [event], stall_seconds_max=0.5)
