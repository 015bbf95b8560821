"""When the views show all: everybody has read what was there and what follows from it, whoever goes on writing."""

import itertools
from collections.abc import Mapping

import pytest

from local.errors import LocalError
from local.importing.views import ViewsBehind, all_read
from local.ports import SERVICES
from local.stores import Unanswered

Ends = Mapping[int, int]


class Log:
    """A log and who reads it: `ends` as it is told them, one after the other; the last one stays."""

    def __init__(self, *ends: Ends, behind: Mapping[str, int] | None = None) -> None:
        self._ends = itertools.chain(ends, itertools.repeat(ends[-1]))
        self.told: list[Ends] = []
        self.behind = dict(behind or {})
        """How many looks it takes until a service has read what was told."""
        self.looks = 0

    async def ends(self) -> Ends:
        self.told.append(next(self._ends))
        return self.told[-1]

    async def positions(self) -> dict[tuple[str, int], int]:
        self.looks += 1
        return {
            (service, partition): end if self.behind.get(service, 0) < self.looks else end - 1
            for service in SERVICES
            for partition, end in self.told[-1].items()
        }


async def waited(log: Log, *, follows: float = 60.0, stall: float = 60.0) -> list[tuple[int, int]]:
    """Wait for it; what a watcher saw."""
    saw: list[tuple[int, int]] = []
    await all_read(
        log.ends, log.positions, lambda *seen: saw.append(seen),
        rest_seconds=0, follows_seconds_max=follows, stall_seconds_max=stall,
    )  # fmt: skip
    return saw


async def test_everybody_has_read_a_log_at_rest() -> None:
    assert await waited(Log({0: 10, 1: 7})) == [(17, 17), (17, 17)]


async def test_an_empty_log_is_read() -> None:
    assert await waited(Log({})) == [(0, 0), (0, 0)]


async def test_the_slowest_service_is_waited_for() -> None:
    assert await waited(Log({0: 10}, behind={"triage": 1})) == [(9, 10), (10, 10), (10, 10)]


async def test_what_follows_is_waited_for_until_the_log_rests() -> None:
    log = Log({0: 10}, {0: 12}, {0: 13})
    assert (await waited(log))[-1] == (13, 13)
    assert log.told == [{0: 10}, {0: 12}, {0: 13}, {0: 13}]


async def test_a_log_that_others_never_leave_at_rest_is_not_waited_for() -> None:
    """They write without end; what was there, and what followed in good time, is shown all the same."""
    log = Log(*({0: 10 + more} for more in range(1000)))
    assert (await waited(log, follows=0))[-1] == (11, 11)
    assert len(log.told) == 2


async def test_a_service_that_reads_no_further_is_named_as_trouble() -> None:
    with pytest.raises(ViewsBehind, match="none has read on"):
        await waited(Log({0: 10}, behind={"projections": 1000}), stall=0)


async def test_who_does_not_answer_just_now_is_asked_again() -> None:
    class Faltering(Log):
        async def ends(self) -> Ends:
            if not self.told:
                self.told.append({})
                raise Unanswered("Kafka", TimeoutError())
            return await super().ends()

        async def positions(self) -> dict[tuple[str, int], int]:
            if self.looks == 0:
                self.looks += 1
                raise Unanswered("PostgreSQL", TimeoutError())
            return await super().positions()

    assert (await waited(Faltering({0: 3})))[-1] == (3, 3)


async def test_who_never_answers_is_not_waited_for_without_end() -> None:
    class Silent(Log):
        async def ends(self) -> Ends:
            raise Unanswered("Kafka", TimeoutError())

    with pytest.raises(LocalError, match="Kafka"):
        await waited(Silent({0: 3}), stall=0)
