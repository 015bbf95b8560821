"""The page of one case as it is shown: the person, who holds it, promises, clocks with their proof, what closing needs.

Pure: the page of the views (opened for this reader) becomes words. Must not: a query, or a form (that is `forms`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.admission import Head
from projections.console import steps
from projections.console.beside_commands import kept
from projections.console.clocks import Clock, Due, Tone, due_of, name_of, unjudged
from projections.console.desk import Desk
from projections.console.kept import erased, held
from projections.console.life import life
from projections.console.lines import Line, line, matter, person
from projections.console.proof import proof_address
from projections.console.reader import Reader, Text, language_of, short_id
from projections.console.spoken import Spoken, spoken
from projections.console.worklist import Grade, Tag, grade, tags, title
from projections.views.clocks import still_open
from projections.views.promises import due_next

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Promised:
    """One promise or callback: its mark, what, when."""

    tone: Tone
    icon: str
    word: str
    text: Text
    when: str


@dataclass(frozen=True)
class ClockLine:
    """One clock: the row, and its proof."""

    name: str
    policy: str
    due: Due
    proof: Sequence[str]
    address: str
    """Of the page with its proof; empty where there is nothing to count."""


@dataclass(frozen=True)
class Need:
    """One thing that closing asks for."""

    word: str
    done: bool


@dataclass(frozen=True)
class Other:
    """Something else that this person lodged."""

    id: str
    short: str
    about: str


@dataclass(frozen=True)
class CasePage:
    """Everything above the timeline and beside it."""

    id: str
    short: str
    head: str
    title: Text
    grade: Grade | None
    status: str
    tags: Sequence[Tag]
    person: Sequence[Line]
    others: Sequence[Other]
    """The newest of what else this person lodged."""
    matter: Sequence[Line]
    holder: Text
    holding: Sequence[str]
    promises: Sequence[Promised]
    promise_counts: str
    clocks: Sequence[ClockLine]
    said: Sequence[Line]
    decided: Sequence[Line]
    clusters: Sequence[Mapping[str, str]]
    """The id and title of each that it is in."""
    needs: Sequence[Need]
    spoken: Spoken
    erased: Sequence[str]
    """When, by whom and why words of this person were erased; empty where none were."""
    holds: Sequence[str]
    """Since when and by whose order they are kept from it."""
    unjudged: Sequence[str]
    """Where its record waits for repair; empty where all is well."""


def shown(
    case: Case, reader: Reader, timed: Mapping[str, Mapping[str, Any]] | None = None, desk: Desk | None = None
) -> CasePage:
    """The page in words; personal texts are opened already, or say why not. `timed`: its clocks, as counted now.
    `desk`: which posts there are now.
    """
    words = reader.words
    made = list(case.get("promises", {}).values())
    return CasePage(
        id=case["id"],
        short=short_id(case["id"]),
        head=str(Head(*case["head"])),
        title=title(case, reader),
        grade=grade(case, reader),
        status=words.of("status", case["status"]),
        tags=tags(case, reader),
        person=list(person(case, reader)),
        others=[_other(one, reader) for one in case.get("others", [])],
        matter=list(matter(case, reader)),
        holder=_holder(case, reader),
        holding=list(_holding(case, reader, desk)),
        promises=[_promised(one, reader) for one in sorted(made, key=lambda one: one["due"])],
        promise_counts=_promise_counts(made, reader),
        clocks=_clocks(case, reader, timed or {}),
        said=list(_said(case, reader)),
        decided=list(_decided(case, reader)),
        clusters=case.get("clusters", []),
        needs=[Need(words.t(f"need.{step}"), done) for step, done in steps.needs(case)],
        spoken=spoken(case, next_clock(case, timed or {}), reader),
        erased=[erased(one, case["id"], reader) for one in case.get("erasures", [])],
        holds=[held(one, reader) for one in case.get("holds", {}).values()],
        unjudged=[_waiting(one, reader) for one in case.get("unjudged", [])],
    )


def _waiting(one: Mapping[str, Any], reader: Reader) -> str:
    words, moment = reader.words, reader.moment
    key = "case.mend_late" if reader.until(one["mend_until"]).total_seconds() < 0 else "case.mend"
    service = words.of("service", one["service"])
    return words.t(key, service=service, since=moment(one["since"]), until=moment(one["mend_until"]))


def _other(other: Case, reader: Reader) -> Other:
    parts = (reader.moment(other["lodged_at"]) if "lodged_at" in other else "", other.get("product"),
             reader.words.of("status", other["status"]))  # fmt: skip
    return Other(other["id"], short_id(other["id"]), " · ".join(filter(None, parts)))


def _holder(case: Case, reader: Reader) -> Text:
    owner = case.get("owner")
    if owner is None:
        return Text(reader.words.t("case.nobody"), closed=True)
    if owner == reader.subject:
        return Text(reader.words.t("case.you_named", who=owner))
    return Text(owner)


def _holding(case: Case, reader: Reader, desk: Desk | None) -> Iterator[str]:
    words = reader.words
    if case.get("owner") and "owned_since" in case:
        yield words.t("case.owner_since", at=reader.moment(case["owned_since"]))
    if case.get("offered_to"):
        to = case["offered_to"]
        key = "case.offered_to" if desk is None or desk.is_post(to) else "case.offered_to_person"
        yield words.t(key, who=words.of("post", to))
    if case.get("queue"):
        yield words.t("case.queue", queue=words.of("queue", case["queue"]))
    if case.get("bounces"):
        yield words.n("case.bounces", case["bounces"])
    crisis = case.get("crisis")
    if crisis:
        yield words.t("case.crisis", who=crisis["coordinator"], step=crisis["containment"])
    for one in case.get("escalations", [])[-2:]:
        key = "case.escalated_empty" if one.get("empty") else "case.escalated"
        yield words.t(key, level=one["level"], post=words.of("post", one["post"]))


def _promised(one: Mapping[str, Any], reader: Reader) -> Promised:
    words = reader.words
    text = reader.said(one.get("text")) or Text(words.of("unsaid", one["kind"]))
    match one["state"]:
        case "kept":
            return Promised("ok", "ok", words.t("promise.kept"), text, reader.moment(one["settled_at"]))
        case "broken":
            return Promised("late", "late", words.t("promise.broken"), text, reader.moment(one["due"]))
        case "spent":
            return Promised("", "history", words.t("promise.spent"), text, reader.moment(one["due"]))
        case "lapsed":
            return Promised("", "history", words.t("promise.lapsed"), text, reader.moment(one["due"]))
        case _:
            return Promised("", "open", words.t("promise.open"), text, reader.moment(due_next(one)))


def _promise_counts(promises: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    if not promises:
        return reader.words.t("promise.none")
    states = [one["state"] for one in promises]
    counts = {state: states.count(state) for state in ("open", "kept", "broken")}
    return reader.words.t("promise.counts", **counts)


def _clocks(case: Case, reader: Reader, timed: Mapping[str, Mapping[str, Any]]) -> list[ClockLine]:
    found = sorted(case.get("clocks", {}).values(), key=lambda one: (not still_open(one), one.get("due", "~")))
    dark = bool(case.get("unjudged"))
    return [
        ClockLine(
            name_of(one["clock"], reader),
            one.get("policy", ""),
            unjudged(reader) if dark else due_of(_counted(one, timed), reader),
            list(life(one, reader)),
            proof_address(case["id"], one["clock"]) if "proof" in timed.get(one["clock"], {}) else "",
        )
        for one in found
    ]


def next_clock(case: Case, timed: Mapping[str, Mapping[str, Any]]) -> Clock | None:
    """The clock that is due next, with what is counted of it."""
    clock = case.get("clocks", {}).get(case.get("next_clock") or "")
    return None if clock is None else _counted(clock, timed)


def _counted(clock: Mapping[str, Any], timed: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The clock with what is counted of it; without a due time it has none."""
    found = {**clock, **timed.get(clock["clock"], {})}
    return found if found.get("due") is not None else {name: one for name, one in found.items() if name != "due"}


def _said(case: Case, reader: Reader) -> Iterator[Line]:
    lang, words = language_of(case.get("language")), reader.words
    yield from line(reader, "text", case.get("text"), lang)
    yield from line(reader, "demand", case.get("demand"), lang)
    if case.get("motive"):
        motive = words.t("case.judged_by", what=words.of("motive", case["motive"]), who=case["motive_by"])
        yield from line(reader, "motive", motive)
    for one in case.get("evidence", []):
        yield from line(reader, "evidence", one["name"])
    for one in case.get("feedback", []):
        scores = words.t("case.view", process=one["process_score"], outcome=one["outcome_score"])
        yield from line(reader, "view", scores)
        yield from line(reader, "view_words", one.get("text"), lang)


def _decided(case: Case, reader: Reader) -> Iterator[Line]:
    words, decision, closing = reader.words, case.get("decision"), case.get("closing")
    if decision:
        outcome = words.t("case.judged_by", what=words.of("outcome", decision["outcome"]), who=decision["by"])
        yield from line(reader, "decision", outcome)
        yield from line(reader, "root_cause", decision.get("root_cause") or decision.get("waiver"))
        yield from line(reader, "reasons", decision.get("reasons"))
    for offer in case.get("offers", {}).values():
        amount = reader.money(offer["amount_minor"], offer["currency"])
        about = words.t("case.offer", remedy=offer["remedy"], amount=amount, by=offer["by"])
        yield from line(reader, "offer", words.t(f"offer.{offer['state']}", about=about))
    yield from line(reader, "budget", case.get("budget"))
    for one in kept(case):
        yield from line(reader, "reserved", reader.money(one.about["amount_minor"], one.about["currency"]))
    if closing and case["status"] == "closed":
        ground = words.t("case.judged_by", what=words.of("ground", closing["ground"]), who=closing["by"])
        yield from line(reader, "closing", ground)
        yield from line(reader, "next_instance", closing["next_instance"])
    for one in case.get("replies", []):
        yield from line(reader, "reply", one["text"])
    for finding in case.get("findings", []):
        measure = words.of("measure", finding["measure"]) if finding.get("measure", "none") != "none" else ""
        found = (words.of("responsible", finding["responsible"]), finding.get("person"), measure)
        responsible = words.t("case.judged_by", what=" · ".join(filter(None, found)), who=finding["by"])
        yield from line(reader, "finding", responsible)
        yield from line(reader, "heard", words.of("reply", finding["reply"]) if "reply" in finding else "")
