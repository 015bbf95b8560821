"""Closing on a lawful ground, and reopening (R74, R80)."""

from datetime import datetime
from typing import assert_never

from accountability.decider.commands import CloseComplaint, ReopenComplaint
from accountability.decider.decision import awaited, gate, screened_out
from accountability.decider.state import Case, Closed, Decision, Open
from accountability.rules import Callbacks, Rules
from events.accountability import ComplaintClosed, ComplaintReopened
from events.decider import Refused


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


def reopen_complaint(command: ReopenComplaint, state: Open | Closed, rules: Rules) -> ComplaintReopened | Refused:
    """Not solved after all; the first cycle and its clocks stay as they were."""
    if isinstance(state, Open):
        return Refused("not-closed", "only a closed case can be reopened")
    return reopened(state.case, rules, at=command.now, reason=command.reason, by=command.by)


def reopened(case: Case, rules: Rules, *, at: datetime, reason: str, by: str) -> ComplaintReopened:
    """The next cycle, which another person decides where the rules want that."""
    apart_from = case.deciders if rules.apart.second_stage_by_another else ()
    return ComplaintReopened(at=at, reason=reason, cycle=case.cycle + 1, apart_from=apart_from, by=by)
