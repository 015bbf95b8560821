"""Who had an answer of ours and loses the offer in it is told anew, in time. Given, when, then."""

import pytest

from events.accountability import OfferWithdrawn
from events.escalation import ClockBreached, ClockMet, ClockStarted
from events.fact import Fact
from unit.escalation.cases import LODGED, closed, days, graded, minutes, sent, told

ANSWERED = (LODGED, sent(minutes(5), "decision"), graded(at=minutes(6)))
TAKEN_BACK = OfferWithdrawn(at=days(1), offer_id="o1", reason="another", told=True, by="handler-1")


def of_the_answer(*facts: Fact) -> list[Fact]:
    added = told(*facts).added(days(60))
    clocks = [one for one in added if isinstance(one, ClockStarted | ClockMet | ClockBreached)]
    return [one for one in clocks if one.clock == "answer-anew"]


@pytest.mark.parametrize("before", [ANSWERED, (*ANSWERED, closed(minutes(60)))], ids=["open", "closed"])
def test_an_answer_anew_has_a_clock_also_where_the_case_is_closed(before: tuple[Fact, ...]) -> None:
    """R73: else nobody would notice that they were never told."""
    started, breached = of_the_answer(*before, TAKEN_BACK)
    assert isinstance(started, ClockStarted)
    assert isinstance(breached, ClockBreached)
    assert (started.at, started.due, breached.at) == (days(1), days(2), days(2))
    _, met = of_the_answer(*before, TAKEN_BACK, sent(days(1.5), "decision"))
    assert isinstance(met, ClockMet)


def test_only_a_decision_that_arrived_is_that_answer() -> None:
    _, breached = of_the_answer(*ANSWERED, TAKEN_BACK, sent(days(1.5), "reply"))
    assert isinstance(breached, ClockBreached)


def test_whoever_had_no_answer_is_owed_none_anew() -> None:
    assert of_the_answer(*ANSWERED, TAKEN_BACK.model_copy(update={"told": False})) == []
