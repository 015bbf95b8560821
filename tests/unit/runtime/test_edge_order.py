"""In which order an edge takes records: each once, none skipped."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.edge_order import HEAL_SECONDS, Order, Step


def standing(offset: int) -> Order:
    order = Order()
    order.stand({0: offset})
    return order


def test_the_next_record_is_taken_and_a_repeat_is_dropped() -> None:
    order = standing(7)
    assert [order.judge(0, offset, 0.0) for offset in (6, 7, 7, 8)] == [Step.DROP, Step.TAKE, Step.DROP, Step.TAKE]


def test_a_record_of_a_partition_that_is_not_ours_is_dropped() -> None:
    assert standing(0).judge(3, 0, 0.0) is Step.DROP


def test_a_hole_that_the_log_has_is_passed() -> None:
    """L20: others may use transactions on the inbound topic."""
    order = standing(7)
    assert order.judge(0, 9, 0.0) is Step.ASK
    assert order.learned(0, first=9, offset=9, now_seconds=0.0) is False
    assert order.judge(0, 9, 0.0) is Step.TAKE


def test_a_hole_that_the_log_has_not_is_read_again() -> None:
    order = standing(7)
    assert order.judge(0, 9, 0.0) is Step.ASK
    assert order.learned(0, first=7, offset=9, now_seconds=0.0) is True
    assert [order.judge(0, offset, 0.1) for offset in (9, 10, 7, 8, 9)] == [
        Step.DROP, Step.DROP, Step.TAKE, Step.TAKE, Step.TAKE,
    ]  # fmt: skip


def test_where_reading_again_did_not_help_the_log_is_asked_again() -> None:
    order = standing(7)
    order.judge(0, 9, 0.0)
    order.learned(0, first=7, offset=9, now_seconds=0.0)
    assert order.judge(0, 12, HEAL_SECONDS / 2) is Step.DROP
    assert order.judge(0, 13, HEAL_SECONDS * 2) is Step.ASK


@given(log=st.sets(st.integers(0, 60), min_size=1), handed=st.lists(st.integers(0, 60), max_size=200))
def test_whatever_is_handed_over_each_record_is_taken_once_and_in_order(log: set[int], handed: list[int]) -> None:
    """Drops, repeats and jumps in any mixture; the log is asked honestly, and at last everything comes."""
    order = standing(0)
    taken: list[int] = []
    clock = 0.0
    for offset in [*(o for o in handed if o in log), *sorted(log)]:
        clock += HEAL_SECONDS * 2
        step = order.judge(0, offset, clock)
        if step is Step.ASK:
            order.learned(0, min(o for o in log if o >= order.next[0]), offset, clock)
            step = order.judge(0, offset, clock)
        if step is Step.TAKE:
            taken.append(offset)
    assert taken == sorted(log)
