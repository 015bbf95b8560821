"""Neglect, loss and accumulation raise a grade by themselves; only a person lowers it (R16, R17). Given, when, then."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from events.accountability import ComplaintClosed
from events.decider import NOTHING, Owed, Refused
from events.fact import CHAPTERS, Chapter, Fact
from events.intake import ComplaintLodged, MessageReceived, MotiveRecorded
from events.triage import ComplaintGraded, ComplaintScreened, OneOrManyAnswered
from given import Story, Told, only
from triage.decider.commands import Regrade
from triage.decider.state import Case, Cluster, ImportBatch
from triage.rules import Because, Rules
from unit.triage.cases import (
    KNOWN_UNTIL,
    LATER,
    LODGED,
    NOON,
    OLD,
    REOPENED,
    RULES,
    breached,
    raises,
    reported,
    told,
)

GRIEVANCE = told(LODGED).settled(NOON)
SUGGESTION = told(LODGED.model_copy(update={"nature": "signal"})).settled(NOON)
COMPLAINT = told(LODGED.model_copy(update={"channel": "weibo"})).settled(NOON)
TWENTY = NOON + timedelta(minutes=20)
LOSS = MotiveRecorded(at=TWENTY, motive="compensation", by="handler-1")
CLOSED = ComplaintClosed(at=LATER, ground="accepted", evidence="told", next_instance="court", by="handler-1")
OUT = ComplaintScreened(at=LATER, outcome="enquiry", reason="asks", rule="person", by="handler-1")
MANY = OneOrManyAnswered(at=LATER, answer="many", cluster="k1", complaint="c1", reason="same part", by="handler-1")


def cluster(size: int) -> Cluster:
    """It grows by one a minute, and this case is its first member."""
    names, grown = [f"c{n}" for n in range(1, size + 1)], [NOON + timedelta(minutes=n) for n in range(size)]
    return Cluster(tuple(names), tuple(grown), tuple(zip(names, grown, strict=True)))


def asking_for(since: datetime, **changed: int) -> Rules:
    """The rules, with another version of the table of grades: how many it takes, by the name of the drift."""
    drift = [
        d.model_copy(update={"times": changed.get(d.name.replace("-", "_"), d.times)}) for d in RULES.grading.drift
    ]
    newer = {"drift": tuple(drift), "version": 2, "since": since}
    return replace(RULES, grading=RULES.grading.model_copy(update=newer))


def by_hand(grade: str, at: datetime = LATER) -> ComplaintGraded:
    return ComplaintGraded.model_validate(
        {
            "at": at,
            "grade": grade,
            "severity": 0,
            "urgency": 0,
            "inputs": (),
            "reason": "r",
            "rule": "person",
            "by": "cso",
        }
    )


NOTED: dict[Because, Fact] = {
    "breached": breached("first-reply", TWENTY),
    "motive": LOSS,
    "message": MessageReceived(at=TWENTY, message_id="m1", channel="phone"),
}


@pytest.mark.parametrize("because", [one for one in get_args(Because) if one != "cluster"])
def test_whatever_a_table_may_count_is_noted(because: Because) -> None:
    """A word that nothing notes would validate in a table and never count; a cluster is counted by its own stream."""
    state = GRIEVANCE.then(NOTED[because]).state
    assert isinstance(state, Case)
    assert [cause.because for cause in state.causes] == [because]


def test_an_unanswered_suggestion_becomes_a_grievance_at_the_moment_of_the_breach() -> None:
    """R16: the rule and its inputs stand in the event; however late anybody looks (L14)."""
    (raised,) = SUGGESTION.then(breached("first-reply", TWENTY)).added(KNOWN_UNTIL)
    assert raised == ComplaintGraded(
        at=TWENTY,
        grade="grievance",
        severity=0,
        urgency=0,
        inputs=("grade=suggestion", "breached=first-reply", "times=1"),
        cause="breached:first-reply",
        reason="a suggestion was not answered in time (R16)",
        rule="grading@1/unanswered-suggestion",
        by="rule",
    )


@pytest.mark.parametrize("clocks", [["resolution"], ["resolution#2"], ["first-reply", "reply:m1"]])
def test_a_neglected_grievance_becomes_a_complaint(clocks: list[str]) -> None:
    """R16."""
    facts = [breached(clock, TWENTY + timedelta(minutes=n)) for n, clock in enumerate(clocks)]
    assert raises(GRIEVANCE.then(*facts[:-1])) == []
    assert raises(GRIEVANCE.then(*facts)) == [("complaint", f"breached:{clocks[-1]}")]


def test_neglect_goes_on_raising_and_each_breach_counts_once() -> None:
    """R16: from the suggestion to the complaint in two steps, whether one looks in between or not."""
    first, last = breached("first-reply", TWENTY), breached("resolution", LATER)
    expected = [("grievance", "breached:first-reply"), ("complaint", "breached:resolution")]
    assert raises(SUGGESTION.then(first, last)) == expected
    assert raises(SUGGESTION.then(first).settled(TWENTY).then(last)) == expected[1:]


def test_other_clocks_raise_nothing() -> None:
    assert raises(SUGGESTION.then(breached("city", TWENTY), breached("cn-12315:accept", LATER))) == []


def test_a_loss_makes_it_a_complaint_once() -> None:
    """R16."""
    given = GRIEVANCE.then(LOSS).settled(LATER)
    assert raises(GRIEVANCE.then(LOSS)) == [("complaint", "motive:compensation")]
    down = given.when(Regrade(now=LATER, by="teamlead", grade="grievance", reason="no loss after all"))
    assert isinstance(down, ComplaintGraded)
    assert raises(given.then(down, LOSS.model_copy(update={"at": KNOWN_UNTIL}))) == []


def test_only_a_person_lowers_a_grade_and_what_counted_before_is_spent() -> None:
    """R16, 2-domain: at most once per cause; new neglect counts anew."""
    given = SUGGESTION.then(breached("first-reply", TWENTY)).settled(LATER)
    down = by_hand("suggestion")
    assert raises(given.then(down)) == []
    again = breached("reply:m1", LATER + timedelta(hours=1))
    assert raises(given.then(down, again)) == [("grievance", "breached:reply:m1")]


def test_where_a_person_grades_counting_begins_anew() -> None:
    """R16: half of what it takes does not stay, nor does what is told late of the time before."""
    once, again = breached("first-reply", TWENTY), breached("reply:m1", LATER + timedelta(hours=1))
    given = GRIEVANCE.then(once).settled(TWENTY).then(by_hand("suggestion"), by_hand("grievance"))
    assert raises(given.then(again)) == []
    assert raises(GRIEVANCE.then(by_hand("suggestion"), by_hand("grievance"), once, again)) == []
    assert raises(GRIEVANCE.then(once, again)) == [("complaint", "breached:reply:m1")]


def test_what_came_while_it_was_closed_or_no_complaint_never_counts() -> None:
    """Not even once it is open again, or a complaint after all."""
    breach = breached("resolution", LATER + timedelta(hours=1))
    back = OUT.model_copy(update={"at": LATER + timedelta(hours=2), "outcome": "complaint"})
    reopened = REOPENED.model_copy(update={"at": LATER + timedelta(hours=2)})
    assert raises(GRIEVANCE.then(CLOSED, breach, reopened)) == []
    assert raises(GRIEVANCE.then(OUT, breach, back)) == []
    assert raises(GRIEVANCE.then(breach)) == [("complaint", "breached:resolution")]


def test_somebody_who_must_write_again_and_again_is_a_crisis() -> None:
    """R17: repeat contacts."""
    said = [MessageReceived(at=NOON + timedelta(minutes=n), message_id=f"m{n}", channel="weibo") for n in range(1, 11)]
    assert raises(COMPLAINT.then(*said[:-1])) == []
    assert raises(COMPLAINT.then(*said[:-1], breached("first-reply", TWENTY), LOSS)) == []
    assert raises(COMPLAINT.then(*said)) == [("crisis", "message:m10")]


@pytest.mark.parametrize("answered", [(), (MANY,)], ids=["never asked", "one of many"])
def test_a_case_of_a_large_cluster_is_a_crisis(answered: tuple[Fact, ...]) -> None:
    """R17, R111: the cluster is a value of its own, and names its members itself, whatever they say."""
    given = GRIEVANCE.then(*answered)
    assert raises(given) == []
    assert raises(given.beside(**{"cluster/k1": cluster(11)})) == []
    assert raises(given.beside(**{"cluster/k1": cluster(12)})) == [("crisis", "cluster:k1")]
    others = Cluster(tuple(f"other-{n}" for n in range(12)), cluster(12).grown)
    assert raises(given.beside(**{"cluster/k1": others})) == []
    before = CLOSED.model_copy(update={"at": NOON + timedelta(minutes=10)})
    assert raises(given.then(before).beside(**{"cluster/k1": cluster(12)})) == []


def test_what_came_before_the_closing_raises_whoever_looks_when() -> None:
    """L14: a cluster grew, or a loss was told, while nobody knew of the closing; it was told late (L24)."""
    grown = {"cluster/k1": cluster(12)}
    assert raises(GRIEVANCE.beside(**grown).then(CLOSED)) == [("crisis", "cluster:k1")]
    late = Told(CLOSED.model_copy(update={"at": NOON + timedelta(minutes=5)}), LATER)
    assert raises(GRIEVANCE.beside(**grown).then(late)) == [("crisis", "cluster:k1")]
    assert raises(GRIEVANCE.then(LOSS, late)) == raises(GRIEVANCE.then(LOSS)) == [("complaint", "motive:compensation")]


def test_what_was_closed_at_its_source_is_raised_no_sooner_than_it_is_screened() -> None:
    """L14: it was graded by hand; a loss is told, and then it is reopened here."""
    old = told(OLD, reported("closed", NOON), known_until=NOON).settled(NOON)
    by_hand = old.when(Regrade(now=NOON, by="teamlead", grade="grievance", reason="r"))
    assert isinstance(by_hand, ComplaintGraded)
    seldom = old.then(by_hand, LOSS)
    often = seldom.settled(TWENTY)
    assert often.history == seldom.history
    assert raises(seldom.then(REOPENED)) == [("complaint", "motive:compensation")]


@pytest.mark.parametrize(("joined", "at"), [(NOON, NOON + timedelta(minutes=11)), (LATER, LATER)])
def test_a_case_that_joins_a_large_cluster_is_raised_when_it_joins(joined: datetime, at: datetime) -> None:
    """L14: never before both the size and the membership were there."""
    large = replace(cluster(12), joined=(("c1", joined),))
    (raised,) = GRIEVANCE.beside(**{"cluster/k1": large}).added(KNOWN_UNTIL)
    assert raised.at == at


def test_a_person_who_lowers_it_has_seen_how_large_the_cluster_is() -> None:
    given = GRIEVANCE.beside(**{"cluster/k1": cluster(12)}).settled(LATER)
    down = given.when(Regrade(now=LATER, by="cso", grade="complaint", reason="harmless"))
    assert isinstance(down, ComplaintGraded)
    assert raises(given.then(down)) == []


def test_one_of_many_is_asked_and_answered() -> None:
    """R111, R140: a person who says that it is a case by itself comes before the cluster; and may take that back."""
    one = OneOrManyAnswered(at=LATER, answer="one", complaint="c1", reason="another part", by="handler-1")
    given = GRIEVANCE.then(one).beside(**{"cluster/k1": cluster(12)})
    assert given.owes(KNOWN_UNTIL) == NOTHING
    assert raises(given.then(MANY)) == [("crisis", "cluster:k1")]


IN_CLUSTER = GRIEVANCE.beside(**{"cluster/k1": cluster(6)})


@pytest.mark.parametrize("given", [IN_CLUSTER, GRIEVANCE.then(breached("city", TWENTY))], ids=["member", "neglected"])
def test_what_another_table_could_raise_waits_for_the_next_version(given: Story[Any]) -> None:
    """L15."""
    assert given.owes(LATER) == Owed(waits_for=("rulebook/grade/grading",))


@pytest.mark.parametrize("given", [GRIEVANCE, *(IN_CLUSTER.then(fact) for fact in (by_hand("crisis"), CLOSED, OUT))])
def test_what_no_table_could_raise_waits_for_nothing(given: Story[Any]) -> None:
    """L15: most cases; a row at rest pays nothing."""
    assert given.owes(LATER) == NOTHING


def test_a_table_that_asks_for_less_raises_from_when_on_it_counts() -> None:
    """L15, R17: what waits is raised, not before anybody could know of the rule; what was closed by then is not."""
    many = IN_CLUSTER.ruled(asking_for(LATER, accumulation=6))
    assert [(fact.at, fact.rule) for fact in many.added(KNOWN_UNTIL) if isinstance(fact, ComplaintGraded)] == [
        (LATER, "grading@2/accumulation")
    ]
    asks = asking_for(LATER, neglected_grievance=1)
    once = GRIEVANCE.then(breached("first-reply", TWENTY))
    assert [fact.at for fact in once.ruled(asks).added(KNOWN_UNTIL)] == [LATER]
    assert raises(once.ruled(asks)) == [("complaint", "breached:first-reply")]
    assert raises(once.then(CLOSED.model_copy(update={"at": TWENTY + timedelta(hours=1)})).ruled(asks)) == []


@pytest.mark.parametrize("because", [LOSS, breached("resolution", TWENTY)])
def test_neither_what_is_no_complaint_nor_what_is_closed_is_raised(because: Fact) -> None:
    """What was neglected before the closing still counts, however late it is told (L14)."""
    out = ComplaintScreened(at=NOON, outcome="enquiry", reason="asks", rule="person", by="handler-1")
    assert raises(GRIEVANCE.then(out, because)) == []
    closed = GRIEVANCE.then(CLOSED)
    assert raises(closed.then(because)) != []
    late = because.model_copy(update={"at": LATER + timedelta(hours=1)})
    assert raises(closed.then(late)) == []
    assert raises(closed.then(REOPENED, late)) != []


def test_history_is_not_raised_while_it_loads_nor_for_what_was_neglected_there() -> None:
    """2-domain, imported history: from the moment until which it is known the case lives on."""
    lodged = OLD.model_copy(update={"category": None})
    assert told(lodged, breached("resolution", LATER)).owes(KNOWN_UNTIL) == NOTHING
    known = told(lodged, breached("resolution", LATER), known_until=KNOWN_UNTIL)
    assert raises(known) == [("grievance", None)]
    after = breached("resolution", KNOWN_UNTIL + timedelta(days=1))
    assert raises(known.settled(KNOWN_UNTIL).then(after)) == [("complaint", "breached:resolution")]
    assert raises(told(OLD, reported("closed"), breached("resolution", LATER), known_until=KNOWN_UNTIL)) == []


def test_what_a_person_graded_while_it_loads_waits_until_the_history_is_known() -> None:
    given = GRIEVANCE.then(breached("resolution", TWENTY))
    lodged = LODGED.model_copy(update={"history": "import/b1"})
    loading = told(lodged, *given.history[1:])
    assert loading.owes(LATER) == NOTHING
    assert loading.decider.leans_on(loading.state) == ("import/b1",)
    (raised,) = only(loading.beside(**{"import/b1": ImportBatch(KNOWN_UNTIL)}).added(KNOWN_UNTIL), ComplaintGraded)
    assert raised.at == KNOWN_UNTIL


def test_a_raise_relies_on_all_that_may_make_it_and_the_first_grading_only_on_what_was_said() -> None:
    """L1."""
    (first,) = only(GRIEVANCE.history, ComplaintGraded)
    (raised,) = GRIEVANCE.then(LOSS).added(LATER)
    assert first.relied_on() == {Chapter.INTAKE}
    assert raised.relied_on() == set(CHAPTERS) - {Chapter.TRIAGE}


def test_nothing_is_raised_above_a_crisis() -> None:
    crisis = told(ComplaintLodged(at=NOON, channel="regulator", nature="claim")).settled(NOON)
    assert raises(crisis.then(LOSS, breached("resolution", TWENTY))) == []
    refused = crisis.when(Regrade(now=LATER, by="handler-1", grade="crisis", reason="r"))
    assert isinstance(refused, Refused)
