"""What the complainant has accepted is given in time, or somebody answers for it. Given, when, then."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from accountability.decider import DECIDER
from events.accountability import PromiseBroken, RedressDue
from events.intake import MessageRequested, MessageSent
from given import Story, only
from unit.accountability.cases import (
    BATCH,
    HEARD,
    NOON,
    OLD,
    RULES,
    SEALED,
    callback,
    closing,
    decision,
    did,
    keeping,
    later,
    offer,
    redress,
    refused,
    told,
)
from unit.accountability.test_withdrawn_offers import STANDS, taking_back

DAYS = 14
DUE = RedressDue(at=NOON, offer_id="o1", due=later(days=DAYS), owner="handler", rule=RULES.ref)
BROKEN = PromiseBroken(at=later(days=DAYS), promise_id="o1")
TAKEN = did(STANDS, replace(decision(), settled=True))


def given(when: datetime) -> Any:  # noqa: ANN401
    return replace(redress(), now=when)


def said(told: Story[Any]) -> list[object]:
    """What was said of it, in order, once somebody has looked long after."""
    late = told.settled(later(days=99))
    return [one for one in late.history if isinstance(one, RedressDue | PromiseBroken)]


@pytest.mark.parametrize("accepted", [TAKEN, did(STANDS, callback("satisfied", NOON))], ids=["settled", "callback"])
def test_an_accepted_offer_is_a_promise_of_whoever_made_it(accepted: Story[Any]) -> None:
    """R74, R96: with a time, as the limits say; nobody has to remember it."""
    assert only(accepted.settled(NOON).history, RedressDue) == [DUE]
    assert said(accepted) == [DUE, BROKEN]


def test_nobody_is_late_by_a_limit_that_was_not_known_when_they_accepted() -> None:
    """L14: it counts from when the table was known."""
    known = TAKEN.ruled(RULES.model_copy(update={"since": later(days=5)}))
    due = DUE.model_copy(update={"at": later(days=5), "due": later(days=5 + DAYS)})
    assert said(known) == [due, BROKEN.model_copy(update={"at": due.due})]


def test_of_a_case_of_old_history_it_waits_until_that_is_known() -> None:
    """2-domain, imported history: nothing that a limit of ours would cause."""
    loading = did(told(OLD, *HEARD[1:]), offer(amount_minor=40_000), callback("satisfied", NOON))
    assert DECIDER.leans_on(loading.state) == (BATCH,)
    assert only(loading.settled(later(days=99)).history, RedressDue) == []


def test_what_nobody_has_accepted_is_no_promise() -> None:
    waits = did(told(*HEARD), offer(amount_minor=60_000))
    for start in (STANDS, did(STANDS, callback("not-satisfied", NOON)), did(waits, callback("satisfied", NOON))):
        assert said(start) == []


@pytest.mark.parametrize(
    ("day", "breaks"), [(1, False), (DAYS, False), (DAYS + 1, True)], ids=["early", "at the last moment", "late"]
)
def test_it_is_kept_by_giving_it(day: int, breaks: bool) -> None:
    """L14: in time or late, whether anybody looked in between or not."""
    then = later(days=day)
    looked = did(TAKEN.settled(NOON).settled(then), given(then))
    assert said(looked) == [DUE, *[BROKEN] * breaks]
    assert said(did(TAKEN, given(then))) == said(looked)


def test_it_is_kept_by_nothing_else() -> None:
    """Money is not given by a remark that it was; nor is it by a call."""
    due = TAKEN.settled(NOON)
    assert refused(due, keeping(NOON, "o1")) == "promise-not-waiting"
    assert refused(due, callback("satisfied", NOON, "o1")) == "promise-not-waiting"


def test_who_was_told_of_an_offer_is_told_that_it_stands_no_longer() -> None:
    """R73: the answer that named it is the answer no more, nor is one that was on its way; the case is not closed
    before another has arrived.
    """
    asked = MessageRequested(at=NOON, message_id="m1", kind="decision", channel="sms", text=SEALED, by="handler")
    arrived = MessageSent(at=NOON, message_id="m1", kind="decision", channel="sms", report="r1")
    decided = did(STANDS, decision())
    answered = decided.then(asked, arrived)
    assert refused(answered, closing()) == "acceptance-missing"
    gone = did(answered, taking_back())
    assert refused(gone, closing()) == "answer-missing"
    assert refused(did(decided.then(asked), taking_back()).then(arrived), closing()) == "answer-missing"
    anew = gone.then(asked.model_copy(update={"message_id": "m2"}), arrived.model_copy(update={"message_id": "m2"}))
    assert refused(anew, closing()) == "acceptance-missing"


def test_an_offer_that_nobody_was_told_of_is_taken_back_in_silence() -> None:
    """It waited for an approval: the answer stands."""
    asked = MessageRequested(at=NOON, message_id="m1", kind="decision", channel="sms", text=SEALED, by="handler")
    arrived = MessageSent(at=NOON, message_id="m1", kind="decision", channel="sms", report="r1")
    waits = did(told(*HEARD), offer(amount_minor=60_000), decision()).then(asked, arrived)
    assert refused(did(waits, taking_back()), closing()) == "acceptance-missing"
