"""The commands that this reader may give on this case now, as forms: what may not be given is absent, not grey.

Pure. Each form pins what its reader saw (If-Match): the chapter that it writes, and those that its fact relies on (L1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.admission import Head, expectation
from events.fact import chapter_of
from projections.console import steps
from projections.console.allowed import NOBODY, Hands, Matter, may
from projections.console.asking import COMMANDS, NO_THING, Ask, Case, Command, Thing
from projections.console.desk import Desk
from projections.console.reader import Reader, Text

_LIKELY: Mapping[str, str] = {
    "accept": "accept", "contact": "contact", "facts": "contact", "motive": "motive", "decision": "decide",
    "approval": "approve", "answer": "message", "closing": "close", "callback": "callback", "none": "",
}  # fmt: skip
"""The command that takes each next step."""


@dataclass(frozen=True)
class Choice:
    """One of several values, in words."""

    value: str
    word: str


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    id: str
    name: str
    kind: str
    label: str
    choices: Sequence[Choice]
    required: bool
    value: str


@dataclass(frozen=True)
class Form:
    """One command, ready to be filled in. `pin` is its If-Match."""

    id: str
    action: str
    icon: str
    title: str
    send: str
    about: Text | None
    pin: str
    fields: Sequence[Field]
    key: str
    likely: bool
    """It takes the next step: shown open, with the one solid button."""


def forms(case: Case, reader: Reader, desk: Desk, hands: Hands = NOBODY) -> list[Form]:
    """All forms, the likely next one first. `hands`: who had one in the case so far."""
    likely = _LIKELY[steps.next_step(case)]
    found = [
        _form(command, case, thing, reader, likely=command.name == likely)
        for command in COMMANDS
        if reader.roles & command.roles and command.when({"offered_to": None, **case})
        for thing in command.things(case)
        if may(command.name, Matter(case, thing, reader, desk, hands))
    ]
    return sorted(found, key=lambda form: not form.likely)


def _form(command: Command, case: Case, thing: Thing, reader: Reader, *, likely: bool) -> Form:
    address = f"/v1/complaints/{case['id']}/{command.path.format(thing=thing.id)}"
    return form_of(command, address, pin(command, case["head"]), reader, likely=likely, thing=thing)


def form_of(command: Command, address: str, pin: str, reader: Reader, *, likely: bool, thing: Thing = NO_THING) -> Form:
    """A command as a form. `address`: where it is sent; `pin`: its If-Match, empty where nothing was seen before."""
    words, name = reader.words, f"{command.name}-{thing.id}" if thing.id else command.name
    return Form(
        id=f"do-{name}",
        action=address,
        icon=command.icon,
        title=words.t(f"command.{command.name}.title"),
        send=words.t(f"command.{command.name}.send"),
        about=_about(thing.about, reader),
        pin=pin,
        fields=[_field(ask, name, thing, reader) for ask in command.asks],
        key=command.key,
        likely=likely,
    )


def pin(command: Command, head: Sequence[int]) -> str:
    """The ETag that a form is sent with: the counters of the chapters that its fact is judged by."""
    chapters = frozenset({chapter_of(command.fact)}) | command.fact.relies_on
    return f'"{expectation(Head(*head), chapters)}"'


def _about(thing: Mapping[str, Any], reader: Reader) -> Text | None:
    """Which offer, which promise."""
    if "amount_minor" in thing:
        amount = reader.money(thing["amount_minor"], thing["currency"])
        return Text(reader.words.t("case.offer", remedy=thing["remedy"], amount=amount, by=thing["by"]))
    return reader.said(thing.get("text"))


def _field(ask: Ask, form: str, thing: Thing, reader: Reader) -> Field:
    return Field(
        id=f"{form}-{ask.name}",
        name=ask.name,
        kind=ask.kind,
        label="" if ask.kind == "fixed" else reader.words.t(f"ask.{ask.label or ask.name}"),
        choices=[Choice(value, reader.words.of(ask.group, value)) for value in ask.choices],
        required=ask.required,
        value=thing.id if ask.kind == "fixed" else ask.value,
    )
