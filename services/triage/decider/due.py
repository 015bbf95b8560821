"""`owed`: what triage should have said by now: screened, classified, graded, routed, in this order (R13), then raised.

What another system reported of old history is repeated at once, while that loads; everything of our own waits until the
history is complete. Rules read the complaint as it was lodged, so that it does not matter when they are asked (L14).
"""

from datetime import datetime

from events.decider import NOTHING, Context, Owed
from events.fact import BY_RULE, EARLIEST, Fact
from events.ids import COMPLAINT
from events.triage import (
    SCREENED_OUT,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    OpportunityHandedOn,
    OpportunityTakenBack,
)
from rulebooks.books import rulebook_stream
from triage.decider.drift import may_be_raised, raised
from triage.decider.state import Case, Cluster, ImportBatch, State
from triage.rulebooks import GRADING
from triage.rules import ClassificationRule, Rules, Said, Weight

_VALUE_CHARACTERS_MAX = 150
"""An input is named in a Word, which is short."""
_SALES = "sales"
_GRADING = (rulebook_stream("grade", GRADING),)


def owed(state: State, context: Context, now: datetime) -> Owed:  # noqa: ARG001 - triage has no timers
    return _next(state, context) if isinstance(state, Case) else NOTHING


def leans_on(state: State) -> tuple[str, ...]:
    """The import that brought the case, while anything of our own is still to be decided. On its cluster a case leans
    because that names it (`names`).
    """
    if not isinstance(state, Case) or state.history is None:
        return ()
    return (state.history,) if _waits(state) else ()


def names(state: State) -> tuple[str, ...]:
    """The members of a cluster, which its growth may raise, whatever they know of it."""
    return tuple(f"{COMPLAINT}{member}" for member in state.members) if isinstance(state, Cluster) else ()


def _unfinished(case: Case) -> bool:
    """Something of our own is missing."""
    if case.screening is None:
        return not case.closed_there
    return case.screening not in SCREENED_OUT and case.queue is None


def _astray(case: Case) -> bool:
    """A person says that it is another kind of dispute than it was routed as (R12)."""
    moved = case.routed_as is not None and case.routed_as != case.dispute
    return moved and case.screening not in SCREENED_OUT


def _waits(case: Case) -> bool:
    """Something of our own may come to be owed, once its history is known."""
    return _unfinished(case) or _astray(case) or bool(case.causes) or case.opportunity_at is not None


def _next(case: Case, context: Context) -> Owed:
    rules: Rules = context.rules
    unfinished = _unfinished(case)
    if case.reports and (not unfinished or _is_reported_first(case)):
        return Owed(_as_reported(case, rules))
    loaded = _loaded_until(case, context) if _waits(case) else EARLIEST
    if loaded is None:
        return NOTHING
    at = max(case.since, loaded)
    if unfinished:
        return Owed(_step(case, rules, at))
    if case.opportunity_at is not None:
        return Owed(_to_sales(case, max(case.opportunity_at, loaded)))
    fact = (_rerouted(case, rules, at) if _astray(case) else None) or raised(case, context, since=at)
    return Owed(waits_for=_GRADING) if fact is None and may_be_raised(case, context) else Owed(fact)


def _step(case: Case, rules: Rules, at: datetime) -> Fact:
    if case.screening is None:
        return _screened(case.said, rules, at)
    if case.category is None:
        return _classified(case.said, rules, at)
    if case.grade is None:
        return _graded(case.said, case.category, rules, at)
    return _routed(case.said, case.category, case.dispute, case.grade, rules=rules, at=at)


def _to_sales(case: Case, at: datetime) -> OpportunityHandedOn | OpportunityTakenBack:
    if case.with_sales:
        return OpportunityTakenBack(at=at, to=_SALES, by=BY_RULE)
    category, product = case.category or case.said.category, case.said.product
    return OpportunityHandedOn(at=at, to=_SALES, category=category or None, product=product or None, by=BY_RULE)


def _rerouted(case: Case, rules: Rules, at: datetime) -> ComplaintRouted | None:
    """None where the table sends it to where it is."""
    if case.category is None or case.grade is None:
        return None
    routed = _routed(case.said, case.category, case.dispute, case.grade, rules=rules, at=at)
    return None if (routed.queue, routed.first_owner) == (case.queue, case.first_owner) else routed


def _is_reported_first(case: Case) -> bool:
    """Old history before our own first step, and the category that came with the complaint as the step after it. What
    is reported later waits until our own steps are done, as it would have had we looked in between (L14).
    """
    return case.history is not None if case.screening is None else case.reports[0].at_lodging


def _loaded_until(case: Case, context: Context) -> datetime | None:
    """Until when the history of this case is known; None while it loads. Live cases have none to wait for."""
    if case.history is None:
        return EARLIEST
    batch = context.others.get(case.history)
    return batch.known_until if isinstance(batch, ImportBatch) else None


def _classification(said: Said, category: str, rules: Rules) -> ClassificationRule:
    return next(rule for rule in rules.classification.rule if rule.when.holds(said, category=category))


def _as_reported(case: Case, rules: Rules) -> ComplaintClassified:
    report = case.reports[0]
    rule = _classification(case.said, report.category, rules)
    return ComplaintClassified(
        at=report.at,
        category=report.category,
        dispute=rule.dispute,
        confidence_percent=100,
        inputs=_inputs(case.said, report.category),
        reason="the source says so",
        rule=rules.classification.ref,
        by=report.origin.source,
        reported=report.origin,
    )


def _screened(said: Said, rules: Rules, at: datetime) -> ComplaintScreened:
    rule = next(rule for rule in rules.screening.rule if rule.when.holds(said, category=said.category))
    return ComplaintScreened(
        at=at,
        outcome=rule.outcome,
        inputs=_inputs(said, said.category),
        reason=rule.reason,
        rule=rules.screening.ref,
        by=BY_RULE,
    )


def _classified(said: Said, rules: Rules, at: datetime) -> ComplaintClassified:
    rule = _classification(said, said.category, rules)
    return ComplaintClassified(
        at=at,
        category=rule.category or said.category,
        dispute=rule.dispute,
        confidence_percent=rule.confidence_percent,
        inputs=_inputs(said, said.category),
        reason=rule.reason,
        rule=rules.classification.ref,
        by=BY_RULE,
    )


def _graded(said: Said, category: str, rules: Rules, at: datetime) -> ComplaintGraded:
    table = rules.grading
    severity = _heaviest(table.severity, said, category)
    urgency = _heaviest(table.urgency, said, category)
    score = severity.level * urgency.level
    return ComplaintGraded(
        at=at,
        grade=next(one.grade for one in table.grade if score >= one.score_min),
        severity=severity.level,
        urgency=urgency.level,
        inputs=_inputs(said, category),
        reason=f"{severity.reason}; {urgency.reason}",
        rule=table.ref,
        by=BY_RULE,
    )


def _heaviest(weights: tuple[Weight, ...], said: Said, category: str) -> Weight:
    """The highest level that holds; of equals the later one, which says more than the one that holds always."""
    holding = [weight for weight in weights if weight.when.holds(said, category=category)]
    return max(reversed(holding), key=lambda weight: weight.level)


def _routed(said: Said, category: str, dispute: str, grade: str, *, rules: Rules, at: datetime) -> ComplaintRouted:
    rule = next(
        rule for rule in rules.routing.rule if rule.when.holds(said, category=category, dispute=dispute, grade=grade)
    )
    return ComplaintRouted(
        at=at,
        queue=rule.queue,
        first_owner=rule.first_owner,
        skills=rule.skills,
        playbook=rule.playbook,
        inputs=_inputs(said, category, dispute=dispute, grade=grade),
        reason=rule.reason,
        rule=rules.routing.ref,
        by=BY_RULE,
    )


def _inputs(said: Said, category: str, **decided: str) -> tuple[str, ...]:
    """What a table may read, as the decision names it: what was said, the category so far, and what else is decided."""
    inputs = {
        "channel": said.channel,
        "identity": said.identity,
        "nature": said.nature,
        "category": category or "none",
        "product": said.product or "none",
        "injury": "yes" if said.injury else "no",
        "told_people": str(said.told_people),
        "calls_before": str(said.calls_before),
        "complaints_before": str(said.complaints_before),
        "names_staff": "yes" if said.names_staff else "no",
        **decided,
    }
    return tuple(f"{name}={value[:_VALUE_CHARACTERS_MAX]}" for name, value in inputs.items())
