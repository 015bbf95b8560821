"""Closing on a lawful ground, reopening, and the finding of who answers for it (R74, R80, R90-R92)."""

from typing import assert_never

from accountability.decider.commands import CloseComplaint, MakeFinding, ReopenComplaint
from accountability.decider.decision import awaited, gate, screened_out
from accountability.decider.state import Case, Closed, Decision, Open
from accountability.rules import Callbacks, Rules
from events.accountability import ComplaintClosed, ComplaintReopened, FindingMade
from events.decider import Refused
from events.roles import JUDGING


def close_complaint(command: CloseComplaint, state: Open | Closed, rules: Rules) -> ComplaintClosed | Refused:
    """A decision with its cause, its reasoned answer received, and what the ground itself asks for."""
    if isinstance(state, Closed):
        return Refused("case-closed", "the case is closed already")
    refused = gate(state.case)
    if refused is not None:
        return refused
    if state.decision is None:
        return Refused("decision-missing", "no decision with its root cause is on record in this cycle")
    if not state.decision.answered:
        return Refused("answer-missing", "no channel has confirmed that the reasoned answer reached the complainant")
    refused = awaited(state.case) or _grounded(command, state.case, state.decision, rules)
    if refused is not None:
        return refused
    return ComplaintClosed(
        at=command.now,
        ground=command.ground,
        evidence=command.evidence,
        next_instance=command.next_instance or rules.closing.next_instance,
        by=command.by,
    )


_NOT_ACCEPTED = Refused("acceptance-missing", "no callback says that the complainant is satisfied")
_FIRST_STAGE = Refused("stage-two-missing", "another person has to look at it first: reopen the case")
_OURS = Refused("decided-as-ours", "the decision does not say that the matter is not ours")
_NOT_WITHDRAWN = Refused("not-withdrawn", "no withdrawal is on record, or the rules do not let it close a case")
_NOT_FOR_PEOPLE = Refused("ground-not-open", "only what another system reports is closed at source")


def _grounded(command: CloseComplaint, case: Case, decision: Decision, rules: Rules) -> Refused | None:
    """What each ground asks for beside decision and answer."""
    match command.ground:
        case "accepted":
            return None if decision.confirmed or decision.settled else _NOT_ACCEPTED
        case "callbacks-spent":
            return _attempts_left(decision, rules.callbacks)
        case "options-exhausted":
            return None if case.cycle > 1 else _FIRST_STAGE
        case "out-of-scope" | "transferred":
            return _OURS if decision.ours else screened_out(case)
        case "withdrawn":
            return None if case.withdrawn and rules.closing.withdrawal_closes else _NOT_WITHDRAWN
        case "closed-at-source":
            return _NOT_FOR_PEOPLE
        case _:
            assert_never(command.ground)


def _attempts_left(decision: Decision, rules: Callbacks) -> Refused | None:
    tries = rules.counting(decision.tries)
    if len(tries) >= rules.attempts:
        return None
    since = f", the next from {rules.counts_after(tries[-1]).isoformat()} on" if tries else ""
    why = f"{len(tries)} of {rules.attempts} tries count, which are at least {rules.apart_hours} hours apart{since}"
    return Refused("attempts-left", why)


def reopen_complaint(command: ReopenComplaint, state: Open | Closed) -> ComplaintReopened | Refused:
    """Not solved after all; the first cycle and its clocks stay as they were."""
    if isinstance(state, Open):
        return Refused("not-closed", "only a closed case can be reopened")
    return ComplaintReopened(at=command.now, reason=command.reason, cycle=state.case.cycle + 1, by=command.by)


def make_finding(command: MakeFinding, state: Open | Closed) -> FindingMade | Refused:
    """Judged apart from everybody who had a hand in the case (R92); praise counts as well (R91)."""
    case = state.case
    if not command.roles & JUDGING:
        return Refused("not-a-judge", "a finding is made by the accountability department")
    if command.by in case.hands or command.by == command.person:
        return Refused("judge-not-apart", "who owned, decided, offered, approved or closed the case does not judge it")
    if isinstance(state, Open) and state.decision is None and not case.deciders:
        return Refused("decision-missing", "a finding follows a decision or a closing")
    if command.person is None and (command.responsible == "person" or command.measure == "sanction"):
        return Refused("person-missing", "name the person by subject id")
    return FindingMade(
        at=command.now,
        responsible=command.responsible,
        person=command.person,
        measure=command.measure,
        reasons=command.reasons,
        by=command.by,
    )
