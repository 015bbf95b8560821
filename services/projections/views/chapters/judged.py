"""Chapter triage on the page of a case: what it is. The latest judgement counts, the earlier ones stay readable."""

from events.fact import Fact
from events.triage import ComplaintClassified, ComplaintGraded, ComplaintRouted, ComplaintScreened
from projections.views.chapters.page import Case, Changes, How
from projections.views.told import content


def _screened(case: Case, fact: ComplaintScreened) -> Changes:
    return {"screening": fact.outcome, "screenings": [*case.get("screenings", []), content(fact)]}


def _classified(_: Case, fact: ComplaintClassified) -> Changes:
    return {"category": fact.category, "dispute": fact.dispute, "classification": content(fact)}


def _graded(case: Case, fact: ComplaintGraded) -> Changes:
    changes: Changes = {"grade": fact.grade, "grading": content(fact)}
    before = case.get("grade")
    if before is not None and before != fact.grade:
        changes["grade_before"] = before
    return changes


def _routed(_: Case, fact: ComplaintRouted) -> Changes:
    return {"queue": fact.queue, "route": content(fact)}


HOW: dict[type[Fact], How] = {
    ComplaintScreened: _screened,
    ComplaintClassified: _classified,
    ComplaintGraded: _graded,
    ComplaintRouted: _routed,
}
