"""A service decides on its own rulebooks beside those of other chapters, of which it knows only that they are there."""

from dataclasses import replace
from datetime import UTC, datetime

from events.decider import Context, Refused
from rulebooks.state import DraftRulebook, Rulebook
from triage.decider import DECIDER
from triage.decider.state import Empty

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_rulebook_of_another_chapter_is_no_obstacle_to_a_draft() -> None:
    """Triage has the streams of escalation's rulebooks in its tables, with none of their content."""
    command = DraftRulebook(NOON, "ann", "routing", "routing", "name = 1", "x", ("care",))
    foreign: dict[str, Rulebook] = {"organisation/default": Empty()}  # type: ignore[dict-item]
    answers = [DECIDER.decide(command, Rulebook(), replace(Context(None, {}), books=books)) for books in ({}, foreign)]
    assert isinstance(answers[0], Refused)
    assert answers[0] == answers[1]
