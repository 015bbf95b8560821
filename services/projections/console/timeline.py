"""The timeline as it is shown: what happened, by whom, why; before and after of each edit; refused attempts marked.

Pure: entries of the views (opened for this reader) become lines in words, grouped by day, the newest first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from events.accountability import FindingMade
from events.admission import Verdict
from projections.console.clocks import Tone, is_unconfirmed, name_of
from projections.console.reader import Reader, Text, language_of
from projections.console.reasons import worded

Kind = Literal["messages", "decisions", "edits", "clocks", "refused"]
KINDS: tuple[Kind, ...] = ("messages", "decisions", "edits", "clocks", "refused")

LOOKS: Mapping[str, tuple[str, Tone, Kind | None]] = {
    "lodged": ("message", "", "messages"),
    "amended": ("edit", "", "edits"),
    "evidence-added": ("file", "", None),
    "contact-preferences-stated": ("phone", "", None),
    "contact-recorded": ("phone", "", "messages"),
    "motive-recorded": ("person", "", None),
    "message-received": ("message", "", "messages"),
    "message-requested": ("send", "", "messages"),
    "message-sent": ("send", "ok", "messages"),
    "message-failed": ("send", "late", "messages"),
    "withdrawn": ("down", "", None),
    "data-erased": ("shield", "", "decisions"),
    "hold-placed": ("shield", "risk", "decisions"),
    "hold-lifted": ("shield", "ok", "decisions"),
    "feedback-given": ("person", "", "messages"),
    "source-reported": ("link", "", None),
    "screened": ("filter", "", "decisions"),
    "classified": ("book", "", "decisions"),
    "graded": ("grade", "", "decisions"),
    "routed": ("sort", "", "decisions"),
    "correction-proposed": ("edit", "risk", "decisions"),
    "correction-refused": ("refused", "", "decisions"),
    "one-or-many-answered": ("link", "", "decisions"),
    "opportunity-handed-on": ("handoff", "", "decisions"),
    "opportunity-taken-back": ("history", "", "decisions"),
    "ownership-offered": ("handoff", "", None),
    "ownership-accepted": ("handoff", "ok", None),
    "ownership-refused": ("handoff", "risk", None),
    "custody-reported": ("link", "", None),
    "clock-started": ("clock", "", "clocks"),
    "clock-warned": ("risk", "risk", "clocks"),
    "clock-met": ("ok", "ok", "clocks"),
    "clock-breached": ("late", "late", "clocks"),
    "clock-stopped": ("open", "", "clocks"),
    "clock-not-started": ("risk", "risk", "clocks"),
    "clock-paused": ("paused", "paused", "clocks"),
    "clock-resumed": ("clock", "", "clocks"),
    "clock-extended": ("clock", "", "clocks"),
    "clock-recalculated": ("history", "", "clocks"),
    "escalated": ("up", "risk", "clocks"),
    "crisis-team-called": ("risk", "late", "decisions"),
    "decided": ("check", "ok", "decisions"),
    "offered": ("gift", "", "decisions"),
    "redress-due": ("gift", "", "decisions"),
    "budget-named": ("gift", "", "decisions"),
    "reservation-given-up": ("gift", "", "decisions"),
    "offer-approved": ("check", "ok", "decisions"),
    "offer-declined": ("refused", "risk", "decisions"),
    "offer-withdrawn": ("history", "risk", "decisions"),
    "redressed": ("gift", "ok", "decisions"),
    "promised": ("promise", "", "decisions"),
    "promise-kept": ("promise", "ok", "decisions"),
    "promise-broken": ("promise", "late", "decisions"),
    "callback-scheduled": ("phone", "", None),
    "callback-put-off": ("phone", "", None),
    "callback-missed": ("phone", "late", "clocks"),
    "callback-attempted": ("phone", "", "messages"),
    "closed": ("ok", "ok", "decisions"),
    "reopened": ("history", "risk", "decisions"),
    "reply-asked": ("send", "", "decisions"),
    "reply-given": ("message", "", "messages"),
    "finding-made": ("shield", "", "decisions"),
}
"""Icon, tone and kind of each fact."""

_GROUPS: Mapping[str, str] = {
    "channel": "channel", "identity": "identity", "motive": "motive", "facts": "facts", "outcome": "outcome",
    "grade": "grade", "dispute": "dispute", "kind": "kind", "ground": "ground", "attitude": "attitude",
    "responsible": "responsible", "measure": "measure", "field": "field", "post": "post", "to": "post",
    "answered_by": "answered_by", "screening": "screening", "owner": "post", "first_owner": "post", "fact": "reported",
    "answer": "one_or_many", "basis": "erasure_basis", "purpose": "purpose", "queue": "queue", "category": "category",
}  # fmt: skip
"""Where the words for a member's codes stand."""
_WHY = ("reason", "evidence", "waiver", "containment", "root_cause")
_QUOTED = ("text", "note", "reasons", "name")
_NO_EDIT = frozenset({"status"})
_BEGUN = frozenset({"clock-started", "clock-recalculated"})
"""What says by which policy a clock runs from then on."""
MACHINE = "system"
"""The actor type of what a rule said."""


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    before: Text
    after: Text | None


@dataclass(frozen=True)
class Entry:
    """One record in words."""

    stamp: str
    time: str
    icon: str
    tone: Tone
    kind: Kind | None
    ref: str
    title: str
    by: str
    why: str
    quote: Text | None
    changes: Sequence[Change]
    provisional: bool
    """The due time that it gives leans on what the calendar does not know for sure."""
    unconfirmed: bool
    """It tells of a limit that nobody has confirmed."""
    refused: str
    """Why it counts for nothing; empty where it counts."""
    who: str = ""
    """Who did it, by subject id; empty for their own side, and for what counts for nothing."""
    conflict: bool = False
    """A finding holds whoever did it answerable (R24)."""


@dataclass(frozen=True)
class Day:
    """The entries of one day."""

    name: str
    entries: Sequence[Entry]


def lines(entries: Iterable[Mapping[str, Any]], reader: Reader, lang: str | None) -> list[Entry]:
    """Every entry of a case in words, in the order given, the oldest first. `lang` is the complainant's."""
    clocks: dict[str, Mapping[str, Any]] = {}
    found: list[Entry] = []
    named: set[str] = set()
    for one in entries:
        data = one["data"] or {}
        name = str(data.get("clock"))
        if one["fact"] in _BEGUN and one["verdict"] == Verdict.ADMITTED:
            clocks[name] = data
        entry = _entry(one, reader, language_of(lang), unconfirmed=is_unconfirmed(clocks.get(name, data)))
        if one["fact"] == "finding-made" and one["verdict"] == Verdict.ADMITTED and (person := held_answerable(data)):
            named.add(person)
        found.append(entry)
    return [replace(one, conflict=True) if one.who in named else one for one in found]


def held_answerable(finding: Mapping[str, Any]) -> str | None:
    """Whom a finding is held against, if anybody."""
    return FindingMade.model_construct(**finding).against


def by_day(entries: Sequence[Entry], reader: Reader) -> list[Day]:
    """The newest first, under the days on which they happened."""
    days: dict[str, list[Entry]] = {}
    for one in reversed(entries):
        days.setdefault(reader.weekday(one.stamp), []).append(one)
    return [Day(name, some) for name, some in days.items()]


def _entry(entry: Mapping[str, Any], reader: Reader, lang: str | None, *, unconfirmed: bool) -> Entry:
    words, data = reader.words, entry["data"] or {}
    counts = entry["verdict"] == Verdict.ADMITTED
    icon, tone, kind = LOOKS.get(entry["fact"], ("open", "", None))
    title = _title(entry, data, reader)
    chapter = words.of("chapter", entry["chapter"])
    where = ".".join(map(str, entry["position"]))
    return Entry(
        stamp=entry["time"],
        time=reader.time(entry["time"]),
        icon=icon if counts else "refused",
        tone=tone if counts else "late",
        kind=kind if counts else "refused",
        ref=words.t("timeline.ref", chapter=chapter, number=entry["number"]) if counts else where,
        title=title if counts else words.t("timeline.refused_title", title=title),
        by=_by(entry["actor"], reader),
        why=" · ".join(_reason(entry, data[name], reader) for name in _WHY if data.get(name)),
        quote=next((reader.said(data[name], lang) for name in _QUOTED if data.get(name)), None),
        changes=_changes(entry["changes"], reader, lang),
        provisional=bool(data.get("provisional")),
        unconfirmed=unconfirmed,
        refused="" if counts else _why_refused(entry, reader),
        who=entry["actor"]["id"] if counts and entry["fact"] != "reply-given" else "",
    )


def _reason(entry: Mapping[str, Any], value: object, reader: Reader) -> str:
    """A reason in clear, a rule's in the reader's language; or one that was sealed (of a withdrawal), where it stays
    closed with the word for that.
    """
    if isinstance(value, str) and entry["actor"]["type"] == MACHINE:
        return worded(value, reader)
    said = reader.said(value, None) if isinstance(value, str | Mapping) else None
    return said.text if said else ""


def _title(entry: Mapping[str, Any], data: Mapping[str, Any], reader: Reader) -> str:
    words = reader.words
    if entry["fact"] not in LOOKS:
        return words.t("timeline.unknown", type=entry["type"])
    values = {name: _value(entry["fact"], name, value, data, reader) for name, value in data.items()}
    title = words.told(f"fact.{entry['fact']}", values)
    if data.get("empty"):
        title = words.t("timeline.nobody_there", title=title)
    return words.t("timeline.unread", title=title, unread=data["unread"]) if data.get("unread") else title


def _value(fact: str, name: str, value: object, data: Mapping[str, Any], reader: Reader) -> str:
    """One member in words."""
    if name == "amount_minor":
        return reader.money(data["amount_minor"], data.get("currency", ""))
    if name == "clock":
        return name_of(str(value), reader)
    if name in ("due", "next_at"):
        return reader.moment(str(value))
    group = "screening" if (fact, name) == ("screened", "outcome") else _GROUPS.get(name)
    return reader.words.of(group, str(value)) if group else str(value)


def _by(actor: Mapping[str, str], reader: Reader) -> str:
    if actor["type"] == MACHINE:
        return reader.words.t("timeline.by_rule")
    if actor["id"] == reader.subject:
        return reader.words.t("timeline.by_you")
    if actor["id"].startswith("session:"):
        return reader.words.t("timeline.by_complainant")
    return reader.words.t("timeline.by", who=actor["id"])


def _changes(changes: Iterable[Mapping[str, Any]], reader: Reader, lang: str | None) -> list[Change]:
    found = []
    for one in changes:
        name, before, after = one["field"], one["before"], one["after"]
        if before is None or name in _NO_EDIT:
            continue
        was, now = _worded(name, before, reader, lang), _worded(name, after, reader, lang)
        if was is not None:
            found.append(Change(reader.words.of("field", name), was, now))
    return found


def _worded(name: str, value: object, reader: Reader, lang: str | None) -> Text | None:
    if isinstance(value, str) and name in _GROUPS:
        return Text(reader.words.of(_GROUPS[name], value))
    return reader.said(value, lang if name in ("text", "demand") else None)


def _why_refused(entry: Mapping[str, Any], reader: Reader) -> str:
    if entry["verdict"] == Verdict.REFUSED:
        return reader.words.t("timeline.faster", expects=seen(entry["expects"], reader))
    return reader.words.t("timeline.not_valid", why=entry["why"] or entry["verdict"])


def seen(expects: str, reader: Reader) -> str:
    """What somebody believed of the chapters, in words: `intake=3,triage=2`."""
    pairs = [pair.partition("=") for pair in expects.split(",") if pair]
    counted = [reader.words.t("timeline.ref", chapter=reader.words.of("chapter", c), number=n) for c, _, n in pairs]
    return reader.words.t("page.and").join(counted)
