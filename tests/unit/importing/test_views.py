"""When the views have caught up: everybody has read equally far, the newest record among it."""

from local.importing.views import READERS, Standing


def standing(latest: dict[int, int], newest: str | None, **behind: int) -> Standing:
    return Standing({p: dict.fromkeys(READERS, mark) | behind for p, mark in latest.items()}, newest)


def test_all_together_at_the_newest_record() -> None:
    assert standing({0: 10, 1: 7}, "log.1.6").together


def test_one_service_behind() -> None:
    assert not standing({0: 10}, "log.0.9", escalation=9).together


def test_one_service_has_not_said_anything_of_a_partition() -> None:
    missing = Standing({0: {"projections": 10, "intake": 10}}, "log.0.9")
    assert not missing.together


def test_equal_marks_are_not_enough_while_the_log_goes_on() -> None:
    assert not standing({0: 10}, "log.0.10").together
    assert not standing({0: 10}, "log.5.0").together


def test_an_empty_log_shows_nothing() -> None:
    assert not Standing({}, None).together


def test_progress_is_what_the_slowest_has_read_of_what_the_fastest_has() -> None:
    each = standing({0: 10, 1: 20}, "log.0.9", triage=5)
    assert (each.read, each.of) == (10, 30)
