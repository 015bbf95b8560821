"""Clocks: when they start, what answers them, how they are judged. Given, when, then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from escalation.decider import DECIDER, State
from escalation.decider.state import Case, Done, ImportBatch
from escalation.rules import load_rules
from events.accountability import ComplaintClosed, ComplaintReopened
from events.decider import NOTHING, Owed
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    CustodyReported,
    OwnershipAccepted,
)
from events.fact import LATEST, Fact, GivenDue, Origin
from events.intake import (
    ComplaintLodged,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MessageReceived,
    MessageSent,
    SourceReported,
)
from events.triage import ComplaintGraded, ComplaintScreened
from given import Story, only, story

RULES = load_rules(Path(__file__).parents[3] / "rules")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
SOURCE = Origin(source="boston311", reference="101")
LODGED = ComplaintLodged(at=NOON, channel="weibo")
CLOCKS = (ClockStarted, ClockWarned, ClockBreached, ClockMet, ClockStopped)


def minutes(after_noon: float) -> datetime:
    return NOON + timedelta(minutes=after_noon)


def days(after_noon: float) -> datetime:
    return NOON + timedelta(days=after_noon)


def told(*facts: Fact, known_until: datetime | None = None) -> Story[State]:
    return story(DECIDER, RULES, *facts, others={"import/b1": ImportBatch(known_until)})


def graded(grade: str = "complaint", at: datetime = NOON) -> ComplaintGraded:
    return ComplaintGraded.model_validate(
        {
            "at": at,
            "grade": grade,
            "severity": 2,
            "urgency": 2,
            "inputs": (),
            "reason": "r",
            "rule": "t@1",
            "by": "rule",
        }
    )


def sent(at: datetime, kind: str = "reply", *, automatic: bool = False) -> MessageSent:
    return MessageSent.model_validate(
        {"at": at, "message_id": "o1", "kind": kind, "channel": "weibo", "automatic": automatic, "report": "r1"}
    )


def received(at: datetime, message_id: str = "m1", channel: str = "weibo") -> MessageReceived:
    return MessageReceived(at=at, message_id=message_id, channel=channel)


def contact(at: datetime, outcome: str = "reached") -> ContactRecorded:
    return ContactRecorded.model_validate({"at": at, "channel": "phone", "outcome": outcome, "by": "handler-1"})


def screened(at: datetime, outcome: str = "enquiry") -> ComplaintScreened:
    return ComplaintScreened.model_validate(
        {"at": at, "outcome": outcome, "reason": "r", "rule": "person", "by": "handler-1"}
    )


def closed(at: datetime, ground: str = "accepted", reported: Origin | None = None) -> ComplaintClosed:
    return ComplaintClosed.model_validate(
        {"at": at, "ground": ground, "evidence": "e", "next_instance": "n", "by": "handler-1", "reported": reported}
    )


def reopened(at: datetime) -> ComplaintReopened:
    return ComplaintReopened(at=at, reason="not solved", cycle=2, by="handler-1")


def source(fact: str, at: datetime) -> SourceReported:
    return SourceReported.model_validate({"at": at, "fact": fact, "reported": SOURCE, "team": "N4", "line": 2})


def old(due: datetime | None, clock: str = "resolution") -> ComplaintLodged:
    dues = () if due is None else (GivenDue(clock=clock, due=due),)
    return ComplaintLodged(at=NOON, channel="web", reported=SOURCE, history="import/b1", dues=dues)


def names(facts: tuple[Fact, ...]) -> list[str]:
    return [
        f"{fact.type.split('.')[2]} {getattr(fact, 'clock', '')}".strip() for fact in facts if isinstance(fact, CLOCKS)
    ]


# --- the first reply, and one for each message ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "limit_minutes", "policy"),
    [
        ("weibo", 20, "net-reply@1"),
        ("mail", 20, "net-reply@1"),
        ("phone", 240, "spoken-reply@1"),
        ("carrier-pigeon", 1440, "other-reply@1"),
    ],
)
def test_a_first_reply_is_owed_by_channel(channel: str, limit_minutes: int, policy: str) -> None:
    """R83; an unknown channel has a limit too."""
    (started,) = told(LODGED.model_copy(update={"channel": channel})).added(NOON)
    assert started == ClockStarted(
        at=NOON,
        clock="first-reply",
        due=minutes(limit_minutes),
        warn_at=minutes(limit_minutes * 0.75),
        policy=policy,
    )


def test_a_net_message_before_midnight_is_due_after_it() -> None:
    """T21: day and night, holidays too."""
    lodged = LODGED.model_copy(update={"at": datetime(2025, 9, 30, 15, 50, tzinfo=UTC)})
    (started,) = only(told(lodged).added(lodged.at), ClockStarted)
    assert isinstance(started, ClockStarted)
    assert started.due == datetime(2025, 9, 30, 16, 10, tzinfo=UTC)


def test_nothing_but_a_look_is_owed_before_the_warning() -> None:
    settled = told(LODGED).settled(minutes(3))
    assert settled.owes(minutes(3)) == Owed(wake_at=minutes(15) + timedelta(microseconds=1))


def test_silence_warns_then_breaches_at_the_due_time() -> None:
    """R83, L14."""
    added = told(LODGED).added(minutes(21))
    assert names(added) == ["clock-started first-reply", "clock-warned first-reply", "clock-breached first-reply"]
    assert [fact.at for fact in added[:3]] == [NOON, minutes(15), minutes(20)]


def test_a_reply_in_time_meets_the_clock_and_nothing_more_comes() -> None:
    settled = told(LODGED, sent(minutes(20))).settled(days(1))
    assert names(settled.history)[-1] == "clock-met first-reply"
    assert settled.history[-1].at == minutes(20)
    assert settled.owes(days(2)) == NOTHING


def test_a_late_reply_breaches_first_and_is_met_then() -> None:
    """L14: downtime cannot hide a breach."""
    added = told(LODGED, sent(minutes(25))).added(days(9))
    assert [(type(fact), fact.at) for fact in added if isinstance(fact, ClockBreached | ClockMet)] == [
        (ClockBreached, minutes(20)),
        (ClockMet, minutes(25)),
    ]


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (sent(minutes(5), "acknowledgement"), True),
        (sent(minutes(5), "acknowledgement", automatic=True), False),
        (sent(minutes(5), "progress"), False),
        (contact(minutes(5)), True),
        (contact(minutes(5), "not-reached"), False),
        (sent(minutes(-5)), False),
    ],
)
def test_the_policy_says_what_counts_as_an_answer(answer: Fact, *, counts: bool) -> None:
    """R83, 2-domain: messages are real; an automatic text never stands for an answer."""
    added = told(LODGED, answer).added(minutes(30))
    assert ("clock-met first-reply" in names(added)) is counts
    assert ("clock-breached first-reply" in names(added)) is not counts


def test_what_does_not_count_does_not_hide_what_does() -> None:
    added = told(LODGED, sent(minutes(1), "progress"), sent(minutes(2), "progress"), contact(minutes(5))).added(days(1))
    assert added[-1] == ClockMet(at=minutes(5), clock="first-reply", answered_by="contact-recorded")


def test_a_contact_may_be_ruled_out_as_an_answer() -> None:
    policies = RULES.policies.model_copy(
        update={"reply": tuple(one.model_copy(update={"contact_counts": False}) for one in RULES.policies.reply)}
    )
    rules = type(RULES)(policies, RULES.ladder, RULES.handoff, RULES.zone)
    added = story(DECIDER, rules, LODGED, contact(minutes(5))).added(minutes(30))
    assert "clock-met first-reply" not in names(added)


def test_every_further_message_is_owed_an_answer() -> None:
    """R83: and one answer may serve several."""
    answered = told(LODGED, sent(minutes(1))).settled(minutes(2))
    asked = answered.then(received(minutes(60)), received(minutes(65), "m2"), received(minutes(66), "m2"))
    added = asked.then(sent(minutes(70), "reply")).added(days(1))
    assert names(added) == [
        "clock-started reply:m1",
        "clock-started reply:m2",
        "clock-met reply:m1",
        "clock-met reply:m2",
    ]


def test_a_message_with_a_long_id_has_a_clock_whose_name_still_fits() -> None:
    (_, started) = told(LODGED, received(minutes(1), "x" * 200)).added(minutes(2))
    assert isinstance(started, ClockStarted)
    assert len(started.clock) == 200


def test_a_clock_started_under_a_policy_that_is_gone_is_judged_by_the_one_for_all() -> None:
    """A changed table: the clock keeps its name, and is still answered."""
    started = ClockStarted(at=NOON, clock="first-reply", due=minutes(20), warn_at=None, policy="older@0")
    assert names(told(LODGED, started, sent(minutes(5))).added(days(1))) == ["clock-met first-reply"]


def test_a_due_time_beyond_all_times_is_the_last_moment() -> None:
    lodged = LODGED.model_copy(update={"at": LATEST - timedelta(minutes=1)})
    started, *_ = told(lodged).added(NOON)
    assert isinstance(started, ClockStarted)
    assert started.due == LATEST - timedelta(microseconds=1)


# --- resolution ------------------------------------------------------------------------------------------------------


def resolution(*facts: Fact, until: datetime) -> list[Fact]:
    return [fact for fact in told(*facts).added(until) if getattr(fact, "clock", "").startswith("resolution")]


@pytest.mark.parametrize(("grade", "due"), [("crisis", days(1)), ("complaint", days(7)), ("suggestion", days(28))])
def test_the_resolution_is_timed_by_grade_in_weekdays(grade: str, due: datetime) -> None:
    """R85: from the lodging, not from the grading."""
    (started,) = resolution(LODGED, graded(grade, minutes(30)), until=minutes(30))
    assert isinstance(started, ClockStarted)
    assert (started.at, started.due, started.policy) == (NOON, due, f"{grade}-resolution@1")


def test_a_later_grade_leaves_a_running_clock_as_it_is() -> None:
    added = resolution(LODGED, graded(), graded("crisis", days(1)), until=days(1))
    assert [fact for fact in added if isinstance(fact, ClockStarted)] == added[:1]


@pytest.mark.parametrize(("ground", "answered_by"), [("accepted", "closed"), ("withdrawn", "withdrawn")])
def test_closing_meets_the_resolution(ground: str, answered_by: str) -> None:
    """R30: a withdrawal closes too, and is told apart."""
    added = resolution(LODGED, graded(), closed(days(1), ground), until=days(30))
    assert added[-1] == ClockMet(at=days(1), clock="resolution", answered_by=answered_by)


def test_a_late_closing_was_breached_first_and_a_reply_is_no_closing() -> None:
    added = resolution(LODGED, graded(), sent(days(2)), contact(days(2)), closed(days(8)), until=days(30))
    kinds = [type(fact) for fact in added if isinstance(fact, CLOCKS)]
    assert kinds == [ClockStarted, ClockWarned, ClockBreached, ClockMet]


def test_a_reopening_starts_a_clock_of_its_own_and_leaves_the_first_as_it_was() -> None:
    """2-domain: the first cycle's clocks stay as they were."""
    first = told(LODGED, sent(minutes(1)), graded(), closed(days(1))).settled(days(2))
    assert isinstance(first.state, Done)
    second = first.then(reopened(days(3)))
    (started,) = only(second.added(days(3)), ClockStarted)
    assert isinstance(started, ClockStarted)
    assert (started.clock, started.at, started.due) == ("resolution#2", days(3), days(10))
    again = second.settled(days(3)).then(closed(days(4)), closed(days(5)), reopened(days(6)), reopened(days(7)))
    clocks = [name for name in names(again.settled(days(8)).history) if "started resolution" in name]
    assert clocks == ["clock-started resolution", "clock-started resolution#2", "clock-started resolution#3"]


def test_a_message_to_a_closed_case_is_owed_an_answer_too() -> None:
    """R83."""
    done = told(LODGED, sent(minutes(1)), graded(), closed(days(1))).settled(days(2))
    asked = done.then(received(days(3)))
    assert isinstance(asked.state, Case)
    assert names(asked.added(days(3))) == ["clock-started reply:m1"]
    answered = asked.then(sent(days(3) + timedelta(minutes=1))).settled(days(4))
    assert names(answered.history)[-1] == "clock-met reply:m1"
    assert isinstance(answered.state, Done)


def test_a_reply_still_owed_at_closing_is_stopped_and_not_met() -> None:
    added = told(LODGED, closed(minutes(10))).added(days(1))
    assert names(added) == ["clock-started first-reply", "clock-stopped first-reply"]


def test_screened_as_no_complaint_its_clocks_stop() -> None:
    """R08: neither met nor breached."""
    out = told(LODGED, graded(), screened(minutes(10)), received(minutes(11)), closed(minutes(12)))
    assert names(out.added(days(30))) == [
        "clock-started first-reply",
        "clock-started resolution",
        "clock-stopped first-reply",
        "clock-stopped resolution",
    ]


def test_a_breach_before_the_screening_stays() -> None:
    """L14."""
    added = told(LODGED, screened(minutes(30))).added(days(1))
    assert names(added)[-2:] == ["clock-breached first-reply", "clock-stopped first-reply"]


def test_screened_back_its_resolution_counts_from_the_beginning() -> None:
    back = told(LODGED, graded(), screened(days(1)), screened(days(2), "complaint"), screened(days(3), "vexatious"))
    started = [fact for fact in back.added(days(3)) if isinstance(fact, ClockStarted)][-1]
    assert (started.clock, started.at, started.due) == ("resolution#2", NOON, days(7))


# --- what publishers give, and old history ----------------------------------------------------------------------------


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


def test_while_history_loads_given_clocks_start_and_nothing_is_judged() -> None:
    """2-domain, imported history."""
    loading = told(old(days(1)), source("closed", days(2)))
    assert loading.decider.leans_on(loading.state) == ("import/b1",)
    settled = loading.settled(days(900))
    assert settled.history[2:] == (
        ClockStarted(at=NOON, clock="resolution", due=days(1), warn_at=None, policy="given", reported=SOURCE),
    )
    assert settled.owes(days(901)) == NOTHING
    assert story(DECIDER, RULES, *settled.history).owes(days(901)) == NOTHING


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


def test_closed_history_owes_nothing_after_its_verdicts() -> None:
    done = told(old(days(1)), source("closed", days(2)), known_until=days(10)).settled(days(20))
    assert isinstance(done.state, Done)
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


def test_custody_is_repeated_in_order_also_while_history_loads() -> None:
    reported = [source("custody", days(1)), source("custody", days(2)), source("classified", days(3))]
    added = told(old(None), *reported).added(days(3))
    assert added == tuple(
        CustodyReported(at=days(day), team="N4", owner=None, line=2, reported=SOURCE) for day in (1, 2)
    )


def test_closed_history_without_clocks_is_at_rest_and_is_heard_of_again() -> None:
    done = told(old(None), source("closed", days(1)))
    assert isinstance(done.state, Done)
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
    assert told(opened).owes(NOON) == told(received(NOON)).owes(NOON) == NOTHING
    assert DECIDER.leans_on(told(opened).state) == DECIDER.leans_on(told(LODGED).state) == ()


# --- the ladder ------------------------------------------------------------------------------------------------------


def levels(*facts: Fact, until: datetime) -> list[tuple[int, str, datetime]]:
    return [(fact.level, fact.post, fact.at) for fact in told(*facts).added(until) if isinstance(fact, CaseEscalated)]


def test_a_breach_escalates_level_by_level_each_with_its_own_time() -> None:
    """R23, 2-domain: unassigned cases too."""
    assert levels(LODGED, until=days(30)) == [
        (1, "reception", minutes(20)),
        (2, "teamlead", minutes(80)),
        (3, "department-head", minutes(320)),
        (4, "cso", minutes(1760)),
    ]


def test_the_ladder_ends_where_somebody_answers() -> None:
    assert levels(LODGED, sent(minutes(90)), until=days(30)) == [
        (1, "reception", minutes(20)),
        (2, "teamlead", minutes(80)),
    ]


def test_a_second_breach_goes_on_where_the_ladder_stood() -> None:
    """Each level fires once, in order."""
    again = (LODGED, sent(minutes(30)), received(minutes(600)))
    assert levels(*again, until=minutes(621)) == [(1, "reception", minutes(20)), (2, "teamlead", minutes(620))]


def test_a_crisis_goes_to_the_top_at_once_and_the_ladder_has_nothing_to_add() -> None:
    """R23, R93."""
    assert levels(LODGED, graded("crisis", minutes(30)), graded("crisis", minutes(31)), until=days(30)) == [
        (1, "reception", minutes(20)),
        (4, "cso", minutes(30)),
    ]


def test_an_escalation_says_whether_anybody_owned_the_case_then() -> None:
    accepted = OwnershipAccepted(at=minutes(50), owner="handler-1")
    unowned = [fact.unowned for fact in told(LODGED, accepted).added(minutes(100)) if isinstance(fact, CaseEscalated)]
    assert unowned == [True, False]
