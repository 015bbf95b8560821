"""Clocks of replies: when they start, what answers them, how they are judged. Given, when, then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.decider import NOTHING, Context, Owed, UnknownRulebook
from events.escalation import (
    CaseEscalated,
    ClockBreached,
    ClockMet,
    ClockStarted,
)
from events.fact import LATEST, Fact
from given import Told, only
from unit.escalation.cases import (
    BOOKS,
    LODGED,
    NOON,
    OWN,
    changed,
    contact,
    days,
    minutes,
    names,
    received,
    sent,
    told,
)


@pytest.mark.parametrize(
    ("channel", "limit_minutes", "policy"),
    [
        ("weibo", 20, "net-reply"),
        ("mail", 20, "net-reply"),
        ("phone", 240, "spoken-reply"),
        ("carrier-pigeon", 1440, "other-reply"),
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
        policy=f"{OWN}/{policy}@1",
        calendar="always@1",
        pack=OWN,
        standing="V",
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


@pytest.mark.parametrize("looked", [False, True])
def test_a_reply_that_is_told_after_the_due_time_undoes_no_breach(*, looked: bool) -> None:
    """L14: whoever looks before it is told, or only then; it keeps its own time."""
    case = told(LODGED).settled(minutes(21)) if looked else told(LODGED)
    settled = case.then(Told(sent(minutes(15)), minutes(40))).settled(days(9))
    judged = only(settled.history, ClockBreached, ClockMet, CaseEscalated)
    assert [(type(fact), fact.at) for fact in judged] == [
        (ClockBreached, minutes(20)),
        (CaseEscalated, minutes(20)),
        (ClockMet, minutes(15)),
    ]


def test_a_reply_that_is_told_late_and_before_the_due_time_is_in_time() -> None:
    added = told(LODGED, Told(sent(minutes(5)), minutes(19))).added(days(9))
    assert added[-1] == ClockMet(at=minutes(5), clock="first-reply", answered_by="message-sent")
    assert "clock-breached first-reply" not in names(added)


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (sent(minutes(5), "acknowledgement"), True),
        (sent(minutes(5), "acknowledgement", automatic=True), False),
        (sent(minutes(5), "progress"), False),
        (contact(minutes(5)), True),
        (contact(minutes(5), "not-reached"), False),
        (contact(minutes(5), channel="counter"), True),
        (contact(minutes(5), channel="weibo"), False),
        (contact(minutes(5), channel="mail"), False),
        (sent(minutes(-5)), False),
    ],
)
def test_the_policy_says_what_counts_as_an_answer(answer: Fact, *, counts: bool) -> None:
    """R83, 2-domain: messages are real; an automatic text never stands for an answer, and only a talk is a contact."""
    added = told(LODGED, answer).added(minutes(30))
    assert ("clock-met first-reply" in names(added)) is counts
    assert ("clock-breached first-reply" in names(added)) is not counts


def test_what_does_not_count_does_not_hide_what_does() -> None:
    added = told(LODGED, sent(minutes(1), "progress"), sent(minutes(2), "progress"), contact(minutes(5))).added(days(1))
    assert added[-1] == ClockMet(at=minutes(5), clock="first-reply", answered_by="contact-recorded")


def test_a_contact_may_be_ruled_out_as_an_answer() -> None:
    books = changed(f"pack/{OWN}", '"decision", "contact"]', '"decision"]')
    added = told(LODGED, contact(minutes(5)), books=books).added(minutes(30))
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
    assert started.clock.startswith(f"reply:{'x' * 80}")
    assert len(started.clock) <= 200


@pytest.mark.parametrize(("first", "second"), [("a:1", "1"), ("x" * 199 + "1", "x" * 199 + "2")])
def test_messages_with_ids_that_are_alike_have_a_clock_each(first: str, second: str) -> None:
    """R83: the first is still unanswered when the second comes."""
    case = told(LODGED, received(minutes(1), first)).settled(minutes(1))
    added = case.then(received(minutes(2), second)).added(minutes(2))
    assert [type(fact) for fact in added] == [ClockStarted]


def test_a_clock_whose_rulebook_waits_for_repair_is_not_judged() -> None:
    """L22: raised where it is owed, it parks the stream's proposals; never silently without a clock."""
    started = told(LODGED).settled(NOON)
    away = replace(started, context=Context(books={key: book for key, book in BOOKS.items() if "always" not in key}))
    with pytest.raises(UnknownRulebook, match="always"):
        away.owes(minutes(30))


def test_a_rulebook_that_the_regimes_name_is_waited_for() -> None:
    """Partitions are read side by side: what was checked when it was published is only not here yet."""
    books = {key: book for key, book in BOOKS.items() if key != f"pack/{OWN}"}
    assert told(LODGED, books=books).owes(minutes(1)) == Owed(wake_at=minutes(1) + timedelta(seconds=30))


def test_nothing_is_owed_before_the_first_regimes_are_published() -> None:
    """A fresh system publishes its defaults first; nobody is judged by rules that are not there yet."""
    assert told(LODGED, books={}).owes(minutes(1)) == Owed(wake_at=minutes(1) + timedelta(seconds=1))


def test_a_due_time_beyond_all_times_is_the_last_moment() -> None:
    lodged = LODGED.model_copy(update={"at": LATEST - timedelta(minutes=1)})
    started, *_ = told(lodged).added(NOON)
    assert isinstance(started, ClockStarted)
    assert started.due == LATEST - timedelta(microseconds=1)
