"""The commands that this reader may give on this case now, as forms: what may not be given is absent, not grey.

Pure. Each form pins what its reader saw (If-Match): the chapter that it writes, and those that its fact relies on (L1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from events.admission import Head, expectation
from events.fact import chapter_of
from projections.console import steps
from projections.console.allowed import NOBODY, Hands, Matter, may
from projections.console.asking import NO_THING, Ask, Case, Choice, Command, Thing
from projections.console.clocks import name_of
from projections.console.commands import COMMANDS
from projections.console.desk import Desk
from projections.console.reader import Reader, Text

_LIKELY: Mapping[str, str] = {
    "accept": "accept", "contact": "contact", "facts": "contact", "motive": "motive", "decision": "decide",
    "approval": "approve", "answer": "message", "closing": "close", "callback": "callback",
    "promise": "keep", "redress": "redress", "due": "", "none": "",
}  # fmt: skip
"""The command that takes each next step."""
_NO_CASE: Case = {"id": ""}


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
    hint: str
    in_address: bool
    """What it says goes into the address."""
    unseen: bool


@dataclass(frozen=True)
class Sure:
    """What a command that cannot be taken back asks once more: what it means, and the two answers."""

    title: str
    means: str
    yes: str
    no: str


@dataclass(frozen=True)
class Form:
    """One command, ready to be filled in. `pin` is its If-Match; `faster`: where a lost race is told."""

    id: str
    action: str
    icon: str
    title: str
    send: str
    about: Text | None
    pin: str
    faster: str
    zone: str
    """Of the times in it."""
    fields: Sequence[Field]
    key: str
    likely: bool
    """It takes the next step: shown open, with the one solid button."""
    sure: Sure | None


def forms(case: Case, reader: Reader, desk: Desk, hands: Hands = NOBODY) -> list[Form]:
    """All forms, the likely next one first. `hands`: who had one in the case so far."""
    likely = _LIKELY[steps.next_step(case)]
    found = [
        form_of(command, reader, case, thing, likely=command.name == likely)
        for command in COMMANDS
        if reader.roles & command.roles and command.when({"offered_to": None, **case})
        for thing in command.things(case)
        if may(command.name, Matter(case, thing, reader, desk, hands))
    ]
    return sorted((form for form in found if form is not None), key=lambda form: not form.likely)


def alone(command: Command, reader: Reader, *, likely: bool = False) -> Form | None:
    """The form of a command on no case, as there is none yet; None where this reader may not give it."""
    return form_of(command, reader, likely=likely) if reader.roles & command.roles else None


def form_of(
    command: Command, reader: Reader, case: Case = _NO_CASE, thing: Thing = NO_THING, *, likely: bool = False
) -> Form | None:
    """A command as a form; None where there is nothing to choose from of what it must be told. What writes the record
    of a case that was seen pins what was seen of it.
    """
    words, name = reader.words, f"{command.name}-{_quoted(thing.id)}" if thing.id else command.name
    ids = {"{case}": case["id"], "{thing}": thing.id, "{within}": thing.within}
    told = [replace(ask, value=ask.stands(case, reader)) if ask.stands else ask for ask in command.asks]
    asks = [(ask, ask.among(case, thing, reader) if ask.among else _choices(ask, reader)) for ask in told]
    if any(ask.among and ask.required and not choices for ask, choices in asks):
        return None
    pinned = command.on_case and "head" in case
    return Form(
        id=f"do-{name}",
        action=_filled(command.address, {key: _quoted(one) for key, one in ids.items()}),
        icon=command.icon,
        title=words.t(f"command.{command.name}.title"),
        send=words.t(f"command.{command.name}.send"),
        about=_about(thing.about, reader),
        pin=pin(command, case["head"]) if pinned else "",
        faster=f"/console/cases/{case['id']}/faster" if pinned else "",
        zone=reader.zone.key,
        fields=[_field(ask, choices, name, ids, reader) for ask, choices in asks if choices or not ask.among],
        key=command.key,
        likely=likely,
        sure=_sure(command, reader) if command.asks_twice else None,
    )


def _sure(command: Command, reader: Reader) -> Sure:
    return Sure(*(reader.words.t(f"sure.{command.name}.{part}") for part in ("title", "means", "yes", "no")))


def _quoted(name: str) -> str:
    return quote(name, safe=":")


def _filled(text: str, ids: Mapping[str, str]) -> str:
    for name, one in ids.items():
        text = text.replace(name, one)
    return text


def _choices(ask: Ask, reader: Reader) -> Sequence[Choice]:
    return [Choice(value, reader.words.of(ask.group, value)) for value in ask.choices]


def pin(command: Command, head: Sequence[int]) -> str:
    """The ETag that a form is sent with: the counters of the chapters that its fact is judged by."""
    chapters = frozenset({chapter_of(command.fact)}) | command.fact.relies_on
    return f'"{expectation(Head(*head), chapters)}"'


def _about(thing: Mapping[str, Any], reader: Reader) -> Text | None:
    """Which offer, which promise, which clock, which cluster, which reserved amount or budget."""
    words = reader.words
    match thing:
        case {"remedy": remedy, "amount_minor": minor, "currency": currency, "by": by}:
            return Text(words.t("case.offer", remedy=remedy, amount=reader.money(minor, currency), by=by))
        case {"clock": _, "due": str(due)}:
            return Text(words.t("about.clock", clock=name_of(thing["clock"], reader), at=reader.moment(due)))
        case {"clock": str(clock)}:
            return Text(name_of(clock, reader))
        case {"left_minor": minor, "currency": currency, "id": name}:
            return Text(words.t("about.budget", name=name, left=reader.money(minor, currency)))
        case {"amount_minor": minor, "currency": currency}:
            return Text(words.t("about.reserved", amount=reader.money(minor, currency), by=thing["by"]))
        case {"title": str(title)} | {"reference": str(title)}:
            return Text(title)
    return reader.said(thing.get("text"))


def _field(ask: Ask, choices: Sequence[Choice], form: str, ids: Mapping[str, str], reader: Reader) -> Field:
    words, fixed = reader.words, ask.kind == "fixed"
    return Field(
        id=f"{form}-{ask.name}",
        name=ask.name,
        kind=ask.kind,
        label="" if fixed else words.t(f"ask.{ask.label or ask.name}"),
        choices=choices,
        required=ask.required,
        value=_value(ask, ids, reader),
        hint=words.t(f"hint.{ask.hint}") if ask.hint else "",
        in_address=ask.in_address,
        unseen=ask.unseen,
    )


def _value(ask: Ask, ids: Mapping[str, str], reader: Reader) -> str:
    if ask.kind == "fixed":
        return _filled(ask.value or "{thing}", ids)
    return reader.words.t(f"filled.{ask.filled}") if ask.filled else ask.value
