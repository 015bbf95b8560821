"""The page of one clock's proof: plain, to be printed, with every stretch of time and what stands behind it.

Pure. Times are those of the calendar's zone, which the page names: with them somebody counts on paper. What a calendar
or a policy says of itself is theirs, and stays as it is. Must not: count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from clocks import Proof, Segment
from clocks.given import GivenProof
from clocks.proof import NOTHING, Amount, Kind, added, duration
from projections.console.clocks import name_of
from projections.console.reader import Reader, short_id
from projections.console.story import NOW
from projections.views.told import stamp

_TONES = {"counted": "ok", "paused": "paused"}


@dataclass(frozen=True)
class Row:
    """One stretch of time."""

    begin: str
    end: str
    word: str
    tone: str
    much: str
    so_far: str
    why: str
    event: str


@dataclass(frozen=True)
class ProofPage:
    """The proof in words."""

    case_id: str
    short: str
    name: str
    address: str
    query: str
    """What keeps it at its moment; empty where that is now."""
    head: Sequence[tuple[str, str]] = ()
    conventions: Sequence[str] = ()
    provisional: Sequence[str] = ()
    pauses: Sequence[Row] = ()
    """Apart where days are counted: they lie across the rows."""
    taken: str = "–"
    """What they take out."""
    rows: Sequence[Row] = ()
    total: str = "–"
    """Of what is counted."""
    notes: Sequence[tuple[str, str, str]] = ()
    """When, what, by which event."""


def proof_address(case_id: str, clock: str) -> str:
    """Where a clock's proof is shown."""
    return f"/console/cases/{case_id}/clocks/{quote(clock, safe='')}/proof"


def shown(
    proof: Proof | GivenProof, case_id: str, clock: str, reader: Reader, moment: Mapping[str, str] = NOW
) -> ProofPage:
    """The proof for this reader: in the zone that it is counted in, or, where nobody counted, in the reader's own.
    `moment`: what keeps the page's links at its moment.
    """
    query = "?" + urlencode(moment) if moment else ""
    page = ProofPage(
        case_id=case_id,
        short=short_id(case_id),
        name=name_of(clock, reader),
        address=f"/v1/complaints/{case_id}/clocks/{quote(clock, safe='')}/proof{query}",
        query=query,
    )
    if isinstance(proof, GivenProof):
        return replace(
            page,
            head=_head_of_given(proof, reader),
            rows=_rows(proof.segments, "counted", reader),
            notes=[(_at(one.at, reader), f"{one.what}: {one.why}", one.event) for one in proof.later],
        )
    there = replace(reader, zone=ZoneInfo(proof.zone))
    return replace(
        page,
        head=_head(proof, there),
        conventions=proof.conventions,
        provisional=proof.provisional,
        pauses=_rows(proof.pauses, "paused", there),
        taken=_sum(added(proof.pauses, "paused"), there),
        rows=_rows(proof.segments, "counted", there),
        total=_sum(proof.counted, there),
        notes=[(_at(note.at, there), note.says, note.event) for note in proof.notes],
    )


def _head_of_given(proof: GivenProof, reader: Reader) -> list[tuple[str, str]]:
    words, giver = reader.words, proof.given_by
    found = [
        ("policy", words.t("proof_page.nothing_counted")),
        ("source", "–" if giver.source is None else f"{giver.source}, {giver.reference}"),
        ("given", words.t("proof_page.by_event", at=_at(giver.at, reader), event=giver.event)),
        ("started", words.t("proof_page.by_event", at=_at(proof.started, reader), event=proof.started_by)),
        ("due", _at(proof.due, reader)),
    ]
    return [(words.t(f"proof_page.{name}"), text) for name, text in found]


def _head(proof: Proof, reader: Reader) -> list[tuple[str, str]]:
    words = reader.words
    found = [
        ("policy", words.t("proof_page.policy_counts", policy=proof.policy, counts=proof.counts)),
        ("source", proof.source),
        ("calendar", words.t("proof_page.calendar_knows", calendar=proof.calendar, known=proof.known)),
        ("zone", proof.zone),
        ("started", words.t("proof_page.by_event", at=_at(proof.started, reader), event=proof.started_by)),
        ("due", _at(proof.due, reader) if proof.due else words.t("proof_page.never")),
    ]
    if proof.as_of is not None:
        found.append(("as_of", words.t("proof_page.as_if", at=_at(proof.as_of, reader))))
    if proof.ended is not None:
        end = proof.ended
        how = words.t(f"proof_page.{end.how}_{'in_time' if end.in_time else 'late'}", at=_at(end.at, reader))
        found.append(("ended", words.t("proof_page.how_by", how=how, event=end.event)))
    return [(words.t(f"proof_page.{name}"), text) for name, text in found]


def _rows(segments: Sequence[Segment], kind: Kind, reader: Reader) -> list[Row]:
    """With a running sum of those of a kind."""
    so_far, found = NOTHING, []
    for one in segments:
        so_far = so_far.plus(one) if one.kind == kind else so_far
        found.append(_row(one, _sum(so_far, reader), reader))
    return found


def _row(one: Segment, so_far: str, reader: Reader) -> Row:
    word = reader.words.of("segment", one.kind)
    return Row(
        _at(one.begin, reader), _at(one.end, reader), word, _TONES.get(one.kind, ""), _sum(NOTHING.plus(one), reader),
        so_far, one.why, one.event or "",
    )  # fmt: skip


def _sum(amount: Amount, reader: Reader) -> str:
    """`1 month + 10 days`, `1:30:00`; a dash where it is nothing."""
    words, parts = reader.words, []
    if amount.months:
        parts.append(words.n("proof_page.months", amount.months))
    if amount.days:
        parts.append(words.n("proof_page.days", amount.days))
    if amount.time:
        parts.append(duration(amount.time))
    return " + ".join(parts) or "–"


def _at(moment: datetime, reader: Reader) -> str:
    """To the second, since somebody adds it up; a day that ends is written as its last instant."""
    written = stamp(moment)
    local = reader.local(written)
    time = local.strftime("%H:%M:%S") + (f".{local.microsecond:06}" if local.microsecond else "")
    return reader.words.t("time.full", day=reader.weekday(written), time=time)
