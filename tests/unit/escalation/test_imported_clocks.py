"""Due times that publishers give, and the clocks of old history. Given, when, then."""

from datetime import datetime, timedelta

import pytest

from escalation.decider import DECIDER
from escalation.decider.state import Case, ImportBatch
from events.decider import NOTHING, Owed
from events.escalation import (
    CaseEscalated,
    ClockStarted,
    ClockWarned,
    CustodyReported,
)
from events.fact import Fact, GivenDue
from events.intake import (
    HistoryCompleted,
    ImportOpened,
)
from given import Told, only, story
from unit.escalation.cases import (
    BOOKS,
    LODGED,
    NOON,
    SOURCE,
    closed,
    contact,
    days,
    graded,
    names,
    old,
    received,
    reopened,
    screened,
    sent,
    source,
    told,
)


def test_a_given_due_time_is_kept_and_replaces_the_policy_of_that_name() -> None:
    dues = (
        GivenDue(clock="resolution", due=days(3)),
        GivenDue(clock="first-reply", due=days(1)),
        GivenDue(clock="resolution", due=days(9)),
    )
    lodged = LODGED.model_copy(update={"dues": dues})
    started = only(told(lodged, graded()).added(NOON), ClockStarted)
    assert [(fact.clock, fact.due, fact.policy) for fact in started if isinstance(fact, ClockStarted)] == [
        ("resolution", days(3), "given"),
        ("first-reply", days(1), "given"),
    ]
    assert started[0] == ClockStarted(
        at=NOON, clock="resolution", due=days(3), warn_at=NOON + timedelta(days=3) * 0.8, policy="given"
    )


def test_a_due_time_before_the_lodging_is_kept_and_not_warned_of() -> None:
    """The real records have such ones."""
    added = told(LODGED.model_copy(update={"dues": (GivenDue(clock="resolution", due=days(-1)),)})).added(NOON)
    (started, *_) = only(added, ClockStarted)
    assert isinstance(started, ClockStarted)
    assert (started.due, started.warn_at) == (days(-1), None)


@pytest.mark.parametrize(
    ("clock", "end", "verdict"),
    [
        ("first-reply", sent(days(0.5)), "met"),
        ("reply:m1", sent(days(0.5)), "met"),
        ("first-reply", contact(days(0.5)), "met"),
        ("first-reply", sent(days(0.5), "acknowledgement"), "met"),
        ("first-reply", sent(days(0.5), "decision"), "met"),
        ("first-reply", sent(days(0.5), "progress"), "breached"),
        ("first-reply", closed(days(0.5)), "stopped"),
        ("first-reply", closed(days(0.5), "withdrawn"), "stopped"),
        ("first-reply", screened(days(0.5)), "stopped"),
        ("resolution", sent(days(0.5)), "breached"),
        ("resolution", closed(days(0.5)), "met"),
        ("resolution", closed(days(0.5), "withdrawn"), "met"),
        ("resolution", closed(days(1)), "met"),
        ("resolution", screened(days(0.5)), "stopped"),
    ],
)
def test_a_given_clock_that_is_called_like_a_reply_is_met_by_one_and_all_others_by_closing(
    clock: str, end: Fact, verdict: str
) -> None:
    """Closing unanswered does not answer whoever waits for a reply."""
    given = told(LODGED.model_copy(update={"dues": (GivenDue(clock=clock, due=days(1)),)}), graded()).settled(NOON)
    added = given.then(end).added(days(1) + timedelta(seconds=1))
    verdicts = [f"clock-{one} {clock}" for one in ("met", "stopped", "breached")]
    assert [name for name in names(added) if name in verdicts] == [f"clock-{verdict} {clock}"]


def test_a_case_leans_on_what_its_clocks_follow_until_they_are_breached() -> None:
    """Another version may move them; nothing moves what a publisher stated, or what was missed."""
    company = ("rulebook/pack/company-default", "rulebook/calendar/always")
    given = told(LODGED.model_copy(update={"dues": (GivenDue(clock="limit", due=days(1)),)})).settled(NOON)
    assert DECIDER.leans_on(given.state) == company
    late = given.settled(days(2))
    assert DECIDER.leans_on(late.state) == ()


def test_a_given_clock_is_warned_of_once_in_the_last_part_of_its_time() -> None:
    given = told(LODGED.model_copy(update={"dues": (GivenDue(clock="resolution", due=days(10)),)})).settled(NOON)
    warned = [fact for fact in only(given.added(days(9)), ClockWarned) if getattr(fact, "clock", "") == "resolution"]
    assert warned == [ClockWarned(at=days(8), clock="resolution", percent=80)]


def test_while_history_loads_given_clocks_start_and_nothing_is_judged() -> None:
    """2-domain, imported history."""
    loading = told(old(days(1)), source("closed", days(2)))
    assert loading.decider.leans_on(loading.state) == ("import/b1",)
    settled = loading.settled(days(900))
    assert settled.history[2:] == (
        ClockStarted(at=NOON, clock="resolution", due=days(1), warn_at=None, policy="given", reported=SOURCE),
    )
    assert settled.owes(days(901)) == NOTHING
    assert story(DECIDER, None, *settled.history, books=BOOKS).owes(days(901)) == NOTHING


@pytest.mark.parametrize(
    ("closed_at", "verdicts"),
    [
        (days(1), ["clock-met resolution"]),
        (days(2), ["clock-breached resolution", "clock-met resolution"]),
        (None, ["clock-breached resolution"]),
    ],
)
def test_old_history_is_judged_once_it_is_complete(closed_at: datetime | None, verdicts: list[str]) -> None:
    """2-domain: closed at the due time is in time; open after it is breached at it."""
    facts = (old(days(1)),) if closed_at is None else (old(days(1)), source("closed", closed_at))
    loaded = told(*facts).settled(days(10)).history
    added = told(*loaded, known_until=days(10)).added(days(10) + timedelta(microseconds=1))
    assert names(added) == verdicts


@pytest.mark.parametrize("looked", [False, True])
def test_history_counts_at_its_own_times_however_long_after_it_is_told(*, looked: bool) -> None:
    """2-domain: until it was said to be complete nobody judged it. What is told after that is told late (L14)."""
    loading = told(Told(old(days(1)), days(500)), Told(source("closed", days(1)), days(500)))
    loading = loading.settled(days(500)) if looked else loading
    loaded = loading.beside(**{"import/b1": ImportBatch(days(10), days(501))})
    assert names(loaded.settled(days(502)).history) == ["clock-started resolution", "clock-met resolution"]
    unanswered = told(Told(old(days(1)), days(500))).beside(**{"import/b1": ImportBatch(days(10), days(501))})
    unanswered = unanswered.settled(days(502)) if looked else unanswered
    later = unanswered.then(Told(source("closed", days(1)), days(503))).settled(days(504))
    assert names(later.history)[-2:] == ["clock-breached resolution", "clock-met resolution"]


def test_closed_history_owes_nothing_after_its_verdicts() -> None:
    done = told(old(days(1)), source("closed", days(2)), known_until=days(10)).settled(days(20))
    assert done.owes(days(21)) == NOTHING
    assert done.decider.leans_on(done.state) == ()
    assert not [fact for fact in done.history if isinstance(fact, CaseEscalated)]


def test_open_history_escalates_from_the_moment_until_which_it_is_known() -> None:
    added = told(old(days(1)), known_until=days(10)).added(days(30))
    levels = [(fact.level, fact.at) for fact in added if isinstance(fact, CaseEscalated)]
    first = days(10)
    hours = [0, 1, 5, 29]
    assert levels == [(i + 1, first + timedelta(hours=after)) for i, after in enumerate(hours)]


def test_open_history_lives_on_with_its_given_clock_and_no_policy_of_ours() -> None:
    lives = told(old(days(90)), graded(), received(days(11)), known_until=days(10)).settled(days(20))
    assert names(lives.history) == ["clock-started resolution"]
    assert lives.owes(days(20)) == Owed(wake_at=days(90) + timedelta(microseconds=1))


def test_what_accountability_repeats_from_a_source_is_not_heard_twice() -> None:
    facts = (old(days(1)), source("closed", days(1)), source("reopened", days(2)), closed(days(1), reported=SOURCE))
    state = told(*facts).state
    assert isinstance(state, Case)
    assert not state.rest.closed


def test_what_is_repeated_counts_where_it_changed_nothing_when_the_source_told_it() -> None:
    """L14: accountability had still to close what was settled in one call, or to open again what did not satisfy."""
    there = told(LODGED, source("reopened", days(2)), closed(days(1)))
    here = told(LODGED, closed(days(1)), source("closed", days(3)), reopened(days(2)))
    for before, repeated, is_closed in (
        (there, reopened(days(2)).model_copy(update={"reported": SOURCE}), False),
        (here, closed(days(3), reported=SOURCE), True),
    ):
        assert before.state.rest.closed is not is_closed
        assert before.then(repeated).state.rest.closed is is_closed


def test_what_ends_a_case_ends_its_clocks_also_where_a_source_dates_it_before_their_start() -> None:
    """L24: nobody is reminded of, or late with, what was closed there already."""
    running = told(LODGED, graded(at=days(2))).settled(days(2.1))
    assert "clock-started resolution" in names(running.history)
    there = Told(closed(days(1), reported=SOURCE), days(3))
    verdicts = [name for name in names(running.then(there).added(days(90))) if name.endswith(" resolution")]
    assert verdicts == ["clock-met resolution"]


def test_custody_is_repeated_in_order_also_while_history_loads() -> None:
    with_them = {"owner": "jane", "waiting": "wait-user"}
    there = source("custody", days(2)).model_copy(update=with_them)
    added = told(old(None), source("custody", days(1)), there, source("classified", days(3))).added(days(3))
    first = CustodyReported(at=days(1), team="N4", owner=None, line=2, reported=SOURCE)
    assert added == (first, first.model_copy(update={"at": days(2), **with_them}))


def test_closed_history_without_clocks_is_at_rest_and_is_heard_of_again() -> None:
    done = told(old(None), source("closed", days(1)))
    assert done.owes(days(21)) == NOTHING
    assert (
        done.then(source("reopened", days(2)), source("reopened", days(3))).state
        == told(old(None), source("closed", days(1)), source("reopened", days(2))).state
    )


def test_an_import_stream_remembers_until_when_it_is_known() -> None:
    opened = ImportOpened(at=NOON, source="boston311")
    done = HistoryCompleted(at=days(1), source="boston311", known_until=days(10))
    assert told(opened).state == ImportBatch(None)
    assert told(opened, done).state == told(done).state == ImportBatch(days(10))
    assert told(done, LODGED).state == ImportBatch(days(10))
    again = done.model_copy(update={"known_until": days(20)})
    assert told(Told(done, days(30)), Told(again, days(40))).state == ImportBatch(days(20), days(30))
    assert told(opened).owes(NOON) == told(received(NOON)).owes(NOON) == NOTHING
    assert DECIDER.leans_on(told(opened).state) == DECIDER.leans_on(told(LODGED).state) == ()
