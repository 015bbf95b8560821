"""A command that wants what is not there yet, a rulebook or a data key, is told to ask again (L22, section 6)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

import toy
from events.decider import Context, Refused, UnknownRulebook
from runtime.commands import Commands
from runtime.intents import Draft, Intent
from runtime.keyring import KeyErased, KeyNotAtHand
from runtime.problems import RULEBOOK_MISSING, Problem
from runtime.rows import Row
from runtime.sealing import ERASED, MISSING, UNREADABLE, Key
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
        "escalation", replace(toy.OWES, decide=decide), NOBODY, NOBODY, NOBODY, NOBODY, 3, "epoch", [b"secret"]
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
        [b"secret"],
    )
    waits, goes = (Intent(f"complaint/{n}", f"event-{n}", "hash", lambda _: "a command", "boston") for n in (1, 2))
    views = [CommandView(NOON, Row("complaint/1", 0, parked_at=17), {}, None), CommandView(NOON, None, {}, None)]
    refused, asked = await decide_all(commands, [waits, goes], views)
    assert (refused.code, asked.code) == ("stream-parked", "asked")
    assert refused.why.endswith("tell it again with the same id once it is mended")


class Ring:
    """A keyring that knows nothing of a key until somebody has waited for it; `comes` is what is known then."""

    def __init__(self, comes: Key) -> None:
        self.comes = comes
        self.known: Key = MISSING

    def seal(self, key_id: str, **_: str) -> str:
        if key_id != "a key":
            return f"sealed under {key_id}"
        if self.known is ERASED:
            raise KeyErased
        if not isinstance(self.known, bytes):
            raise KeyNotAtHand
        return "sealed"

    async def keys_for(self, owners: list[str]) -> list[str]:
        return owners

    async def wait(self, _: str) -> Key:
        self.known = self.comes
        return self.known


def sealing(comes: Key) -> tuple[Commands[Any], Intent, CommandView]:
    """A command with words to be sealed, on a case whose key this process has not read yet."""
    decider = replace(toy.OWES, key_of=lambda _: "a key", decide=lambda command, *_: Refused("decided", str(command)))
    ring = cast("Any", Ring(comes))
    commands = Commands("intake", decider, NOBODY, NOBODY, NOBODY, ring, 3, "epoch", [b"secret"])

    def command(draft: Draft[Any]) -> str:
        return draft.seal("text", "words")

    return commands, Intent("complaint/1", "event", "hash", command, "li.na"), CommandView(NOON, None, {}, None)


async def test_a_key_that_comes_a_moment_later_is_waited_for() -> None:
    """Section 6: missing is not erased; another service made the key some milliseconds ago."""
    commands, intent, view = sealing(b"k" * 32)
    assert await commands.decide(intent, view) == Refused("decided", "sealed")


async def test_what_is_said_after_an_erasure_is_sealed_under_a_key_of_the_case() -> None:
    """Section 6: an erased key never opens or seals again, and the case goes on: it has to be decided and closed."""
    commands, intent, view = sealing(ERASED)
    assert await commands.decide(intent, view) == Refused("decided", "sealed under complaint/1")


@pytest.mark.parametrize("comes", [MISSING, UNREADABLE])
async def test_a_key_that_does_not_come_answers_503_and_what_others_tell_goes_on(comes: Key) -> None:
    """L9: 503 speaks of this attempt. What is told of this case is refused and may be told again, the rest goes on."""
    commands, intent, view = sealing(comes)
    with pytest.raises(Problem) as problem:
        await commands.decide(intent, view)
    assert (problem.value.status_code, problem.value.code) == (503, "key-not-at-hand")
    goes = Intent("complaint/2", "event-2", "hash", lambda _: "no words", "boston")
    refused, decided = await decide_all(commands, [intent, goes], [view, view])
    assert (refused.code, decided.code) == ("key-not-at-hand", "decided")
    assert refused.why.endswith("tell it again with the same id once it is mended")


class Maker:
    """A keyring that makes keys, and seals with the name of the key."""

    def __init__(self) -> None:
        self.wanted: list[list[str]] = []

    async def keys_for(self, owners: list[str]) -> list[str]:
        self.wanted.append(owners)
        return [f"key of {owner}" for owner in owners]

    def seal(self, key_id: str, **_: str) -> str:
        return key_id


async def test_words_are_sealed_under_the_key_of_whose_they_are() -> None:
    """Section 6: one key for each person, made in one go; of the case where nobody is named, and the one it has."""
    owners = [None, "party/ann", None, "party/ann"]
    known = [None, None, "key at hand", None]
    decider = replace(
        cast("Any", toy.OWES), key_of=lambda state: state, decide=lambda command, *_: Refused("decided", command)
    )
    ring = Maker()
    commands = Commands("intake", decider, NOBODY, NOBODY, NOBODY, cast("Any", ring), 3, "epoch", [b"secret"])
    intents = [
        Intent(
            f"complaint/{n}", f"event-{n}", "hash", lambda draft: draft.seal("text", "words"), "ann", key_owner=owner
        )
        for n, owner in enumerate(owners)
    ]
    views = [CommandView(NOON, Row("", 0, state=state), {}, None) for state in known]
    sealed = ["key of complaint/0", "key of party/ann", "key at hand", "key of party/ann"]
    assert [told.why for told in await decide_all(commands, intents, views)] == sealed
    assert ring.wanted == [["complaint/0", "party/ann"]]
    one_by_one = [await commands.decide(intent, view) for intent, view in zip(intents, views, strict=True)]
    assert one_by_one == [Refused("decided", key) for key in sealed]
