"""Closing, reopening, and findings."""

from dataclasses import replace

import pytest

from accountability.decider.calls import TRIES_MAX
from accountability.decider.state import Closed, Open
from events.accountability import ComplaintClosed, ComplaintReopened, FindingMade, Ground
from events.decider import NOTHING, Refused
from events.escalation import OwnershipAccepted
from events.intake import ComplaintWithdrawn, MessageRequested, MessageSent
from events.triage import ComplaintScreened
from given import only, story
from unit.accountability.cases import (
    ANSWER,
    CONTACT,
    HEARD,
    LODGED,
    MOTIVE,
    NOON,
    RULES,
    SEALED,
    callback,
    closing,
    decision,
    did,
    finding,
    later,
    offer,
    redress,
    refused,
    reopening,
    told,
)

DECIDED = did(told(*HEARD), decision())
ANSWERED = DECIDED.then(ANSWER)
CLOSED = did(ANSWERED, callback("satisfied", later(days=2)), closing())
WITHDRAWN = ComplaintWithdrawn(at=NOON, reason=SEALED, by="complainant")
KEY = "00000000-0000-5000-8000-000000000001"
OUTSIDE = ComplaintScreened(at=NOON, outcome="out-of-scope", reason="employment", rule="person", by="triager")


def test_closing_takes_a_decision_and_its_reasoned_answer() -> None:
    """R48, R73: a position that never reached the complainant closes nothing."""
    assert refused(told(*HEARD), closing()) == "decision-missing"
    assert refused(told(*HEARD, ANSWER), closing()) == "decision-missing"
    assert refused(DECIDED, closing()) == "answer-missing"
    other = MessageSent(at=NOON, message_id="m2", kind="progress", channel="mail", report="r2")
    assert refused(DECIDED.then(other), closing()) == "answer-missing"
    assert refused(did(ANSWERED, decision()), closing()) == "answer-missing"


def test_the_answer_to_a_decision_is_a_persons_and_asked_for_since() -> None:
    """R48, R73: what was on its way when the company took another position tells nobody of that; also cycles later."""
    assert refused(DECIDED.then(ANSWER.model_copy(update={"automatic": True})), closing()) == "answer-missing"
    words = MessageRequested(at=NOON, message_id="m1", kind="decision", channel="mail", text=SEALED, by="handler")
    again = did(DECIDED.then(words), decision())
    assert refused(again.then(ANSWER), closing()) == "answer-missing"
    new = words.model_copy(update={"message_id": "m2"})
    assert refused(again.then(new), closing()) == "answer-missing"
    assert refused(again.then(ANSWER, new, ANSWER), closing()) == "answer-missing"
    assert refused(again.then(new, ANSWER.model_copy(update={"message_id": "m2"})), closing()) == "acceptance-missing"
    second = did(did(CLOSED.then(words), reopening()), decision("handler-2"))
    assert refused(second.then(ANSWER), closing("options-exhausted")) == "answer-missing"


@pytest.mark.parametrize(
    ("ground", "code"),
    [
        ("accepted", "acceptance-missing"),
        ("callbacks-spent", "attempts-left"),
        ("options-exhausted", "stage-two-missing"),
        ("out-of-scope", "decided-as-ours"),
        ("transferred", "decided-as-ours"),
        ("withdrawn", "not-withdrawn"),
        ("closed-at-source", "ground-not-open"),
    ],
)
def test_every_ground_asks_for_its_own_proof(ground: Ground, code: str) -> None:
    """R74."""
    assert refused(ANSWERED, closing(ground)) == code


def test_accepted_means_that_the_complainant_said_so() -> None:
    """R74: and the last word counts."""
    happy = did(ANSWERED, callback("satisfied", later(days=2)))
    assert isinstance(happy.when(closing()), ComplaintClosed)
    assert refused(did(happy, callback("not-satisfied", later(days=3))), closing()) == "acceptance-missing"


def test_callbacks_are_spent_after_as_many_tries_as_the_rules_say() -> None:
    tries = [callback("not-reached", later(days=day)) for day in (2, 3, 4)]
    assert refused(did(ANSWERED, *tries[:2]), closing("callbacks-spent")) == "attempts-left"
    assert isinstance(did(ANSWERED, *tries).when(closing("callbacks-spent")), ComplaintClosed)


def test_whoever_was_reached_since_is_not_unreachable() -> None:
    """R74, R96: who said at last that it is not solved is not closed as somebody whom nobody could reach."""
    tries = [callback("not-reached", later(days=day)) for day in (2, 3, 4)]
    reached = did(ANSWERED, *tries, callback("not-satisfied", later(days=5)))
    assert refused(reached, closing("callbacks-spent")) == "attempts-left"
    again = [callback("not-reached", later(days=day)) for day in (6, 7, 8)]
    assert isinstance(did(reached, *again).when(closing("callbacks-spent")), ComplaintClosed)
    spoken = did(ANSWERED, *tries).then(CONTACT.model_copy(update={"at": later(days=5)}))
    assert refused(did(spoken, again[0]), closing("callbacks-spent")) == "attempts-left"
    assert isinstance(did(spoken, *again).when(closing("callbacks-spent")), ComplaintClosed)
    in_vain = CONTACT.model_copy(update={"at": later(days=5), "outcome": "not-reached"})
    assert isinstance(did(ANSWERED, *tries).then(in_vain).when(closing("callbacks-spent")), ComplaintClosed)


def test_tries_that_follow_each_other_too_soon_count_once() -> None:
    """R96: three clicks are no three callbacks; the refusal says how many count, and from when on the next does."""
    apart = RULES.callbacks.apart_hours / 24
    at_once = did(ANSWERED, *[callback("not-reached", later(days=2, minutes=n)) for n in range(9)])
    answer = at_once.when(closing("callbacks-spent"))
    assert isinstance(answer, Refused)
    assert answer.code == "attempts-left"
    assert answer.why.startswith("1 of 3 tries count")
    assert "2026-03-05T00:00:00+00:00" in answer.why
    for gap, spent in ((apart, True), (apart - 1 / 86_400, False)):
        days = (2, 2 + apart / 2, 2 + gap, 2 + gap + apart)
        given = did(ANSWERED, *[callback("not-reached", later(days=day)) for day in days])
        assert isinstance(given.when(closing("callbacks-spent")), ComplaintClosed) is spent


def test_of_very_many_tries_the_last_are_remembered() -> None:
    """A state stays small: the tries in one hour push the one of two days before out, and what is new still counts."""
    at_once = [callback("not-reached", later(days=2, minutes=n)) for n in range(TRIES_MAX)]
    given = did(ANSWERED, callback("not-reached", NOON), *at_once)
    for case, count in ((given, 1), (did(given, callback("not-reached", later(days=4))), 2)):
        assert isinstance(case.state, Open)
        assert case.state.decision is not None
        assert len(case.state.decision.tries) == TRIES_MAX
        assert len(RULES.callbacks.counting(case.state.decision.tries)) == count


def test_how_far_apart_tries_are_is_the_rules_word() -> None:
    tries = [callback("not-reached", later(days=2, minutes=60 * n)) for n in range(3)]
    given = did(ANSWERED, *tries)
    assert refused(given, closing("callbacks-spent")) == "attempts-left"
    hourly = RULES.callbacks.model_copy(update={"apart_hours": 1})
    ruled = given.ruled(RULES.model_copy(update={"callbacks": hourly}))
    assert isinstance(ruled.when(closing("callbacks-spent")), ComplaintClosed)


def test_options_are_exhausted_after_another_person_looked() -> None:
    """R74: stage two is by another person, and open to review."""
    second = did(CLOSED, reopening())
    assert refused(second, decision()) == "same-decider"
    again = did(second, decision("handler-2")).then(ANSWER)
    assert isinstance(again.when(closing("options-exhausted")), ComplaintClosed)


def test_whoever_decided_first_in_a_cycle_is_no_other_person_in_the_next() -> None:
    """R74: also where somebody else took another position before the case was closed."""
    twice = did(did(ANSWERED, decision("handler-2")).then(ANSWER), callback("satisfied", later(days=2)), closing())
    reopened = twice.when(reopening())
    assert isinstance(reopened, ComplaintReopened)
    assert reopened.apart_from == ("handler", "handler-2")
    second = twice.then(reopened)
    assert [refused(second, decision(by)) for by in reopened.apart_from] == ["same-decider"] * 2
    did(second, decision("teamlead"))


def test_what_is_not_ours_is_told_and_closed_so() -> None:
    """R79."""
    outside = did(told(*HEARD, OUTSIDE), replace(decision(), outcome="not-ours"))
    assert refused(outside, closing("out-of-scope")) == "answer-missing"
    for ground in ("out-of-scope", "transferred"):
        assert isinstance(outside.then(ANSWER).when(closing(ground)), ComplaintClosed)
        back = OUTSIDE.model_copy(update={"outcome": "complaint"})
        assert refused(outside.then(ANSWER, back), closing(ground)) == "screening-missing"


def test_words_are_sealed_with_the_key_of_the_lodging_also_after_closing() -> None:
    open_again = did(CLOSED, reopening())
    for given in (told(*HEARD), DECIDED, CLOSED, open_again):
        keyed = story(given.decider, RULES, LODGED.model_copy(update={"key_id": KEY}), *given.history[1:])
        assert keyed.decider.key_of(keyed.state) == KEY


def test_a_withdrawal_closes_only_where_it_is_on_record() -> None:
    """R30; it is asked for anew in the next cycle."""
    closed = did(ANSWERED.then(WITHDRAWN), closing("withdrawn"))
    unhappy = did(closed, callback("not-satisfied", NOON)).settled(NOON)
    for opened in (did(closed, reopening()), unhappy, did(CLOSED, callback("not-satisfied", NOON)).settled(NOON)):
        second = did(opened, decision("teamlead")).then(ANSWER)
        assert refused(second, closing("withdrawn")) == "not-withdrawn"
    overtaken = did(ANSWERED.then(WITHDRAWN), callback("not-satisfied", NOON))
    assert refused(overtaken, closing("withdrawn")) == "not-withdrawn"
    did(overtaken.then(WITHDRAWN), closing("withdrawn"))
    did(ANSWERED.then(WITHDRAWN), callback("not-reached", NOON), closing("withdrawn"))
    meanwhile = did(CLOSED, callback("not-satisfied", NOON)).then(WITHDRAWN).settled(NOON)
    did(did(meanwhile, decision("teamlead")).then(ANSWER), closing("withdrawn"))


def test_a_withdrawal_closes_nothing_where_the_rules_say_so() -> None:
    """R30: such a case stays open until it is solved."""
    solved = RULES.closing.model_copy(update={"withdrawal_closes": False})
    given = ANSWERED.then(WITHDRAWN).ruled(RULES.model_copy(update={"closing": solved}))
    assert refused(given, closing("withdrawn")) == "not-withdrawn"


def test_an_offer_that_waits_keeps_the_case_open_and_one_that_stands_is_given_after_closing() -> None:
    waiting = did(ANSWERED, callback("satisfied", later(days=2)), offer(amount_minor=60_000))
    assert refused(waiting, closing()) == "offer-waits"
    did(ANSWERED, callback("satisfied", later(days=2)), offer(), closing(), redress())


def test_the_next_instance_is_always_named() -> None:
    """R80: no statutory right is lost."""
    closed = only(CLOSED.history, ComplaintClosed)[0]
    assert isinstance(closed, ComplaintClosed)
    assert closed.next_instance == RULES.closing.next_instance
    named = did(ANSWERED.then(WITHDRAWN), replace(closing("withdrawn"), next_instance="the harbour court"))
    (closed,) = only(named.history, ComplaintClosed)
    assert isinstance(closed, ComplaintClosed)
    assert closed.next_instance == "the harbour court"


def test_what_was_settled_in_one_call_closes_by_itself() -> None:
    """R46, R145: lodged, heard, decided; the closing follows."""
    settled = did(told(LODGED, CONTACT, MOTIVE), replace(decision(), settled=True)).settled(NOON)
    (closed,) = only(settled.history, ComplaintClosed)
    assert isinstance(closed, ComplaintClosed)
    assert (closed.at, closed.ground, closed.by) == (NOON, "accepted", "handler")
    assert isinstance(settled.state, Closed)


def test_whoever_closes_what_was_settled_in_one_call_is_let_through() -> None:
    """R46: the complainant said so in the call; no callback has to say it again."""
    settled = did(told(*HEARD), replace(decision(), settled=True))
    assert isinstance(settled.when(closing()), ComplaintClosed)


def test_nothing_else_closes_by_itself() -> None:
    """R74: a decision is no acceptance of it, however long nobody answers."""
    for given in (DECIDED, ANSWERED, did(ANSWERED, callback("satisfied", later(days=2)))):
        assert given.owes(later(days=900)) == NOTHING


def test_reopening_begins_the_next_cycle() -> None:
    assert refused(ANSWERED, reopening()) == "not-closed"
    reopened = CLOSED.when(reopening())
    assert isinstance(reopened, ComplaintReopened)
    assert reopened.cycle == 2
    again = CLOSED.then(reopened)
    assert refused(again, closing()) == "decision-missing"
    assert refused(CLOSED, decision("handler-2")) == "case-closed"
    assert refused(CLOSED, offer()) == "case-closed"
    assert refused(CLOSED, closing()) == "case-closed"


def test_a_callback_that_does_not_satisfy_reopens_by_itself() -> None:
    """R96: "not satisfied" cannot be shelved."""
    unhappy = did(CLOSED, callback("not-satisfied", later(days=3)))
    (reopened,) = unhappy.added(later(days=9))
    assert isinstance(reopened, ComplaintReopened)
    assert (reopened.at, reopened.cycle, reopened.by) == (later(days=3), 2, "handler")


@pytest.mark.parametrize("name", ["owner", "handler", "teamlead"])
def test_whoever_had_a_hand_in_it_does_not_judge(name: str) -> None:
    """R92, R102: with whatever roles."""
    touched = CLOSED.then(
        OwnershipAccepted(at=NOON, owner="owner"),
        ComplaintReopened(at=NOON, reason="again", cycle=2, by="reception"),
    )
    touched = did(touched, decision("handler-2")).then(ANSWER, WITHDRAWN)
    touched = did(touched, closing("withdrawn", by="teamlead"))
    assert refused(touched, finding(name, "judge", name)) == "judge-not-apart"
    assert isinstance(touched.when(finding()), FindingMade)


def test_a_finding_is_made_by_a_judge_about_a_case_with_a_position() -> None:
    """R90, R92."""
    assert refused(CLOSED, finding("handler-2", "handler")) == "not-a-judge"
    assert refused(told(*HEARD), finding()) == "decision-missing"
    assert refused(CLOSED, finding("agent-x", "judge")) == "conflict-of-interest"
    assert refused(CLOSED, finding("taker", "judge")) == "conflict-of-interest"


def test_a_position_of_this_cycle_or_an_earlier_one_can_be_judged() -> None:
    """R90: as soon as it is taken; reopening the case takes nobody's answer for it away."""
    assert isinstance(DECIDED.when(finding()), FindingMade)
    assert isinstance(did(CLOSED, reopening()).when(finding()), FindingMade)


def test_a_person_held_responsible_is_named_and_is_not_the_judge() -> None:
    """R91: praise and blame have a name."""
    assert refused(CLOSED, replace(finding(), responsible="person")) == "person-missing"
    assert refused(CLOSED, replace(finding(), measure="sanction")) == "person-missing"
    assert refused(CLOSED, replace(finding(), person="judge", measure="commendation")) == "judge-not-apart"
    assert isinstance(CLOSED.when(replace(finding(), person="agent-x", measure="commendation")), FindingMade)
    made = CLOSED.when(replace(finding(), person="agent-x", responsible="person", measure="sanction"))
    assert isinstance(made, FindingMade)
    assert (made.person, made.responsible, made.measure) == ("agent-x", "person", "sanction")
