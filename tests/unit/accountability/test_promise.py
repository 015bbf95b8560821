"""The promise ledger and callbacks."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accountability.decider import DECIDER
from accountability.decider.state import ImportBatch
from accountability.rules import BranchZone, Quiet, Rules
from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackOutcome,
    CallbackScheduled,
    PromiseBroken,
    PromiseKept,
)
from events.decider import NOTHING, Owed
from given import only, story
from unit.accountability.cases import (
    ANSWER,
    BATCH,
    CONTACT,
    HEARD,
    LODGED,
    MOTIVE,
    NOON,
    OLD,
    RULES,
    callback,
    closing,
    decision,
    did,
    keeping,
    later,
    promise,
    refused,
    reopening,
    told,
)

PROMISED = did(told(*HEARD), promise(later(days=1)))
ANSWERED = did(told(*HEARD), decision())
LONDON = BranchZone(names=("london-*",), zone="Europe/London")


def replace_quiet(quiet: Quiet) -> Rules:
    callbacks = RULES.callbacks.model_copy(update={"quiet": quiet})
    return RULES.model_copy(update={"callbacks": callbacks})


def test_a_promise_is_due_later_than_now() -> None:
    assert refused(told(*HEARD), promise(NOON)) == "due-not-in-future"


def test_a_promise_not_kept_is_broken_at_its_due_time() -> None:
    """L14: however late anybody looks."""
    assert PROMISED.added(later(days=30)) == (PromiseBroken(at=later(days=1), promise_id="p1"),)


def test_nothing_is_owed_while_a_promise_may_still_be_kept() -> None:
    waiting = PROMISED.owes(later(days=1))
    assert waiting.fact is None
    assert waiting.wake_at is not None
    assert later(days=1) < waiting.wake_at < later(days=1, minutes=1)


def test_a_promise_kept_in_time_is_done_with() -> None:
    kept = did(PROMISED, keeping(later(days=1)))
    assert kept.owes(later(days=30)) == NOTHING
    assert refused(kept, keeping(later(days=2))) == "promise-not-waiting"


def test_a_late_proof_comes_after_the_breach() -> None:
    """L14: downtime hides no breach, and a breach hides no proof."""
    late = did(PROMISED, keeping(later(days=2)))
    assert late.added(later(days=30)) == (PromiseBroken(at=later(days=1), promise_id="p1"),)
    for given in (late, late.settled(later(days=2))):
        assert refused(given, keeping(later(days=3))) == "promise-not-waiting"
    assert late.settled(later(days=2)).owes(later(days=30)) == NOTHING
    broken = PROMISED.settled(later(days=2))
    kept = did(broken, keeping(later(days=2)))
    assert kept.owes(later(days=30)) == NOTHING
    assert refused(kept, keeping(later(days=3))) == "promise-not-waiting"


def test_several_promises_break_in_the_order_of_their_times() -> None:
    both = did(told(*HEARD), promise(later(days=2), "p2"), promise(later(days=1), "p1"))
    assert [fact.at for fact in both.added(later(days=9))] == [later(days=1), later(days=2)]


def test_keeping_one_promise_keeps_no_other() -> None:
    both = did(told(*HEARD), promise(later(days=2), "p2"), promise(later(days=1), "p1"))
    for kept, broken in (("p1", [("p2", 2)]), ("p2", [("p1", 1)])):
        added = only(did(both, keeping(later(minutes=5), kept)).added(later(days=9)), PromiseBroken)
        assert added == [PromiseBroken(at=later(days=day), promise_id=name) for name, day in broken]
    late = did(both.settled(later(days=1, minutes=5)), keeping(later(days=3), "p1"))
    assert late.added(later(days=9)) == (PromiseBroken(at=later(days=2), promise_id="p2"),)


def test_a_promise_outlives_the_closing() -> None:
    """R96: a thanks cancels nothing."""
    closed = did(PROMISED, replace(decision(), settled=True)).settled(NOON)
    assert only(closed.added(later(days=9)), PromiseBroken)
    assert isinstance(closed.when(keeping(later(minutes=5))), PromiseKept)


def test_reaching_the_complainant_keeps_the_promised_callback() -> None:
    start = did(told(*HEARD), promise(later(days=1), kind="callback"))
    missed = did(start, callback("not-reached", later(minutes=5), "p1"))
    assert only(missed.added(later(days=2)), PromiseBroken)
    reached = did(missed, callback("not-satisfied", later(minutes=9), "p1"))
    assert not only(reached.added(later(days=2)), PromiseBroken)
    closed = did(CLOSED, promise(later(days=1), kind="callback"), callback("not-satisfied", later(minutes=9), "p1"))
    assert not only(closed.added(later(days=2)), PromiseBroken)


def test_a_callback_names_a_promised_callback_or_none() -> None:
    assert refused(told(*HEARD), callback("satisfied", NOON, "p9")) == "promise-not-waiting"
    assert refused(PROMISED, callback("satisfied", NOON, "p1")) == "promise-not-waiting"
    assert isinstance(PROMISED.when(callback("satisfied", NOON)), CallbackAttempted)


def test_an_unreached_complainant_gets_a_next_try_while_tries_are_left() -> None:
    """R96: outcome and next try, open or closed; one that follows too soon on another uses none up."""
    for start in (ANSWERED, CLOSED):
        story = start
        for day, next_at in ((0, 1), (0, 1), (0.02, 1.02), (1, 2), (2, None)):
            attempt = story.when(callback("not-reached", later(days=day)))
            assert isinstance(attempt, CallbackAttempted)
            assert attempt.next_at == (None if next_at is None else later(days=next_at))
            story = story.then(attempt)
    reached = ANSWERED.when(replace(callback("satisfied", NOON), attitude="leaving"))
    assert reached == CallbackAttempted(at=NOON, outcome="satisfied", attitude="leaving", by="handler")


def test_whoever_calls_may_name_the_next_try_which_is_then_the_one_to_keep() -> None:
    """R96: as agreed with whoever answered; what comes due is that one, not the one of the rules."""
    assert refused(ANSWERED, callback("not-reached", NOON, next_at=NOON)) == "next-not-in-future"
    agreed = later(days=5, minutes=180)  # at night, as they wanted it
    tried = did(CLOSED, callback("not-reached", later(days=1), next_at=agreed))
    assert [fact.at for fact in only(tried.added(agreed + timedelta(minutes=1)), CallbackMissed)] == [agreed]


def test_closing_owes_a_callback_at_the_interval_of_its_ground() -> None:
    """R96."""
    closed = did(told(*HEARD), replace(decision(), settled=True)).settled(later(days=30))
    (scheduled,) = only(closed.history, CallbackScheduled)
    assert scheduled == CallbackScheduled(at=NOON, due=later(days=3), reason="closed as accepted", rule="authority@1")


def calling_back(days: int | None, since: datetime) -> Rules:
    """The second version of the rules: when the callback is due after the closing of what was accepted, if at all."""
    listed = {"accepted": days} if days is not None else {}
    callbacks = RULES.callbacks.model_copy(update={"days_after_closing": listed})
    return RULES.model_copy(update={"callbacks": callbacks, "version": 2, "since": since})


def test_a_closing_that_the_table_asks_no_callback_for_waits_for_another_table() -> None:
    """L15: and for nothing once that one has made the callback owed, counted from when on anybody could know of it."""
    none, listed = calling_back(None, NOON), calling_back(3, later(days=7))
    settled = did(story(DECIDER, none, *HEARD), replace(decision(), settled=True)).settled(NOON)
    assert settled.owes(later(days=1)) == Owed(waits_for=("rulebook/limits/authority",))
    (scheduled,) = settled.ruled(listed).added(later(days=8))
    assert scheduled == CallbackScheduled(
        at=later(days=7), due=later(days=10), reason="closed as accepted", rule="authority@2"
    )
    assert settled.then(scheduled).owes(later(days=8)).waits_for == ()
    assert told(*HEARD).owes(later(days=8)) == NOTHING


def test_a_callback_that_confirmed_it_already_is_not_owed_again() -> None:
    """R96: until confirmed."""
    confirmed = did(ANSWERED.then(ANSWER), callback("satisfied", later(days=2)))
    closed = did(confirmed, closing(now=later(days=2)))
    assert closed.owes(later(days=9)) == NOTHING


CLOSED = did(told(*HEARD), replace(decision(), settled=True)).settled(NOON)
"""On Monday at noon; its callback is due on Thursday."""


def test_a_callback_that_nobody_tried_is_missed_at_its_time_and_tried_again() -> None:
    """R96: so often as the rules say, then it stays overdue. L14: however late anybody looks."""
    waiting = CLOSED.owes(later(days=3))
    assert waiting.fact is None
    assert waiting.wake_at is not None
    assert later(days=3) < waiting.wake_at < later(days=3, minutes=1)
    missed = only(CLOSED.added(later(days=30)), CallbackMissed)
    assert missed == [
        CallbackMissed(at=later(days=3), missed=1, next_at=later(days=4), rule="authority@1"),
        CallbackMissed(at=later(days=4), missed=2, next_at=later(days=5), rule="authority@1"),
        CallbackMissed(at=later(days=5), missed=3, rule="authority@1"),
    ]


@pytest.mark.parametrize(
    ("tries", "misses"),
    [
        ([("satisfied", 3)], []),
        ([("satisfied", 3.5)], [3]),
        ([("satisfied", 4)], [3]),
        ([("satisfied", 4.5)], [3, 4]),
        ([("not-reached", 3.5), ("satisfied", 4.5)], [3]),
        ([("not-reached", 4.5)], [3, 4, 5.5, 6.5, 7.5]),
        ([("not-reached", 2), ("satisfied", 3)], []),
        ([("not-reached", 2), ("satisfied", 3.5)], [3]),
        ([("not-reached", 2), ("not-reached", 3), ("not-reached", 4)], []),
        ([("not-satisfied", 3.5)], [3]),
    ],
)
def test_a_try_in_time_is_no_miss_and_a_late_one_hides_none(
    tries: list[tuple[CallbackOutcome, float]], misses: list[float]
) -> None:
    """R96, L14: the misses before a try are written after it all the same, with their own times."""
    given = CLOSED
    for outcome, days in tries:
        given = did(given, callback(outcome, later(days=days)))
    assert [fact.at for fact in only(given.added(later(days=30)), CallbackMissed)] == [
        later(days=day) for day in misses
    ]


def test_whoever_is_satisfied_is_owed_no_other_call() -> None:
    """R96: also where a next one was named."""
    told_so = did(CLOSED, callback("satisfied", later(days=1), next_at=later(days=5)))
    assert told_so.owes(later(days=30)) == NOTHING


@pytest.mark.parametrize(("due", "told_at"), [(2.5, [2.5, 3, 4, 5]), (3.5, [3, 3.5, 4, 5]), (9, [3, 4, 5, 9])])
def test_what_was_promised_and_what_closing_owes_is_told_in_the_order_of_time(due: float, told_at: list[float]) -> None:
    given = did(CLOSED, promise(later(days=due)))
    assert [fact.at for fact in given.added(later(days=30))] == [later(days=day) for day in told_at]


def test_a_call_that_reached_nobody_opens_nothing_again_and_ends_with_the_tries() -> None:
    """R96: only who says that it is not solved has it opened again."""
    given = CLOSED
    for day, next_at in ((1, later(days=2)), (2, later(days=3)), (3, None)):
        attempt = given.when(callback("not-reached", later(days=day)))
        assert isinstance(attempt, CallbackAttempted)
        assert attempt.next_at == next_at
        given = given.then(attempt)
    assert given.added(later(days=30)) == ()


def test_a_call_that_was_missed_in_the_first_cycle_is_told_in_the_second() -> None:
    """L14: also where that one was closed, and owes a call of its own, before anybody looked."""
    again = did(CLOSED, reopening(later(days=3.5)), decision("teamlead")).then(ANSWER)
    missed = only(
        did(again, callback("satisfied", later(days=4)), closing(now=later(days=4))).added(later(days=5)),
        CallbackMissed,
    )
    assert [fact.at for fact in missed] == [later(days=3)]


def test_opened_again_no_callback_is_missed_any_more() -> None:
    early, late = did(CLOSED, reopening(later(days=1))), did(CLOSED, reopening(later(days=3.5)))
    assert not only(early.added(later(days=30)), CallbackMissed)
    assert [fact.at for fact in only(late.added(later(days=30)), CallbackMissed)] == [later(days=3)]


def test_a_miss_is_no_attempt() -> None:
    """R74: closing because nobody was reached needs somebody who tried."""
    given = did(CLOSED.settled(later(days=30)), reopening(later(days=30)), decision("teamlead")).then(ANSWER)
    assert refused(given, closing("callbacks-spent", now=later(days=31))) == "attempts-left"


def test_a_try_for_a_promised_callback_is_none_of_closing_s() -> None:
    given = did(CLOSED, promise(later(days=9), kind="callback"), callback("satisfied", later(days=2), "p1"))
    assert [fact.at for fact in only(given.added(later(days=3, minutes=5)), CallbackMissed)] == [later(days=3)]


def test_nobody_is_called_back_at_night_where_they_live() -> None:
    """R96: 23:00 in Shanghai is night there, and early evening at a branch of ours in London."""
    quiet = Quiet(begins="21:00", ends="08:00", zone="Asia/Shanghai", branch=(LONDON,))
    rules = replace_quiet(quiet)
    evening, day_after = later(minutes=180), later(days=3, minutes=180)
    for branch, due in (("harbour", later(days=3, minutes=12 * 60)), ("london-west", day_after)):
        lodged = LODGED.model_copy(update={"branch": branch})
        settled = replace(decision(), settled=True, now=evening)
        closed = did(story(DECIDER, rules, lodged, CONTACT, MOTIVE), settled).settled(evening)
        (scheduled,) = only(closed.history, CallbackScheduled)
        assert isinstance(scheduled, CallbackScheduled)
        assert scheduled.due == due
        attempt = closed.when(callback("not-reached", evening))
        assert isinstance(attempt, CallbackAttempted)
        assert attempt.next_at == due - timedelta(days=2)


def test_promises_of_old_cases_wait_until_the_history_is_complete() -> None:
    """2-domain, imported history: while a stream loads, nothing that time would cause is owed."""
    old = did(told(OLD), promise(later(days=1)))
    assert old.decider.leans_on(old.state) == (BATCH,)
    assert old.owes(later(days=2)) == NOTHING
    assert old.beside(**{BATCH: ImportBatch()}).owes(later(days=2)) == NOTHING
    complete = old.beside(**{BATCH: ImportBatch(known_until=later(days=1))})
    assert complete.owes(later(days=2)) == Owed(PromiseBroken(at=later(days=1), promise_id="p1"))
