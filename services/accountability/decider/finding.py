"""Who answers for it: both sides heard, then judged apart from everybody who had a hand in the case (R60, R90-R92)."""

from typing import assert_never

from accountability.decider.commands import AskForReply, GiveReply, MakeFinding, OnFinding
from accountability.decider.state import Case, Closed, Open
from events.accountability import FindingMade, Reply, ReplyAsked, ReplyGiven
from events.decider import Refused
from events.roles import JUDGING


def on_finding(command: OnFinding, state: Open | Closed) -> ReplyAsked | ReplyGiven | FindingMade | Refused:
    """Each on its own; none of them changes whether the case is open."""
    match command:
        case AskForReply():
            return _ask_for_reply(command, state.case)
        case GiveReply():
            return _give_reply(command, state.case)
        case MakeFinding():
            return _make_finding(command, state)
    assert_never(command)


def _ask_for_reply(command: AskForReply, case: Case) -> ReplyAsked | Refused:
    """Once each; at any time, as somebody may be named late."""
    of = command.of or case.subject
    if not command.roles & JUDGING:
        return Refused("not-a-judge", "the accountability department asks for somebody's side")
    if of is None:
        return Refused("person-missing", "name the person by subject id: the complaint names nobody")
    if of in case.asked:
        return Refused("nothing-changed", "this person was asked already")
    return ReplyAsked(at=command.now, of=of, by=command.by)


def _give_reply(command: GiveReply, case: Case) -> ReplyGiven | Refused:
    """Whom it, or a finding on it, is about needs nobody to ask; and each may say more later."""
    if command.by not in (*case.about, *case.asked):
        return Refused("reply-not-asked", "whom the complaint or a finding is about replies here, and who was asked")
    return ReplyGiven(at=command.now, text=command.text, by=command.by)


def _make_finding(command: MakeFinding, state: Open | Closed) -> FindingMade | Refused:
    """Judged apart from everybody who had a hand in the case (R92); praise counts as well (R91)."""
    case = state.case
    if not command.roles & JUDGING:
        return Refused("not-a-judge", "a finding is made by the accountability department")
    if command.by in (*case.hands, *case.asked) or command.by == command.person:
        why = "who owned, decided, offered, approved or closed the case, or was asked for their side, does not judge it"
        return Refused("judge-not-apart", why)
    if isinstance(state, Open) and state.decision is None and not case.deciders:
        return Refused("decision-missing", "a finding follows a decision or a closing")
    if command.person is None and (command.responsible == "person" or command.measure == "sanction"):
        return Refused("person-missing", "name the person by subject id")
    return FindingMade(
        at=command.now,
        responsible=command.responsible,
        person=command.person,
        reply=_heard(command.person or case.subject, case),
        measure=command.measure,
        reasons=command.reasons,
        by=command.by,
    )


def _heard(person: str | None, case: Case) -> Reply | None:
    if person is None:
        return None
    return "given" if person in case.replied else "asked" if person in case.asked else "not-asked"
