"""The worklist as it is shown: rows in groups of what is at stake, the earliest due first.

Pure: pages of cases and a reader give rows in words. Must not: a query; the order is the query's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from events.triage import GRADES
from projections.console import steps
from projections.console.clocks import Due, Tone, due_of, name_of, unjudged
from projections.console.reader import Reader, Text, language_of, short_id

TITLE_CHARS_MAX = 90
_EVERYBODYS = frozenset({"unowned", "open", "all"})
"""Views of what is not this reader's own to do."""
_SOURCE = "link"
"""The mark of a case that another system brought; a row has no room for it."""
Group = Literal["late", "today", "later", "paused", "none", "unjudged", "closed"]
_MARKS: Mapping[Group, tuple[Tone, str]] = {
    "late": ("late", "late"),
    "today": ("", "clock"),
    "later": ("", ""),
    "paused": ("paused", "paused"),
    "none": ("", "open"),
    "unjudged": ("unjudged", "unjudged"),
    "closed": ("ok", "ok"),
}


@dataclass(frozen=True)
class Tag:
    """A short mark on a case: a word, an icon, a tone."""

    text: str
    icon: str
    tone: Tone = ""


@dataclass(frozen=True)
class Grade:
    """A grade as bars and word; `sub` says what it was before."""

    bars: int
    word: str
    sub: str


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    id: str
    short: str
    title: Text
    about: str
    tags: Sequence[Tag]
    due: Due
    clock: str
    grade: Grade | None
    who: str
    who_sub: str
    step: str
    holder: str
    contact: str
    contact_sub: str


@dataclass(frozen=True)
class Rows:
    """The rows of one group."""

    group: Group
    tone: Tone
    icon: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class ViewTab:
    """One view of the list. `waits`: it holds what is this reader's to do, and is not the one that is shown."""

    href: str
    word: str
    here: bool
    count: str
    waits: bool


def views(names: Iterable[str], here: str, counts: Mapping[Any, int], reader: Reader) -> list[ViewTab]:
    """The views in their order, each with its count where anybody needs to know it."""
    return [
        ViewTab(
            f"/console/worklist?view={name}", reader.words.of("view", name), name == here,
            f"{counts[name]:,}" if name in counts else "",
            name not in _EVERYBODYS and name != here and counts.get(name, 0) > 0,
        )
        for name in names
    ]  # fmt: skip


def grouped(cases: Iterable[Mapping[str, Any]], reader: Reader) -> list[Rows]:
    """Rows in their groups, each group in the order in which its cases came. `text` of a case is opened already."""
    found: dict[Group, list[Row]] = {}
    for case in cases:
        found.setdefault(_group(case, reader), []).append(row(case, reader))
    return [Rows(group, tone, icon, found[group]) for group, (tone, icon) in _MARKS.items() if group in found]


def status_line(groups: Sequence[Rows], reader: Reader) -> str:
    """The one sentence that is announced: how many rows, and what is at stake."""
    counts = {one.group: len(one.rows) for one in groups}
    return reader.words.n(
        "worklist.status", sum(counts.values()), **{name: counts.get(name, 0) for name in ("late", "today", "unjudged")}
    )


def _group(case: Mapping[str, Any], reader: Reader) -> Group:
    clock = _next_clock(case)
    if case["status"] == "closed" and clock is None:
        return "closed"
    if case.get("unjudged"):
        return "unjudged"
    if clock is None:
        return "none"
    if clock["state"] == "paused":
        return "paused"
    if reader.until(clock["due"]).total_seconds() < 0:
        return "late"
    today = reader.now.astimezone(reader.zone).date()
    return "today" if reader.local(clock["due"]).date() == today else "later"


def _next_clock(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The clock that is due next, of a closed case too; a paused one with its due time as if it were resumed now."""
    clock: Mapping[str, Any] | None = case.get("clocks", {}).get(case.get("next_clock") or "")
    if clock is None:
        return None
    provisional = case.get("next_provisional", clock.get("provisional", False))
    due = case.get("next_due_at") or clock["due"]
    return {**clock, **case.get("next_left", {}), "due": due, "provisional": provisional}


def row(case: Mapping[str, Any], reader: Reader) -> Row:
    """One case as a row."""
    words, clock = reader.words, _next_clock(case)
    holder = case.get("owner") or case.get("offered_to")
    contact_at = case.get("last_contact_at")
    return Row(
        id=case["id"],
        short=short_id(case["id"]),
        title=title(case, reader),
        about=" · ".join(filter(None, (case.get("product"), category(case, reader)))),
        tags=[*_closed(case, clock, reader), *(tag for tag in tags(case, reader) if tag.icon != _SOURCE)],
        due=_due(case, clock, reader),
        clock=name_of(clock["clock"], reader) if clock else "",
        grade=grade(case, reader),
        who=words.of("identity", case.get("identity", "ordinary")),
        who_sub=words.t("case.anonymous") if case.get("anonymous") else "",
        step=words.of("step", steps.next_step(case)),
        holder=_holder(case, holder, reader),
        contact=reader.moment(contact_at) if contact_at else "–",
        contact_sub=words.of("channel", case["last_contact_channel"]) if contact_at else words.t("worklist.no_contact"),
    )


def _due(case: Mapping[str, Any], clock: Mapping[str, Any] | None, reader: Reader) -> Due:
    if case["status"] == "closed" and clock is None:
        return Due("ok", "ok", reader.words.of("status", "closed"), reader.moment(case["closed_at"]))
    if case.get("unjudged"):
        return unjudged(reader)
    if clock is None:
        return Due("", "open", reader.words.t("clock.none"), reader.words.of("status", case["status"]))
    return due_of(clock, reader)


def _closed(case: Mapping[str, Any], clock: Mapping[str, Any] | None, reader: Reader) -> list[Tag]:
    """That a case is closed, where its row says what is still due."""
    return [Tag(reader.words.of("status", "closed"), "ok")] if case["status"] == "closed" and clock else []


def _holder(case: Mapping[str, Any], holder: str | None, reader: Reader) -> str:
    if holder is None:
        return reader.words.t("case.nobody")
    if holder == reader.subject:
        return reader.words.t("case.you")
    key = "case.held_by" if case.get("owner") else "case.offered_to"
    return reader.words.t(key, who=reader.words.of("post", holder))


def title(case: Mapping[str, Any], reader: Reader) -> Text:
    """What a case is called: the first words of what was said, else what it is about."""
    said = reader.said(case.get("text"), language_of(case.get("language")))
    if said is None:
        return Text(case.get("product") or category(case, reader) or reader.words.t("case.no_text"))
    line = " ".join(said.text.split())
    short = line if len(line) <= TITLE_CHARS_MAX else line[: TITLE_CHARS_MAX - 1] + "…"
    return Text(short, said.lang, said.closed)


def category(case: Mapping[str, Any], reader: Reader) -> str:
    """What it is about, and where that is not our judgement, that it is not."""
    name = reader.words.of("category", case.get("category") or "")
    return reader.words.t("case.category_told", category=name) if name and case.get("category_told") else name


def tags(case: Mapping[str, Any], reader: Reader) -> list[Tag]:
    """What must not be overlooked about a case."""
    words = reader.words
    found = []
    if case.get("injury"):
        found.append(Tag(words.t("tag.injury"), "risk", "late"))
    if case.get("entrance") and case["status"] != "closed" and not _spoken(case):
        found.append(Tag(words.t("tag.entrance"), "phone", "risk"))
    if not case.get("owner") and case["status"] != "closed":
        found.append(Tag(words.t("tag.no_owner"), "open", "late"))
    if case.get("level"):
        found.append(Tag(words.t("tag.level", level=case["level"]), "up", "risk"))
    if case.get("conflicts"):
        found.append(Tag(words.t("tag.conflict"), "shield", "risk"))
    if case.get("withdrawn"):
        found.append(Tag(words.t("tag.withdrawn"), "refused"))
    if case.get("screening") not in (None, "complaint"):
        found.append(Tag(words.of("screening", case["screening"]), "filter"))
    if case["cycle"] > 1:
        found.append(Tag(words.t("tag.reopened", cycle=case["cycle"]), "history"))
    if case.get("source"):
        found.append(Tag(case["source"], _SOURCE))
    return found


def _spoken(case: Mapping[str, Any]) -> bool:
    """A person has spoken with them, or recorded why that is impossible."""
    return any(one.get("outcome") != "not-reached" for one in case.get("contacts", []))


def grade(case: Mapping[str, Any], reader: Reader) -> Grade | None:
    """The grade, with the one before where it changed."""
    name = case.get("grade")
    if name is None:
        return None
    before = case.get("grade_before")
    sub = reader.words.t("case.grade_was", grade=reader.words.of("grade", before)) if before else ""
    return Grade(GRADES.index(name) + 1 if name in GRADES else 0, reader.words.of("grade", name), sub)
