"""What was promised and not done climbs the ladder until it is done. Given, when, then."""

from datetime import datetime, timedelta

import pytest

from events.accountability import CallbackAttempted, CallbackMissed, PromiseBroken, PromiseKept, RedressGiven
from events.escalation import CaseEscalated
from events.fact import Fact
from given import Told
from unit.escalation.cases import LODGED, closed, days, graded, minutes, received, reopened, sent, told

DUE = days(7)
QUIET = (LODGED, sent(minutes(5)), graded(at=minutes(6)))
CLOSED = (*QUIET, closed(minutes(60)))
BROKEN = PromiseBroken(at=DUE, promise_id="p1")
MISSED = CallbackMissed(at=DUE, missed=1, next_at=DUE + timedelta(days=1), rule="authority@1")


def later(**after_due: float) -> datetime:
    return DUE + timedelta(**after_due)


def kept(at: datetime, promise_id: str = "p1") -> PromiseKept:
    return PromiseKept(at=at, promise_id=promise_id, evidence="photo", by="handler-1")


def called(at: datetime, outcome: str = "not-reached", promise_id: str | None = None) -> CallbackAttempted:
    told = {"at": at, "outcome": outcome, "promise_id": promise_id, "by": "handler-1"}
    return CallbackAttempted.model_validate(told)


def levels(*facts: Fact | Told, until: datetime) -> list[tuple[int, str, datetime]]:
    fired = [fact for fact in told(*facts).added(until) if isinstance(fact, CaseEscalated)]
    return [(fact.level, fact.clock, fact.at) for fact in fired]


WHOLE_LADDER = (timedelta(0), timedelta(minutes=60), timedelta(minutes=300), timedelta(minutes=1740))


@pytest.mark.parametrize(("missed", "name"), [(BROKEN, "promise:p1"), (MISSED, "callback")])
def test_what_was_not_done_gives_each_post_its_duty_until_it_is_done(missed: Fact, name: str) -> None:
    """2-domain: escalation reacts to what was missed (R96); nobody else would notice on a closed case."""
    assert levels(*CLOSED, missed, until=days(60)) == [
        (number, name, DUE + wait) for number, wait in enumerate(WHOLE_LADDER, 1)
    ]
    assert levels(*CLOSED, until=days(60)) == []


@pytest.mark.parametrize(
    ("missed", "done"),
    [
        (BROKEN, kept(later(minutes=30))),
        (BROKEN, RedressGiven(at=later(minutes=30), offer_id="p1", evidence="transfer 7", by="handler-1")),
        (BROKEN, called(later(minutes=30), "satisfied", "p1")),
        (BROKEN, called(later(minutes=30), "not-satisfied", "p1")),
        (MISSED, called(later(minutes=30))),
        (MISSED, called(later(minutes=30), "satisfied")),
        (MISSED, reopened(later(minutes=30))),
    ],
)
def test_the_ladder_ends_where_it_is_done(missed: Fact, done: Fact) -> None:
    assert [level for level, _, _ in levels(*CLOSED, missed, done, until=later(hours=30))] == [1]


@pytest.mark.parametrize(
    ("missed", "other"),
    [
        (BROKEN, kept(later(minutes=30), "p2")),
        (BROKEN, called(later(minutes=30), "not-reached", "p1")),
        (BROKEN, called(later(minutes=30), "satisfied")),
        (MISSED, called(later(minutes=30), "satisfied", "p1")),
    ],
)
def test_it_does_not_end_where_something_else_is_done(missed: Fact, other: Fact) -> None:
    assert [level for level, _, _ in levels(*CLOSED, missed, other, until=days(60))] == [1, 2, 3, 4]


def test_each_level_fires_once_however_often_something_is_missed() -> None:
    """R23: the ladder is the case's; what is missed next goes on where it stood."""
    again = CallbackMissed(at=later(days=1), missed=2, rule="authority@1")
    assert [level for level, _, _ in levels(*CLOSED, MISSED, BROKEN, again, until=days(60))] == [1, 2, 3, 4]
    second = (MISSED, called(later(minutes=30)), again.model_copy(update={"at": later(days=2)}))
    assert levels(*CLOSED, *second, until=later(days=2, minutes=30)) == [
        (1, "callback", DUE), (2, "callback", later(days=2)),
    ]  # fmt: skip


def test_a_promise_stays_owed_where_the_case_is_reopened_and_climbs_the_ladder_of_the_new_cycle() -> None:
    fired = levels(*CLOSED, BROKEN, reopened(later(minutes=30)), until=later(minutes=40))
    assert fired == [(1, "promise:p1", DUE), (1, "promise:p1", later(minutes=30))]


def test_what_was_done_before_anybody_said_that_it_was_late_climbs_nothing() -> None:
    """L14: nobody knew of it, and nobody waits for it any more."""
    for missed, done in ((BROKEN, kept(later(hours=1))), (MISSED, called(later(hours=1)))):
        assert levels(*CLOSED, done, Told(missed, later(hours=2)), until=days(60)) == []


def test_nobody_is_late_before_it_was_known() -> None:
    """L14, L24: accountability stood still, and told it an hour after it was due."""
    ((level, _, at), *_) = levels(*CLOSED, Told(BROKEN, later(hours=1)), until=days(60))
    assert (level, at) == (1, later(hours=1))


def test_it_does_not_matter_whether_anybody_looked_before_it_was_done() -> None:
    """L14."""
    done = kept(later(hours=2))
    late = told(*CLOSED, BROKEN, done).settled(days(60))
    early = told(*CLOSED, BROKEN).settled(later(minutes=10)).then(done).settled(days(60))
    assert early.history[len(CLOSED) :].count(done) == 1
    fired = [[one for one in case.history if isinstance(one, CaseEscalated)] for case in (early, late)]
    assert fired[0] == fired[1]
    assert [one.level for one in fired[0]] == [1, 2]


def test_what_is_missed_once_it_is_closed_begins_at_the_first_level_however_high_the_case_had_climbed() -> None:
    """R96: a crisis had gone to the top, and nobody would ever have had the duty to keep what was promised."""
    crisis = (LODGED, sent(minutes(5)), graded("crisis", minutes(6)), closed(minutes(60)))
    for missed in (BROKEN, MISSED, received(DUE, "m9")):
        fired = levels(*crisis, missed, until=days(60))
        assert [level for level, _, _ in fired] == [4, 1, 2, 3, 4]
    before = BROKEN.model_copy(update={"at": minutes(50)})
    assert [level for level, _, _ in levels(*crisis[:-1], before, crisis[-1], until=days(60))] == [4]


def test_a_ladder_that_climbs_goes_on_over_the_closing() -> None:
    """What was missed before is not missed anew."""
    early = (*QUIET, BROKEN.model_copy(update={"at": minutes(50)}), closed(minutes(60)))
    assert [level for level, _, _ in levels(*early, until=days(60))] == [1, 2, 3, 4]
