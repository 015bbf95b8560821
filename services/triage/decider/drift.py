"""Drift: neglect, loss and accumulation raise a grade by themselves (R16, R17); only a person lowers it.

What may raise it is noted in the order of the log, and counts towards one raise only; the raise names the cause that
completed it. So it does not matter how many facts are folded before somebody asks (L14).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from events.changed import changed
from events.decider import Context
from events.fact import BY_RULE, EARLIEST
from events.triage import GRADES, SCREENED_OUT, ComplaintGraded
from triage.decider.state import Case, Cause, Cluster
from triage.rules import DriftRule, Rules


@dataclass(frozen=True, slots=True)
class _Raise:
    rule: DriftRule
    at: datetime
    cause: str
    inputs: tuple[str, ...]
    known_at: datetime


def noted(case: Case, cause: Cause) -> Case:
    """It may raise the grade: while the case is one of ours, not after it was closed, and since it was graded."""
    late = case.closed_at is not None and cause.at > case.closed_at
    early = case.counts_from is not None and cause.at < case.counts_from
    if late or early or case.screening in SCREENED_OUT:
        return case
    return changed(case, causes=(*case.causes, cause))


def regraded(case: Case, fact: ComplaintGraded, *, by_person: bool) -> Case:
    """What counted is spent: up to the cause of a raise, and all of it where a person looked."""
    if by_person:
        return changed(case, causes=(), counts_from=fact.at, overruled=True)
    if fact.cause is not None:
        found = next((n for n, cause in enumerate(case.causes, 1) if cause.ref == fact.cause), 0)
        return changed(case, causes=case.causes[found:])
    kept = tuple(cause for cause in case.causes if cause.at >= fact.at)
    return changed(case, causes=kept, counts_from=fact.at)


def may_be_raised(case: Case, context: Context) -> bool:
    """Something counts that no rule asks for yet: another table could raise it. What is closed stays as it is (R16)."""
    able = case.grade not in (None, "crisis") and _is_ours(case) and case.closed_at is None
    return able and (bool(case.causes) or any(True for _ in _clusters(case, context)))


def _is_ours(case: Case) -> bool:
    """Old history that was closed at its source is nobody's to screen, whatever grade it was given (L14)."""
    return case.screening is not None and case.screening not in SCREENED_OUT


def _clusters(case: Case, context: Context) -> Iterator[tuple[str, Cluster, datetime]]:
    """Those that name this case: the id, the cluster, and since when the case is a member. Only a person who says that
    it is a case by itself comes before that.
    """
    complaint = context.stream.partition("/")[2]
    for name, cluster in context.others.items():
        if isinstance(cluster, Cluster) and complaint in cluster.members and not case.alone:
            yield name.partition("/")[2], cluster, dict(cluster.joined).get(complaint, EARLIEST)


def raised(case: Case, context: Context, *, since: datetime) -> ComplaintGraded | None:
    """The next raise that the history asks for, if any; never before `since`."""
    rules: Rules = context.rules
    able = [rule for rule in rules.grading.drift if case.grade in rule.grade]
    if not _is_ours(case) or not able:
        return None
    found = _earlier(_counted(case, able), _grown(case, able, context))
    if found is None:
        return None
    known = max(found.at, rules.grading.since)
    if case.closed_at is not None and known > case.closed_at:
        return None
    return ComplaintGraded(
        at=max(known, since),
        grade=found.rule.to,
        severity=0,
        urgency=0,
        inputs=(f"grade={case.grade}", *found.inputs),
        cause=found.cause,
        reason=found.rule.reason,
        rule=f"{rules.grading.ref}/{found.rule.name}",
        by=BY_RULE,
    )


def _earlier(one: _Raise | None, other: _Raise | None) -> _Raise | None:
    if one is None or other is None:
        return one or other
    return other if other.known_at < one.known_at else one


def _counted(case: Case, able: list[DriftRule]) -> _Raise | None:
    """The first cause in the log that completes a rule; of several rules the highest grade, then the first."""
    for until, cause in enumerate(case.causes, 1):
        complete = [rule for rule in able if _holds(rule, case.causes[:until])]
        if complete:
            rule = max(complete, key=lambda rule: GRADES.index(rule.to))
            inputs = (f"{rule.because}={cause.name}"[:200], f"times={rule.times}")
            return _Raise(rule, cause.at, cause.ref, inputs, cause.known_at or cause.at)
    return None


def _holds(rule: DriftRule, causes: tuple[Cause, ...]) -> bool:
    return sum(rule.counts(cause.because, cause.name) for cause in causes) >= rule.times


def _grown(case: Case, able: list[DriftRule], context: Context) -> _Raise | None:
    """A cluster that names this case grew to a size of the table, since a person last looked."""
    best: _Raise | None = None
    for name, cluster, joined in _clusters(case, context):
        for rule in able:
            if rule.because != "cluster" or len(cluster.grown) < rule.times:
                continue
            at = max(cluster.grown[rule.times - 1], joined)
            seen = case.overruled and case.counts_from is not None and at <= case.counts_from
            if not seen:
                inputs = (f"cluster={name}", f"members={rule.times}")
                best = _earlier(best, _Raise(rule, at, f"cluster:{name}", inputs, at))
    return best
