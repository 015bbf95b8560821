"""Rounds in which the rules fail, name other streams, or come in a newer version (L15, L16, L22)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import toy
from events.admission import Head
from events.decider import Context, Owed, UnknownRulebook
from events.intake import ComplaintLodged, MotiveRecorded
from events.partition import partition_of
from runtime import reader
from stage import LONG, STREAM, Stage, played


def failing(_: object, __: Context, ___: object) -> Owed:
    raise ValueError("a secret")


FAILING = replace(toy.OWES, owed=failing)
NEWER = replace(toy.OWES, version=toy.OWES.version + 1)
NAMING = replace(toy.OWES, names=lambda state: (STREAM,) if state.motives else ())


def test_rules_that_fail_park_one_stream_and_newer_rules_take_it_up_again() -> None:
    """L16, L22: loudly, and nobody has to redrive what only a version was to blame for."""

    async def story(stage: Stage) -> None:
        older = await stage.owner("older", decider=FAILING)
        stage.lodge()
        await stage.read_on(older)
        assert list(stage.database.parked) == [(STREAM, "proposals")]
        await older.tick()
        assert stage.said == ["lodged"]
        await (await stage.owner("newer", decider=NEWER)).tick()

    stage = played(story)
    assert stage.said == ["lodged", "ownership-offered"]
    assert stage.database.parked == {}


def _motive(by: str) -> MotiveRecorded:
    return MotiveRecorded(at=datetime(2026, 3, 2, tzinfo=UTC), motive="venting", by=by)


@pytest.mark.parametrize(("mended", "motives"), [(False, 0), (True, 3)])
def test_content_that_cannot_be_folded_waits_for_a_redrive(mended: bool, motives: int) -> None:
    """L22: heads go on meanwhile; what still cannot be folded parks again, and a redrive is done once."""
    decider = replace(toy.OWES, evolve=lambda state, *_: replace(state, motives=state.motives + 1))

    async def story(stage: Stage) -> None:
        older = await stage.owner("older")
        for number, by in enumerate(("poison", "alice", "alice")):
            stage.say(_motive(by), Head(intake=number))
        await stage.read_on(older)
        assert list(stage.database.parked) == [(STREAM, "content")]
        assert stage.database.streams[STREAM].state.motives == 0
        assert stage.database.streams[STREAM].head == Head(intake=3)
        stage.database.redrives[STREAM] = None
        stage.database.parked.clear()
        await (await stage.owner("newer", decider=decider) if mended else older).tick()

    stage = played(story)
    row = stage.database.streams[STREAM]
    assert (row.state.motives, row.head, stage.database.redrives) == (motives, Head(intake=3), {})
    assert list(stage.database.parked) == ([] if mended else [(STREAM, "content")])


@pytest.mark.parametrize("after", [False, True], ids=["in one batch", "later"])
def test_who_is_named_leans_on_it_from_that_round_on(after: bool) -> None:
    """L15: whatever else is in the batch; and the owner looks again at once."""

    async def story(stage: Stage) -> None:
        one = await stage.owner("one", decider=NAMING)
        for number in range(2):
            stage.say(_motive("alice"), Head(intake=number), "cluster/c")
        if after:
            await one.feed({0: stage.broker.log[0][:1]})
        stage.say(_motive("alice"), Head(), "complaint/2")
        await stage.read_on(one)
        assert one.next_wake_at == one.now

    assert (("cluster/c", STREAM)) in played(story).database.leans


def test_who_is_named_is_asked_with_what_names_it_although_its_row_was_at_hand() -> None:
    """L15: judged under the version that names it, and then left in peace."""

    async def story(stage: Stage) -> None:
        one = await stage.owner("one", decider=NAMING)
        stage.say(_motive("alice"), Head())
        stage.say(_motive("alice"), Head(), "cluster/c")
        await stage.read_on(one)
        assert stage.database.stale() == [(STREAM, 0)]
        await one.tick()
        assert stage.database.stale() == []

    assert played(story).database.leans["cluster/c", STREAM] == (0, 1)


def test_what_parked_for_want_of_a_rulebook_goes_on_when_there_is_one() -> None:
    """L15, L22: by itself; nobody has to redrive it."""
    book = "rulebook/desk/a"

    def owed(state: toy.Toy, context: Context, now: datetime) -> Owed:
        if "desk/a" not in context.books:
            raise UnknownRulebook("desk/a")
        return toy.owed(state, context, now)

    async def story(stage: Stage) -> None:
        one = await stage.owner("one", decider=replace(toy.OWES, owed=owed, leans_on=lambda _: (book,)))
        stage.lodge()
        await stage.read_on(one)
        assert list(stage.database.parked) == [(STREAM, "proposals")]
        stage.say(_motive("alice"), Head(), book)
        await stage.read_on(one)
        await one.tick()

    stage = played(story)
    assert stage.said == ["lodged", "motive-recorded", "ownership-offered"]
    assert (STREAM, "proposals") not in stage.database.parked


def test_newer_rules_are_asked_of_all_that_older_ones_judged_however_many_ticks_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """L16."""
    monkeypatch.setattr(reader, "TICK_ROWS_MAX", 1)

    async def story(stage: Stage) -> None:
        older = await stage.owner("older")
        for stream in (STREAM, "complaint/2", "complaint/3"):
            stage.say(_motive("alice"), Head(), stream)
        await stage.read_on(older)
        newer = await stage.owner("newer", decider=NEWER)
        for _ in range(3):
            await newer.tick()

    rows = played(story).database.streams.values()
    assert [row.decider_version for row in rows] == 3 * [NEWER.version]


@pytest.mark.parametrize("lost", [False, True], ids=["taken over", "lost"])
def test_what_older_rules_judged_meanwhile_is_asked_when_the_partition_is_ours_again(lost: bool) -> None:
    """L16: everything was asked once; that was before another owner came between."""

    async def story(stage: Stage) -> None:
        newer = await stage.owner("newer", decider=NEWER)
        await newer.tick()
        await stage.lodged_and_offered()
        if lost:
            assert (await newer.tick()).seeks == {0: 1}
        else:
            await newer.assigned([0], stage.ends)
        await newer.tick()

    assert played(story).database.streams[STREAM].decider_version == NEWER.version


def test_newer_rules_are_asked_of_a_partition_that_was_held_back_as_well() -> None:
    """L11, L16: while one partition is behind its log's end, the other ones are not all."""
    apart: dict[int, list[str]] = {0: [], 1: []}
    for number in range(20):
        apart[partition_of(f"complaint/{number}".encode(), 2)].append(f"complaint/{number}")
    (first, *_), (second, later, *_) = apart.values()

    async def story(stage: Stage) -> None:
        older = await stage.owner("older")
        for stream in (first, second):
            stage.say(_motive("alice"), Head(), stream)
        await stage.read_on(older)
        stage.say(_motive("alice"), Head(), later)
        newer = await stage.owner("newer", decider=NEWER)
        for _ in range(2):
            await newer.tick()
        assert stage.database.streams[second].decider_version < NEWER.version
        await stage.read_on(newer)
        await newer.tick()

    rows = played(story, partitions=2).database.streams
    assert {name: row.decider_version for name, row in rows.items()} == dict.fromkeys(
        (first, second, later), NEWER.version
    )


def test_one_tick_takes_only_so_many_and_says_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """L13: the oldest first."""
    monkeypatch.setattr(reader, "TICK_ROWS_MAX", 1)
    found: list[tuple[bool, int]] = []

    async def story(stage: Stage) -> None:
        for stream in (STREAM, "complaint/2"):
            stage.say(ComplaintLodged(at=stage.loop.utc_now(), channel="app"), Head(), stream)
        one = await stage.owner("one")
        while len(stage.broker.log[0]) > one.assignment.places[0].next_offset:
            await stage.read_on(one)
        stage.loop.leap(LONG)
        for _ in range(3):
            ticked = await one.tick()
            found.append((ticked.more, stage.said.count("clock-breached")))

    played(story)
    assert found == [(True, 1), (True, 2), (False, 2)]
