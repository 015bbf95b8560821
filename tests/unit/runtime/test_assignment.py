"""Where a reader stands, and whether the log is still the one it read (L6, L7, L11, L19, L20)."""

from dataclasses import dataclass, field

import pytest

from runtime.assignment import BATCH_RECORDS_MAX, GAP_TRIES_MAX, HOLD_SECONDS_MAX, MARK_EVERY, Assignment
from runtime.judging import fingerprint
from runtime.rows import LogBroken, Place


@dataclass(frozen=True)
class Record:
    """A record of which only the place matters."""

    offset: int
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = b"complaint/1"
    value: bytes | None = b"{}"
    headers: tuple[tuple[str, bytes], ...] = (("ce_id", b"an id"),)


@dataclass
class Clock:
    """Moves by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Held:
    clock: Clock = field(default_factory=Clock)

    def assignment(self, place: Place | None = None, *, end: int = 0) -> Assignment:
        found = Assignment(clock=self.clock)
        found.begin({} if place is None else {0: place}, {0: end})
        return found


def records(*offsets: int) -> dict[int, list[Record]]:
    return {0: [Record(offset) for offset in offsets]}


def read_up_to(offset: int) -> Place:
    """A reader that has folded the record before `offset`."""
    last_id, last_crc = fingerprint(Record(offset - 1))
    return Place(offset, 1, last_id, last_crc, b"")


@pytest.mark.parametrize(("place", "at"), [(None, 9), (Place(), 9), (read_up_to(3), 9)])
def test_what_the_group_remembers_is_no_loss_before_we_sought(place: Place | None, at: int) -> None:
    """L19: Kafka's group remembers where a longer log was read; a rebuild reads what is left of it from its start."""
    assignment = Assignment()
    if place is not None:
        assignment.begin({0: place}, {0: 5})
    assignment.out_of_range({0: at})


@pytest.mark.parametrize("at", [2, 3])
def test_an_offset_that_is_gone_from_where_we_stand_is_a_loss(at: int) -> None:
    """L6: also before the last record was looked at again."""
    assignment = Assignment()
    assignment.begin({0: read_up_to(3)}, {0: 5})
    with pytest.raises(LogBroken, match=f"partition 0: the log no longer holds offset {at}, where we read on"):
        assignment.out_of_range({0: at})


def test_an_offset_that_is_gone_from_what_we_read_ahead_is_a_loss() -> None:
    """L6: what was fetched and is not folded yet lay in a log that is not there any more."""
    assignment = Assignment()
    assignment.begin({0: read_up_to(3)}, {0: 5})
    assignment.dense(records(2, 3, 4))
    with pytest.raises(LogBroken, match="the log no longer holds offset 5"):
        assignment.out_of_range({0: 5})


def test_what_cannot_be_read_is_sought_again_a_few_times_and_stops_the_reader() -> None:
    """L6: half a record stays where the end of a segment was cut off and the broker did not notice."""
    assignment = Assignment()
    assignment.begin({0: read_up_to(3)}, {0: 5})
    assert [assignment.unreadable(0) for _ in range(GAP_TRIES_MAX)] == [{0: 2}] * GAP_TRIES_MAX
    with pytest.raises(LogBroken, match="partition 0: the record at 2 cannot be read"):
        assignment.unreadable(0)


def test_what_cannot_be_read_of_a_partition_that_is_not_ours_is_nothing_to_us() -> None:
    """L19."""
    assert Assignment().unreadable(0) == {}


def test_a_new_reader_starts_at_the_first_record() -> None:
    """L19: a partition that was never read is read from its start."""
    assignment = Assignment()
    assert assignment.begin({}, {0: 7}) == {0: 0}
    fresh, seeks = assignment.dense(records(0, 1))
    assert ([r.offset for r in fresh[0]], seeks) == ([0, 1], {})


def test_the_last_record_is_read_again_and_recognised() -> None:
    """L6: one before the position is sought, compared, and not folded twice."""
    assignment = Assignment()
    assert assignment.begin({0: read_up_to(5)}, {0: 9}) == {0: 4}
    fresh, _ = assignment.dense(records(4, 5, 6))
    assert [r.offset for r in fresh[0]] == [5, 6]


def test_another_record_at_our_place_stops_the_reader() -> None:
    """L6."""
    assignment = Held().assignment(read_up_to(5), end=9)
    other = Record(4, value=b'{"somebody":"else"}')
    with pytest.raises(LogBroken, match="partition 0 offset 4: another record"):
        assignment.dense({0: [other]})


def test_a_log_that_ends_before_our_position_stops_the_reader() -> None:
    """L6."""
    with pytest.raises(LogBroken, match="the log ends at 3, we have read up to 5"):
        Held().assignment(read_up_to(5), end=3)


def test_records_of_partitions_that_are_not_ours_are_dropped() -> None:
    """L19: some are handed out before their position is known, and after the partition is gone."""
    assignment = Assignment()
    assert assignment.dense(records(0, 1)) == ({}, {})
    assignment.begin({}, {0: 0})
    assignment.end([0])
    assert assignment.dense(records(0, 1)) == ({}, {})


def test_what_was_folded_before_is_skipped() -> None:
    """L20: a jump downward after our own seek is a repeat."""
    assignment = Held().assignment()
    assignment.places[0] = Place(next_offset=3)
    fresh, seeks = assignment.dense(records(1, 2, 3, 4))
    assert ([r.offset for r in fresh[0]], seeks) == ([3, 4], {})
    assert assignment.dense(records(0, 1, 2)) == ({}, {})


@pytest.mark.parametrize("some", [(4, 5), (3, 5)], ids=["before the first", "between two"])
def test_a_hole_is_sought_again(some: tuple[int, ...]) -> None:
    """L20: a jump upward is a lost record."""
    assignment = Held().assignment()
    assignment.places[0] = Place(next_offset=3)
    assert assignment.dense(records(*some)) == ({}, {0: 3})


def test_a_hole_that_stays_stops_the_reader() -> None:
    """L20: after some tries; a try that succeeds in between starts the count anew."""
    assignment = Held().assignment()
    for _ in range(GAP_TRIES_MAX):
        assignment.dense(records(1))
    fresh, _ = assignment.dense(records(0))
    assert [r.offset for r in fresh[0]] == [0]
    for _ in range(GAP_TRIES_MAX):
        assert assignment.dense(records(1)) == ({}, {0: 0})
    with pytest.raises(LogBroken, match="partition 0: the record at 0 is missing"):
        assignment.dense(records(1))


def test_appending_waits_for_the_end_seen_at_assignment() -> None:
    """L11: however long that takes."""
    held = Held()
    assignment = held.assignment(end=10)
    held.clock.now += 10 * HOLD_SECONDS_MAX
    assert assignment.held(0, 9)
    assert not assignment.held(0, 10)


def test_appending_waits_while_more_than_a_batch_is_missing_but_not_for_ever() -> None:
    """L11: this law is about load, not about safety."""
    held = Held()
    assignment = held.assignment()
    assignment.high(0, BATCH_RECORDS_MAX + 1)
    assert assignment.held(0, 0)
    assert not assignment.held(0, 1)
    held.clock.now += HOLD_SECONDS_MAX
    assert assignment.held(0, 0), "the wait begins anew"
    held.clock.now += HOLD_SECONDS_MAX
    assert not assignment.held(0, 0)


def test_the_log_end_never_moves_back() -> None:
    """A fetch that was answered late knows less."""
    assignment = Held().assignment()
    assignment.high(0, BATCH_RECORDS_MAX + 5)
    assignment.high(0, 1)
    assert assignment.held(0, 0)


def test_the_end_seen_is_known_for_our_partitions_only() -> None:
    """Commands wait for it during a rebuild."""
    assignment = Held().assignment(end=4)
    assert (assignment.end_seen(0), assignment.end_seen(1)) == (4, 0)
    assignment.end([0])
    assert assignment.end_seen(0) == 0


def test_hashes_are_kept_at_the_marks_and_taken_once() -> None:
    """L7: at fixed offsets, and where we stand when idle."""
    assignment = Held().assignment()
    assignment.mark(0, MARK_EVERY, b"at the mark")
    assignment.mark(0, MARK_EVERY + 1, b"between")
    assert assignment.take_marks(idle=False) == [(0, MARK_EVERY, b"at the mark")]
    assignment.places[0] = Place(7, 1, "", 0, b"here")
    assert assignment.take_marks(idle=True) == [(0, 7, b"here")]


def test_a_rebuild_is_the_past_up_to_where_we_stood() -> None:
    """L11: a position that fell back holds appending, and marks what is measured, until all that was seen is passed."""
    assignment = Held().assignment(read_up_to(5), end=5)
    assert not assignment.catching_up(0)
    assignment.high(0, 9)
    assignment.again({0: Place()})
    assert (assignment.catching_up(0), assignment.lag(0), assignment.end_seen(0)) == (True, 9, 9)
    assert assignment.held(0, 8)
    assignment.again({0: read_up_to(9)})
    assert (assignment.catching_up(0), assignment.lag(0), assignment.held(0, 9)) == (False, 0, False)


def test_who_lost_a_round_to_another_owner_is_not_in_the_past() -> None:
    """L11, L18: the other one went on from where we stood; nothing that we saw has to be passed again."""
    assignment = Held().assignment(read_up_to(5), end=5)
    assignment.high(0, 9)
    for place in (read_up_to(5), read_up_to(6)):
        assert assignment.again({0: place}) == {0: place.next_offset - 1}
        assert (assignment.catching_up(0), assignment.held(0, place.next_offset)) == (False, False)


def test_a_rebuild_before_the_last_record_came_again_reads_from_the_start() -> None:
    """L6, L19: there is no record before the first one to be recognised."""
    assignment = Held().assignment(read_up_to(5), end=5)
    assert assignment.again({0: Place()}) == {0: 0}
    fresh, seeks = assignment.dense(records(0, 1))
    assert ([r.offset for r in fresh[0]], seeks) == ([0, 1], {})


def test_what_is_given_up_before_the_last_record_came_again_is_read_as_it_is_found() -> None:
    """L6, L19: another owner may have begun a rebuild."""
    assignment = Held().assignment(read_up_to(5), end=5)
    assignment.end([0])
    assignment.begin({}, {0: 5})
    fresh, seeks = assignment.dense(records(0, 1))
    assert ([r.offset for r in fresh[0]], seeks) == ([0, 1], {})
