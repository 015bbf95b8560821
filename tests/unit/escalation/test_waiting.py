"""A source says what a case waits for there: the pauses that follow, with its times. Given, when, then."""

from datetime import timedelta

import pytest

from escalation.decider.state import Case
from events.escalation import ClockBreached, ClockMet, ClockPaused, ClockResumed, ClockStarted, CustodyReported
from events.fact import GivenDue
from events.intake import ComplaintLodged, SourceReported
from given import Story, assert_comes_back_from_json
from published import PACK
from unit.escalation.cases import (
    LODGED,
    NOON,
    SOURCE,
    at_desk,
    closed,
    contact,
    days,
    minutes,
    names,
    reopened,
    source,
    told,
)

WAITING = ComplaintLodged(
    at=NOON,
    channel="desk",
    reported=SOURCE,
    history="import/b1",
    dues=(GivenDue(clock="handling", policy="bpi2013/handling"),),
)


def custody(day: float, waiting: str | None = None) -> SourceReported:
    return SourceReported(at=days(day), fact="custody", reported=SOURCE, team="N4", line=2, waiting=waiting)


def pauses(case: Story[Case]) -> list[tuple[str, float, str]]:
    """What was paused and resumed, on which day, and whose word it was."""
    return [
        (getattr(fact, "reason", "on"), (fact.at - NOON) / timedelta(days=1), fact.by)
        for fact in case.history
        if isinstance(fact, ClockPaused | ClockResumed)
    ]


def test_waiting_there_pauses_from_its_report_to_the_next_also_while_history_loads() -> None:
    """The time in Wait is the source's: from the event that says so until the next one of the case."""
    reports = (custody(1), custody(2, "wait-user"), custody(4), custody(5, "wait"), custody(5.5))
    loading = told(WAITING, *reports).settled(days(9))
    assert pauses(loading) == [
        ("wait-user", 2, "source"), ("on", 4, "source"), ("wait", 5, "source"), ("on", 5.5, "source"),
    ]  # fmt: skip
    paused = next(fact for fact in loading.history if isinstance(fact, ClockPaused))
    assert (paused.lawful, paused.reported) == (True, SOURCE)
    assert_comes_back_from_json(loading.decider, loading.state)


def test_it_does_not_matter_when_the_reports_are_folded() -> None:
    """L14: each as it comes, or all at once."""
    reports = (
        custody(1, "wait"),
        custody(2, "wait-user"),
        custody(3, "wait-user"),
        source("closed", days(4)),
        custody(4),
    )
    one_by_one = told(WAITING)
    for report in reports:
        one_by_one = one_by_one.then(report).settled(report.at)
    at_once = told(WAITING, *reports).settled(days(9))
    assert pauses(one_by_one) == pauses(at_once)
    assert sorted(map(str, one_by_one.settled(days(9)).history)) == sorted(map(str, at_once.history))
    assert pauses(at_once) == [
        ("wait", 1, "source"),
        ("on", 2, "source"),
        ("wait-user", 2, "source"),
        ("on", 4, "source"),
    ]


def test_what_waits_last_stays_paused_and_what_was_over_before_is_not_paused() -> None:
    waits = told(WAITING, custody(1, "wait")).settled(days(9))
    assert pauses(waits) == [("wait", 1, "source")]
    over = told(WAITING, source("closed", days(1)), custody(2, "wait"), custody(3)).settled(days(9))
    assert pauses(over) == []
    known = told(*over.history, known_until=days(10)).settled(days(11))
    assert [fact.at for fact in known.history if isinstance(fact, ClockMet)] == [days(1)]


def test_a_case_that_comes_back_and_waits_at_once_is_paused_in_its_new_cycle() -> None:
    """One row of the log: waiting, and reopened by it."""
    back = (source("closed", days(1)), custody(2, "wait"), source("reopened", days(2)), custody(3))
    case = told(WAITING, *back).settled(days(9))
    paused = [fact for fact in case.history if isinstance(fact, ClockPaused | ClockResumed)]
    assert [(fact.clock, fact.at) for fact in paused] == [("bpi2013:handling", days(2)), ("bpi2013:handling", days(3))]


AGAIN = at_desk(PACK.replace('"lodged"', '"reopened"'))
"""The desk's clock begins where a case is opened again."""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([(2, "evidence")], [], [("evidence", 4)]),
        ([(2, "evidence")], [(5, None)], [("evidence", 4), ("on", 5)]),
        ([(2, "evidence")], [(5, "evidence"), (6, None)], [("evidence", 4), ("on", 6)]),
        ([(2, "evidence"), (3, None)], [], []),
        ([(2, "evidence"), (3, "lunch")], [(5, None)], []),
        ([(2, "lunch"), (3, "evidence")], [(5, None)], [("evidence", 4), ("on", 5)]),
        ([(2, "evidence"), (3, None)], [(5, "evidence")], [("evidence", 5)]),
        ([], [(5, "evidence"), (6, "lunch")], [("evidence", 5), ("on", 6)]),
    ],
)
def test_a_clock_begins_paused_where_its_source_waits_already(
    before: list[tuple[int, str | None]], after: list[tuple[int, str | None]], expected: list[tuple[str, int]]
) -> None:
    """L14: what was last said before it began counts, whether anybody looked in between or not."""
    facts = [closed(days(1)), *(custody(*one) for one in before), reopened(days(4)), *(custody(*one) for one in after)]
    at_once = told(LODGED, *facts, books=AGAIN).settled(days(7))
    one_by_one = told(LODGED, books=AGAIN)
    for fact in facts:
        one_by_one = one_by_one.settled(fact.at).then(fact)
    for case in (at_once, one_by_one.settled(days(7))):
        assert [(reason, day) for reason, day, _ in pauses(case)] == expected


def test_clocks_whose_policy_does_not_know_the_reason_run_on() -> None:
    live = told(
        ComplaintLodged(at=NOON, channel="weibo"),
        SourceReported(at=minutes(1), fact="custody", reported=SOURCE, waiting="wait-user"),
    ).settled(minutes(2))
    assert pauses(live) == []
    assert "clock-breached first-reply" in names(live.settled(days(1)).history)
    unknown = told(WAITING, custody(1, "lunch"), custody(2)).settled(days(9))
    assert pauses(unknown) == []
    assert [fact.waiting for fact in unknown.history if isinstance(fact, CustodyReported)] == ["lunch", None]


def test_a_clock_that_waits_with_no_time_left_is_breached_and_does_not_wait_for_its_end_to_be() -> None:
    """L14: from its due time on, not once it is told that it is over; that would be as late as somebody looks."""
    begun = told(LODGED, contact(NOON), books=at_desk()).settled(NOON)
    (due,) = (fact.due for fact in begun.history if isinstance(fact, ClockStarted) and fact.clock == "desk:answer")
    assert due is not None
    waits = SourceReported(at=due, fact="custody", reported=SOURCE, waiting="evidence")
    waiting = begun.then(waits).settled(due + timedelta(seconds=1))
    assert [fact.at for fact in waiting.history if isinstance(fact, ClockPaused)] == [due]
    assert [fact.at for fact in waiting.history if isinstance(fact, ClockBreached) and fact.clock == "desk:answer"] == [
        due
    ]


def test_what_a_source_tells_out_of_order_pauses_the_same_whether_anybody_looked_while_it_loaded() -> None:
    """L14: its second row says that the clock had ended before."""
    ends = source("closed", days(2))
    for looks in (False, True):
        loading = told(WAITING, custody(3, "wait"))
        loading = (loading.settled(days(3)) if looks else loading).then(ends)
        known = told(*loading.history, known_until=days(4)).settled(days(5))
        assert pauses(known) == [("wait", 3, "source")]
