"""What is read ahead comes in the log's order, never beyond its limit, and never against a seek (L19, L23)."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from aiokafka import TopicPartition

from runtime.ahead import AT_ONCE_MAX, Ahead

HERE, THERE = TopicPartition("log", 0), TopicPartition("log", 1)


class Source:
    """A log of numbers in two partitions; `fails_after` so many fetches."""

    def __init__(self, records: int, fails_after: int | None = None) -> None:
        self.numbers: dict[TopicPartition, Iterator[int]] = {place: iter(range(records)) for place in (HERE, THERE)}
        self.fetches = 0
        self.fails_after = fails_after

    async def fetch(self, most: int) -> dict[TopicPartition, list[Any]]:
        if self.fetches == self.fails_after:
            raise ConnectionResetError
        self.fetches += 1
        place = (HERE, THERE)[self.fetches % 2]
        some = list(islice(self.numbers[place], most))
        return {place: some} if some else {}

    def ahead(self) -> Ahead:
        return Ahead(self.fetch, lambda record: record)


async def test_what_is_read_ahead_is_in_order_and_taken_once() -> None:
    ahead = Source(2 * AT_ONCE_MAX).ahead()
    async with ahead.reading(3 * AT_ONCE_MAX):
        await asyncio.sleep(0)
    taken = ahead.take()
    assert taken == {HERE: list(range(AT_ONCE_MAX)), THERE: list(range(2 * AT_ONCE_MAX))}
    assert ahead.take() == {}


async def test_it_reads_no_more_than_it_may_and_nothing_unless_it_may() -> None:
    source = Source(1_000)
    ahead = source.ahead()
    async with ahead.reading(5):
        pass
    assert sum(map(len, ahead.take().values())) == 5
    fetches = source.fetches
    async with ahead.reading(0):
        pass
    assert (source.fetches, ahead.take()) == (fetches, {})


async def test_where_somebody_seeks_nothing_read_ahead_is_left() -> None:
    ahead = Source(10).ahead()
    async with ahead.reading(1_000):
        pass
    ahead.drop(HERE)
    assert ahead.take() == {THERE: list(range(10))}


async def test_what_fails_is_raised_after_the_body_and_after_nothing_else() -> None:
    ended: list[str] = []

    async def read(why: Exception | None) -> None:
        async with Source(1_000, fails_after=1).ahead().reading(1_000):
            await asyncio.sleep(0)
            ended.append("body")
            if why is not None:
                raise why

    with pytest.raises(ConnectionResetError):
        await read(None)
    with pytest.raises(KeyError):
        await read(KeyError())
    assert ended == ["body", "body"]
