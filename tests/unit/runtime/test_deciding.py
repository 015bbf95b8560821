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
from runtime.rows import Row
from runtime.store import CommandView
from runtime.waves import decide_all

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


async def test_what_is_told_of_a_record_that_waits_for_repair_is_refused_and_may_be_told_again() -> None:
    """L22: one parked stream does not hold up what is told of the others; nothing is lost by its refusal."""
    commands = Commands(
        "escalation",
        replace(toy.OWES, decide=lambda *_: Refused("asked", "")),
        NOBODY,
        NOBODY,
        NOBODY,
        NOBODY,
        3,
        "epoch",
        b"secret",
    )
    waits, goes = (Intent(f"complaint/{n}", f"event-{n}", "hash", lambda _: "a command", "boston") for n in (1, 2))
    views = [CommandView(NOON, Row("complaint/1", 0, parked_at=17), {}, None), CommandView(NOON, None, {}, None)]
    refused, asked = await decide_all(commands, [waits, goes], views)
    assert (refused.code, asked.code) == ("stream-parked", "asked")
    assert refused.why.endswith("tell it again with the same id once it is mended")
