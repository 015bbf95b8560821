"""Rounds that come to nothing: caches die, nothing is folded twice, and nothing is passed over (L6, L18, L19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from events.admission import Head, Verdict
from events.intake import MotiveRecorded
from runtime.judging import running_hash
from runtime.proposals import ASK_AGAIN, ASK_SOON
from runtime.rows import Outgoing, Place, RecordTooLarge, Row
from simulation.broker import LogPort
from simulation.database import Database
from simulation.host import Host
from simulation.weather import CALM, FATES
from stage import LONG, STREAM, Stage, played

MOTIVE = MotiveRecorded(at=datetime(2026, 3, 2, tzinfo=UTC), motive="venting", by="alice")


def folded(stage: Stage) -> tuple[Head, int]:
    """What the database holds of the stream."""
    row = stage.database.streams[STREAM]
    return row.head, row.state.motives


def test_who_lost_a_round_folds_it_again_from_where_the_other_one_stands() -> None:
    """L18: of the rows that it had moved already nothing is left."""

    async def story(stage: Stage) -> None:
        one, other = await stage.owner("one"), await stage.owner("other")
        stage.lodge()
        for said in range(1, 3):
            stage.say(MOTIVE, Head(intake=said))
        await other.feed({0: stage.broker.log[0][:1]})
        assert await one.feed({0: stage.broker.log[0][:3]}) == {0: 0}
        assert one.rows == {}
        await stage.read_on(one)

    stage = played(story)
    assert folded(stage) == (Head(intake=3), 2)


def test_a_round_that_the_database_broke_off_is_folded_again_as_if_nothing_had_been() -> None:
    """L19: caches die with the exception, which goes on to whoever feeds and ticks."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        stage.say(MOTIVE, Head(intake=1))
        stage.loop.leap(LONG)
        stage.sky.weather = replace(CALM, lost_connection=1.0)
        with pytest.raises(ConnectionError):
            await stage.read_on(one)
        assert one.rows == {}
        stage.sky.clear_up()
        await stage.read_on(one)
        assert set(one.rows) == {STREAM}
        stage.sky.weather = replace(CALM, lost_connection=1.0)
        with pytest.raises(ConnectionError):
            await one.tick()
        assert one.rows == {}

    stage = played(story)
    assert folded(stage) == (Head(intake=2, escalation=1), 1)
    assert stage.said == ["lodged", "ownership-offered", "motive-recorded", "clock-breached"]


def test_a_partition_that_was_given_up_is_left_alone() -> None:
    """L13, L19: nothing of it is folded, asked for or published, and its rows are read again when it comes back."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        stage.say(MOTIVE, Head(intake=1))
        stage.loop.leap(LONG)
        one.revoked([0])
        assert one.rows == {}
        assert await one.feed({0: stage.broker.log[0]}) == {}
        await one.tick()
        assert one.assignment.take_marks(idle=True) == []

    stage = played(story)
    assert folded(stage) == (Head(intake=1, escalation=1), 0)
    assert stage.said == ["lodged", "ownership-offered", "motive-recorded"]


def test_what_is_assigned_is_read_anew_also_where_nothing_was_given_up() -> None:
    """L19: another owner may have been there between two assignments, unseen."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        await one.assigned([0], stage.ends)
        assert one.rows == {}

    played(story)


def test_who_waits_in_this_process_hears_where_it_stands_at_each_assignment_and_each_loss() -> None:
    """L10, L18: what another owner had folded before is passed for us, too."""
    heard: list[Mapping[int, Place]] = []

    async def story(stage: Stage) -> None:
        other = await stage.lodged_and_offered()
        one = await stage.owner("one", lambda places, _: heard.append(places))
        await stage.read_on(one)
        stage.say(MOTIVE, Head(intake=1))
        await stage.read_on(other)
        await stage.read_on(one)

    played(story)
    assert [places[0].next_offset for places in heard] == [2, 3]


def test_an_append_that_failed_is_tried_again_a_moment_later() -> None:
    """L12: nothing of it is remembered, and nothing is parked."""

    async def story(stage: Stage) -> None:
        one = await stage.owner("one")
        stage.lodge()
        stage.sky.weather = replace(CALM, fates=dict.fromkeys(FATES, 0.0) | {"refused-by-broker": 1.0})
        await stage.read_on(one)
        assert one.now is not None
        assert stage.database.streams[STREAM].wake_at == one.now + ASK_SOON
        stage.sky.clear_up()
        stage.loop.leap(ASK_SOON)
        await one.tick()
        assert stage.database.streams[STREAM].wake_at == one.now + ASK_AGAIN

    stage = played(story)
    assert stage.said == ["lodged", "ownership-offered"]
    assert stage.database.parked == {}


class Narrow(LogPort):
    """A log for which every record is too large."""

    async def append(self, records: Sequence[Outgoing]) -> list[Exception | int | None]:
        return [RecordTooLarge() for _ in records]


def test_what_is_too_large_for_the_log_parks_what_its_stream_proposes() -> None:
    """L22: it is not tried again; heads and content go on."""

    async def story(stage: Stage) -> None:
        one = await stage.owner("one")
        one.log = Narrow(stage.broker, Host("one", stage.sky))
        stage.lodge()
        await stage.read_on(one)
        assert list(stage.database.parked) == [(STREAM, "proposals")]
        stage.say(MOTIVE, Head(intake=1))
        one.log = LogPort(stage.broker, Host("one", stage.sky))
        await stage.read_on(one)
        stage.loop.leap(LONG)
        await one.tick()

    stage = played(story)
    assert folded(stage) == (Head(intake=2), 1)
    assert stage.said == ["lodged", "motive-recorded"]


@dataclass
class Postgres(Database):
    """What a text in PostgreSQL cannot be."""

    def load(self, streams: Sequence[str]) -> dict[str, Row]:
        assert "\x00" not in "".join(streams)
        return super().load(streams)


@pytest.mark.parametrize("key", [None, b"", b"complaint/\x00", b"complaint/\xff"])
def test_a_record_is_passed_whatever_its_key_is(key: bytes | None) -> None:
    """L3: misplaced, and in the running hash as such; also where it is the last one that was folded (L6)."""

    async def story(stage: Stage) -> None:
        stage.database = Postgres(stage.loop.utc_now)
        stage.lodge()
        lodged = stage.broker.log[0][0]
        stage.broker.log[0] = [replace(lodged, key=key)]
        await stage.read_on(await stage.owner("one"))
        stage.broker.log[0].append(replace(lodged, offset=1))
        await stage.read_on(await stage.owner("next"))

    stage = played(story)
    assert folded(stage) == (Head(intake=1), 0)
    assert list(stage.database.streams) == [STREAM]
    digest = running_hash(running_hash(b"", 0, Verdict.MISPLACED), 1, Verdict.ADMITTED)
    assert stage.database.place(0).hash == digest
