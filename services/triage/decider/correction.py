"""What a person may correct: alone, or with another where a clock of the case is at risk or breached (R08).

Machines suggest, a person overrules (R140). Each step corrects what stands; none is taken before the one that it rests
on (R13). Raising a grade is never held up.
"""

from typing import assert_never

from events.apart import about_oneself
from events.decider import Refused
from events.fact import BY_PERSON, Fact
from events.roles import CONFIRMING
from events.triage import (
    GRADES,
    SCREENED_OUT,
    ComplaintClassified,
    ComplaintGraded,
    ComplaintRouted,
    ComplaintScreened,
    CorrectionProposed,
    CorrectionRefused,
    OneOrManyAnswered,
)
from rulebooks.books import is_published
from rulebooks.state import Books
from triage.decider.commands import (
    AnswerOneOrMany,
    Classify,
    Confirm,
    Correction,
    OnCase,
    Regrade,
    Reroute,
    Screen,
    TurnDown,
)
from triage.decider.state import Case, Proposal

_NOTHING_PROPOSED = Refused("nothing-proposed", "no correction of this case waits for a second person")


def on_case(command: OnCase, case: Case, books: Books) -> Fact | Refused:
    """The fact that follows, or why not. Whom it is about says nothing of what it is (R24)."""
    return about_oneself(command.by, case.about) or _asked(command, case, books)


def _asked(command: OnCase, case: Case, books: Books) -> Fact | Refused:
    match command:
        case Screen() | Classify() | Regrade():
            return _proposed(command, case) if command.propose else _alone(command, case) or _corrected(command, case)
        case Reroute():
            return _out_of_turn(case, needs=case.grade, step="graded") or _reroute(command, case, books)
        case Confirm():
            return _confirmed(command, case)
        case TurnDown():
            return _turned_down(command, case)
        case AnswerOneOrMany():
            return _one_or_many(command, case)
    assert_never(command)


def _alone(command: Correction, case: Case) -> Refused | None:
    """Nobody reclassifies away a clock by themselves."""
    match command:
        case Screen():
            corrects = case.screening is not None
        case Classify():
            corrects = case.category is not None
        case Regrade():
            corrects = case.grade is not None and GRADES.index(command.grade) < GRADES.index(case.grade)
    if not corrects or not (case.at_risk or case.breached):
        return None
    return Refused(
        "second-person-needed",
        "a clock of this case is at risk or breached: propose the correction, and another person confirms it",
    )


def _corrected(command: Correction, case: Case) -> Fact | Refused:
    match command:
        case Screen():
            return _screen(command, case)
        case Classify():
            return _classify(command, case)
        case Regrade():
            return _out_of_turn(case, needs=case.category, step="classified") or _regrade(command, case)
    assert_never(command)


def _out_of_turn(case: Case, *, needs: str | None, step: str) -> Refused | None:
    if case.screening in SCREENED_OUT:
        return Refused("screened-out", f"it is screened as {case.screening}; screen it as a complaint first")
    return Refused(f"not-{step}", f"it has not been {step} yet") if needs is None else None


def _screen(command: Screen, case: Case) -> Fact | Refused:
    if command.outcome == case.screening:
        return Refused("nothing-changed", f"it is screened as {command.outcome} already")
    return ComplaintScreened(
        at=command.now,
        outcome=command.outcome,
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
        confirmed_by=command.confirmed_by,
    )


def _classify(command: Classify, case: Case) -> Fact | Refused:
    if case.screening is None:
        return Refused("not-screened", "it has not been screened yet")
    if (command.category, command.dispute) == (case.category, case.dispute):
        return Refused("nothing-changed", "it is classified like this already")
    return ComplaintClassified(
        at=command.now,
        category=command.category,
        dispute=command.dispute,
        confidence_percent=100,
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
        confirmed_by=command.confirmed_by,
    )


def _regrade(command: Regrade, case: Case) -> Fact | Refused:
    if command.grade == case.grade:
        return Refused("nothing-changed", f"it is graded as {command.grade} already")
    return ComplaintGraded(
        at=command.now,
        grade=command.grade,
        severity=command.severity,
        urgency=command.urgency,
        inputs=(),
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
        confirmed_by=command.confirmed_by,
    )


def _reroute(command: Reroute, case: Case, books: Books) -> Fact | Refused:
    """To a post or a person: posts are another chapter's rulebook, and nobody lists people. Playbooks are our own."""
    if command.playbook is not None and not is_published(books, "playbook", command.playbook):
        return Refused("no-such-playbook", "no playbook of this name has been published; leave it out or name another")
    if (command.queue, command.first_owner) == (case.queue, case.first_owner):
        return Refused("nothing-changed", "it is routed there already")
    return ComplaintRouted(
        at=command.now,
        queue=command.queue,
        first_owner=command.first_owner,
        skills=command.skills,
        playbook=command.playbook,
        reason=command.reason,
        rule=BY_PERSON,
        by=command.by,
    )


# --- the second person -----------------------------------------------------------------------------------------------


def _proposed(command: Correction, case: Case) -> CorrectionProposed | Refused:
    """Only what could be made now can be proposed, and one thing at a time."""
    if case.proposed is not None:
        return Refused("correction-waits", "another correction of this case waits for a second person")
    made = _corrected(command, case)
    if isinstance(made, Refused):
        return made
    match command:
        case Screen(outcome=outcome):
            step: dict[str, object] = {"step": "screening", "outcome": outcome}
        case Classify(category=category, dispute=dispute):
            step = {"step": "classification", "category": category, "dispute": dispute}
        case Regrade(grade=grade, severity=severity, urgency=urgency):
            step = {"step": "grade", "grade": grade, "severity": severity, "urgency": urgency}
    return CorrectionProposed.model_validate({"at": command.now, "reason": command.reason, "by": command.by, **step})


def _confirmed(command: Confirm, case: Case) -> Fact | Refused:
    """The correction as it was proposed, made now, in both names."""
    if case.proposed is None:
        return _NOTHING_PROPOSED
    if command.by == case.proposed.by:
        return Refused("same-person", "a correction is confirmed by another person than who proposed it")
    correction = _as_proposed(command, case.proposed)
    return _NOTHING_PROPOSED if correction is None else _corrected(correction, case)


def _as_proposed(command: Confirm, proposal: Proposal) -> Correction | None:
    """None where a proposal says nothing, which no command of ours leaves."""
    now, by, second = command.now, proposal.by, command.by
    if proposal.outcome is not None:
        return Screen(now, by, proposal.outcome, proposal.reason, confirmed_by=second)
    if proposal.category is not None:
        dispute = proposal.dispute or "unknown"
        return Classify(now, by, proposal.category, dispute, proposal.reason, confirmed_by=second)
    if proposal.grade is not None:
        weights = (proposal.severity, proposal.urgency)
        return Regrade(now, by, proposal.grade, proposal.reason, *weights, confirmed_by=second)
    return None


def _turned_down(command: TurnDown, case: Case) -> CorrectionRefused | Refused:
    if case.proposed is None:
        return _NOTHING_PROPOSED
    if command.by != case.proposed.by and not command.roles & CONFIRMING:
        return Refused("not-yours-to-refuse", "a team lead or the CSO turns it down, or whoever proposed it")
    return CorrectionRefused(at=command.now, reason=command.reason, by=command.by)


# --- one or many -----------------------------------------------------------------------------------------------------


def _one_or_many(command: AnswerOneOrMany, case: Case) -> OneOrManyAnswered | Refused:
    if command.cluster is not None and command.cluster == case.one_of:
        return Refused("nothing-changed", "it is known as one of this cluster already")
    return OneOrManyAnswered(
        at=command.now,
        answer="one" if command.cluster is None else "many",
        cluster=command.cluster,
        complaint=command.complaint,
        reason=command.reason,
        by=command.by,
    )
