"""The labelled lines of a case as it is shown: who complains, and what it is about.

Pure. Must not: say what was done (that is `case`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from projections.console.reader import Reader, Text
from projections.console.worklist import category

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One labelled line."""

    label: str
    text: Text


def line(reader: Reader, label: str, value: object, lang: str | None = None) -> Iterator[Line]:
    """The line, if there is anything to say."""
    text = reader.said(value, lang)
    if text is not None:
        yield Line(reader.words.t(f"label.{label}"), text)


def person(case: Case, reader: Reader) -> Iterator[Line]:
    """Who complains, for whom, and how to reach them."""
    words = reader.words
    for_another = words.t("ask.on_behalf") if case.get("on_behalf") else ""
    identity = words.of("identity", case.get("identity", "ordinary"))
    yield from line(reader, "identity", " · ".join(filter(None, (identity, for_another))))
    yield from line(reader, "contact", words.t("case.anonymous") if case.get("anonymous") else case.get("contact"))
    yield from line(reader, "preferences", preferences(case, reader))
    yield from line(reader, "retellings", words.n("case.retold", case["retellings"]) if case.get("retellings") else "")
    yield from line(reader, "told_people", words.n("case.told", case["told_people"]) if case.get("told_people") else "")
    stated = [name for name in ("calls_before", "complaints_before") if case.get(name)]
    yield from line(reader, "before", " · ".join(words.t(f"before.{name}", n=case[name]) for name in stated))
    if "last_contact_at" in case:
        channel = words.of("channel", case["last_contact_channel"])
        at = reader.moment(case["last_contact_at"])
        yield from line(reader, "last_contact", words.t("case.contact_at", at=at, channel=channel))


def preferences(case: Case, reader: Reader) -> str:
    """How the complainant wants to be reached, in one line; empty where they never said."""
    words, stated = reader.words, case.get("contact_preferences", {})
    parts = {name: words.of("channel", stated[name]) if name == "channel" else stated[name]
             for name in ("channel", "quiet_hours", "zone") if name in stated}  # fmt: skip
    return " · ".join(words.t(f"preferred.{name}", what=what) for name, what in parts.items())


def matter(case: Case, reader: Reader) -> Iterator[Line]:
    """What it is about, and whom; who took it where."""
    words = reader.words
    kind = [words.of(name, case[name]) for name in ("nature", "form") if name in case]
    yield from line(reader, "nature", " · ".join(kind))
    yield from line(reader, "subject_person", case.get("subject_person"))
    yield from line(reader, "product", case.get("product"))
    yield from line(reader, "branch", case.get("branch"))
    yield from line(reader, "category", category(case, reader))
    if "lodged_at" in case:
        channel = words.of("channel", case.get("channel", ""))
        yield from line(
            reader, "lodged", words.t("case.contact_at", at=reader.moment(case["lodged_at"]), channel=channel)
        )
    yield from line(reader, "taken_by", case.get("taken_by"))
    yield from line(reader, "source", " ".join(filter(None, (case.get("source"), case.get("source_ref")))))
