"""The complainant's page: how far the complaint is, until when, what was promised, who holds it, what happened.

Pure: the page of a case becomes words for the person who lodged it. Our lateness is shown to them, too.
Must not: a grade, an internal name beyond the holder, a rating of the person (console, section Security).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projections.console.asking import Command
from projections.console.clocks import Tone, is_unconfirmed
from projections.console.forms import Form, form_of
from projections.console.lines import preferences
from projections.console.reader import Reader, Text, short_id
from projections.console.saying import RATE, SAYINGS, WITHDRAW
from projections.console.steps import needs
from projections.views.clocks import RESOLUTION, Clock
from projections.views.promises import due_next

STEPS = ("received", "checked", "answered", "confirmed")
_REPLIES = frozenset({"answer-anew", "first-reply", "reply"})
_TOLD = (
    ("evidence", "evidence", "file"), ("feedback", "viewed", "person"), ("reopenings", "reopened", "history"),
    ("contact_preferences", "preferred", "clock"), ("withdrawn", "withdrawn", "refused"),
    ("erasures", "erased", "shield"),
)  # fmt: skip
"""What came several times, or counts as told last: where it stands on the page of a case, its words, its icon."""


@dataclass(frozen=True)
class Step:
    """One of four steps. `here`: it is the one under way."""

    word: str
    done: bool
    here: bool


@dataclass(frozen=True)
class Kept:
    """Something we promised or owed: its mark, what, when."""

    tone: Tone
    icon: str
    word: str
    what: Text
    when: str


@dataclass(frozen=True)
class Happened:
    """One line of what happened."""

    tone: Tone
    icon: str
    stamp: str
    at: str
    what: str


@dataclass(frozen=True)
class TrackPage:
    """Everything on the page. `forms`: what may be said to us at any time, with the `code` that proves whose case it
    is. `view`: how it was for them, open until they have said it; `withdrawal`. Each where it makes sense.
    """

    forms: Sequence[Form]
    view: Form | None
    withdrawal: Form | None
    code: str
    short: str
    lodged: str
    title: str
    due: str
    late: bool
    provisional: bool
    unconfirmed: bool
    steps: Sequence[Step]
    kept: Sequence[Kept]
    holder: str
    preferences: str
    """How they asked to be reached; empty where they never did."""
    history: Sequence[Happened]
    next_instance: str
    zone: str
    """Of all times on the page: whoever comes by a link has told none."""


def shown(case: Mapping[str, Any], reader: Reader, code: str = "") -> TrackPage:
    """The page; personal texts are opened already, or say why not."""
    words, stage = reader.words, _stage(case)
    clock = _resolution(case)
    closing = case.get("closing") or {}
    return TrackPage(
        forms=[form for one in SAYINGS if (form := saying(one, case, reader)) is not None],
        view=saying(RATE, case, reader, likely=not case.get("feedback")),
        withdrawal=saying(WITHDRAW, case, reader),
        code=code,
        short=short_id(case["id"]),
        lodged=words.t("track.lodged", at=reader.moment(case["lodged_at"])) if "lodged_at" in case else "",
        title=words.t(f"track.stage.{stage}"),
        due=_due(case, clock, reader),
        late=_is_late(clock, reader),
        provisional=clock is not None and clock.get("provisional", False) and not case.get("closed_at"),
        unconfirmed=clock is not None and is_unconfirmed(clock) and not case.get("closed_at"),
        steps=list(_steps(case, reader)),
        kept=[*_promises(case, reader), *_replies(case, reader)],
        holder=words.t("track.held_by", who=case["owner"]) if case.get("owner") else words.t("track.nobody"),
        preferences=preferences(case, reader),
        history=sorted(_history(case, reader), key=lambda one: one.stamp, reverse=True),
        next_instance=str(closing.get("next_instance", "")),
        zone=reader.zone_name(),
    )


def saying(command: Command, case: Mapping[str, Any], reader: Reader, *, likely: bool = False) -> Form | None:
    """What the complainant may say, as a form; None where it makes no sense. Nothing is pinned: whoever writes to us is
    never too late.
    """
    about = {name: case[name] for name in ("id", "contact_preferences") if name in case}
    return form_of(command, reader, about, likely=likely) if command.when(case) else None


def _stage(case: Mapping[str, Any]) -> str:
    if case.get("closed_at"):
        return "closed"
    if case.get("withdrawn"):
        return "withdrawn"
    if "reopenings" in case and not case.get("decision"):
        return "reopened"
    if case.get("decision"):
        return "answering"
    return "checking" if case.get("owner") or case.get("contacts") else "received"


def _steps(case: Mapping[str, Any], reader: Reader) -> Iterator[Step]:
    is_decided, is_closed = bool(case.get("decision")), bool(case.get("closed_at"))
    answered = dict(needs(case))["answer"] if is_decided else is_closed
    done = (True, is_decided, answered, is_closed)
    here = done.index(False) if False in done else -1
    for number, name in enumerate(STEPS):
        yield Step(reader.words.t(f"track.step.{name}"), done[number], number == here)


def _resolution(case: Mapping[str, Any]) -> Clock | None:
    """The newest cycle's."""
    found: list[Clock] = [one for name, one in case.get("clocks", {}).items() if name.partition("#")[0] == RESOLUTION]
    return max(found, key=lambda one: one["started"]) if found else None


def _is_late(clock: Clock | None, reader: Reader) -> bool:
    if clock is None:
        return False
    over = clock["state"] in ("running", "warned") and "due" in clock and reader.until(clock["due"]).total_seconds() < 0
    return over or clock["state"] in ("breached", "late")


def _due(case: Mapping[str, Any], clock: Clock | None, reader: Reader) -> str:
    words = reader.words
    if case.get("closed_at"):
        return words.t("track.closed_at", at=reader.moment(case["closed_at"]))
    if clock is None or "due" not in clock or clock["state"] in ("stopped", "met"):
        return ""
    if _is_late(clock, reader):
        return words.t("track.late", at=reader.moment(clock["due"]))
    if clock["state"] == "paused":
        return words.t("track.paused", at=reader.moment(clock["paused_at"]))
    return words.t("track.due", at=reader.moment(clock["due"]), span=reader.span(reader.until(clock["due"])))


def _promises(case: Mapping[str, Any], reader: Reader) -> Iterator[Kept]:
    words = reader.words
    for one in sorted(case.get("promises", {}).values(), key=lambda one: one["due"]):
        what = reader.said(one.get("text")) or Text(_unsaid(one, case, reader))
        match one["state"]:
            case "kept":
                yield Kept("ok", "ok", words.t("promise.kept"), what, reader.moment(one["settled_at"]))
            case "broken":
                yield Kept("late", "late", words.t("promise.broken"), what, reader.moment(one["due"]))
            case "open":
                yield Kept("", "open", words.t("promise.open"), what, reader.moment(due_next(one)))


def _unsaid(promise: Mapping[str, Any], case: Mapping[str, Any], reader: Reader) -> str:
    """What is promised where nobody put it in words: to give what was accepted, or to call."""
    if promise["kind"] != "redress":
        return reader.words.t("track.callback")
    return reader.words.t("track.redress", remedy=case["offers"][promise["promise_id"]]["remedy"])


def _replies(case: Mapping[str, Any], reader: Reader) -> Iterator[Kept]:
    """The replies that we owed and did not give in time; each stays."""
    words = reader.words
    for name, one in case.get("clocks", {}).items():
        if _kind(name) in _REPLIES and one["state"] in ("late", "breached"):
            what = Text(words.of("clock_name", _kind(name)))
            yield Kept(
                "late", "late", words.t("promise.broken"), what, words.t("clock.was_due", at=reader.moment(one["due"]))
            )


def _kind(clock: str) -> str:
    """What it times, whichever message it is of and however often it began."""
    return clock.partition(":")[0].partition("#")[0]


def _offers(case: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """When each offer stood and what became of it since; what never stood was none to them."""
    for one in case.get("offers", {}).values():
        stood = one["at"] if one.get("needs_approval") is False else one.get("approved", {}).get("at")
        if stood is not None:
            yield stood, "offered", one["remedy"]
            yield from (
                (one[end]["at"], f"offer_{end}", one["remedy"]) for end in ("withdrawn", "redressed") if end in one
            )


def _each(told: Any) -> Sequence[Mapping[str, Any]]:  # noqa: ANN401 - a part of a page: several things, one or none
    return told if isinstance(told, list) else [told] if told else []


def _history(case: Mapping[str, Any], reader: Reader) -> Iterator[Happened]:
    def line(stamp: str, key: str, icon: str, tone: Tone = "", **values: str) -> Happened:
        return Happened(tone, icon, stamp, reader.moment(stamp), reader.words.t(f"track.told.{key}", **values))

    if "lodged_at" in case:
        yield line(case["lodged_at"], "lodged", "message", channel=reader.words.of("channel", case.get("channel", "")))
    if case.get("owner") and "owned_since" in case:
        yield line(case["owned_since"], "owned", "person", who=case["owner"])
    for one in case.get("contacts", []):
        if one.get("outcome") == "reached":
            yield line(one["at"], "spoken", "phone", "ok")
    for one in case.get("messages", {}).values():
        if one.get("state") == "sent":
            yield line(one["sent_at"], "sent", "send", "ok")
        elif one.get("state") == "received":
            yield line(one["at"], "received", "message")
    for name, one in case.get("clocks", {}).items():
        if "breached_at" in one and _kind(name) in _REPLIES | {RESOLUTION}:
            yield line(one["breached_at"], "missed", "late", "late")
    for stamp, key, remedy in _offers(case):
        yield line(stamp, key, "gift", remedy=remedy)
    for name, key, icon in _TOLD:
        for one in _each(case.get(name)):
            yield line(one["at"], key, icon)
    if case.get("closed_at"):
        yield line(case["closed_at"], "closed", "ok", "ok")
