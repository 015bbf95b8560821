"""What another system reports of closing and reopening, while old history loads and after it. Given, when, then."""

from dataclasses import replace
from typing import Any

import pytest

from accountability.decider.state import ImportBatch, Open
from events.accountability import ComplaintClosed, ComplaintReopened
from events.decider import NOTHING, Owed
from events.intake import ComplaintWithdrawn, HistoryCompleted, ImportOpened
from given import Story, only
from unit.accountability.cases import (
    ANSWER,
    BATCH,
    CONTACT,
    HEARD,
    LODGED,
    MOTIVE,
    NOON,
    OLD,
    SEALED,
    callback,
    closing,
    decision,
    did,
    later,
    promise,
    reopening,
    reported,
    told,
)

WITHDRAWN = ComplaintWithdrawn(at=NOON, reason=SEALED, by="complainant")
ANSWERED = did(told(*HEARD), decision()).then(ANSWER)
CLOSED = did(ANSWERED, callback("satisfied", later(days=2)), closing())


def test_reported_closings_and_reopenings_are_owed_in_order_while_history_loads() -> None:
    """2-domain, imported history: with their own times, before the import is complete."""
    told_at_once = told(
        OLD, reported("closed", later(days=1)), reported("reopened", later(days=2)), reported("closed", later(days=3))
    )
    facts = told_at_once.added(later(days=900))
    assert [(type(fact), fact.at) for fact in facts] == [
        (ComplaintClosed, later(days=1)),
        (ComplaintReopened, later(days=2)),
        (ComplaintClosed, later(days=3)),
    ]
    first, second, _ = facts
    assert isinstance(first, ComplaintClosed)
    assert isinstance(second, ComplaintReopened)
    assert (second.cycle, second.by) == (2, "city")
    assert (first.ground, first.by, first.evidence) == ("closed-at-source", "city", "closed at source: done")
    assert first.reported == reported("closed", NOON).reported
    assert first.next_instance


def test_a_report_of_what_already_holds_is_owed_nothing() -> None:
    assert told(OLD, reported("reopened", NOON)).owes(NOON) == NOTHING
    twice = told(OLD, reported("closed", NOON), reported("closed", later(days=1))).settled(later(days=9))
    assert len(only(twice.history, ComplaintClosed)) == 1
    assert CLOSED.then(reported("closed", later(days=9))).owes(later(days=9)) == NOTHING


def test_a_closing_by_hand_that_came_first_answers_the_report() -> None:
    here = did(ANSWERED, callback("satisfied", later(days=2))).then(reported("closed", later(days=3)))
    assert did(here, closing()).owes(later(days=9)) == NOTHING


def test_an_old_closed_case_owes_nothing_and_leans_on_nothing() -> None:
    """Historic closed cases owe no callbacks; completing the import wakes none of them."""
    old = told(OLD, reported("closed", later(days=1))).settled(later(days=1))
    complete = old.beside(**{BATCH: ImportBatch(known_until=later(days=2))})
    assert complete.owes(later(days=900)) == NOTHING
    assert old.decider.leans_on(old.state) == ()


LISTENED = told(OLD, CONTACT, MOTIVE)
SETTLED = replace(decision(), settled=True)
WITHDREW = did(did(LISTENED, decision()).then(ANSWER, WITHDRAWN), closing("withdrawn"))
UNHAPPY = callback("not-satisfied", later(days=1))


@pytest.mark.parametrize(
    ("given", "leans_on"),
    [
        (did(told(LODGED), promise(later(days=1))), ()),
        (LISTENED, ()),
        (did(LISTENED, decision()), ()),
        (did(LISTENED, SETTLED), (BATCH,)),
        (did(LISTENED, promise(later(days=1))), (BATCH,)),
        (WITHDREW, (BATCH,)),
        (did(WITHDREW, UNHAPPY), (BATCH,)),
        (did(told(OLD).then(reported("closed", NOON)).settled(NOON), UNHAPPY), (BATCH,)),
    ],
)
def test_an_old_case_leans_on_its_import_while_something_may_come_to_be_owed(
    given: Story[Any], leans_on: tuple[str, ...]
) -> None:
    """2-domain, imported history: else nobody would look when the import is complete."""
    assert given.decider.leans_on(given.state) == leans_on


def test_an_old_case_lives_on_after_the_import() -> None:
    reopened = did(told(OLD, CONTACT, MOTIVE, reported("closed", later(days=1))).settled(NOON), reopening())
    closed = did(did(reopened, decision()).then(ANSWER, WITHDRAWN), closing("withdrawn"))
    assert closed.owes(later(days=9)) == NOTHING
    complete = closed.beside(**{BATCH: ImportBatch(known_until=later(days=2))})
    assert complete.owes(later(days=9)) != NOTHING


def test_an_import_stream_says_when_it_is_complete() -> None:
    opened = told(ImportOpened(at=NOON, source="city"))
    assert opened.state == ImportBatch()
    complete = opened.then(HistoryCompleted(at=NOON, source="city", known_until=later(days=1)))
    assert complete.state == complete.then(opened.history[0]).state == ImportBatch(known_until=later(days=1))
    assert complete.owes(NOON) == Owed()


def test_a_repeated_closing_says_all_that_the_source_gave_as_its_ground() -> None:
    """R74: nobody here can know more of it."""
    report = reported("closed", later(days=1))
    for said, evidence in (
        ({"ground": "repaired", "sub_status": "checked"}, "closed at source: repaired, done, checked"),
        ({"status": None}, "closed at source"),
    ):
        (closed,) = told(OLD, report.model_copy(update=said)).added(later(days=9))
        assert isinstance(closed, ComplaintClosed)
        assert closed.evidence == evidence


def test_a_withdrawal_counts_until_the_source_opens_it_again_and_no_closing_there_makes_one() -> None:
    """R30: whether anybody looked in between or not."""
    opened, shut = reported("reopened", later(days=2)), reported("closed", later(days=3))
    for facts, counts in (
        ((WITHDRAWN, reported("closed", later(days=1)), opened), False),
        ((reported("closed", later(days=1)), opened, WITHDRAWN), True),
        ((reported("closed", later(days=1)), opened, shut, reported("reopened", later(days=4))), False),
        ((reported("closed", later(days=1)),), False),
    ):
        given = told(OLD, CONTACT, MOTIVE, *facts).settled(later(days=9))
        again = given if isinstance(given.state, Open) else did(given, reopening(later(days=9)))
        decided = did(again, decision("teamlead")).then(ANSWER)
        answer = decided.when(closing("withdrawn"))
        assert isinstance(answer, ComplaintClosed) is counts
