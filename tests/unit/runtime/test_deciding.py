"""A command that wants a rulebook which is not in force yet is told to ask again (L22)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

import toy
from events.decider import Context, Refused, UnknownRulebook
from runtime.commands import Commands
from runtime.intents import Intent
from runtime.problems import RULEBOOK_MISSING, Problem
from runtime.store import CommandView

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOBODY = cast("Any", None)


async def test_a_missing_rulebook_answers_503_and_one_that_is_there_is_handed_to_the_rules() -> None:
    def decide(_command: object, _state: object, context: Context) -> Refused:
        if "calendar/cn" not in context.books:
            raise UnknownRulebook("calendar/cn")
        return Refused("seen", context.books["calendar/cn"])

    commands = Commands(
        "escalation", replace(toy.OWES, decide=decide), NOBODY, NOBODY, NOBODY, NOBODY, 3, "epoch", b"secret"
    )
    intent = Intent("complaint/1", "event", "hash", lambda _: "a command", "li.na")
    with pytest.raises(Problem) as problem:
        await commands.decide(intent, CommandView(NOON, None, {}, None))
    assert (problem.value.status_code, problem.value.code) == (503, RULEBOOK_MISSING)
    view = CommandView(NOON, None, {}, None, {"calendar/cn": "a calendar"})
    assert await commands.decide(intent, view) == Refused("seen", "a calendar")
