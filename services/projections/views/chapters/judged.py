"""Chapter triage on the page of a case: what it is. The latest judgement counts, the earlier ones stay readable."""

from events.fact import Fact
from events.triage import (
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    CorrectionProposed,
    CorrectionRefused,
    OneOrManyAnswered,
    OpportunityHandedOn,
    OpportunityTakenBack,
    Step,
)
from projections.views.chapters.page import Case, Changes, How
from projections.views.told import Plain, content


def _screened(case: Case, fact: ComplaintScreened) -> Changes:
    screenings = [*case.get("screenings", []), _kept(fact)]
    return {"screening": fact.outcome, "screenings": screenings, **_answered(case, "screening")}


def _classified(case: Case, fact: ComplaintClassified) -> Changes:
    changes = _answered(case, "classification")
    changes["category"], changes["category_told"] = fact.category, fact.reported is not None
    return {"dispute": fact.dispute, "classification": _kept(fact), **changes}


def _graded(case: Case, fact: ComplaintGraded) -> Changes:
    changes: Changes = {"grade": fact.grade, "grading": content(fact), **_answered(case, "grade")}
    before = case.get("grade")
    if before is not None and before != fact.grade:
        changes["grade_before"] = before
    return changes


def _routed(_: Case, fact: ComplaintRouted) -> Changes:
    return {"queue": fact.queue, "route": _kept(fact)}


def _kept(fact: ComplaintScreened | ComplaintClassified | ComplaintRouted) -> Plain:
    """What a table read stands in the timeline: the page is written anew with each fact, and shows only a grade's."""
    return content(fact, without=("inputs",))


def _answered(case: Case, step: Step) -> Changes:
    """A newer judgement of the same step leaves nothing to confirm."""
    waiting = case.get("proposed")
    return {"proposed": None} if waiting is not None and waiting["step"] == step else {}


def _proposed(_: Case, fact: CorrectionProposed) -> Changes:
    return {"proposed": content(fact)}


def _turned_down(_: Case, __: CorrectionRefused) -> Changes:
    return {"proposed": None}


def _handed_on(_: Case, fact: OpportunityHandedOn) -> Changes:
    return {"opportunity": content(fact)}


def _with_sales_no_more(_: Case, __: OpportunityTakenBack) -> Changes:
    return {"opportunity": None}


def _one_or_many(_: Case, fact: OneOrManyAnswered) -> Changes:
    return {"one_or_many": content(fact)}


HOW: dict[type[Fact], How] = {
    ComplaintScreened: _screened,
    ComplaintClassified: _classified,
    ComplaintGraded: _graded,
    ComplaintRouted: _routed,
    CorrectionProposed: _proposed,
    CorrectionRefused: _turned_down,
    OneOrManyAnswered: _one_or_many,
    OpportunityHandedOn: _handed_on,
    OpportunityTakenBack: _with_sales_no_more,
}
