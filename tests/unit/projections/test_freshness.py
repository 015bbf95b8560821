"""How old views are: as old as the last look at the log whose ends they have passed."""

from projections.freshness import Freshness


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_known_before_the_first_look() -> None:
    assert Freshness(Clock()).behind_seconds({0: 5}) is None


def test_views_that_passed_the_last_look_are_as_old_as_it() -> None:
    clock = Clock()
    fresh = Freshness(clock)
    fresh.look({0: 5, 1: 0})
    clock.now += 0.5
    assert fresh.behind_seconds({0: 5}) == 0.5


def test_views_that_stand_still_grow_old_while_the_log_grows() -> None:
    """Also where nobody asks in between: the age counts from the last look that was passed."""
    clock = Clock()
    fresh = Freshness(clock)
    for end in (5, 6, 7):
        fresh.look({0: end})
        clock.now += 10
    assert fresh.behind_seconds({0: 5}) == 30
    assert fresh.behind_seconds({0: 6}) == 20
    assert fresh.behind_seconds({0: 7}) == 10


def test_a_log_that_cannot_be_looked_at_makes_views_old() -> None:
    clock = Clock()
    fresh = Freshness(clock)
    fresh.look({0: 5})
    clock.now += 40
    assert fresh.behind_seconds({0: 5}) == 40


def test_views_that_passed_no_look_are_as_old_as_the_first() -> None:
    clock = Clock()
    fresh = Freshness(clock)
    fresh.look({0: 5})
    clock.now += 3
    assert fresh.behind_seconds({}) == 3
