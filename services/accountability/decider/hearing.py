"""What was said between the complainant and us, as far as a rule of this chapter asks for it. Steps of `fold.py`."""

from typing import assert_never

from accountability.decider.state import Case
from events.changed import changed
from events.intake import ComplaintWithdrawn, ContactRecorded, MessageRequested, MessageSent, MotiveRecorded

SaidFact = ContactRecorded | MotiveRecorded | ComplaintWithdrawn | MessageRequested | MessageSent


def heard(case: Case, fact: SaidFact) -> Case:
    """The case after one more word of theirs or ours."""
    match fact:
        case ContactRecorded():
            return _contacted(case, fact)
        case MotiveRecorded():
            return changed(case, motive=True)
        case ComplaintWithdrawn():
            return changed(case, withdrawn=True)
        case MessageRequested() | MessageSent():
            return _told(case, fact) if fact.kind == "decision" else case
    assert_never(fact)


def _contacted(case: Case, fact: ContactRecorded) -> Case:
    """The best that was ever reached counts: nobody has to tell the story again (R115). What a try in vain says of the
    facts is no word of theirs.
    """
    if fact.outcome != "reached":
        impossible = fact.outcome == "impossible" and fact.reason is not None and case.contact == "none"
        return changed(case, contact="impossible") if impossible else case
    facts = case.facts
    if fact.agreed:
        facts = "agreed"
    elif fact.facts != "not-discussed" and facts == "not-discussed":
        facts = "sought"
    return changed(case, contact="reached", facts=facts, spoken_in=case.cycle)


def _told(case: Case, fact: MessageRequested | MessageSent) -> Case:
    """A message that tells a decision is on its way, or has arrived."""
    others = tuple(one for one in case.on_its_way if one != fact.message_id)
    return changed(case, on_its_way=(*others, fact.message_id) if isinstance(fact, MessageRequested) else others)
