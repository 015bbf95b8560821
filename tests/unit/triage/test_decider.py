"""What triage owes. Given, when, then."""

from datetime import timedelta

import pytest

from events.decider import NOTHING
from events.intake import ComplaintLodged, HistoryCompleted, ImportOpened
from events.triage import (
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    OpportunityHandedOn,
    OpportunityTakenBack,
    Screening,
)
from given import only, story
from triage.decider import DECIDER
from triage.decider.state import ImportBatch
from triage.rules import When
from unit.triage.cases import (
    KNOWN_UNTIL,
    LATER,
    LODGED,
    NOON,
    OLD,
    REOPENED,
    RULES,
    SOURCE,
    TOLD,
    breached,
    reported,
    steps,
    told,
)


def test_a_lodged_complaint_is_screened_classified_graded_and_routed_in_this_order() -> None:
    """R13: classification precedes grading; both are events."""
    added = told(LODGED).added(LATER)
    assert steps(added) == ["screened", "classified", "graded", "routed"]
    assert {fact.at for fact in added} == {NOON}


def test_every_decision_by_rule_names_its_table_and_all_that_the_table_may_read() -> None:
    """By its version. What a condition may name stands in the decision, with its value."""
    added = told(LODGED).added(LATER)
    rules = [getattr(fact, "rule", None) for fact in added]
    assert rules == ["screening@1", "classification@1", "grading@1", "routing@1"]
    conditions = {name.removesuffix("_min") for name in When.model_fields}
    decided = {"dispute", "grade"}
    inputs = [dict(line.split("=", 1) for line in getattr(fact, "inputs", ())) for fact in added]
    assert [set(one) for one in inputs] == [conditions - decided] * 3 + [conditions]
    assert [one["category"] for one in inputs] == ["none", "none", "unclassified", "unclassified"]
    assert {name: inputs[-1][name] for name in ("channel", "identity", "injury", "told_people", "grade")} == {
        "channel": LODGED.channel,
        "identity": "ordinary",
        "injury": "no",
        "told_people": "0",
        "grade": "grievance",
    }


def test_what_another_system_says_is_classified_by_a_table_with_its_inputs() -> None:
    """The dispute comes from the table, so that its inputs stand there too."""
    classified = told(TOLD).added(LATER)[1]
    assert isinstance(classified, ComplaintClassified)
    assert f"category={TOLD.category}" in classified.inputs


def test_nothing_is_owed_where_nothing_was_lodged() -> None:
    assert told().owes(NOON) == NOTHING
    assert told(REOPENED).owes(NOON) == NOTHING


@pytest.mark.parametrize(
    ("lodged", "grade"),
    [
        ({"nature": "signal"}, "suggestion"),
        ({}, "grievance"),
        ({"told_people": 11}, "grievance"),
        ({"told_people": 12}, "complaint"),
        ({"calls_before": 2}, "grievance"),
        ({"calls_before": 3}, "complaint"),
        ({"complaints_before": 1}, "grievance"),
        ({"complaints_before": 2}, "complaint"),
        ({"channel": "weibo"}, "complaint"),
        ({"injury": True}, "complaint"),
        ({"injury": True, "identity": "media"}, "crisis"),
        ({"injury": True, "told_people": 12}, "crisis"),
        ({"nature": "claim", "channel": "regulator"}, "crisis"),
        ({"category": "product/safety"}, "complaint"),
        ({"category": "product/safety/brakes", "told_people": 12}, "crisis"),
        ({"identity": "vip"}, "complaint"),
        ({"identity": "repeat"}, "complaint"),
        ({"injury": True, "identity": "vip"}, "complaint"),
        ({"injury": True, "identity": "vulnerable"}, "crisis"),
        ({"nature": "claim", "identity": "vulnerable"}, "complaint"),
        ({"nature": "claim", "identity": "media"}, "crisis"),
    ],
)
def test_the_grade_comes_from_severity_and_urgency(lodged: dict[str, object], grade: str) -> None:
    """R14, R15, R40, R70, R84, R109: and the inputs stand in the event."""
    fact = ComplaintLodged.model_validate({"at": NOON, "channel": "phone", **lodged})
    (graded,) = only(told(fact).added(LATER), ComplaintGraded)
    assert isinstance(graded, ComplaintGraded)
    assert graded.grade == grade
    told_of = {"channel", "identity", "injury", "told_people", "nature", "calls_before", "complaints_before"}
    assert {line.split("=")[0] for line in graded.inputs} >= told_of


def test_an_input_longer_than_a_word_is_cut_in_the_event() -> None:
    added = told(TOLD.model_copy(update={"category": "x" * 200, "product": "y" * 200})).added(LATER)
    assert steps(added)[-1] == "routed"


def test_a_crisis_goes_to_the_team_lead_and_a_project_above_its_team() -> None:
    """R12, R85."""
    crisis = told(LODGED.model_copy(update={"injury": True, "identity": "media"})).added(LATER)[-1]
    project = told(LODGED.model_copy(update={"category": "project/delay"})).added(LATER)[-1]
    assert isinstance(crisis, ComplaintRouted)
    assert isinstance(project, ComplaintRouted)
    assert (crisis.queue, project.queue) == ("crisis", "projects")
    assert crisis.first_owner == project.first_owner == "teamlead"


def test_what_comes_through_the_complaint_entrance_has_a_queue_and_people_of_its_own() -> None:
    """R19, R22: whatever it is about; a crisis goes to the team lead all the same."""
    entrance = LODGED.model_copy(update={"channel": "entrance", "entrance": True})
    for about in ({}, {"category": "product/fault"}, {"category": "service/attitude"}):
        routed = told(entrance.model_copy(update=about)).added(LATER)[-1]
        assert isinstance(routed, ComplaintRouted)
        assert (routed.queue, routed.first_owner) == ("complaint-entrance", "reception")
    crisis = told(entrance.model_copy(update={"injury": True, "identity": "media"})).added(LATER)[-1]
    assert isinstance(crisis, ComplaintRouted)
    assert crisis.queue == "crisis"


@pytest.mark.parametrize(
    ("category", "outcome"),
    [("enquiry/opening-hours", "enquiry"), ("sales", "sales-opportunity"), ("employment/pay", "out-of-scope")],
)
def test_what_is_no_complaint_is_screened_out_and_owes_no_grade(category: str, outcome: str) -> None:
    """R07, R08, R09, R79."""
    added = told(LODGED.model_copy(update={"category": category})).added(LATER)
    assert steps(added) == ["screened", *["opportunity-handed-on"] * (outcome == "sales-opportunity")]
    assert isinstance(added[0], ComplaintScreened)
    assert added[0].outcome == outcome


def test_a_sales_opportunity_is_handed_to_sales_once_for_each_time_it_is_found() -> None:
    """R09: by whoever screened it so; said again it is the same one, screened back and found anew it is another."""
    sold = ComplaintScreened(at=LATER, outcome="sales-opportunity", reason="wants two", rule="person", by="handler-1")
    back = sold.model_copy(update={"outcome": "complaint"})
    about = LODGED.model_copy(update={"category": "E6", "product": "pump"})
    first = told(about, sold).settled(LATER)
    assert only(first.history, OpportunityHandedOn) == [
        OpportunityHandedOn(at=LATER, to="sales", category="E6", product="pump", by="rule")
    ]
    assert only(first.then(sold).added(LATER), OpportunityHandedOn) == []
    assert only(first.then(back).settled(LATER).then(sold).added(LATER), OpportunityHandedOn) != []
    assert only(told(about, sold, back).added(LATER), OpportunityHandedOn) == [], "before anybody was told"


@pytest.mark.parametrize("outcome", ["complaint", "enquiry", "out-of-scope", "vexatious"])
def test_sales_is_told_once_when_what_it_was_handed_is_no_opportunity_any_more(outcome: Screening) -> None:
    """R09, R08: nobody sells to somebody who complains. Of what sales was never told it is told nothing now."""
    sold = ComplaintScreened(at=LATER, outcome="sales-opportunity", reason="wants two", rule="person", by="handler-1")
    back = sold.model_copy(update={"outcome": outcome})
    handed = told(LODGED, sold).settled(LATER)
    taken_back = handed.then(back).settled(LATER)
    assert only(taken_back.history, OpportunityTakenBack) == [OpportunityTakenBack(at=LATER, to="sales", by="rule")]
    assert only(taken_back.then(back).added(LATER), OpportunityTakenBack) == []
    anew = taken_back.then(sold).settled(LATER)
    assert [type(one) for one in anew.history if isinstance(one, OpportunityHandedOn | OpportunityTakenBack)] == [
        OpportunityHandedOn, OpportunityTakenBack, OpportunityHandedOn,
    ]  # fmt: skip
    assert only(handed.then(back, sold).added(LATER), OpportunityTakenBack) == [], "sales was right all the time"
    assert only(told(LODGED, sold, back).added(LATER), OpportunityTakenBack) == []


def test_a_vexatious_complaint_is_still_handled() -> None:
    """R06."""
    screened = ComplaintScreened(at=LATER, outcome="vexatious", reason="third time", rule="person", by="handler-1")
    assert steps(told(LODGED, screened).added(LATER)) == ["classified", "graded", "routed"]


def test_what_the_source_calls_it_is_kept_and_marked_as_reported() -> None:
    added = told(TOLD).added(LATER)
    assert steps(added) == ["screened", "classified", "graded", "routed"]
    assert isinstance(added[1], ComplaintClassified)
    assert (added[1].category, added[1].reported, added[1].at) == ("Pothole", SOURCE, NOON)


def test_a_category_given_by_the_complainant_is_kept_by_rule() -> None:
    (classified,) = only(
        told(LODGED.model_copy(update={"category": "service/attitude"})).added(LATER), ComplaintClassified
    )
    assert isinstance(classified, ComplaintClassified)
    assert (classified.category, classified.dispute, classified.reported) == ("service/attitude", "service", None)


def test_a_later_report_is_written_after_our_own_steps_whenever_somebody_looks() -> None:
    """L14."""
    report = reported("classified", category="Sidewalk")
    at_once = told(LODGED).settled(NOON).then(report).settled(LATER).history
    late = told(LODGED, report).settled(LATER).history
    assert set(at_once) == set(late)
    assert steps(late)[-1] == "classified"


def test_a_report_without_a_category_and_a_report_of_custody_change_nothing() -> None:
    assert told(LODGED, reported("classified"), reported("custody")).state == told(LODGED).state


def test_while_history_loads_only_the_reported_is_owed() -> None:
    """2-domain, imported history."""
    loading = told(OLD, reported("classified", category="Sidewalk"))
    assert loading.decider.leans_on(loading.state) == ("import/b1",)
    assert steps(loading.added(LATER)) == ["classified", "classified"]
    assert told(OLD.model_copy(update={"category": None})).owes(LATER) == NOTHING
    assert story(DECIDER, RULES, OLD).settled(LATER).owes(LATER) == NOTHING


def test_a_live_case_leans_on_no_import() -> None:
    neglected = told(LODGED).settled(NOON).then(breached("resolution", LATER))
    for given in (told(), told(LODGED), told(LODGED).settled(NOON), neglected):
        assert given.decider.leans_on(given.state) == ()


def test_closed_history_owes_nothing_of_our_own() -> None:
    closed = told(OLD, reported("closed"), known_until=KNOWN_UNTIL)
    assert steps(closed.added(KNOWN_UNTIL)) == ["classified"]
    assert closed.decider.leans_on(closed.state) == ()


def test_open_history_lives_on_from_the_moment_until_which_it_is_known() -> None:
    added = told(OLD, reported("closed"), reported("reopened"), known_until=KNOWN_UNTIL).added(KNOWN_UNTIL)
    assert steps(added) == ["classified", "screened", "graded", "routed"]
    assert [fact.at for fact in added] == [NOON, KNOWN_UNTIL, KNOWN_UNTIL, KNOWN_UNTIL]


def test_closed_history_that_somebody_reopens_is_triaged() -> None:
    later = REOPENED.model_copy(update={"at": KNOWN_UNTIL + timedelta(days=1)})
    added = told(OLD, reported("closed"), later, known_until=KNOWN_UNTIL).added(later.at)
    assert steps(added) == ["classified", "screened", "graded", "routed"]
    assert added[1].at == later.at


def test_a_closing_reported_of_a_live_case_stops_nothing() -> None:
    """L14: our own steps follow from the lodging alone."""
    assert len(told(TOLD, reported("closed")).added(LATER)) == 4


def test_a_reopening_repeated_by_accountability_is_not_counted_twice() -> None:
    repeated = REOPENED.model_copy(update={"reported": SOURCE})
    assert told(OLD, reported("closed"), repeated).state == told(OLD, reported("closed")).state


def test_an_import_stream_remembers_until_when_it_is_known() -> None:
    done = HistoryCompleted(at=LATER, source="boston311", known_until=KNOWN_UNTIL)
    opened = ImportOpened(at=NOON, source="boston311")
    assert told(opened).state == ImportBatch(None)
    assert told(opened, done).state == told(done).state == ImportBatch(KNOWN_UNTIL)
    assert told(done, LODGED).state == ImportBatch(KNOWN_UNTIL)
    assert told(opened).owes(NOON) == NOTHING
