"""Extensions of running clocks: which count, and what they move."""

import pytest

from clock_forms import at, calendar, policy, ran, wall
from clocks import ClockState, Ended, Extended, Paused, Policy, Resumed, Step

OFFICE = calendar()
WAIT = "awaiting-complainant"
EIGHT = policy(8, "business-hours", pauses=[WAIT])
START = "2025-06-02 10:00"


def office(rule: Policy, asked: str, *steps: Step) -> ClockState:
    return ran(START, asked, rule, OFFICE, *steps)


def paused(begin: str, end: str) -> tuple[Step, ...]:
    return (Paused(at(begin, OFFICE), WAIT, "p"), Resumed(at(end, OFFICE), "p-over", pause="p"))


LONGER = policy(
    10,
    "business-days",
    extensions={"times": 1, "amount": 10, "unit": "business-days", "notice_before_expiry": True, "needs": ["approval"]},
)


def extended(when: str = "2025-06-10 10:00", **more: object) -> Extended:
    step = at(when, OFFICE)
    form: dict[str, object] = {"noticed_at": step, "has": ("approval",), "event": "x"} | more
    return Extended(step, **form)  # type: ignore[arg-type]


def test_an_extension_adds_to_the_budget() -> None:
    state = office(LONGER, "2025-06-20 10:00", extended())
    assert wall(state.due, OFFICE) == "Mon 2025-06-30 10:00"
    assert [str(one.by) for one in state.extended] == ["10 business-days"]
    assert "10 business-days + 10 business-days" in state.proof.as_text()
    shorter = office(LONGER, "2025-06-20 10:00", extended(amount=3))
    assert wall(shorter.due, OFFICE) == "Thu 2025-06-19 10:00"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (extended("2025-06-16 10:00:01"), "too-late"),
        (extended(amount=11), "over-maximum"),
        (extended(amount=0), "no-amount"),
        (extended(amount=1, unit="months"), "other-unit"),
        (extended(noticed_at=None), "no-notice"),
        (extended(noticed_at=at("2025-06-16 10:00:01", OFFICE)), "no-notice"),
        (extended(has=()), "lacks: approval"),
    ],
)
def test_an_extension_that_may_not_be_is_named_and_moves_nothing(step: Extended, why: str) -> None:
    state = office(LONGER, "2025-06-20 10:00", step)
    assert (wall(state.due, OFFICE), state.extended) == ("Mon 2025-06-16 10:00", ())
    assert [(one.why, one.event) for one in state.refused] == [(why, "x")]
    assert f"extension not counted: {why} (x)" in state.proof.as_text()


@pytest.mark.parametrize(
    "step",
    [
        extended("2025-06-16 10:00"),
        extended("2025-06-16 10:00", noticed_at=at("2025-06-16 10:00", OFFICE)),
        extended(noticed_at=at(START, OFFICE)),
    ],
)
def test_an_extension_counts_at_the_very_ends_of_the_time_for_it(step: Extended) -> None:
    """Given and told at the due instant is in time, and so is what was told as it began."""
    state = office(LONGER, "2025-06-20 10:00", step)
    assert ([one.event for one in state.extended], state.refused) == (["x"], ())


def test_what_was_told_before_the_clock_began_is_no_notice() -> None:
    early = extended(noticed_at=at("2025-06-02 09:59:59", OFFICE))
    assert [one.why for one in office(LONGER, "2025-06-20 10:00", early).refused] == ["no-notice"]


@pytest.mark.parametrize(
    ("amount", "unit", "why"),
    [
        (14, "calendar-days", []),
        (15, "calendar-days", ["over-maximum"]),
        (2, "weeks", []),
        (3, "weeks", ["over-maximum"]),
    ],
)
def test_an_extension_in_another_unit_of_its_kind_is_compared_by_what_it_reaches(
    amount: int, unit: str, why: list[str]
) -> None:
    weeks = policy(3, "weeks", extensions={"times": 1, "amount": 2, "unit": "weeks"})
    state = office(weeks, "2025-06-20 10:00", extended(amount=amount, unit=unit))
    assert [one.why for one in state.refused] == why
    assert [one.by.amount for one in state.extended] == ([] if why else [amount])


def test_no_more_extensions_than_allowed() -> None:
    state = office(LONGER, "2025-06-20 10:00", extended("2025-06-11 10:00", event="second"), extended())
    assert [one.event for one in state.extended] == ["x"]
    assert [(one.why, one.event) for one in state.refused] == [("too-many", "second")]
    assert office(EIGHT, "2025-06-20 10:00", extended()).refused[0].why == "none-allowed"


def test_an_extension_is_known_from_when_on_it_was_given() -> None:
    """As known then stays answerable."""
    for asked, due in (("2025-06-10 09:59", "Mon 2025-06-16 10:00"), ("2025-06-10 10:00", "Mon 2025-06-30 10:00")):
        assert wall(office(LONGER, asked, extended("2025-06-10 10:00")).due, OFFICE) == due


def test_no_extension_after_the_end() -> None:
    ended = Ended(at("2025-06-09 10:00", OFFICE), "met", "m")
    assert office(LONGER, "2025-06-20 10:00", ended, extended()).refused[0].why == "too-late"


def test_a_pause_makes_later_extensions_timely() -> None:
    """Too late is judged by what was due when the extension was given."""
    rule = LONGER.model_copy(update={"pauses": (WAIT,)})
    steps = (*paused("2025-06-10 10:00", "2025-06-12 10:00"), extended("2025-06-17 12:00"))
    assert wall(office(rule, "2025-07-01 09:00", *steps).due, OFFICE) == "Wed 2025-07-02 10:00"
