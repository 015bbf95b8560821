"""Records gather while nobody waits: longer where many come, and never where a whole batch is at hand."""

import pytest

from runtime.lingering import LINGER_SECONDS_MAX, LINGER_SECONDS_MIN, linger_seconds


def lingered(records: int, behind: int = 0, until_due: float = 1.0) -> float:
    return linger_seconds(
        records=records, behind=behind, batch_records=1_000, seconds_max=LINGER_SECONDS_MAX, until_due=until_due
    )


def test_the_more_came_the_longer_the_next_gather() -> None:
    seconds = [lingered(records) for records in (1, 5, 20, 60, 125, 900)]
    assert seconds == sorted(seconds)
    assert (seconds[0], seconds[-1]) == (LINGER_SECONDS_MIN, LINGER_SECONDS_MAX)
    assert len(set(seconds)) == len(seconds) - 2


@pytest.mark.parametrize("behind", [1, 40, 999])
def test_what_came_during_a_batch_is_no_haste(behind: int) -> None:
    """Under load some always came: small batches would follow each other just where large ones are wanted."""
    assert lingered(60, behind) == lingered(60)


@pytest.mark.parametrize("behind", [1_000, 5_000_000])
def test_a_whole_batch_at_hand_is_read_at_once(behind: int) -> None:
    """A rebuild, or a reader that has fallen behind."""
    assert lingered(1_000, behind) == 0.0


@pytest.mark.parametrize(("until_due", "seconds"), [(0.1, 0.1), (0.005, 0.005), (-3.0, 0.0)])
def test_what_becomes_due_is_looked_for_in_time(until_due: float, seconds: float) -> None:
    """L13."""
    assert lingered(1_000, until_due=until_due) == seconds
