"""One round of the reader after another, where nobody is lost (L7, L9 to L13, L18)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

import toy
from events.admission import Head, Verdict
from events.decider import Owed
from events.escalation import ClockBreached
from events.intake import ComplaintLodged, MotiveRecorded
from runtime import assignment, reader
from runtime.judging import running_hash
from runtime.proposals import GIVE_WAY
from runtime.reader import _Batch
from runtime.rows import Outgoing, Place, Row, Standing, VerdictRow
from simulation.weather import CALM, FATES
from stage import LONG, STREAM, Stage, played


def test_a_refused_record_touches_its_stream_too() -> None:
    """L12: nothing else comes, and no tick; what has become due meanwhile is owed at once."""

    async def story(stage: Stage) -> None:
        reader = await stage.lodged_and_offered()
        stage.loop.leap(LONG)
        stage.lodge()
        await stage.read_on(reader)

    stage = played(story)
    assert stage.said == ["lodged", "ownership-offered", "lodged", "clock-breached"]
    assert stage.database.streams[STREAM].head == Head(intake=1, escalation=1)


def test_who_was_outrun_gives_way_for_a_moment_and_then_goes_on() -> None:
    """L1, L12: others work on the case, and would outrun the next proposal as well. It is owed all the same."""

    async def story(stage: Stage) -> None:
        reader = await stage.owner("a")
        stage.lodge()
        await stage.read_on(reader)
        offered = stage.broker.log[0][1]
        stage.broker.land(Outgoing(STREAM, 0, list(offered.headers), offered.value or b""))
        stage.loop.leap(LONG)
        await stage.read_on(reader)
        assert stage.said == ["lodged", *2 * ["ownership-offered"]]
        stage.loop.leap(GIVE_WAY)
        await reader.tick()

    assert played(story).said[3:] == ["clock-breached"]


def test_what_came_back_is_not_remembered() -> None:
    """L12."""

    async def story(stage: Stage) -> None:
        reader = await stage.lodged_and_offered()
        assert reader.under_way.sent == {}

    played(story)


def test_what_may_have_been_said_is_not_said_again_before_it_can_be_known() -> None:
    """L12: the log took it and did not say where; the next record of the stream touches it meanwhile."""

    async def story(stage: Stage) -> None:
        one = await stage.owner("one")
        stage.sky.weather = replace(CALM, fates=dict.fromkeys(FATES, 0.0) | {"no-offset": 1.0})
        stage.lodge()
        stage.lodge()
        for end in (1, 2):
            await one.feed({0: stage.broker.log[0][end - 1 : end]})

    assert played(story).said == ["lodged", "lodged", "ownership-offered"]


def test_who_is_not_at_the_end_yet_says_nothing_and_looks_again_at_once() -> None:
    """L11: what is owed is stored as due now, and said as soon as the end seen at assignment is passed."""

    async def story(stage: Stage) -> None:
        stage.lodge()
        stage.lodge()
        one = await stage.owner("one")
        await one.feed({0: stage.broker.log[0][:1]})
        assert stage.said == ["lodged", "lodged"]
        assert stage.database.streams[STREAM].wake_at == one.now == one.next_wake_at
        await one.tick()
        assert stage.said == ["lodged", "lodged"]
        await stage.read_on(one)

    assert played(story).said == ["lodged", "lodged", "ownership-offered"]


def test_the_next_look_is_no_later_than_that_of_any_stream() -> None:
    """L13: also after a round about another one; a tick knows it exactly."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        due = stage.database.streams[STREAM].wake_at
        assert due is not None
        assert one.next_wake_at is not None
        assert one.next_wake_at <= due
        stage.say(ComplaintLodged(at=stage.loop.utc_now(), channel="app"), Head(), "complaint/2")
        await stage.read_on(one)
        await stage.read_on(one)
        assert one.next_wake_at <= due
        await one.tick()
        assert one.next_wake_at == due

    played(story)


def test_every_commit_is_told_to_who_waits_in_this_process() -> None:
    """L9, L10: position and verdicts, each once."""
    heard: list[tuple[int, list[tuple[int, bool]]]] = []

    def hear(places: Mapping[int, Place], verdicts: Sequence[VerdictRow]) -> None:
        heard.append((places[0].next_offset, [(verdict.offset, verdict.admitted) for verdict in verdicts]))

    async def story(stage: Stage) -> None:
        one = await stage.owner("one", hear)
        asked = ClockBreached(at=stage.loop.utc_now(), clock="by hand")
        for _ in range(2):
            stage.say(asked, Head(), command_hash="a hash")
        await stage.read_on(one)

    played(story)
    assert heard == [(0, []), (2, [(0, True), (1, False)])]


@pytest.mark.parametrize("cuts", [(5,), (1, 2, 3, 4, 5), (3, 5)], ids=["at once", "one by one", "in two"])
def test_the_hash_at_a_mark_does_not_hang_on_the_batches(
    cuts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """L6, L7: it covers every record before the mark; nor does what is remembered of the last record."""
    monkeypatch.setattr(assignment, "MARK_EVERY", 2)
    found: list[tuple[int, int, bytes]] = []

    async def story(stage: Stage) -> None:
        reader = await stage.owner("one")
        for _ in range(5):
            stage.lodge()
        for end in cuts:
            await reader.feed({0: stage.broker.log[0][max(reader.assignment.places[0].next_offset - 1, 0) : end]})
        found.extend(reader.assignment.take_marks(idle=False))
        await stage.read_on(await stage.owner("next"))  # who recognises the last record

    played(story)
    said, digest = [Verdict.ADMITTED, *4 * [Verdict.REFUSED]], b""
    digests = [digest := running_hash(digest, offset, verdict) for offset, verdict in enumerate(said)]
    assert found == [(0, 2, digests[1]), (0, 4, digests[3])]


@pytest.mark.parametrize(("rows_max", "kept"), [(2, {STREAM, "complaint/2"}), (1, {"complaint/2"})])
def test_no_more_rows_are_kept_than_there_is_room_for(
    rows_max: int, kept: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the last batch stay."""
    monkeypatch.setattr(reader, "CACHED_ROWS_MAX", rows_max)

    async def story(stage: Stage) -> None:
        one = await stage.owner("one")
        for stream in (STREAM, "complaint/2"):
            stage.say(MotiveRecorded(at=stage.loop.utc_now(), motive="venting", by="alice"), Head(), stream)
            await one.feed({0: stage.broker.log[0][-1:]})
        assert set(one.rows) == kept

    played(story)


def test_every_commit_adds_one_to_the_turn() -> None:
    """L18: of batches and of ticks alike."""

    async def story(stage: Stage) -> None:
        reader = await stage.lodged_and_offered()
        stage.loop.leap(LONG)
        await reader.tick()
        await stage.read_on(reader)

    places = [place for _, place in played(story).database.history]
    assert [(place.next_offset, place.turn) for place in places] == [(1, 1), (2, 2), (2, 3), (3, 4)]


def test_of_two_owners_at_one_offset_only_one_writes() -> None:
    """L18: an empty batch moves no offset; by its turn the other one learns of it, before it appends anything."""

    async def story(stage: Stage) -> None:
        one = await stage.lodged_and_offered()
        other = await stage.owner("other")
        await stage.read_on(other)
        assert one.assignment.places[0] == other.assignment.places[0]
        stage.loop.leap(LONG)
        assert (await one.tick()).seeks == {}
        assert (await other.tick()).seeks == {0: 1}
        assert other.assignment.places[0].turn == one.assignment.places[0].turn == 3

    assert played(story).said == ["lodged", "ownership-offered", "clock-breached"]


def test_a_stream_that_waits_for_a_rulebook_is_not_judged_by_what_else_touches_it() -> None:
    """L15, L22: another record came between the rulebook and the look that would have let the stream go on."""

    async def story(stage: Stage) -> None:
        reader = await stage.owner("a")
        row = Row(STREAM, 0, state=toy.OWES.initial, muted=True, leans=(("rulebook/pack/desk", 1),))
        row.decider_version = toy.OWES.version
        now = stage.loop.utc_now()
        standing = Standing(now, {"rulebook/pack/desk": (2, None)}, {})
        assert reader._asked(toy.OWES, row, ("rulebook/pack/desk",), standing, _Batch(after={})) == Owed()
        assert row.leans == (("rulebook/pack/desk", 1),)

    played(story)
