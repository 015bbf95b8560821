"""Clocks while a rulebook that another one names is not here yet: what leans on it waits, all else goes on."""

from collections import Counter
from datetime import datetime

import pytest

from escalation.decider.due import LATER
from escalation.decider.state import Case
from events.decider import NOTHING, Owed
from events.escalation import CaseEscalated, ClockBreached, ClockStarted, ClockWarned, OwnershipOffered
from events.fact import Fact, GivenDue
from events.triage import ComplaintRouted
from given import Story
from rulebooks.state import Rulebook
from unit.escalation.cases import LODGED, NOON, at_desk, contact, days, graded, minutes, names, received, told

READ = at_desk()
ROUTED = ComplaintRouted(at=NOON, queue="q", first_owner="handler", reason="r", rule="t@1", by="rule")


def without(key: str) -> dict[str, Rulebook]:
    return {name: book for name, book in READ.items() if name != key}


def waited(*facts: Fact, key: str, until: datetime) -> tuple[Story[object], Story[object]]:
    """A case that waited for a rulebook until then, and has read it now; and one that never had to wait."""
    waiting = told(*facts, books=without(key)).settled(until)
    read = told(*waiting.history, books=READ).settled(until)
    return waiting, read


def said(case: Story[object]) -> Counter[str]:
    """Everything that was said, but for what could not be read then."""
    return Counter(
        str(fact.model_copy(update={"unread": None}) if "unread" in type(fact).model_fields else fact)
        for fact in case.history
    )


@pytest.mark.parametrize("key", ["pack/desk", "calendar/office"])
def test_what_runs_is_judged_while_a_pack_is_not_read(key: str) -> None:
    """Never silent: warned, breached, escalated; its own clocks begin once it is read, as if it had been there."""
    waiting, read = waited(LODGED, key=key, until=minutes(100))
    assert names(waiting.history) == ["clock-started first-reply", "clock-warned first-reply",
                                      "clock-breached first-reply"]  # fmt: skip
    judged = [fact for fact in waiting.history if isinstance(fact, ClockWarned | ClockBreached | CaseEscalated)]
    assert [fact.level for fact in judged if isinstance(fact, CaseEscalated)] == [1, 2]
    assert {fact.unread for fact in judged} == {key}
    assert said(read) == said(told(LODGED, books=READ).settled(minutes(100)))
    assert "clock-started desk:answer" in names(read.history)


def test_a_case_that_waits_looks_again_soon_and_at_its_own_times() -> None:
    case = told(LODGED, books=without("pack/desk")).settled(NOON)
    assert case.owes(NOON).wake_at == NOON + LATER
    before = minutes(15) - LATER / 2
    wake_at = case.owes(before).wake_at
    assert wake_at is not None
    assert minutes(15) <= wake_at < before + LATER


def test_old_history_that_waits_for_a_rulebook_looks_again_soon_and_one_that_does_not_waits_for_its_end() -> None:
    dues = (GivenDue(clock="limit", policy="desk/answer"),)
    old = LODGED.model_copy(update={"dues": dues, "history": "import/b1"})
    assert told(old, books=without("calendar/office")).owes(NOON) == Owed(wake_at=NOON + LATER)
    read = told(old, books=READ).settled(NOON)
    assert "clock-started limit" in names(read.history)
    assert read.owes(NOON) == NOTHING


def test_no_occasion_is_lost_while_a_pack_is_not_read() -> None:
    """Messages, grades and offers that came meanwhile set off what they do."""
    facts = (LODGED, contact(minutes(30)), graded(at=minutes(40)), ROUTED, received(minutes(50)))
    _, read = waited(*facts, key="pack/desk", until=days(20))
    at_once = told(*facts, books=READ).settled(days(20))
    begun = [Counter(fact.clock for fact in case.history if isinstance(fact, ClockStarted)) for case in (read, at_once)]
    assert begun[0] == begun[1]


def test_of_a_case_that_waits_for_nothing_settled_occasions_are_forgotten() -> None:
    case = told(LODGED, graded(at=minutes(1)), ROUTED, books=READ).settled(minutes(100)).state
    assert isinstance(case, Case)
    assert [one.name.partition("#")[0] for one in case.occasions] == ["escalated"]


def test_clocks_are_judged_while_the_organisation_is_not_read_and_offers_and_levels_wait() -> None:
    facts = (LODGED, graded(at=minutes(1)), ROUTED)
    waiting, read = waited(*facts, key="organisation/default", until=days(3))
    assert [fact.clock for fact in waiting.history if isinstance(fact, ClockBreached)]
    assert not [fact for fact in waiting.history if isinstance(fact, CaseEscalated | OwnershipOffered)]
    at_once = told(*facts, books=READ).settled(days(3))
    kinds = CaseEscalated | OwnershipOffered
    assert Counter(str(fact) for fact in read.history if isinstance(fact, kinds)) == Counter(
        str(fact) for fact in at_once.history if isinstance(fact, kinds)
    )
